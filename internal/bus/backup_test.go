package bus

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/natstest"
	"github.com/sainyuka/sainyuka/internal/stock"
)

func mustBackup(t testing.TB, b *Bus) []byte {
	t.Helper()
	var buf bytes.Buffer
	if _, err := b.Backup(within(t), &buf); err != nil {
		t.Fatalf("Backup: %v", err)
	}
	return buf.Bytes()
}

func restore(ctx context.Context, t testing.TB, nc *nats.Conn, copied []byte) (Manifest, error) {
	t.Helper()
	return Restore(ctx, RestoreOptions{Conn: nc, Logger: testLogger(t)}, bytes.NewReader(copied), int64(len(copied)))
}

// restoredBus gives a bus on a fresh engine with what a copy holds.
func restoredBus(t testing.TB, copied []byte) *Bus {
	t.Helper()
	nc := mustConnect(t, natstest.Server(t, t.TempDir()))
	if _, err := restore(within(t), t, nc, copied); err != nil {
		t.Fatalf("Restore: %v", err)
	}
	return mustOpen(t, nc)
}

// ofEpoch is a letter as the notifier of b makes it.
func ofEpoch(b *Bus, event string) stock.Letter {
	l := letter(event, "phone", "me")
	l.Epoch = b.Epoch()
	return l
}

// taken delivers what waits for phone as a notifier does, and passes on what is
// really sent.
func taken(t testing.TB, b *Bus) (sent <-chan stock.Letter, end func()) {
	t.Helper()
	ch := make(chan stock.Letter, 10_000)
	return ch, during(t, func(ctx context.Context) error {
		return b.Deliver(ctx, "phone", time.Second, func(ctx context.Context, l stock.Letter, _ int) time.Duration {
			if _, done, err := b.Sent(ctx, l); err != nil || done {
				return map[bool]time.Duration{false: time.Second}[done]
			}
			ch <- l
			if b.MarkSent(ctx, l, stock.Receipt{SentAt: observed}) != nil {
				return time.Second
			}
			return 0
		})
	})
}

func TestACopyComesBackWhole(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	first := mustAppend(t, b, change("w", stock.Baseline), 0)
	routedTo := mustAppend(t, b, change("w", stock.Restocked), first)
	_, endRoute := routed(t, b, yes)
	settledAt(ctx, t, b, routedTo)
	endRoute()
	last := mustAppend(t, b, change("w", stock.SoldOutKind), routedTo)

	pending, sent, dead := ofEpoch(b, "2"), ofEpoch(b, "1"), letter("2", "mail", "me")
	mustEnqueue(t, b, pending)
	if err := b.MarkSent(ctx, sent, stock.Receipt{SentAt: observed, Tries: 3}); err != nil {
		t.Fatal(err)
	}
	if err := b.Bury(ctx, stock.DeadLetter{Letter: dead, Reason: stock.Said("why")}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.People.PutFact(ctx, "mute.all", []byte("until tomorrow"), 0); err != nil {
		t.Fatal(err)
	}
	if err := b.Hosts.Learn(ctx, "shop.example", []byte("slow")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Leases.CreateLease(ctx, "shard.1", "w1"); err != nil {
		t.Fatal(err)
	}

	r := restoredBus(t, mustBackup(t, b))
	if r.Epoch() != b.Epoch() {
		t.Errorf("the epoch is %s, was %s: all is from one cut", r.Epoch(), b.Epoch())
	}
	if c, seq, err := r.Last(ctx, "w"); seq != last || c.Kind != stock.SoldOutKind || err != nil {
		t.Errorf("Last: %s at %d, %v, want %s at %d", c.Kind, seq, err, stock.SoldOutKind, last)
	}
	if receipt, ok, err := r.Sent(ctx, sent); !ok || receipt.Tries != 3 || err != nil {
		t.Errorf("Sent: %+v, %v, %v, want the marker", receipt, ok, err)
	}
	if all, err := r.Dead(ctx); len(all) != 1 || all[0].Text != "why" || err != nil {
		t.Errorf("Dead: %+v, %v, want the dead letter", all, err)
	}
	if f, err := r.People.Fact(ctx, "mute.all"); string(f.Value) != "until tomorrow" || err != nil {
		t.Errorf("Fact: %q, %v, want it kept", f.Value, err)
	}
	if v, err := r.Hosts.Learned(ctx, "shop.example"); string(v) != "slow" || err != nil {
		t.Errorf("Learned: %q, %v, want it kept", v, err)
	}
	if all, err := r.Leases.Leases(ctx); len(all) != 0 || err != nil {
		t.Errorf("Leases: %v, %v, want none: nobody holds any", all, err)
	}
	records, _ := routed(t, r, yes)
	if e := next(ctx, t, "the record that was not routed", records); e.Seq != last {
		t.Errorf("the router begins at record %d, want %d", e.Seq, last)
	}
	letters, _ := taken(t, r)
	if l := next(ctx, t, "the letter that waited", letters); l.ID() != pending.ID() || l.Epoch != b.Epoch() {
		t.Errorf("delivered %s of epoch %s, want %s of %s", l.ID(), l.Epoch, pending.ID(), b.Epoch())
	}
	empty(ctx, t, r, "phone")
	if len(letters) != 0 {
		t.Errorf("%d letters more were delivered, want none", len(letters))
	}
	if seq := mustAppend(t, r, change("w", stock.Restocked), last); seq != last+numberGap+1 {
		t.Errorf("the next record has number %d, want %d: the numbers between may have been told after the copy", seq, last+numberGap+1)
	}
}

// TestCopiesUnderLoad takes copies while changes are written, routed and sent, and
// lets each go on: of every record that a copy holds, its letter was sent before
// or is sent then, and none with a marker in the copy is sent again.
func TestCopiesUnderLoad(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	route := func(b *Bus) func(context.Context) error {
		return func(ctx context.Context) error {
			return b.Route(ctx, func(ctx context.Context, e stock.Entry) error {
				return b.Enqueue(ctx, ofEpoch(b, strconv.FormatUint(e.Seq, 10)))
			})
		}
	}
	during(t, route(b))
	before, _ := taken(t, b)
	endWrite := during(t, func(ctx context.Context) error {
		for i := 0; ctx.Err() == nil; i++ { // a watch for each: none is pushed out before it is routed
			if _, err := b.Append(ctx, change("w"+strconv.Itoa(i), stock.Restocked), 0); err != nil && ctx.Err() == nil {
				return err
			}
			pause(ctx, time.Millisecond)
		}
		return ctx.Err()
	})
	var copies [][]byte
	for len(copies) < 5 {
		next(ctx, t, "a letter between two copies", before)
		copies = append(copies, mustBackup(t, b))
	}
	endWrite()

	for i, copied := range copies {
		r := restoredBus(t, copied)
		if r.Epoch() != b.Epoch() {
			t.Errorf("copy %d: the streams look as if they were of different ages", i)
		}
		info, err := r.Journal.obs.Info(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if beyond, err := r.ages.numbersBeyond(ctx, info.State.LastSeq-numberGap); beyond || err != nil {
			t.Errorf("copy %d: a letter has a number that OBS does not hold (%v)", i, err)
		}
		marked := map[string]bool{}
		for n := uint64(1); n <= info.State.LastSeq-numberGap; n++ {
			_, ok, err := r.Sent(ctx, ofEpoch(r, strconv.FormatUint(n, 10)))
			if err != nil {
				t.Fatal(err)
			}
			marked[strconv.FormatUint(n, 10)] = ok
		}
		endRoute := during(t, route(r))
		after, endDeliver := taken(t, r)
		eventually(ctx, t, "all records to be told", func() error {
			for event := range marked {
				if _, ok, err := r.Sent(ctx, ofEpoch(r, event)); !ok || err != nil {
					return errors.Join(err, errors.New(event+" is not sent"))
				}
			}
			return nil
		})
		endRoute()
		endDeliver()
		told := map[string]bool{}
		for len(after) > 0 {
			l := <-after
			if marked[l.Event] || told[l.Event] {
				t.Errorf("copy %d: letter %s is sent again", i, l.ID())
			}
			told[l.Event] = true
		}
		t.Logf("copy %d: %d records, %d told after it", i, len(marked), len(told))
	}
}

func TestARestoreIsWholeOrNothing(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	mustAppend(t, b, change("w", stock.Baseline), 0)
	whole := mustBackup(t, b)

	nc := mustConnect(t, natstest.Server(t, t.TempDir()))
	for cut := range 10 { // as a copy that was interrupted leaves it
		if _, err := restore(ctx, t, nc, whole[:len(whole)*cut/10]); err == nil {
			t.Errorf("the first %d tenths of a copy were restored", cut)
		}
	}
	damaged := bytes.Clone(whole)
	for i := 200; i < len(damaged)-2000; i += 500 {
		damaged[i] ^= 0x40
	}
	if _, err := restore(ctx, t, nc, damaged); err == nil {
		t.Error("a damaged copy was restored")
	}
	if names, _, err := (&restorer{link: mustLink(t, nc)}).there(ctx); len(names) != 0 || err != nil {
		t.Errorf("after refused copies there are %v, %v, want nothing", names, err)
	}

	half, cancel := context.WithCancel(ctx)
	stop := during(t, func(ctx context.Context) error { // ends it after the first stream
		for ctx.Err() == nil {
			if names, _, err := (&restorer{link: mustLink(t, nc)}).there(ctx); err == nil && len(names) > 0 {
				cancel()
				<-ctx.Done()
			}
		}
		return ctx.Err()
	})
	_, err := restore(half, t, nc, whole)
	stop()
	if err != nil { // else it was faster than its end
		if _, err := Open(ctx, Options{Conn: nc, MemoryLeases: true, Logger: testLogger(t)}); !errors.Is(err, ErrHalfRestored) {
			t.Errorf("Open of a half restored place: %v, want %v", err, ErrHalfRestored)
		}
		if _, err := restore(ctx, t, nc, whole); err != nil {
			t.Errorf("Restore after one that was interrupted: %v", err)
		}
	}
	if r := mustOpen(t, nc); r.Epoch() != b.Epoch() {
		t.Errorf("the epoch is %s, want %s", r.Epoch(), b.Epoch())
	}
	if _, err := restore(ctx, t, nc, whole); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("Restore over what is there: %v, want %v", err, ErrNotEmpty)
	}
}

// The server may finish with an interrupted restore after the next one has begun:
// the stream that it makes then is in nobody's way, one of somebody else is.
func TestARestoreRemovesWhatTheOneBeforeLeftLate(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	mustAppend(t, b, change("w", stock.Baseline), 0)
	whole := mustBackup(t, b)
	archive, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	m, err := readManifest(archive)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		meta map[string]string
		want error
	}{
		{"half restored", map[string]string{restoreKey: "earlier"}, nil},
		{"somebody else's", nil, ErrNotEmpty},
	} {
		nc := natstest.Run(t)
		js := mustJetStream(t, nc)
		if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: streamOUT, Subjects: []string{"out.>"}, Metadata: tt.meta}); err != nil {
			t.Fatal(err)
		}
		r := restorer{link: mustLink(t, nc), zip: archive, manifest: m}
		if err := r.stream(ctx, streamOUT); !errors.Is(err, tt.want) {
			t.Errorf("%s: restore of stream %s: %v, want %v", tt.name, streamOUT, err, tt.want)
		}
	}
}

// A key that gets a new value while its bucket is copied is in the copy. The
// bucket is larger than what a server sends ahead (8 MiB), so the key, the last of
// it, is surely written before the server comes to it.
func TestCopyOfABucketThatIsWritten(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	for i := range 1200 {
		value := make([]byte, 8000)
		rand.Read(value)
		if _, err := b.People.PutFact(ctx, "mute.p"+strconv.Itoa(i), value, 0); err != nil {
			t.Fatal(err)
		}
	}
	rev, err := b.People.PutFact(ctx, "digest.last", []byte("old"), 0)
	if err != nil {
		t.Fatal(err)
	}
	var copied bytes.Buffer
	w := &onWrite{Writer: &copied, after: 64 << 10, do: func() {
		if _, err := b.People.PutFact(ctx, "digest.last", []byte("new"), rev); err != nil {
			t.Errorf("PutFact: %v", err)
		}
	}}
	if _, err := b.Backup(ctx, w); err != nil {
		t.Fatalf("Backup: %v", err)
	}
	if f, err := restoredBus(t, copied.Bytes()).People.Fact(ctx, "digest.last"); string(f.Value) != "new" || err != nil {
		t.Errorf("the key that was written meanwhile is %q (%v) in the copy, want its new value", f.Value, err)
	}
}

// onWrite does something once, after so many bytes.
type onWrite struct {
	io.Writer
	after int
	do    func()
}

func (w *onWrite) Write(p []byte) (int, error) {
	if w.after -= len(p); w.after < 0 && w.do != nil {
		w.do()
		w.do = nil
	}
	return w.Writer.Write(p)
}
