package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/sainyuka/sainyuka/internal/access"
	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/web"
)

// accessTimeout bounds how long the dashboard waits for the sessions and tokens that
// are known. Without them it asks for the password again.
const accessTimeout = 5 * time.Second

// accessOptions says who may come in to the dashboard, with the sessions and tokens that the
// bus has.
func (l *live) accessOptions(ctx context.Context, cfg *config.Config) web.AccessOptions {
	a := access.New(l.bus.People, l.app.log)
	lctx, cancel := context.WithTimeout(ctx, accessTimeout)
	defer cancel()
	if err := a.Load(lctx); err != nil {
		l.app.log.Warn("signed-in browsers and tokens are not known yet", "err", err)
	}
	l.g.Go(func() error { return a.Follow(ctx) })
	return web.AccessOptions{Auth: cfg.Web.Auth, AuthHeader: cfg.Web.AuthHeader, TrustedProxies: cfg.Web.TrustedProxies, Access: a}
}

// NewTokens returns the tokens on a bus that no daemon in this process uses.
func NewTokens(ctx context.Context, people *bus.FactStore, log *slog.Logger) (*access.Access, error) {
	a := access.New(people, log)
	return a, a.Load(ctx)
}
