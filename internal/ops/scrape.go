package ops

import (
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
)

// scrapes serves /metrics. The answer is written as it is made: held back until it is
// whole, as promhttp does for its own Timeout, the one of 10,000 watches would take tens of
// megabytes for each scrape.
func scrapes(reg *prometheus.Registry) http.Handler {
	return promhttp.InstrumentMetricHandler(reg, promhttp.HandlerFor(bounded{reg, make(chan struct{}, maxScrapes), scrapeTimeout}, promhttp.HandlerOpts{
		Registry:            reg,
		MaxRequestsInFlight: maxScrapes,
		EnableOpenMetrics:   true,
	}))
}

// bounded gathers within a time, and does not wait for a collector that misses it. One
// that hangs for good keeps its slot, so that no more than those ever hang.
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
