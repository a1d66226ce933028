package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/natsd"
	"github.com/sainyuka/sainyuka/internal/natstest"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// within bounds a test: a bus that hangs fails, however slow the machine is.
func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func testLogger(t testing.TB) *slog.Logger {
	t.Helper()
	return slog.New(slog.NewTextHandler(t.Output(), nil))
}

func mustOpen(t testing.TB, nc *nats.Conn) *Bus {
	t.Helper()
	b, err := Open(within(t), Options{Conn: nc, MemoryLeases: true, Logger: testLogger(t)})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return b
}

// newBus gives a bus on a fresh engine, and the engine for tests that restart it.
func newBus(t testing.TB) (*Bus, *natsd.Server) {
	t.Helper()
	return newBusIn(t, t.TempDir())
}

func newBusIn(t testing.TB, dir string) (*Bus, *natsd.Server) {
	t.Helper()
	s := natstest.Server(t, dir)
	return mustOpen(t, mustConnect(t, s)), s
}

func mustConnect(t testing.TB, s *natsd.Server) *nats.Conn {
	t.Helper()
	nc, err := s.Connect(append(ClientOptions(testLogger(t)), nats.ReconnectWait(10*time.Millisecond))...)
	if err != nil {
		t.Fatalf("Connect: %v", err)
	}
	t.Cleanup(nc.Close)
	return nc
}

func mustLink(t testing.TB, nc *nats.Conn) *link {
	t.Helper()
	l, err := newLink(nc, testLogger(t))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// eventually repeats do until it gives no error: after a restart of the engine
// the connection needs a moment.
func eventually(ctx context.Context, t testing.TB, what string, do func() error) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		err := do()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited in vain for %s: %v", what, err)
		}
	}
}

var observed = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func change(tid string, kind stock.Kind) stock.Change {
	return stock.Change{
		Product: stock.ProductRef{ID: "switch2", Name: "Nintendo Switch 2"},
		Watch:   stock.WatchRef{ID: tid, URL: "https://shop.example/item/1", Source: "page"},
		Kind:    kind,
		State:   stock.State{Availability: stock.InStock, Price: stock.Yen(49980), ObservedAt: observed},
		Watcher: "w1",
	}
}

func letter(event, channel, recipient string) stock.Letter {
	return stock.Letter{
		Event: event, Channel: channel, Recipient: recipient, Epoch: "e1",
		Alert: stock.Alert{
			Kind: stock.Restocked, Product: stock.ProductRef{ID: "switch2"},
			Offer: stock.Offer{Availability: stock.InStock}, ObservedAt: observed,
		},
		MadeAt: observed, NotAfter: observed.Add(time.Hour),
	}
}

func mustAppend(t testing.TB, b *Bus, c stock.Change, last uint64) uint64 {
	t.Helper()
	seq, err := b.Append(within(t), c, last)
	if err != nil {
		t.Fatalf("Append(%s of %s, after %d): %v", c.Kind, c.Watch.ID, last, err)
	}
	return seq
}

// during runs something that lasts until its context ends, and returns a
// function that ends it and waits.
func during(t testing.TB, run func(context.Context) error) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	end = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("ended with %v, want its context's end", err)
			}
		case <-time.After(time.Minute):
			t.Error("does not end with its context")
		}
	})
	t.Cleanup(end)
	return end
}

// next takes from a channel, or fails.
func next[T any](ctx context.Context, t testing.TB, what string, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-ctx.Done():
		t.Fatalf("waited in vain for %s", what)
		panic("not reached")
	}
}

func TestOpenByManyAtOnceMakesOneOfEach(t *testing.T) {
	s := natstest.Server(t, t.TempDir())
	const n = 4
	epochs := make([]string, n)
	var wg sync.WaitGroup
	for i := range n {
		nc := mustConnect(t, s)
		wg.Go(func() {
			b, err := Open(within(t), Options{Conn: nc, MemoryLeases: true, Logger: testLogger(t)})
			if err != nil {
				t.Errorf("Open: %v", err)
				return
			}
			epochs[i] = b.Epoch()
		})
	}
	wg.Wait()
	for _, e := range epochs {
		if e == "" || e != epochs[0] {
			t.Fatalf("epochs are %q, want the same one everywhere", epochs)
		}
	}
	b := mustOpen(t, mustConnect(t, s))
	if b.Epoch() != epochs[0] {
		t.Errorf("opened again the epoch is %q, was %q", b.Epoch(), epochs[0])
	}
	info, err := b.Journal.obs.Info(within(t))
	if err != nil || info.State.Consumers != 1 {
		t.Errorf("OBS has %+v, %v, want one consumer, the router", info, err)
	}
	if err := b.Ready(within(t)); err != nil {
		t.Errorf("Ready: %v", err)
	}
	for _, want := range wanted("", 1) {
		s, err := b.lookUp(within(t), want.Name)
		if err != nil {
			t.Fatal(err)
		}
		if got, differs := merge(s.CachedInfo().Config, want); differs {
			t.Errorf("stream %s would be changed at every start, to %+v", want.Name, got)
		}
	}
}

func TestOpenWaitsForTheServer(t *testing.T) {
	dir := t.TempDir()
	first := natstest.Server(t, dir)
	nc := mustConnect(t, first)
	first.Stop()

	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := Open(ctx, Options{Conn: nc})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Open without a server: %v, want its context's deadline", err)
	}
}

func TestOpenMendsWhatIsThere(t *testing.T) {
	ctx := within(t)
	s := natstest.Server(t, t.TempDir())
	first := mustOpen(t, mustConnect(t, s))

	// Somebody else's hands: other limits, no epoch, no router, other leases.
	c := first.Journal.obs.CachedInfo().Config
	c.MaxMsgsPerSubject, c.MaxBytes, c.Metadata = 5, 1<<30, nil
	if _, err := first.js.UpdateStream(ctx, c); err != nil {
		t.Fatalf("change stream: %v", err)
	}
	if err := first.Journal.obs.DeleteConsumer(ctx, consumerRouter); err != nil {
		t.Fatalf("delete consumer: %v", err)
	}
	mustAppend(t, first, change("a", stock.Baseline), 0)

	b := mustOpen(t, mustConnect(t, s))
	if b.Epoch() == "" || b.Epoch() == first.Epoch() {
		t.Errorf("epoch of a stream without one is %q, want a new one (the old was %q)", b.Epoch(), first.Epoch())
	}
	info, err := b.Journal.obs.Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	// A shorter history may be KeepRoom's work: it grows again by steps.
	if got := info.Config; got.MaxMsgsPerSubject <= 5 || got.MaxBytes != maxOBS || got.Metadata[epochKey] != b.Epoch() {
		t.Errorf("settings are %+v, want ours again", got)
	}
	if info.State.Msgs != 1 {
		t.Errorf("the stream holds %d records, want the one that was there", info.State.Msgs)
	}
	cons, err := b.Journal.obs.Consumer(ctx, consumerRouter)
	if err != nil {
		t.Fatalf("the router's consumer: %v", err)
	}
	if n := cons.CachedInfo().NumPending; n != 1 {
		t.Errorf("the new router has %d records before it, want 1: none may be missed", n)
	}
	if again := mustOpen(t, mustConnect(t, s)); again.Epoch() != b.Epoch() {
		t.Errorf("opened again the epoch is %q, want %q", again.Epoch(), b.Epoch())
	}
}

func TestOpenOnASmallDisk(t *testing.T) {
	for _, size := range []int64{65 << 20, 300 << 20, 3 << 30} {
		t.Run(fmt.Sprintf("%d MiB", size>>20), func(t *testing.T) {
			s, err := natsd.Start(natsd.Options{Dir: t.TempDir(), MaxStore: size, Sync: "1m"})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Stop)
			b := mustOpen(t, mustConnect(t, s))
			var sum int64
			for _, m := range b.Sizes.measure(within(t)) {
				sum += max(0, m.max)
			}
			room := 4 * size // the engine counts bytes before compression, see natsd
			if sum <= room/4 || sum >= room {
				t.Errorf("streams reserve %d MiB of %d, want most of it but not all", sum>>20, room>>20)
			}
			mustAppend(t, b, change("a", stock.Baseline), 0)
			again := mustOpen(t, mustConnect(t, s))
			if got := again.Journal.obs.CachedInfo().Config.MaxBytes; got != b.Journal.obs.CachedInfo().Config.MaxBytes {
				t.Errorf("opened again OBS may hold %d bytes, before %d", got, b.Journal.obs.CachedInfo().Config.MaxBytes)
			}
		})
	}
}

func TestBoundNamesTheConsumerThatIsMissing(t *testing.T) {
	ctx := within(t)
	b, _ := newBus(t)
	if err := b.Bound(ctx, nil); err != nil {
		t.Errorf("the router's consumer is made with the stream, but Bound says %v", err)
	}
	if err := b.Bound(ctx, []string{"phone"}); err == nil || !strings.Contains(err.Error(), "ch_phone") {
		t.Errorf("before anybody delivers to phone Bound says %v, want that ch_phone is missing", err)
	}
	during(t, func(ctx context.Context) error {
		return b.Deliver(ctx, "phone", time.Second, func(context.Context, stock.Letter, int) time.Duration { return 0 })
	})
	eventually(ctx, t, "the consumer of phone", func() error { return b.Bound(ctx, []string{"phone"}) })
}

func mustJetStream(t testing.TB, nc *nats.Conn) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
}
