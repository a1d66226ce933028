package bus

import (
	"context"
	"sync"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
)

// Sizes measures the streams, and remembers which were reported as nearly full.
type Sizes struct {
	*link

	mu   sync.Mutex
	told map[string]bool
}

// nearlyFull is the share of its limit at which a stream is reported, and
// belowNearly the share at which that is taken back. Room is made long before, so
// that a stream which gets there holds little that may go.
const (
	nearlyFull  = 0.90
	belowNearly = 0.85
)

type size struct {
	stream    string
	used, max int64 // max -1: no limit of its own
	refuses   bool  // what is new, when it is full
	history   int64 // records per watch; 0: not the stream of changes
}

// measure asks how full streams and buckets are and says so in the log, once, when
// one is nearly full that would refuse what is new. Those that do not answer are
// left out.
func (g *Sizes) measure(ctx context.Context) []size {
	ctx, cancel := call(ctx)
	defer cancel()
	var all []size
	for _, name := range append(g.opened(), g.kept()...) {
		s, err := g.js.Stream(ctx, name)
		if err != nil {
			continue
		}
		info := s.CachedInfo()
		z := size{stream: name, used: int64(min(info.State.Bytes, 1<<62)), max: info.Config.MaxBytes, refuses: info.Config.Discard == jetstream.DiscardNew}
		if name == streamOBS {
			z.history = info.Config.MaxMsgsPerSubject
		}
		all = append(all, z)
	}
	g.warn(all)
	return all
}

// Fullest returns the stream that refuses what is new and is the nearest to that,
// with the percentage of its limit that is used; "" and 0 when none has a limit.
func (g *Sizes) Fullest(ctx context.Context) (stream string, percent int, err error) {
	for _, s := range g.measure(ctx) {
		if s.max <= 0 || !s.refuses {
			continue
		}
		if p := int(100 * float64(s.used) / float64(s.max)); stream == "" || p > percent {
			stream, percent = s.stream, p
		}
	}
	return stream, percent, ctx.Err()
}

func (g *Sizes) warn(all []size) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.told == nil {
		g.told = make(map[string]bool)
	}
	for _, s := range all {
		if s.max <= 0 || !s.refuses {
			continue
		}
		share := float64(s.used) / float64(s.max)
		switch told := g.told[s.stream]; {
		case !told && share >= nearlyFull:
			g.told[s.stream] = true
			g.log.Error("a stream is nearly full although room was made: when it is full, it refuses what is new", "stream", s.stream, "bytes", s.used, "max_bytes", s.max)
		case told && share < belowNearly:
			delete(g.told, s.stream)
			g.log.Info("a stream has room again", "stream", s.stream, "bytes", s.used, "max_bytes", s.max)
		}
	}
}

// sizeCollector measures when it is asked.
type sizeCollector struct {
	sizes     *Sizes
	used, max *prometheus.Desc
	history   *prometheus.Desc
}

func (g *Sizes) collector() prometheus.Collector {
	label := []string{"stream"}
	return &sizeCollector{
		sizes: g,
		used:  prometheus.NewDesc("sainyuka_stream_bytes", "Bytes that a stream holds.", label, nil),
		max:   prometheus.NewDesc("sainyuka_stream_max_bytes", "Bytes that a stream may hold.", label, nil),
		history: prometheus.NewDesc("sainyuka_history_max_records",
			"Records that are kept of each watch; fewer when the store fills.", nil, nil),
	}
}

// Describe implements prometheus.Collector.
func (c *sizeCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- c.used
	ch <- c.max
	ch <- c.history
}

// Collect implements prometheus.Collector.
func (c *sizeCollector) Collect(ch chan<- prometheus.Metric) {
	for _, s := range c.sizes.measure(context.Background()) {
		ch <- prometheus.MustNewConstMetric(c.used, prometheus.GaugeValue, float64(s.used), s.stream)
		if s.max > 0 {
			ch <- prometheus.MustNewConstMetric(c.max, prometheus.GaugeValue, float64(s.max), s.stream)
		}
		if s.history > 0 {
			ch <- prometheus.MustNewConstMetric(c.history, prometheus.GaugeValue, float64(s.history))
		}
	}
}
