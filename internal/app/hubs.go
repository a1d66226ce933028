package app

import (
	"context"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel/mqtt"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/fetch"
	"github.com/sainyuka/sainyuka/internal/homeassistant"
	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	typeMQTT = "mqtt"
	// homeMute is for how long the button of a home mutes, as that of an alert.
	homeMute = time.Hour
)

// hubs runs one hub for each channel of type mqtt that has discovery, so that its
// products are devices there.
type hubs struct {
	live *live
	ctx  context.Context

	mu   sync.Mutex
	hubs map[string]*runningHub // by channel id
}

type runningHub struct {
	hub      *homeassistant.Hub
	settings string // of the channel that it was made for
	stop     context.CancelFunc
}

// set starts the hubs of new and changed channels, ends those of removed ones, and
// has the others publish what a reload has changed.
func (h *hubs) set(cfg *config.Config) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ctx.Err() != nil {
		return // a reload that came too late
	}
	wanted := map[string]config.Channel{}
	for _, c := range cfg.Channels {
		if c.Type == typeMQTT && c.MQTT.Discovery != "" {
			wanted[c.ID] = c
		}
	}
	for id, r := range h.hubs {
		if c, ok := wanted[id]; !ok || settings(c)+cfg.Language != r.settings {
			r.stop()
			delete(h.hubs, id)
		}
	}
	for id, c := range wanted {
		if r := h.hubs[id]; r != nil {
			r.hub.Changed()
			continue
		}
		h.hubs[id] = h.start(cfg, c)
	}
}

// start runs a hub until it is stopped.
func (h *hubs) start(cfg *config.Config, c config.Channel) *runningHub {
	a, n := h.live.app, h.live.notifier
	by := switches{n, "home"}
	hub := homeassistant.New(homeassistant.Options{
		Broker: mqttConfig(c), Dial: mqttDialer(cfg, c), Discovery: c.MQTT.Discovery,
		Language: cfg.Language, Dashboard: cfg.Web.PublicURL, Version: a.o.Version,
		Products: func() []stock.Product { return a.config.Load().Products },
		Rates:    func() pricing.Rates { return a.config.Load().Rates() },
		Muted:    n.Mutes,
		Mute:     func(ctx context.Context, product string) error { return by.Mute(ctx, product, homeMute) },
		Seen:     func(ctx context.Context, product string) error { return n.Acknowledge(ctx, product, "home-"+product) },
		Logger:   a.log.With("channel", c.ID),
	})
	ctx, stop := context.WithCancel(h.ctx)
	h.live.g.Go(func() error {
		defer stop()
		return hub.Run(ctx)
	})
	h.live.g.Go(func() error {
		err := h.live.bus.Follow(ctx, func(e stock.Entry) { hub.Record(e.Change.Watch.ID, e.Change) })
		if ctx.Err() != nil {
			return nil
		}
		return err
	})
	return &runningHub{hub, settings(c) + cfg.Language, stop}
}

func mqttConfig(c config.Channel) mqtt.Config {
	roots, _ := config.ReadRoots(c.CAFile) // nil after an error: a certificate of a private authority is refused then
	return mqtt.Config{URL: c.URL, RootCAs: roots, Username: c.MQTT.Username.Reveal(), Password: c.MQTT.Password.Reveal(), Topic: c.MQTT.Topic}
}

// mqttDialer keeps away from private networks as all channels do.
func mqttDialer(cfg *config.Config, c config.Channel) mqtt.Dialer {
	guard := fetch.Guard{AllowPrivate: cfg.Fetch.AllowPrivateAddresses, AllowLoopback: literalLoopback(c.URL)}
	return guard.DialContext
}
