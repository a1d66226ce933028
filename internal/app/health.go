package app

import (
	"cmp"
	"context"
	"time"

	"github.com/sainyuka/sainyuka/internal/web"
)

// health says how this process and its store are.
func (l *live) health(ctx context.Context) web.Health {
	a := l.app
	h := web.Health{Backoffs: map[string]time.Duration{}, Requests: map[string]uint64{}, Watches: l.watcher != nil}
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

// gather takes from the metrics what this process alone knows.
func (l *live) gather(h *web.Health) {
	families, err := l.app.o.Registry.Gather()
	if err != nil {
		l.app.log.Debug("gather metrics for the page of health", "err", err)
	}
	channels := map[string]*web.ChannelHealth{}
	for i := range h.Channels {
		channels[h.Channels[i].ID] = &h.Channels[i]
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var host, id string
			for _, label := range m.GetLabel() {
				switch label.GetName() {
				case "host":
					host = label.GetValue()
				case "channel":
					id = label.GetValue()
				}
			}
			gauge := m.GetGauge().GetValue()
			channel := cmp.Or(channels[id], &web.ChannelHealth{}) // one that is not configured is shown nowhere
			switch f.GetName() {
			case "process_start_time_seconds":
				h.Started = time.UnixMilli(int64(gauge * 1000))
			case "sainyuka_leases":
				h.Leases = int(gauge)
			case "sainyuka_host_backoff_seconds":
				if gauge > 0 {
					h.Backoffs[host] = seconds(gauge)
				}
			case "sainyuka_fetch_duration_seconds":
				h.Requests[host] = m.GetHistogram().GetSampleCount()
			case "sainyuka_outbox_depth":
				channel.Waiting = int(gauge)
			case "sainyuka_outbox_oldest_seconds":
				channel.Oldest = seconds(gauge)
			case "sainyuka_alert_latency_seconds":
				if n := m.GetHistogram().GetSampleCount(); n > 0 {
					channel.Latency = seconds(m.GetHistogram().GetSampleSum() / float64(n))
				}
			}
		}
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
