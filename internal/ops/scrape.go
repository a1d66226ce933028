package ops

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

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
