package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/config"
)

// takeUpTimeout bounds what comes after the message.
const takeUpTimeout = 15 * time.Second

// testAlert sends an alert as they usually are, or the longest, through the real sender. That needs no
// bus, so it works beside a running daemon; a channel whose recipients subscribe
// with the daemon is tested by that.
func testAlert(ctx context.Context, env Env, args []string) error {
	flags := newFlags(env, "test-alert")
	r := replies(env, flags)
	path := flags.String("config", "", "the configuration `FILE` (default config.toml)")
	channel := flags.String("channel", "", "`ID` of the channel")
	longest := flags.Bool("longest", false, "send the longest message that can come up, to see what the channel does with it")
	if err := ParseFlags(flags, args); err != nil {
		return err
	}
	cfg, err := loadConfig(*path)
	if err != nil {
		return err
	}
	if *channel == "" {
		return usagef("-channel ID is missing: %s has %s", cfg.Path, strings.Join(app.ChannelIDs(cfg), ", "))
	}
	receipt, took, err := app.TestAlert(ctx, cfg, *channel, env.Version, *longest, env.Stdout)
	if errors.Is(err, app.ErrNeedsDaemon) {
		d := dialDaemon(ctx, cfg.DataDir)
		if d == nil {
			return fmt.Errorf("channel %s: %w, and none runs on %s", *channel, err, cfg.DataDir)
		}
		receipt.ProviderID, took, err = d.test(ctx, *channel, *longest)
	}
	took = took.Round(time.Millisecond)
	if errors.Is(err, app.ErrNoChannel) {
		return usagef("%s has no channel %q: it has %s", cfg.Path, *channel, strings.Join(app.ChannelIDs(cfg), ", "))
	}
	if err != nil {
		result := map[string]any{"channel": *channel, "sent": false, "took_seconds": took.Seconds(), "error": err.Error()}
		return errors.Join(r.print(result, say("channel %s: failed after %s: %v", *channel, took, err)), errShown)
	}
	result := map[string]any{"channel": *channel, "sent": true, "took_seconds": took.Seconds(), "provider_id": receipt.ProviderID}
	if err := r.print(result, say("channel %s: sent in %s, provider's id %s", *channel, took, orDash(receipt.ProviderID))); err != nil {
		return err
	}
	if err := takeUp(ctx, env, cfg, *channel); err != nil {
		return fmt.Errorf("the message was sent; if alerts had stopped, `sainyuka enable %s` is still to do: %w", *channel, err)
	}
	return nil
}

// takeUp lets alerts through again to a channel that works and had been given up,
// by the daemon or by one that will run. Where none ever ran there is nothing to do.
func takeUp(ctx context.Context, env Env, cfg *config.Config, channel string) error {
	ctx, cancel := context.WithTimeout(ctx, takeUpTimeout)
	defer cancel()
	if d := dialDaemon(ctx, cfg.DataDir); d == nil && cfg.NATS.URL == "" {
		if _, err := os.Stat(cfg.DataDir); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	s, done, err := openSwitches(ctx, env, cfg)
	if err != nil {
		return err
	}
	defer done()
	_, err = s.Enable(ctx, channel)
	return err
}
