package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/watch"
	"github.com/sainyuka/sainyuka/internal/web"
)

// Trust is what was learned of the evidence that hosts give, as the bus has it.
type Trust struct {
	hosts  *bus.HostStore
	config func() *config.Config
}

// NewTrust returns the trust in the hosts of a configuration, for a tool.
func NewTrust(hosts *bus.HostStore, cfg *config.Config) Trust {
	return Trust{hosts, func() *config.Config { return cfg }}
}

// AskedHost returns the host that is really asked for a watch's URL, "" when it names
// none.
func AskedHost(cfg *config.Config, rawURL string) string { return askedHost(withKeys(cfg), rawURL) }

// AskedHost returns the host that is really asked for a watch.
func (t Trust) AskedHost(watchURL string) string { return AskedHost(t.config(), watchURL) }

// HostTrust returns what was learned of a host that is watched.
func (t Trust) HostTrust(ctx context.Context, host string) (stock.HostTrust, error) {
	if !slices.Contains(askedHosts(t.config()), host) {
		return stock.HostTrust{}, web.ErrNoHost
	}
	reset, err := t.hosts.TrustReset(ctx, host)
	if err != nil {
		return stock.HostTrust{}, err
	}
	raw, err := t.hosts.Learned(ctx, host)
	if err != nil {
		return stock.HostTrust{}, err
	}
	shown, err := watch.LearnedTrust(raw, host, reset)
	if err != nil {
		return stock.HostTrust{}, fmt.Errorf("show the trust in host %s: %w", host, err)
	}
	return shown, nil
}

// ResetTrust lets all methods of a host that is watched be evidence again.
func (t Trust) ResetTrust(ctx context.Context, host string) error {
	if !slices.Contains(askedHosts(t.config()), host) {
		return web.ErrNoHost
	}
	return t.hosts.ResetTrust(ctx, host, clock.Wall())
}
