package app

import (
	"context"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	tidyEvery   = 10 * time.Minute
	forgetEvery = 6 * time.Hour
	// forgetAfter is how long the history of a watch is kept that nobody has
	// configured: long enough for a summer without it.
	forgetAfter = 30 * 24 * time.Hour
)

// tidy looks after what nobody else would take away, until ctx ends.
func (l *live) tidy(ctx context.Context) error {
	l.forget(ctx)
	letters, watches := time.NewTicker(tidyEvery), time.NewTicker(forgetEvery)
	defer letters.Stop()
	defer watches.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-letters.C:
			if l.channels != nil {
				l.channels.tidy(ctx)
			}
		case <-watches.C:
			l.forget(ctx)
		}
	}
}

// forget removes the history of watches that no process has had configured for
// long. Every process says what it has, so that none loses what another watches.
func (l *live) forget(ctx context.Context) {
	watched := watchedIDs(l.app.config.Load().Products)
	forgotten, err := l.bus.Retention.ForgetUnwatched(ctx, func(tid string) bool { return watched[tid] }, forgetAfter)
	for _, tid := range forgotten {
		l.app.log.Info("a watch that was not configured for long is forgotten", "watch", tid)
	}
	if err != nil && ctx.Err() == nil {
		l.app.log.Warn("watches that are not configured stay for now", "err", err)
	}
}

func watchedIDs(products []stock.Product) map[string]bool {
	ids := map[string]bool{}
	for _, p := range products {
		for _, w := range p.Watches {
			ids[w.ID] = true
		}
	}
	return ids
}
