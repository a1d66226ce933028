package bus

import (
	"slices"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/natsd"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// BenchmarkAppendSynced measures one publish that is written through to the
// disk, which is what every change and every letter costs.
func BenchmarkAppendSynced(b *testing.B) {
	s, err := natsd.Start(natsd.Options{Dir: b.TempDir(), Sync: "always"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.Stop)
	bus := mustOpen(b, mustConnect(b, s))
	var took []time.Duration
	last := uint64(0)
	for b.Loop() {
		began := time.Now()
		if last, err = bus.Append(b.Context(), change("w", stock.Restocked), last); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
