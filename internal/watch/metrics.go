package watch

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// metrics are the counters and gauges of this package. Those of a single watch
// or host exist exactly while it is configured. For those of watches see Families.
type metrics struct {
	checks    *prometheus.CounterVec
	duration  *prometheus.HistogramVec
	changes   *prometheus.CounterVec
	host      hostMetrics
	leases    prometheus.Gauge
	strangers prometheus.Counter

	mu      sync.Mutex
	watches map[string]*series // by tid
	hosts   map[string]bool
}

func newMetrics(reg prometheus.Registerer) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "sainyuka", Name: name, Help: help}, labels)
	}
	m := &metrics{
		checks: counter("checks_total", "Looks at pages, by how they ended.", "source", "outcome"),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "sainyuka", Name: "check_duration_seconds", Help: "Time that a look took, waits for the host included.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 20, 60},
		}, []string{"source"}),
		changes: counter("changes_total", "Changes written to the journal.", "source", "kind"),
		host:    newHostMetrics(),
		leases: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: "sainyuka", Name: "leases", Help: "Shards of hosts that this watcher asks.",
		}),
		strangers: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: "sainyuka", Name: "config_differences_total", Help: "Times that another watcher was met with another configuration.",
		}),
		watches: make(map[string]*series),
		hosts:   make(map[string]bool),
	}
	if reg != nil {
		reg.MustRegister(m.checks, m.duration, m.changes, m.leases, m.strangers)
		reg.MustRegister(m.host.collectors()...)
	}
	return m
}

// set makes the series of what is configured and removes all others. shown says
// that the states of new watches are this watcher's to show from the start.
func (m *metrics) set(hosts map[string][]*pageSpec, gap func(host string) time.Duration, shown bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	stay := make(map[string]bool)
	for host, pages := range hosts {
		m.host.prepare(host, gap(host))
		for _, p := range pages {
			m.prepare(p.source)
			for _, w := range p.watches {
				stay[w.watch.ID] = true
				m.add(w, p.source, host, shown)
			}
		}
	}
	for tid := range m.watches {
		if !stay[tid] {
			delete(m.watches, tid)
		}
	}
	for host := range m.hosts {
		if _, ok := hosts[host]; !ok {
			m.host.remove(host)
		}
	}
	m.hosts = make(map[string]bool, len(hosts))
	for host := range hosts {
		m.hosts[host] = true
	}
}

// prepare makes a source's series, so that a rate over the first event is right.
func (m *metrics) prepare(source string) {
	m.duration.WithLabelValues(source)
	for _, o := range stock.Outcomes() {
		m.checks.WithLabelValues(source, string(o))
	}
	for _, k := range stock.Kinds() {
		m.changes.WithLabelValues(source, string(k))
	}
}

func (m *metrics) looked(source, host string, o stock.Outcome, took time.Duration) {
	m.mu.Lock()
	if m.hosts[host] {
		m.host.looks.WithLabelValues(host, lookResult(o)).Inc()
	}
	m.mu.Unlock()
	m.checks.WithLabelValues(source, string(o)).Inc()
	m.duration.WithLabelValues(source).Observe(took.Seconds())
}

func (m *metrics) changed(source string, c stock.Change) {
	m.changes.WithLabelValues(source, string(c.Kind)).Inc()
}
