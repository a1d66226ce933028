package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/notify"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// switches let people mute a product and enable a channel from the dashboard.
type switches struct {
	n  *notify.Notifier
	by string
}

// NewSwitches returns the switches of a configuration on a bus that no daemon in
// this process uses.
func NewSwitches(people *bus.FactStore, cfg *config.Config) web.Switches {
	rules := notify.Rules{Products: cfg.Products, Channels: ChannelIDs(cfg), Location: cfg.Timezone}
	return switches{notify.New(notify.Options{People: people, Rules: rules}), "command"}
}

// Mute implements web.Switches.
func (s switches) Mute(ctx context.Context, product string, d time.Duration) error {
	return named(s.n.Mute(ctx, product, d, s.by), web.ErrNoProduct)
}

// Unmute implements web.Switches.
func (s switches) Unmute(ctx context.Context, product string) error {
	return named(s.n.Unmute(ctx, product), web.ErrNoProduct)
}

// Enable implements web.Switches.
func (s switches) Enable(ctx context.Context, channel string) (int, error) {
	n, err := s.n.Enable(ctx, channel)
	return n, named(err, web.ErrNoChannel)
}

// Mutes implements web.Switches.
func (s switches) Mutes() []stock.Mute { return s.n.Mutes() }

// Disabled implements web.Switches.
func (s switches) Disabled() []stock.Disabled { return s.n.Disabled() }

// Quotas implements web.Switches.
func (s switches) Quotas() []stock.Quota { return s.n.Quotas() }

// Troubles implements web.Switches.
func (s switches) Troubles() []stock.News { return s.n.Troubles() }

func named(err, unknown error) error {
	if errors.Is(err, notify.ErrUnknown) {
		return fmt.Errorf("%w: %w", unknown, err)
	}
	return err
}
