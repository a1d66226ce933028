package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestAppendIsCompareAndSwap(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	if c, seq, err := b.Last(ctx, "w"); seq != 0 || err != nil || c.Kind != "" {
		t.Fatalf("Last of a watch without records: %+v, %d, %v, want nothing", c, seq, err)
	}
	first := mustAppend(t, b, change("w", stock.Baseline), 0)
	mustAppend(t, b, change("other", stock.Baseline), 0)
	second := mustAppend(t, b, change("w", stock.SoldOutKind), first)
	for _, last := range []uint64{0, first, second + 1} {
		if seq, err := b.Append(ctx, change("w", stock.Restocked), last); !errors.Is(err, ErrConflict) {
			t.Errorf("Append after %d (the last is %d): %d, %v, want %v", last, second, seq, err, ErrConflict)
		}
	}
	c, seq, err := b.Last(ctx, "w")
	if err != nil || seq != second || c.Kind != stock.SoldOutKind {
		t.Errorf("Last: %s at %d, %v, want %s at %d", c.Kind, seq, err, stock.SoldOutKind, second)
	}
	if c.V != stock.RecordVersion || c.PublishedAt.IsZero() {
		t.Errorf("the record has version %d, published at %v, want both set", c.V, c.PublishedAt)
	}
	m, err := b.Journal.obs.GetMsg(ctx, second)
	if err != nil {
		t.Fatal(err)
	}
	for h := range m.Header {
		if strings.HasPrefix(h, "Rs-") {
			t.Errorf("record %d has the header %s, want none of ours: nobody reads them", second, h)
		}
	}
}

func TestOfTwoWritersOneGetsThrough(t *testing.T) {
	b, _ := newBus(t)
	const writers, each = 4, 25
	var mu sync.Mutex
	won := make(map[uint64]string) // sequence -> the one it followed
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for done := 0; done < each; {
				_, last, err := b.Last(within(t), "w")
				if err != nil {
					t.Errorf("Last: %v", err)
					return
				}
				seq, err := b.Append(within(t), change("w", stock.Restocked), last)
				if errors.Is(err, ErrConflict) {
					continue
				}
				if err != nil {
					t.Errorf("Append: %v", err)
					return
				}
				mu.Lock()
				won[seq] = fmt.Sprint(last)
				mu.Unlock()
				done++
			}
		})
	}
	wg.Wait()
	for seq := uint64(1); seq <= writers*each; seq++ {
		if want := fmt.Sprint(seq - 1); won[seq] != want {
			t.Fatalf("record %d followed %q, want %s: each must know the one before", seq, won[seq], want)
		}
	}
}

func TestAppendRefusesWhatCannotBeASubject(t *testing.T) {
	b, _ := newBus(t)
	for _, tid := range []string{"", "a.b", "*", ">", "a b", "A", "https://a.b/c", "再"} {
		if _, err := b.Append(within(t), change(tid, stock.Baseline), 0); err == nil {
			t.Errorf("Append for watch %q succeeded", tid)
		}
		if _, _, err := b.Last(within(t), tid); err == nil {
			t.Errorf("Last of watch %q succeeded", tid)
		}
		if _, err := b.History(within(t), tid, 1); err == nil {
			t.Errorf("History of watch %q succeeded", tid)
		}
		if err := b.Forget(within(t), tid); err == nil {
			t.Errorf("Forget of watch %q succeeded", tid)
		}
	}
}

func TestHistoryAndForget(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	var seqs []uint64
	last := uint64(0)
	for i := range 205 { // five more than are kept
		last = mustAppend(t, b, change("w", stock.Kinds()[i%5]), last)
		seqs = append(seqs, last)
		if i%50 == 0 {
			mustAppend(t, b, change(fmt.Sprintf("other-%d", i), stock.Baseline), 0)
		}
	}
	for _, c := range []struct{ n, want int }{{0, 0}, {-1, 0}, {1, 1}, {10, 10}, {1000, 200}} {
		got, err := b.History(ctx, "w", c.n)
		if err != nil {
			t.Fatalf("History(%d): %v", c.n, err)
		}
		var at []uint64
		for _, e := range got {
			at = append(at, e.Seq)
			if e.Change.Watch.ID != "w" || e.At.IsZero() {
				t.Errorf("History(%d) has entry %+v", c.n, e)
			}
		}
		if diff := cmp.Diff(append([]uint64(nil), seqs[len(seqs)-c.want:]...), at); diff != "" {
			t.Errorf("History(%d): sequences (-want +got):\n%s", c.n, diff)
		}
	}
	if err := b.Forget(ctx, "w"); err != nil {
		t.Fatalf("Forget: %v", err)
	}
	if _, seq, err := b.Last(ctx, "w"); seq != 0 || err != nil {
		t.Errorf("Last after Forget: %d, %v, want nothing", seq, err)
	}
	if got, err := b.History(ctx, "w", 10); len(got) != 0 || err != nil {
		t.Errorf("History after Forget: %v, %v, want nothing", got, err)
	}
	mustAppend(t, b, change("w", stock.Baseline), 0)
}

func TestARecordThatCannotBeReadIsNotTheEnd(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	mustAppend(t, b, change("w", stock.Baseline), 0)
	good := mustAppend(t, b, change("w", stock.Restocked), 1)
	ack, err := b.js.Publish(ctx, "obs.w", []byte("garbage"))
	if err != nil {
		t.Fatal(err)
	}
	c, seq, err := b.Last(ctx, "w")
	if err != nil || seq != ack.Sequence || c.Kind != stock.Restocked {
		t.Errorf("Last: %s at %d, %v, want what record %d says at %d", c.Kind, seq, err, good, ack.Sequence)
	}
	mustAppend(t, b, change("w", stock.SoldOutKind), seq)
	got, err := b.History(ctx, "w", 10)
	if err != nil || len(got) != 3 {
		t.Errorf("History: %d entries, %v, want the 3 that can be read", len(got), err)
	}
}

func TestFollow(t *testing.T) {
	ctx := within(t)
	b, s := newBus(t)
	a := mustAppend(t, b, change("a", stock.Baseline), 0)
	mustAppend(t, b, change("b", stock.Baseline), 0)
	a = mustAppend(t, b, change("a", stock.Restocked), a)

	seen := make(chan stock.Entry, 100)
	during(t, func(ctx2 context.Context) error { return b.Follow(ctx2, func(e stock.Entry) { seen <- e }) })
	for _, want := range []uint64{2, 3} { // the last of b, the last of a
		if e := next(ctx, t, "the last records", seen); e.Seq != want {
			t.Fatalf("Follow gave record %d, want %d", e.Seq, want)
		}
	}
	want := uint64(3)
	for range 3 {
		if _, err := b.js.Publish(ctx, "obs.c", []byte("garbage")); err != nil {
			t.Fatal(err)
		}
		a = mustAppend(t, b, change("a", stock.SoldOutKind), a)
		want += 2
		if e := next(ctx, t, "a new record", seen); e.Seq != want || e.Change.Kind != stock.SoldOutKind {
			t.Fatalf("Follow gave record %d (%s), want %d", e.Seq, e.Change.Kind, want)
		}
		if err := s.Restart(); err != nil {
			t.Fatal(err)
		}
		eventually(ctx, t, "the engine", func() error { return b.Ready(ctx) })
	}
	if len(seen) != 0 {
		t.Errorf("Follow gave %d records twice", len(seen))
	}
}

func TestFollowSeesAStreamThatWasReplaced(t *testing.T) {
	ctx := within(t)
	b, s := newBus(t)
	a := mustAppend(t, b, change("a", stock.Baseline), 0)
	mustAppend(t, b, change("a", stock.Restocked), a)
	seen := make(chan stock.Entry, 100)
	during(t, func(ctx2 context.Context) error { return b.Follow(ctx2, func(e stock.Entry) { seen <- e }) })
	if e := next(ctx, t, "the last record", seen); e.Seq != 2 {
		t.Fatalf("Follow gave record %d, want 2", e.Seq)
	}
	if err := b.js.DeleteStream(ctx, streamOBS); err != nil {
		t.Fatal(err)
	}
	fresh := mustOpen(t, mustConnect(t, s))
	if fresh.Epoch() == b.Epoch() {
		t.Fatal("a new stream has the old epoch")
	}
	mustAppend(t, fresh, change("z", stock.Baseline), 0)
	if e := next(ctx, t, "the new stream's record", seen); e.Seq != 1 || e.Change.Watch.ID != "z" {
		t.Errorf("Follow gave record %d of %s, want 1 of z", e.Seq, e.Change.Watch.ID)
	}
}
