package watch

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// What became of a look, as far as it is the host's doing.
const (
	lookRead    = "read"
	lookRefused = "refused"
	lookFailed  = "failed"
)

// hostMetrics say how a host is asked and how it answers. Their series exist while the host is configured.
type hostMetrics struct {
	gap     *prometheus.GaugeVec
	next    *prometheus.GaugeVec
	backoff *prometheus.GaugeVec
	looks   *prometheus.CounterVec
}

func newHostMetrics() hostMetrics {
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "sainyuka", Name: name, Help: help}, []string{"host"})
	}
	return hostMetrics{
		gap:     gauge("host_gap_seconds", "Shortest time between two requests to the host."),
		next:    gauge("host_next_look_timestamp_seconds", "When the host is asked next, by the watcher that owns it; 0: nothing is planned."),
		backoff: gauge("host_backoff_seconds", "Length of the back-off that the host is in; 0: none."),
		looks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "sainyuka", Name: "host_looks_total", Help: "Looks at the host's pages: read, refused by the host, or failed for another reason.",
		}, []string{"host", "result"}),
	}
}

func (m hostMetrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.gap, m.next, m.backoff, m.looks}
}

// prepare makes a host's series.
func (m hostMetrics) prepare(host string, gap time.Duration) {
	m.gap.WithLabelValues(host).Set(gap.Seconds())
	m.next.WithLabelValues(host)
	m.backoff.WithLabelValues(host)
	for _, r := range []string{lookRead, lookRefused, lookFailed} {
		m.looks.WithLabelValues(host, r)
	}
}

func (m hostMetrics) remove(host string) {
	for _, g := range []*prometheus.GaugeVec{m.gap, m.next, m.backoff} {
		g.DeleteLabelValues(host)
	}
	m.looks.DeletePartialMatch(prometheus.Labels{"host": host})
}

func lookResult(o stock.Outcome) string {
	switch o {
	case stock.OK, stock.NotModified:
		return lookRead
	case stock.Blocked, stock.RateLimited, stock.Disallowed:
		return lookRefused
	}
	return lookFailed
}

// plans tells when a host is asked next; the zero time: nothing is planned.
func (m *metrics) plans(host string, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.hosts[host] {
		return
	}
	var seconds float64
	if !at.IsZero() {
		seconds = float64(at.UnixMilli()) / 1000
	}
	m.host.next.WithLabelValues(host).Set(seconds)
}

// waits tells the length of a host's back-off; 0: it is over.
func (m *metrics) waits(host string, d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.hosts[host] {
		m.host.backoff.WithLabelValues(host).Set(d.Seconds())
	}
}
