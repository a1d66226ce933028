package bus

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// consumed runs Consume and passes on what it hands over.
func consumed(t testing.TB, b *Bus, name string) (<-chan stock.Entry, func()) {
	t.Helper()
	ch := make(chan stock.Entry, 1000)
	return ch, during(t, func(ctx context.Context) error {
		return b.Readers.Consume(ctx, name, func(_ context.Context, e stock.Entry) error { ch <- e; return nil })
	})
}

// readTo waits until a reader has everything up to seq behind it.
func readTo(ctx context.Context, t testing.TB, b *Bus, name string, seq uint64) {
	t.Helper()
	eventually(ctx, t, "reader "+name, func() error {
		_, readers, err := places(ctx, b.Journal.obs)
		if err == nil && readers[name] != seq {
			err = errors.New("it is not there yet")
		}
		return err
	})
}

func TestEveryReaderHasAPlaceOfItsOwn(t *testing.T) {
	ctx := within(t)
	b, s := newBus(t)
	first := mustAppend(t, b, change("w", stock.Baseline), 0)
	got, end := consumed(t, b, "shelf")
	if e := next(ctx, t, "the record from before", got); e.Seq != first {
		t.Errorf("a new reader begins with record %d, want %d: the oldest", e.Seq, first)
	}
	readTo(ctx, t, b, "shelf", first)
	end()
	second := mustAppend(t, b, change("w", stock.Restocked), first)
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	again := mustOpen(t, mustConnect(t, s))
	got, _ = consumed(t, again, "shelf")
	if e := next(ctx, t, "the record after the restart", got); e.Seq != second {
		t.Errorf("after a restart the reader goes on with record %d, want %d", e.Seq, second)
	}
	other, _ := consumed(t, again, "other")
	if e := next(ctx, t, "the other reader's first record", other); e.Seq != first {
		t.Errorf("another reader begins with record %d, want %d", e.Seq, first)
	}
	routed, _ := routed(t, again, yes)
	if e := next(ctx, t, "the router's first record", routed); e.Seq != first {
		t.Errorf("the router begins with record %d, want %d: other readers do not move it", e.Seq, first)
	}
}

func TestReadersAreNotCalledAnything(t *testing.T) {
	b, _ := newBus(t)
	for _, name := range []string{"", "router", "A", "a.b", "a b", "*"} {
		if err := b.Readers.Consume(t.Context(), name, nil); err == nil {
			t.Errorf("Consume(%q) went to work, want an error", name)
		}
	}
}

func TestReadersComeBackWithACopy(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	first := mustAppend(t, b, change("w", stock.Baseline), 0)
	_, end := consumed(t, b, "shelf")
	readTo(ctx, t, b, "shelf", first)
	end()
	second := mustAppend(t, b, change("w", stock.Restocked), first)
	r := restoredBus(t, mustBackup(t, b))
	got, _ := consumed(t, r, "shelf")
	if e := next(ctx, t, "a record after the restore", got); e.Seq != second {
		t.Errorf("after a restore the reader goes on with record %d, want %d", e.Seq, second)
	}
}

func TestReadersThatNobodyRunsAreForgotten(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	got, _ := consumed(t, b, "shelf")
	mustAppend(t, b, change("w", stock.Baseline), 0)
	next(ctx, t, "a record", got)
	for name, want := range map[string]time.Duration{readerPrefix + "shelf": readerLife, consumerRouter: 0} {
		cons, err := b.Journal.obs.Consumer(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		if have := cons.CachedInfo().Config.InactiveThreshold; have != want {
			t.Errorf("the server forgets consumer %s after %s without a reader, want %s", name, have, want)
		}
	}
}

// The server counts waits by its wall clock. When that is set back by an hour,
// what is in flight would come an hour later.
func TestAClockThatIsSetBackHoldsNoRecordBack(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	first := mustAppend(t, b, change("a", stock.Baseline), 0)
	var looks, back atomic.Int32
	b.Readers.step = func() time.Duration {
		if looks.Add(1) == 1 { // the turn is bound and has asked for nothing
			steal(ctx, t, b)
		}
		if back.CompareAndSwap(1, 2) {
			return -time.Hour
		}
		return 0
	}
	got, _ := routed(t, b, func(e stock.Entry) error {
		if e.Seq != first {
			back.CompareAndSwap(0, 1) // the clock is set while this one is handled
		}
		return nil
	})
	second := mustAppend(t, b, change("b", stock.Baseline), 0)
	if e := next(ctx, t, "the second record", got); e.Seq != second {
		t.Fatalf("record %d came first, want %d: the other one is in flight", e.Seq, second)
	}
	if e := next(ctx, t, "the record in flight", got); e.Seq != first {
		t.Errorf("after the step record %d came, want %d", e.Seq, first)
	}
	settledAt(ctx, t, b, second)
}

// steal takes the next record of the router and never acknowledges it.
func steal(ctx context.Context, t testing.TB, b *Bus) {
	cons, err := b.js.Consumer(ctx, streamOBS, consumerRouter)
	if err != nil {
		t.Error(err)
		return
	}
	batch, err := cons.Fetch(1, jetstream.FetchMaxWait(callTimeout))
	if err != nil {
		t.Error(err)
		return
	}
	for range batch.Messages() {
	}
}
