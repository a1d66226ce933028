package app

import (
	"context"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/feed"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// hint tells all watchers, ours too, a reason to look. A hint that nobody hears
// costs nothing but its chance.
func (l *live) hint(x stock.Hint) {
	if err := l.bus.Signals.PublishHint(x); err != nil {
		l.app.log.Debug("hint not passed on", "product", x.Product, "err", err)
	}
}

// startFeeds follows the feeds. Each is asked by the watcher whose host it is,
// through the same gate as the shops' pages, so that no gap is broken.
func (l *live) startFeeds(ctx context.Context, cfg *config.Config) {
	l.feeds = feed.New(feed.Options{
		Fetch: l.app.observer.fetch.Fetch, Own: l.watcher.Own, Hint: l.hint, Logger: l.app.log,
	})
	l.feeds.Set(feedsOf(cfg), cfg.Products)
	l.g.Go(func() error { return l.feeds.Run(ctx) })
}

func feedsOf(cfg *config.Config) []feed.Feed {
	feeds := make([]feed.Feed, len(cfg.Feeds))
	for i, f := range cfg.Feeds {
		feeds[i] = feed.Feed(f)
	}
	return feeds
}
