package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/app"
)

// testAlert sends the longest real message through the real sender. It needs no
// bus, so it works beside a running daemon; a channel whose recipients subscribe
// with the daemon is tested by that.
func testAlert(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "test-alert")
	path := fs.String("config", "", "the configuration `FILE`")
	channel := fs.String("channel", "", "`ID` of the channel")
	if err := ParseFlags(fs, args); err != nil {
		return err
	}
	cfg, err := loadConfig(*path)
	if err != nil {
		return err
	}
	if *channel == "" {
		return usagef("-channel ID is missing: %s has %s", *path, strings.Join(app.ChannelIDs(cfg), ", "))
	}
	receipt, took, err := app.TestAlert(ctx, cfg, *channel, env.Version, env.Stdout)
	if errors.Is(err, app.ErrNeedsDaemon) {
		d := dialDaemon(ctx, cfg.DataDir)
		if d == nil {
			return fmt.Errorf("channel %s: %w, and none runs on %s", *channel, err, cfg.DataDir)
		}
		receipt.ProviderID, took, err = d.test(ctx, *channel)
	}
	took = took.Round(time.Millisecond)
	if errors.Is(err, app.ErrNoChannel) {
		return usagef("%s has no channel %q: it has %s", *path, *channel, strings.Join(app.ChannelIDs(cfg), ", "))
	}
	if err != nil {
		fmt.Fprintf(env.Stdout, "channel %s: failed after %s: %v\n", *channel, took, err)
		return errShown
	}
	if d := dialDaemon(ctx, cfg.DataDir); d != nil { // a daemon that had given the channel up
		if _, err := d.Enable(ctx, *channel); err != nil {
			return fmt.Errorf("the message was sent, but the running daemon could not be told: %w", err)
		}
	}
	fmt.Fprintf(env.Stdout, "channel %s: sent in %s, provider's id %s\n", *channel, took, orDash(receipt.ProviderID))
	return nil
}
