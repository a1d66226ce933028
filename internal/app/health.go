package app

import (
	"context"
	"time"

	"github.com/sainyuka/sainyuka/internal/web"
)

// health says how this process and its store are.
func (l *live) health(ctx context.Context) web.Health {
	a := l.app
	h := web.Health{Backoffs: map[string]time.Duration{}, Watches: l.watcher != nil}
	cfg := a.config.Load()
	for _, c := range cfg.Channels {
		h.Channels = append(h.Channels, web.ChannelHealth{ID: c.ID, Type: c.Type})
	}
	if full, err := l.fullness(ctx); err == nil {
		h.Store, h.Percent = full.Store, full.Percent
	} else {
		h.StoreError = err.Error()
	}
	if a.o.Engine != nil {
		h.Embedded = true
		if err := a.o.Engine.Healthy(); err != nil {
			h.StoreError = err.Error()
		}
	}
	if err := a.Ready(ctx); err != nil {
		h.NotReady = err.Error()
	}
	l.gather(&h)
	return h
}

// gather takes from the metrics what only the watcher in this process knows.
func (l *live) gather(h *web.Health) {
	families, err := l.app.o.Registry.Gather()
	if err != nil {
		l.app.log.Debug("gather metrics for the page of health", "err", err)
	}
	for _, f := range families {
		switch f.GetName() {
		case "sainyuka_leases":
			for _, m := range f.GetMetric() {
				h.Leases = int(m.GetGauge().GetValue())
			}
		case "sainyuka_host_backoff_seconds":
			for _, m := range f.GetMetric() {
				for _, label := range m.GetLabel() {
					if label.GetName() == "host" && m.GetGauge().GetValue() > 0 {
						h.Backoffs[label.GetValue()] = time.Duration(m.GetGauge().GetValue() * float64(time.Second))
					}
				}
			}
		}
	}
}
