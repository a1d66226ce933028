package notify

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// The outcomes of alerts_total.
const (
	outcomeSent       = "sent"
	outcomeRetry      = "retry"
	outcomeDead       = "dead"
	outcomeSuppressed = "suppressed"
	outcomeExpired    = "expired"
)

// metrics counts what became of alerts. It is a Collector of its parts.
type metrics struct {
	alerts  *prometheus.CounterVec
	dead    *prometheus.CounterVec
	news    *prometheus.CounterVec
	latency *prometheus.HistogramVec
	trouble *prometheus.GaugeVec
}

func newMetrics() *metrics {
	return &metrics{
		alerts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sainyuka_alerts_total",
			Help: "Alerts by what became of an attempt to tell them.",
		}, []string{"channel", "outcome"}),
		dead: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sainyuka_dead_letters_total",
			Help: "Letters given up.",
		}, []string{"channel"}),
		news: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sainyuka_owner_news_total",
			Help: "News that the owner was to hear, by kind.",
		}, []string{"kind"}),
		trouble: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "sainyuka_channel_in_trouble",
			Help: "Whether a channel is refused, out of reach or out of quota (1), as far as the process that tells the owner knows.",
		}, []string{"channel"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "sainyuka_alert_latency_seconds",
			Help:    "Time from the last byte of the page to the channel's acceptance of the alert.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600},
		}, []string{"channel"}),
	}
}

// present makes every series of the channels, so that a rate is known from the
// first event on.
func (m *metrics) present(channels []string) {
	for _, k := range stock.AllKinds() {
		if k.Audience == stock.ForOwner {
			m.news.WithLabelValues(string(k.Kind))
		}
	}
	for _, c := range channels {
		for _, o := range []string{outcomeSent, outcomeRetry, outcomeDead, outcomeSuppressed, outcomeExpired} {
			m.alerts.WithLabelValues(c, o)
		}
		m.dead.WithLabelValues(c)
		m.latency.WithLabelValues(c)
		m.trouble.WithLabelValues(c)
	}
}

func (m *metrics) count(channel, outcome string) { m.alerts.WithLabelValues(channel, outcome).Inc() }

func (m *metrics) setTrouble(channel string, down bool) {
	value := 0.0
	if down {
		value = 1
	}
	m.trouble.WithLabelValues(channel).Set(value)
}

// Describe implements prometheus.Collector.
func (m *metrics) Describe(ch chan<- *prometheus.Desc) {
	m.alerts.Describe(ch)
	m.dead.Describe(ch)
	m.news.Describe(ch)
	m.latency.Describe(ch)
	m.trouble.Describe(ch)
}

// Collect implements prometheus.Collector.
func (m *metrics) Collect(ch chan<- prometheus.Metric) {
	m.alerts.Collect(ch)
	m.dead.Collect(ch)
	m.news.Collect(ch)
	m.latency.Collect(ch)
	m.trouble.Collect(ch)
}

// outboxTimeout bounds a scrape that meets a store that does not answer.
const outboxTimeout = 2 * time.Second

var (
	outboxDepth  = prometheus.NewDesc("sainyuka_outbox_depth", "Letters waiting or in hand.", []string{"channel"}, nil)
	outboxOldest = prometheus.NewDesc("sainyuka_outbox_oldest_seconds", "Age of the oldest letter waiting, 0 when there is none.", []string{"channel"}, nil)
)

type outboxState struct {
	depth  int
	oldest time.Time
}

// outboxCollector asks the store at each scrape. While that does not answer it
// repeats what was known last: a missing series would look like a channel that
// is gone.
type outboxCollector struct {
	store    Store
	channels func() []string

	mu   sync.Mutex
	last map[string]outboxState
}

// Describe implements prometheus.Collector.
func (o *outboxCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- outboxDepth
	ch <- outboxOldest
}

// Collect implements prometheus.Collector.
func (o *outboxCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), outboxTimeout)
	defer cancel()
	var wg sync.WaitGroup
	for _, c := range o.channels() {
		wg.Go(func() {
			s := o.ask(ctx, c)
			age := 0.0
			if s.depth > 0 && !s.oldest.IsZero() {
				age = max(0, clock.Wall().Sub(s.oldest).Seconds())
			}
			ch <- prometheus.MustNewConstMetric(outboxDepth, prometheus.GaugeValue, float64(s.depth), c)
			ch <- prometheus.MustNewConstMetric(outboxOldest, prometheus.GaugeValue, age, c)
		})
	}
	wg.Wait()
}

func (o *outboxCollector) ask(ctx context.Context, channel string) outboxState {
	depth, oldest, err := o.store.Outbox(ctx, channel)
	o.mu.Lock()
	defer o.mu.Unlock()
	if err == nil {
		o.last[channel] = outboxState{depth, oldest}
	}
	return o.last[channel]
}
