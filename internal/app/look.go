package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Looker looks at pages as a watcher does, without one.
type Looker struct{ observer *observer }

// NewLooker returns a Looker with this configuration; every is the gap between two
// requests to a host.
func NewLooker(cfg *config.Config, version string, every func(host string) time.Duration, log *slog.Logger) (*Looker, error) {
	o, err := newObserver(cfg, version, every, log)
	if err != nil {
		return nil, err
	}
	return &Looker{o}, nil
}

// Observe looks at one page. What did not change since the last look is not read again.
func (l *Looker) Observe(ctx context.Context, rawURL string) stock.Observation {
	return l.observer.Observe(ctx, rawURL)
}

// Close closes the connections that are kept.
func (l *Looker) Close() { l.observer.close() }

// Look looks at one page, once, as a watcher with this configuration would that knows
// these methods to be no evidence on the page's host.
func Look(ctx context.Context, cfg *config.Config, version, rawURL string, distrusted []stock.Method, log *slog.Logger) (stock.Observation, error) {
	l, err := NewLooker(cfg, version, cfg.Every, log)
	if err != nil {
		return stock.Observation{}, err
	}
	defer l.Close()
	l.observer.Distrust(l.observer.Host(rawURL), distrusted)
	return l.Observe(ctx, rawURL), nil
}
