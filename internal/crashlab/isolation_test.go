package crashlab

import (
	"slices"
	"testing"
	"time"
)

// BenchmarkOtherChannel measures from a record to the channel's hands, once with
// the other channel well and once with it down and letters waiting for it, by
// turns, every message synced to the disk as a user has it. The aim for the ratio
// of the two p99 is 1.2.
//
//	go test ./internal/crashlab -run '^$' -bench OtherChannel -benchtime 1x
func BenchmarkOtherChannel(b *testing.B) {
	const turns, perTurn, waiting = 10, 100, 40
	d, end := newLocalNotifier(b, b.TempDir(), "always")
	defer end()
	stop := d.open()
	defer stop()
	d.bad.set(true)
	for range waiting {
		d.heard(d.record())
	}
	for b.Loop() {
		took := map[bool][]time.Duration{}
		for turn := range 2 * turns {
			down := turn%2 == 1
			d.bad.set(down)
			if !down {
				if err := d.empty(badChannel); err != nil {
					b.Fatal(err)
				}
			} else {
				for range waiting {
					d.heard(d.record())
				}
			}
			for range perTurn {
				took[down] = append(took[down], d.heard(d.record()))
			}
		}
		report(b, took[false], took[true])
	}
}

// heard waits until a record has come to the channel that is never down, and
// returns how long that took.
func (d *localNotifier) heard(seq uint64) time.Duration {
	id := letterID(seq, goodChannel)
	deadline := time.Now().Add(patience)
	for d.good.got(id) == 0 {
		if time.Now().After(deadline) {
			d.Fatalf("record %d did not come within %s", seq, patience)
		}
		time.Sleep(200 * time.Microsecond)
	}
	d.good.mu.Lock()
	defer d.good.mu.Unlock()
	return d.good.came[id][0]
}

func report(b *testing.B, well, down []time.Duration) {
	p := func(list []time.Duration, percent int) float64 {
		sorted := slices.Sorted(slices.Values(list))
		return float64(sorted[len(sorted)*percent/100]) / float64(time.Millisecond)
	}
	b.ReportMetric(0, "ns/op") // the time of a run says nothing
	b.ReportMetric(p(well, 50), "well-p50-ms")
	b.ReportMetric(p(down, 50), "down-p50-ms")
	b.ReportMetric(p(well, 99), "well-p99-ms")
	b.ReportMetric(p(down, 99), "down-p99-ms")
	b.ReportMetric(p(down, 99)/p(well, 99), "p99-ratio")
}
