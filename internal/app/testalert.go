package app

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/notify"
)

// ErrNoChannel says that a configuration has no channel of the given id.
var ErrNoChannel = errors.New("no such channel")

// TestAlert sends the longest real message through one channel, and says how
// long the channel took. It needs neither bus nor data directory, so it works
// beside a running daemon.
func TestAlert(ctx context.Context, cfg *config.Config, channel, version string, stdout io.Writer) (notify.Receipt, time.Duration, error) {
	known := false
	for _, id := range ChannelIDs(cfg) {
		known = known || id == channel
	}
	if !known {
		return notify.Receipt{}, 0, ErrNoChannel
	}
	rules, err := newRules(cfg, stdout)
	if err != nil {
		return notify.Receipt{}, 0, err
	}
	return notify.New(notify.Options{Rules: rules, Version: version}).Test(ctx, channel)
}
