package ops

import (
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
)

// scrapes serves /metrics and writes the answer while it is made. The Timeout of promhttp
// is not used: it holds the whole answer back, tens of megabytes with 10,000 watches.
func scrapes(reg *prometheus.Registry) http.Handler {
	return promhttp.InstrumentMetricHandler(reg, promhttp.HandlerFor(bounded{reg, make(chan struct{}, maxScrapes), scrapeTimeout}, promhttp.HandlerOpts{
		Registry:            reg,
		MaxRequestsInFlight: maxScrapes,
		EnableOpenMetrics:   true,
	}))
}

// bounded gathers within a time limit, and does not wait for a collector beyond it. One
// that hangs for good keeps its slot, so that no more collectors hang than there are slots.
type bounded struct {
	of    prometheus.Gatherer
	slots chan struct{}
	limit time.Duration
}

type gathered struct {
	families []*dto.MetricFamily
	err      error
}

// Gather implements prometheus.Gatherer.
func (b bounded) Gather() ([]*dto.MetricFamily, error) {
	select {
	case b.slots <- struct{}{}:
	default:
		return nil, fmt.Errorf("%d earlier scrapes have not been answered yet", cap(b.slots))
	}
	result := make(chan gathered, 1)
	go func() {
		defer func() { <-b.slots }()
		families, err := b.of.Gather()
		result <- gathered{families, err}
	}()
	timer := time.NewTimer(b.limit)
	defer timer.Stop()
	select {
	case r := <-result:
		return r.families, r.err
	case <-timer.C:
		return nil, fmt.Errorf("no answer of all metrics within %v", b.limit)
	}
}
