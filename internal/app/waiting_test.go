package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/natsd"
	"github.com/sainyuka/sainyuka/internal/notify"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// inbox is a channel that keeps what it was sent.
type inbox struct {
	mu  sync.Mutex
	got []string // "channel event"
}

func (i *inbox) Send(_ context.Context, m channel.Message) (channel.Receipt, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.got = append(i.got, m.Letter.Channel+" "+m.Letter.Event)
	return channel.Receipt{}, nil
}

func (i *inbox) sorted() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Sorted(slices.Values(i.got))
}

// TestWhatWaitsOutlivesARestart: a letter of quiet hours, a group and an
// escalation are left to an engine and a process that are started after those
// that began them have gone.
func TestWhatWaitsOutlivesARestart(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	dir, box, now := t.TempDir(), &inbox{}, time.Now()
	p := stock.Product{ID: "switch2", NotifyAll: true}
	for _, u := range []string{"https://a.example/1", "https://b.example/2", "https://c.example/3"} {
		p.Watches = append(p.Watches, stock.Watch{ID: stock.WatchID(p.ID, u), URL: u})
	}
	wait := 4 * time.Second // by then the first process has done its part, or the second does it
	clock := now.UTC().Sub(now.UTC().Truncate(24 * time.Hour))
	rules := notify.Rules{
		Products: []stock.Product{p}, Kinds: []stock.Kind{stock.Restocked}, Location: time.UTC,
		Routes: []stock.Route{{Notify: []string{"awake", "asleep"}, EscalateTo: []string{"second"}, EscalateAfter: wait}},
		Targets: []notify.Target{
			{ID: "awake", Recipient: "r", Channel: box},
			{ID: "second", Recipient: "r", Channel: box},
			{ID: "asleep", Recipient: "r", Channel: box},
		},
		Quiet: map[string]stock.Quiet{"asleep": {
			From: (clock + 23*time.Hour) % (24 * time.Hour), To: (clock + wait) % (24 * time.Hour), Location: time.UTC, Mode: stock.QuietHold,
		}},
	}

	first, stop := notifierOn(ctx, t, dir, rules)
	for i, w := range p.Watches {
		at := now.Add(wait - time.Minute + time.Duration(i)*time.Millisecond) // of the first: its minute is over soon
		c := stock.Change{
			Product: stock.ProductRef{ID: p.ID}, Watch: stock.WatchRef{ID: w.ID, URL: w.URL}, Kind: stock.Restocked,
			State: stock.State{Availability: stock.InStock, ObservedAt: at, Offer: stock.Offer{Availability: stock.InStock}},
		}
		if _, err := first.Append(ctx, c, 0); err != nil {
			t.Fatalf("append the restock at %s: %v", w.URL, err)
		}
	}
	waitFor(ctx, t, "the first shop to ring", func() bool { return slices.Contains(box.sorted(), "awake 1") })
	waitFor(ctx, t, "the others to wait", func() bool {
		facts, err := first.People.Facts(ctx, "held.")
		return err == nil && len(facts) == 3
	})
	stop()

	second, stop := notifierOn(ctx, t, dir, rules)
	defer stop()
	want := []string{"asleep 3", "awake 1", "awake dg3", "second 1"}
	waitFor(ctx, t, "the rest", func() bool { return len(box.sorted()) >= len(want) })
	waitFor(ctx, t, "nothing to wait any more", func() bool {
		held, err := second.People.Facts(ctx, "held.")
		esc, errToo := second.People.Facts(ctx, "esc.")
		return errors.Join(err, errToo) == nil && len(held)+len(esc) == 0
	})
	if got := box.sorted(); !slices.Equal(got, want) {
		t.Errorf("sent: %v, want %v, each once", got, want)
	}
}

// notifierOn starts an engine in dir and a notifier on it. stop ends both.
func notifierOn(ctx context.Context, t *testing.T, dir string, rules notify.Rules) (b *bus.Bus, stop func()) {
	t.Helper()
	engine, err := natsd.Start(natsd.Options{Dir: dir, MaxStore: 4 << 30, Sync: "1m"})
	if err != nil {
		t.Fatalf("start an engine: %v", err)
	}
	nc, err := engine.Connect(bus.ClientOptions(slog.New(slog.DiscardHandler))...)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	if b, err = bus.Open(ctx, bus.Options{Conn: nc, MemoryLeases: true}); err != nil {
		t.Fatalf("open the bus: %v", err)
	}
	n := notify.New(notify.Options{Store: b, People: b.People, Rules: rules, Epoch: b.Epoch()})
	ctx, cancel := context.WithCancel(ctx)
	var parts sync.WaitGroup
	parts.Go(func() {
		_ = b.Route(ctx, func(ctx context.Context, e stock.Entry) error { return n.Route(ctx, e.Seq, e.Change, e.At) }, n.RunTimers)
	})
	parts.Go(func() { _ = n.Follow(ctx) })
	for _, target := range rules.Targets {
		parts.Go(func() { _ = b.Deliver(ctx, target.ID, time.Second, n.Deliver) })
	}
	stop = sync.OnceFunc(func() {
		cancel()
		parts.Wait()
		nc.Close()
		engine.Stop()
	})
	t.Cleanup(stop)
	return b, stop
}

// waitFor asks until it is so.
func waitFor(ctx context.Context, t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
