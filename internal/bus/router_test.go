package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/sainyuka/sainyuka/internal/natsd"
	"github.com/sainyuka/sainyuka/internal/natstest"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// routed runs Route and passes on what it hands over.
func routed(t testing.TB, b *Bus, answer func(e stock.Entry) error) (<-chan stock.Entry, func()) {
	t.Helper()
	ch := make(chan stock.Entry, 1000)
	end := during(t, func(ctx context.Context) error {
		return b.Route(ctx, func(_ context.Context, e stock.Entry) error {
			err := answer(e)
			ch <- e
			return err
		})
	})
	return ch, end
}

func yes(stock.Entry) error { return nil }

// settledAt waits until the router's consumer has everything up to seq behind it.
func settledAt(ctx context.Context, t testing.TB, b *Bus, seq uint64) {
	t.Helper()
	eventually(ctx, t, fmt.Sprintf("the router at record %d", seq), func() error {
		cons, err := b.Journal.obs.Consumer(ctx, consumerRouter)
		if err != nil {
			return err
		}
		if i := cons.CachedInfo(); i.AckFloor.Stream != seq || i.NumAckPending != 0 {
			return fmt.Errorf("it is at %d with %d in flight", i.AckFloor.Stream, i.NumAckPending)
		}
		return nil
	})
}

func TestRouteHandsOverEveryRecordInOrder(t *testing.T) {
	ctx := within(t)
	b, s := newBus(t)
	const n = 50
	last := uint64(0)
	for i := range n / 2 { // some are there before the router runs
		last = mustAppend(t, b, change("w", stock.Kinds()[i%3]), last)
	}
	got, _ := routed(t, b, yes)
	for want := uint64(1); want <= n; want++ {
		if want > n/2 {
			last = mustAppend(t, b, change("w", stock.Restocked), last)
		}
		if e := next(ctx, t, "a record", got); e.Seq != want || e.At.IsZero() {
			t.Fatalf("handed over record %d, want %d", e.Seq, want)
		}
	}
	settledAt(ctx, t, b, n)
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	eventually(ctx, t, "the engine", func() error {
		_, err := b.Append(ctx, change("x", stock.Baseline), 0)
		return err
	})
	if e := next(ctx, t, "a record after the restart", got); e.Seq != n+1 {
		t.Errorf("after a restart record %d was handed over, want %d", e.Seq, n+1)
	}
	if len(got) != 0 {
		t.Errorf("%d records were handed over twice", len(got))
	}
}

func TestARecordThatFailsHoldsBackItsWatchOnly(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	a := mustAppend(t, b, change("a", stock.Baseline), 0)
	a = mustAppend(t, b, change("a", stock.Restocked), a)
	mustAppend(t, b, change("a", stock.SoldOutKind), a)
	mustAppend(t, b, change("b", stock.Baseline), 0)

	var mu sync.Mutex
	failures := 2
	got, _ := routed(t, b, func(e stock.Entry) error {
		mu.Lock()
		defer mu.Unlock()
		if e.Seq == 2 && failures > 0 {
			failures--
			return errors.New("the outbox is not there")
		}
		return nil
	})
	var order []uint64
	for range 6 {
		order = append(order, next(ctx, t, "a record", got).Seq)
	}
	if s := fmt.Sprint(order); s != "[1 2 4 2 2 3]" {
		t.Errorf("handed over in the order %s, want [1 2 4 2 2 3]: 3 waits for 2, 4 does not", s)
	}
	settledAt(ctx, t, b, 4)
}

func TestARecordThatWasForgottenHoldsNothingBack(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	mustAppend(t, b, change("a", stock.Baseline), 0)
	got, _ := routed(t, b, func(e stock.Entry) error {
		if e.Seq == 1 {
			return errors.New("never")
		}
		return nil
	})
	next(ctx, t, "the record that fails", got)
	if err := b.Forget(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, b, change("a", stock.Baseline), 0)
	for e := next(ctx, t, "the record after it", got); e.Seq != 2; {
		e = next(ctx, t, "the record after it", got)
	}
}

func TestGarbageIsPassedOver(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	for _, body := range []string{"garbage", "", `{"v":1}`, `{"v":99,"watch":{"id":"a"},"availability":"Teleported"}`} {
		if _, err := b.js.Publish(ctx, "obs.a", []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	mustAppend(t, b, change("a", stock.Restocked), 4)
	got, _ := routed(t, b, yes)
	if e := next(ctx, t, "the record after the garbage", got); e.Seq != 5 {
		t.Errorf("handed over record %d, want 5", e.Seq)
	}
	settledAt(ctx, t, b, 5)
}

func TestOneRouterIsActive(t *testing.T) {
	ctx := within(t)
	b1, s := newBus(t)
	b2 := mustOpen(t, mustConnect(t, s))

	got1, end1 := routed(t, b1, yes)
	last := mustAppend(t, b1, change("w", stock.Baseline), 0)
	next(ctx, t, "a record at the first", got1)
	got2, _ := routed(t, b2, yes)
	if _, err := b2.Leases.CreateLease(ctx, routerLease, "x"); !errors.Is(err, ErrHeld) {
		t.Fatalf("the router's lease: %v, want %v", err, ErrHeld)
	}
	for range 10 {
		last = mustAppend(t, b1, change("w", stock.Restocked), last)
		next(ctx, t, "a record at the first", got1)
	}
	if len(got2) != 0 {
		t.Errorf("the second router was handed %d records while the first had the lease", len(got2))
	}

	end1()
	last = mustAppend(t, b1, change("w", stock.SoldOutKind), last)
	if e := next(ctx, t, "a record at the second", got2); e.Seq != last {
		t.Errorf("the second router began with record %d, want %d", e.Seq, last)
	}
	if len(got1) != 0 {
		t.Error("the first router was handed a record after its end")
	}
}

func TestANewRouterBeginsWithWhatTheOldLeft(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	last := uint64(0)
	for range 3 {
		last = mustAppend(t, b, change("w", stock.Restocked), last)
	}
	// A router that died with two records in hand: their time to be
	// acknowledged is half a minute.
	cons, err := b.js.Consumer(ctx, streamOBS, consumerRouter)
	if err != nil {
		t.Fatal(err)
	}
	batch, err := cons.Fetch(2)
	if err != nil {
		t.Fatal(err)
	}
	for range batch.Messages() {
	}
	got, _ := routed(t, b, yes)
	for want := uint64(1); want <= 3; want++ {
		if e := next(ctx, t, "a record", got); e.Seq != want {
			t.Fatalf("handed over record %d, want %d: in order and at once", e.Seq, want)
		}
	}
	settledAt(ctx, t, b, 3)
}

// shortLeases gives a bus whose leases last for a second, the shortest there is.
func shortLeases(t testing.TB, s *natsd.Server) *Bus {
	t.Helper()
	b, err := open(within(t), Options{Conn: mustConnect(t, s), MemoryLeases: true, Logger: testLogger(t)}, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestALeaseEndsWithItsHolder(t *testing.T) {
	ctx := within(t)
	s := natstest.Server(t, t.TempDir())
	b1, b2 := shortLeases(t, s), shortLeases(t, s)
	dead := make(chan error, 1)
	got1 := make(chan stock.Entry, 10)
	go func() {
		dead <- b1.Route(ctx, func(_ context.Context, e stock.Entry) error { got1 <- e; return nil })
	}()
	last := mustAppend(t, b2, change("w", stock.Baseline), 0)
	next(ctx, t, "a record at the first", got1)
	got2, _ := routed(t, b2, yes)

	b1.nc.Close() // it cannot even give its lease back
	if err := next(ctx, t, "the end of the first", dead); !errors.Is(err, nats.ErrConnectionClosed) {
		t.Errorf("Route ended with %v, want %v", err, nats.ErrConnectionClosed)
	}
	last = mustAppend(t, b2, change("w", stock.Restocked), last)
	for e := next(ctx, t, "a record at the second", got2); e.Seq != last; {
		e = next(ctx, t, "a record at the second", got2)
	}
}

func TestARouterThatLostItsLeaseStops(t *testing.T) {
	ctx := within(t)
	b := shortLeases(t, natstest.Server(t, t.TempDir()))
	lost := make(chan error, 1)
	began := make(chan struct{})
	go func() {
		lost <- b.Leases.hold(ctx, "router", "me", func(ctx context.Context) error {
			close(began)
			<-ctx.Done()
			return ctx.Err()
		})
	}()
	next(ctx, t, "the lease", began)
	leases, err := b.Leases.Leases(ctx)
	if err != nil || len(leases) != 1 {
		t.Fatalf("Leases: %v, %v", leases, err)
	}
	if _, err := b.Leases.RenewLease(ctx, "router", "you", leases[0].Rev); err != nil {
		t.Fatal(err)
	}
	if err := next(ctx, t, "the loser's end", lost); !errors.Is(err, context.Canceled) {
		t.Errorf("hold ended with %v, want that its context ended", err)
	}
	if leases, err = b.Leases.Leases(ctx); err != nil || len(leases) != 1 || leases[0].Value != "you" {
		t.Errorf("Leases afterwards: %v, %v, want the thief's untouched", leases, err)
	}
}
