package bus

import (
	"context"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// sizes remembers which streams were reported as nearly full.
type sizes struct {
	mu   sync.Mutex
	told map[string]bool
}

// nearlyFull is the share of its limit at which a stream is reported, and
// belowNearly the share at which that is taken back.
const (
	nearlyFull  = 0.80
	belowNearly = 0.75
)

type size struct {
	stream    string
	used, max int64 // max -1: no limit of its own
}

// measure asks how full the streams are and says so in the log, once, when one
// is nearly full. Streams that do not answer are left out.
func (b *Bus) measure(ctx context.Context) []size {
	ctx, cancel := call(ctx)
	defer cancel()
	var all []size
	for _, name := range b.streams() {
		s, err := b.js.Stream(ctx, name)
		if err != nil {
			continue
		}
		info := s.CachedInfo()
		all = append(all, size{name, int64(min(info.State.Bytes, 1<<62)), info.Config.MaxBytes})
	}
	b.warn(all)
	return all
}

func (b *Bus) warn(all []size) {
	b.sizes.mu.Lock()
	defer b.sizes.mu.Unlock()
	if b.sizes.told == nil {
		b.sizes.told = make(map[string]bool)
	}
	for _, s := range all {
		if s.max <= 0 {
			continue
		}
		share := float64(s.used) / float64(s.max)
		switch told := b.sizes.told[s.stream]; {
		case !told && share >= nearlyFull:
			b.sizes.told[s.stream] = true
			b.log.Error("a stream is nearly full: when it is, it refuses what is new", "stream", s.stream, "bytes", s.used, "max_bytes", s.max)
		case told && share < belowNearly:
			delete(b.sizes.told, s.stream)
			b.log.Info("a stream has room again", "stream", s.stream, "bytes", s.used, "max_bytes", s.max)
		}
	}
}

// sizeCollector measures when it is asked.
type sizeCollector struct {
	bus       *Bus
	used, max *prometheus.Desc
}

func (b *Bus) collector() prometheus.Collector {
	label := []string{"stream"}
	return &sizeCollector{
		bus:  b,
		used: prometheus.NewDesc("sainyuka_stream_bytes", "Bytes that a stream holds.", label, nil),
		max:  prometheus.NewDesc("sainyuka_stream_max_bytes", "Bytes that a stream may hold.", label, nil),
	}
}

// Describe implements prometheus.Collector.
func (c *sizeCollector) Describe(ch chan<- *prometheus.Desc) { ch <- c.used; ch <- c.max }

// Collect implements prometheus.Collector.
func (c *sizeCollector) Collect(ch chan<- prometheus.Metric) {
	for _, s := range c.bus.measure(context.Background()) {
		ch <- prometheus.MustNewConstMetric(c.used, prometheus.GaugeValue, float64(s.used), s.stream)
		if s.max > 0 {
			ch <- prometheus.MustNewConstMetric(c.max, prometheus.GaugeValue, float64(s.max), s.stream)
		}
	}
}
