package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/natstest"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// besideAWatcher opens a bus as a watcher of a cluster does, beside a whole one.
func besideAWatcher(t *testing.T) (whole, watcher *Bus) {
	t.Helper()
	s := natstest.Server(t, t.TempDir())
	whole = mustOpen(t, mustConnect(t, s))
	watcher, err := Open(within(t), Options{Conn: mustConnect(t, s), Watcher: true, MemoryLeases: true, Logger: testLogger(t)})
	if err != nil {
		t.Fatalf("Open as a watcher: %v", err)
	}
	return whole, watcher
}

// A watcher begins on an empty server, and leaves what is not its own alone.
func TestAWatcherOpensItsOwnStreams(t *testing.T) {
	ctx := within(t)
	b, err := Open(ctx, Options{Conn: mustConnect(t, natstest.Server(t, t.TempDir())), Watcher: true, Logger: testLogger(t)})
	if err != nil {
		t.Fatalf("Open as a watcher: %v", err)
	}
	var names []string
	list := b.js.StreamNames(ctx)
	for name := range list.Name() {
		names = append(names, name)
	}
	slices.Sort(names)
	want := []string{"KV_learned", "KV_leases", "KV_products", "OBS"}
	if diff := cmp.Diff(want, names); diff != "" || list.Err() != nil {
		t.Errorf("streams that a watcher made (-want +got), %v:\n%s", list.Err(), diff)
	}
	if _, err := b.js.Consumer(ctx, streamOBS, consumerRouter); err != nil {
		t.Errorf("the router's consumer: %v, want it made with the stream", err)
	}
	if err := b.Ready(ctx); err != nil {
		t.Errorf("Ready: %v", err)
	}
	whole, err := Open(ctx, Options{Conn: b.nc, Logger: testLogger(t)})
	if err != nil || whole.Epoch() != b.Epoch() {
		t.Errorf("Open of all beside it: epoch %q, %v, want the watcher's %q", whole.Epoch(), err, b.Epoch())
	}
}

func TestAWatcherListsLeases(t *testing.T) {
	ctx := within(t)
	whole, watcher := besideAWatcher(t)
	if all, err := watcher.Leases.Leases(ctx); len(all) != 0 || err != nil {
		t.Errorf("leases of an empty bucket: %v, %v, want none", all, err)
	}
	nudged := make(chan struct{}, 1)
	during(t, func(ctx context.Context) error {
		return watcher.Leases.WatchLeases(ctx, func() {
			select {
			case nudged <- struct{}{}:
			default:
			}
		})
	})
	next(ctx, t, "the first nudge", nudged)
	var want []stock.Lease
	for i := range scanBatch + 20 { // more than one answer
		key := fmt.Sprintf("shard.%d", i)
		rev, err := whole.Leases.CreateLease(ctx, key, "w1")
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, stock.Lease{Key: key, Value: "w1", Rev: rev})
	}
	next(ctx, t, "a nudge for leases that were taken", nudged)
	if err := whole.Leases.ReleaseLease(ctx, "shard.0", want[0].Rev); err != nil {
		t.Fatal(err)
	}
	got, err := watcher.Leases.Leases(ctx)
	if diff := cmp.Diff(want[1:], got); diff != "" || err != nil {
		t.Errorf("leases (-want +got), %v:\n%s", err, diff)
	}
	if _, err := watcher.Leases.CreateLease(ctx, "shard.1", "w2"); !errors.Is(err, ErrHeld) {
		t.Errorf("a lease that another has: %v, want %v", err, ErrHeld)
	}
	if _, err := watcher.Leases.CreateLease(ctx, "shard.0", "w2"); err != nil {
		t.Errorf("a lease that was given back: %v", err)
	}
}

// gathered keeps what a follower hands over.
type gathered struct {
	mu    sync.Mutex
	all   map[string]string
	order []string
}

func (g *gathered) note(kv stock.KV) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.all == nil {
		g.all = map[string]string{}
	}
	what := kv.Key + "=" + string(kv.Value)
	if kv.Value == nil {
		what = kv.Key + " deleted"
	}
	if kv.Key == "" {
		what = "complete"
	}
	g.order = append(g.order, what)
}

func (g *gathered) is(want ...string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if diff := cmp.Diff(want, g.order); diff != "" {
		return fmt.Errorf("handed over (-want +got):\n%s", diff)
	}
	return nil
}

// A watcher hears of products as others do: what is there, that this was all, and each
// change, also over a loss of the connection.
func TestAWatcherFollowsProducts(t *testing.T) {
	ctx := within(t)
	s := natstest.Server(t, t.TempDir())
	whole := mustOpen(t, mustConnect(t, s))
	watcher, err := Open(ctx, Options{Conn: mustConnect(t, s), Watcher: true, MemoryLeases: true, Logger: testLogger(t)})
	if err != nil {
		t.Fatalf("Open as a watcher: %v", err)
	}
	a := mustPutProduct(t, whole, "a", "1", 0)
	gone := mustPutProduct(t, whole, "gone", "0", 0)
	if err := whole.Products.DeleteProduct(ctx, "gone", gone); err != nil {
		t.Fatal(err)
	}
	got := &gathered{}
	during(t, func(ctx context.Context) error { return watcher.Products.FollowProducts(ctx, got.note) })
	eventually(ctx, t, "the list", func() error { return got.is("a=1", "complete") })
	b := mustPutProduct(t, whole, "b", "2", 0)
	eventually(ctx, t, "a new product", func() error { return got.is("a=1", "complete", "b=2") })
	mustPutProduct(t, whole, "a", "3", a)
	if err := whole.Products.DeleteProduct(ctx, "b", b); err != nil {
		t.Fatal(err)
	}
	eventually(ctx, t, "changes", func() error { return got.is("a=1", "complete", "b=2", "a=3", "b deleted") })
}

func TestAWatcherFollowsResetsOfTrust(t *testing.T) {
	ctx := within(t)
	whole, watcher := besideAWatcher(t)
	if err := whole.Hosts.ResetTrust(ctx, "before.example", observed); err != nil {
		t.Fatal(err)
	}
	hosts := make(chan string, 9)
	during(t, func(ctx context.Context) error {
		return watcher.Hosts.FollowTrustResets(ctx, func(host string, _ time.Time) { hosts <- host })
	})
	if host := next(ctx, t, "the reset of before", hosts); host != "before.example" {
		t.Errorf("a reset of %q, want of before.example", host)
	}
	if err := watcher.Hosts.Learn(ctx, "other.example", []byte("{}")); err != nil { // no reset
		t.Fatal(err)
	}
	if err := whole.Hosts.ResetTrust(ctx, "after.example", observed); err != nil {
		t.Fatal(err)
	}
	if host := next(ctx, t, "a new reset", hosts); host != "after.example" {
		t.Errorf("a reset of %q, want of after.example", host)
	}
}

// What a watcher has configured is not forgotten by a process that does not know it.
func TestAWatcherKeepsItsWatches(t *testing.T) {
	ctx := within(t)
	whole, watcher := besideAWatcher(t)
	for _, tid := range []string{"mine", "nobodys"} {
		mustAppend(t, watcher, change(tid, stock.Baseline), 0)
	}
	nothing := func(string) bool { return false }
	mine := func(tid string) bool { return tid == "mine" }
	if _, err := whole.Retention.ForgetUnwatched(ctx, nothing, 0); err != nil { // notes both
		t.Fatal(err)
	}
	if forgotten, err := watcher.Retention.ForgetUnwatched(ctx, mine, 0); len(forgotten) != 0 || err != nil {
		t.Errorf("a watcher forgets %v, %v, want nothing", forgotten, err)
	}
	forgotten, err := whole.Retention.ForgetUnwatched(ctx, nothing, 0)
	if want := []string{"nobodys"}; !slices.Equal(forgotten, want) || err != nil {
		t.Errorf("forgotten: %v, %v, want %v", forgotten, err, want)
	}
	if _, seq, err := watcher.Last(ctx, "mine"); seq == 0 || err != nil {
		t.Errorf("the record of a watch that a watcher has: sequence %d, %v, want it kept", seq, err)
	}
}

// The newest record that can be read stands in for a last one that cannot.
func TestAWatcherReadsOlderRecords(t *testing.T) {
	ctx := within(t)
	whole, watcher := besideAWatcher(t)
	first := mustAppend(t, watcher, change("w", stock.Restocked), 0)
	ack, err := whole.js.Publish(ctx, "obs.w", []byte("{nonsense"))
	if err != nil {
		t.Fatal(err)
	}
	c, seq, err := watcher.Last(ctx, "w")
	if err != nil || seq != ack.Sequence || c.Kind != stock.Restocked {
		t.Errorf("the last record: %s with sequence %d, %v, want %s with %d, that of the nonsense", c.Kind, seq, err, stock.Restocked, ack.Sequence)
	}
	h, err := watcher.History(ctx, "w", 5)
	if err != nil || len(h) != 1 || h[0].Seq != first || h[0].At.IsZero() {
		t.Errorf("History: %+v, %v, want the one record %d with its time", h, err, first)
	}
}
