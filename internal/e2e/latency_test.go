package e2e

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/natsd"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// BenchmarkAlertLatency measures from the last byte of the page that has flipped
// to the alert's arrival at the receiver, in one process with the engine as a
// user has it (every message synced to the disk). Two synced publishes are on
// the way, so S, the median of one such publish in the same run, is printed
// beside it: the aim is p50 <= 2 S + 5 ms.
//
//	go test -run '^$' -bench AlertLatency -benchtime 1x ./internal/e2e
func BenchmarkAlertLatency(b *testing.B) {
	const shopsPerRun, flips = 8, 12
	town, s := newTown(b), newSink(b)
	var shops []shop
	for i := range shopsPerRun {
		shops = append(shops, town.shop(fmt.Sprintf("shop-%02d", i)))
	}
	startDaemon(b, settings{town: town, sink: s, shops: shops, alerts: "flap_limit = 0\n"}.write(b))
	looks(b, shops, 2)
	for b.Loop() {
		before := medianPublish(b, 100)
		for n := range flips {
			ring(b, s, shops, n+1)
			for _, p := range shops {
				p.stockUp(stock.OutOfStock)
			}
			looks(b, shops, 2)
		}
		publish := (before + medianPublish(b, 100)) / 2
		report(b, s.all(), publish)
	}
}

func report(b *testing.B, events []event, publish time.Duration) {
	var took []time.Duration
	for _, e := range events {
		took = append(took, e.At.Sub(e.Data.ObservedAt))
	}
	slices.Sort(took)
	p50, p99 := took[len(took)/2], took[len(took)*99/100]
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	b.ReportMetric(0, "ns/op") // the time of a run says nothing
	b.ReportMetric(ms(p50), "p50-ms")
	b.ReportMetric(ms(p99), "p99-ms")
	b.ReportMetric(ms(publish), "S-ms")
	b.Logf("%d alerts: p50 %.1f ms, p99 %.1f ms; S %.1f ms, so the aim for p50 is %.1f ms", len(took), ms(p50), ms(p99), ms(publish), 2*ms(publish)+5)
}

// medianPublish returns the median of n synced publishes, one after the other,
// into an engine of its own.
func medianPublish(b *testing.B, n int) time.Duration {
	b.Helper()
	engine, err := natsd.Start(natsd.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatalf("start an engine: %v", err)
	}
	defer engine.Stop()
	conn, err := engine.Connect()
	if err != nil {
		b.Fatalf("connect to the engine: %v", err)
	}
	defer conn.Close()
	ctx := context.Background()
	journal, err := bus.Open(ctx, bus.Options{Conn: conn, MemoryLeases: true})
	if err != nil {
		b.Fatalf("open the bus: %v", err)
	}
	took := make([]time.Duration, n)
	for i := range took {
		c := stock.Change{Watch: stock.WatchRef{ID: stock.WatchID("p", fmt.Sprint(i))}, Kind: stock.Baseline}
		start := time.Now()
		if _, err := journal.Append(ctx, c, 0); err != nil {
			b.Fatalf("publish: %v", err)
		}
		took[i] = time.Since(start)
	}
	slices.Sort(took)
	return took[n/2]
}
