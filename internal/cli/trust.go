package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// trustTimeout bounds the question for what was learned: a page can be inspected
// without it.
const trustTimeout = 3 * time.Second

// truster is who knows which evidence of a host counts: a running daemon, or this
// process on the bus of a cluster.
type truster interface {
	HostTrust(ctx context.Context, host string) (stock.HostTrust, error)
	ResetTrust(ctx context.Context, host string) error
}

// openTrust reaches what was learned. An embedded engine without a daemon is left
// alone: nobody learns there now.
func openTrust(ctx context.Context, env Env, cfg *config.Config) (truster, func(), error) {
	if d := dialDaemon(ctx, cfg.DataDir); d != nil {
		return d, func() {}, nil
	}
	if cfg.NATS.URL == "" {
		return nil, nil, errors.New("sainyuka does not run with this configuration")
	}
	b, done, err := openBus(ctx, env, cfg)
	if err != nil {
		return nil, nil, err
	}
	return app.NewTrust(b.Hosts, cfg), done, nil
}

// learnedOf returns what was learned of a page's host, nil when that is not known.
func learnedOf(ctx context.Context, env Env, cfg *config.Config, rawURL string) *stock.HostTrust {
	ctx, cancel := context.WithTimeout(ctx, trustTimeout)
	defer cancel()
	t, done, err := openTrust(ctx, env, cfg)
	if err != nil {
		return nil
	}
	defer done()
	learned, err := t.HostTrust(ctx, app.AskedHost(cfg, rawURL))
	if err != nil || len(learned.Methods) == 0 {
		return nil
	}
	return &learned
}

// resetTrustOf lets all evidence of a page's host count again.
func resetTrustOf(ctx context.Context, env Env, rawURL, configFile string) error {
	if rawURL == "" || configFile == "" {
		return usagef("inspect -reset-trust needs -url and -config")
	}
	cfg, err := loadConfig(configFile)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	t, done, err := openTrust(ctx, env, cfg)
	if err != nil {
		return fmt.Errorf("reset the trust in a host: %w", err)
	}
	defer done()
	host := app.AskedHost(cfg, rawURL)
	if err := t.ResetTrust(ctx, host); err != nil {
		return fmt.Errorf("reset the trust in host %s: %w", host, err)
	}
	fmt.Fprintln(env.Stdout, say("host %s: all its evidence counts again", host))
	return nil
}

// HostTrust asks the daemon what was learned of a host.
func (d *daemon) HostTrust(ctx context.Context, host string) (learned stock.HostTrust, err error) {
	err = d.call(ctx, http.MethodGet, "/api/v1/hosts/"+url.PathEscape(host)+"/trust", &learned)
	return learned, err
}

// ResetTrust asks the daemon to have that forgotten.
func (d *daemon) ResetTrust(ctx context.Context, host string) error {
	return d.call(ctx, http.MethodDelete, "/api/v1/hosts/"+url.PathEscape(host)+"/trust", nil)
}
