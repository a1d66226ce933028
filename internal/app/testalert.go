package app

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/notify"
	"github.com/sainyuka/sainyuka/internal/web"
)

// ErrNoChannel says that a configuration has no channel of the given id.
var ErrNoChannel = errors.New("no such channel")

// ErrNeedsDaemon says that the recipients of a channel are known to a running
// process alone: they subscribe with it.
var ErrNeedsDaemon = errors.New("its browsers are known to the running daemon alone")

// TestAlert sends a realistic alert, or the longest possible one, through one channel,
// and returns how long the channel took. It needs neither bus nor data directory, so it
// works beside a running daemon.
func TestAlert(ctx context.Context, cfg *config.Config, id, version string, longest bool, stdout io.Writer) (channel.Receipt, time.Duration, error) {
	i := slices.IndexFunc(cfg.Channels, func(c config.Channel) bool { return c.ID == id })
	switch {
	case i < 0:
		return channel.Receipt{}, 0, ErrNoChannel
	case cfg.Channels[i].Type == typeWebPush:
		return channel.Receipt{}, 0, ErrNeedsDaemon
	}
	rules, err := newRules(cfg, stdout)
	if err != nil {
		return channel.Receipt{}, 0, err
	}
	return notify.New(notify.Options{Rules: rules, Version: version, PublicURL: cfg.Web.PublicURL}).Test(ctx, id, longest)
}

// test sends the same through a channel of this process, to all who are its
// recipients now.
func (l *live) test(ctx context.Context, channel string, longest bool) (web.Tested, error) {
	if !slices.Contains(ChannelIDs(l.app.config.Load()), channel) {
		return web.Tested{}, web.ErrNoChannel
	}
	receipt, took, err := l.notifier.Test(ctx, channel, longest)
	if err == nil { // the recipient can be reached
		if _, err := l.notifier.Enable(ctx, channel); err != nil {
			l.app.log.Warn("a channel that works again stays disabled", "channel", channel, "err", err)
		}
	}
	return web.Tested{Took: took, ProviderID: receipt.ProviderID, Failure: err}, nil
}
