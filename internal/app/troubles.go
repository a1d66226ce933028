package app

import (
	"context"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/watch"
)

// showTroubles shows on the dashboard which pages told nothing when they were looked
// at last, until newer looks are announced: else a restart would show pages in trouble
// as not looked at yet.
func (l *live) showTroubles(ctx context.Context, cfg *config.Config) {
	for _, host := range askedHosts(cfg) {
		if ctx.Err() != nil {
			return
		}
		raw, err := l.bus.Hosts.Learned(ctx, host)
		if err != nil {
			l.app.log.Debug("what is known of a host is not shown yet", "host", host, "err", err)
			continue
		}
		looks, err := watch.LastLooks(raw, host)
		if err != nil {
			l.app.log.Debug("what is known of a host is not shown", "host", host, "err", err)
			continue
		}
		l.web.Looks(looks)
	}
}

// listings returns what a search showed at its last look that can be bought, as the
// owner of its host left it.
func (l *live) listings(ctx context.Context, w stock.Watch) ([]stock.Listing, error) {
	host := AskedHost(l.app.config.Load(), w.URL)
	raw, err := l.bus.Hosts.Learned(ctx, host)
	if err != nil {
		return nil, err
	}
	return watch.ShownListings(raw, host, w.ID)
}

// askedHosts returns the hosts that are asked for the watches of a configuration, each
// once, in their order.
func askedHosts(cfg *config.Config) []string {
	set, met := withKeys(cfg), map[string]bool{}
	var hosts []string
	for _, p := range cfg.Products {
		for _, w := range p.Watches {
			if host := askedHost(set, w.URL); host != "" && !met[host] {
				met[host] = true
				hosts = append(hosts, host)
			}
		}
	}
	return hosts
}
