package watch

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// metrics are the counters and gauges of this package. Those of a single watch
// or host exist exactly while it is configured.
type metrics struct {
	checks       *prometheus.CounterVec
	duration     *prometheus.HistogramVec
	changes      *prometheus.CounterVec
	lastGood     *prometheus.GaugeVec
	availability *prometheus.GaugeVec
	info         *prometheus.GaugeVec
	interval     *prometheus.GaugeVec
	host         hostMetrics
	price        priceMetrics
	leases       prometheus.Gauge
	strangers    prometheus.Counter

	mu      sync.Mutex
	watches map[string]series // by tid
	hosts   map[string]bool
}

// series are the labels of a watch's metrics.
type series struct {
	product, source, host string
	availability          string // "": its state is not shown here
	prices                shownPrices
}

func newMetrics(reg prometheus.Registerer) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "sainyuka", Name: name, Help: help}, labels)
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "sainyuka", Name: name, Help: help}, labels)
	}
	m := &metrics{
		checks: counter("checks_total", "Looks at pages, by how they ended.", "source", "outcome"),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "sainyuka", Name: "check_duration_seconds", Help: "Time that a look took, waits for the host included.",
			Buckets: []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 20, 60},
		}, []string{"source"}),
		changes:      counter("changes_total", "Changes written to the journal.", "source", "kind"),
		lastGood:     gauge("last_good_check_timestamp_seconds", "When the watch's page was last read, by the watcher that owns its host; 0: never.", "product", "watch"),
		availability: gauge("watch_availability", "Confirmed availability of the watch, by the watcher that owns its host; the value is always 1.", "product", "watch", "availability"),
		info:         gauge("watch_info", "Facts about the watch; the value is always 1.", "product", "watch", "source", "host"),
		interval:     gauge("watch_interval_seconds", "Configured average wait between two looks of the watch.", "product", "watch"),
		host:         newHostMetrics(),
		price:        newPriceMetrics(),
		leases: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: "sainyuka", Name: "leases", Help: "Shards of hosts that this watcher asks.",
		}),
		strangers: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: "sainyuka", Name: "config_differences_total", Help: "Times that another watcher was met with another configuration.",
		}),
		watches: make(map[string]series),
		hosts:   make(map[string]bool),
	}
	if reg != nil {
		reg.MustRegister(m.checks, m.duration, m.changes, m.lastGood, m.availability, m.info, m.interval, m.leases, m.strangers)
		reg.MustRegister(m.host.collectors()...)
		reg.MustRegister(m.price.collectors()...)
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
			m.remove(tid)
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

func (m *metrics) add(w watchSpec, source, host string, shown bool) {
	tid := w.watch.ID
	s, ok := m.watches[tid]
	if now := (series{w.product.ID, source, host, s.availability, s.prices}); !ok || now != s {
		m.remove(tid)
		s = series{product: w.product.ID, source: source, host: host}
		m.info.WithLabelValues(s.product, tid, source, host).Set(1)
		if shown {
			s.availability = stock.Unknown.String()
			m.availability.WithLabelValues(s.product, tid, s.availability).Set(1)
			m.lastGood.WithLabelValues(s.product, tid)
		}
		m.watches[tid] = s
	}
	m.interval.WithLabelValues(s.product, tid).Set(w.watch.Interval.Seconds())
}

func (m *metrics) remove(tid string) {
	s, ok := m.watches[tid]
	if !ok {
		return
	}
	m.unshow(tid, s)
	m.info.DeleteLabelValues(s.product, tid, s.source, s.host)
	m.interval.DeleteLabelValues(s.product, tid)
	delete(m.watches, tid)
}

func (m *metrics) unshow(tid string, s series) {
	m.lastGood.DeleteLabelValues(s.product, tid)
	m.availability.DeleteLabelValues(s.product, tid, s.availability)
	m.price.set(s.product, tid, s.prices, stock.Price{}, stock.Price{})
}

// show tells the state of a watch. A watch that was removed meanwhile has none.
func (m *metrics) show(f *follow, effective stock.Price) {
	m.mu.Lock()
	defer m.mu.Unlock()
	tid := f.watch.ID
	s, ok := m.watches[tid]
	if !ok {
		return
	}
	if a := f.track.State.Availability.String(); a != s.availability {
		m.availability.DeleteLabelValues(s.product, tid, s.availability)
		m.availability.WithLabelValues(s.product, tid, a).Set(1)
		s.availability = a
	}
	s.prices = m.price.set(s.product, tid, s.prices, f.track.State.Price, effective)
	m.watches[tid] = s
	var good float64
	if at := f.track.LastGood(); !at.IsZero() {
		good = float64(at.UnixMilli()) / 1000
	}
	m.lastGood.WithLabelValues(s.product, tid).Set(good)
}

// hide removes the states of watches whose host is another watcher's now: two
// that say different things of one watch would both be believed.
func (m *metrics) hide(follows map[string]*follow) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for tid := range follows {
		if s, ok := m.watches[tid]; ok {
			m.unshow(tid, s)
			s.availability, s.prices = "", shownPrices{}
			m.watches[tid] = s
		}
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
