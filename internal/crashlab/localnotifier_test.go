package crashlab

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/natsd"
	"github.com/sainyuka/sainyuka/internal/notify"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// localNotifier is a notifier on an engine, both as they are, in this process: its clock
// may be the test's. It serves two channels.
type localNotifier struct {
	testing.TB
	bus   *bus.Bus
	rules notify.Rules
	good  *counter
	bad   *counter
	last  uint64 // record of the one watch
	flip  int
}

const goodChannel, badChannel = "good", "bad"

func newLocalNotifier(t testing.TB, dir, sync string) (d *localNotifier, stop func()) {
	t.Helper()
	engine, err := natsd.Start(natsd.Options{Dir: dir, Sync: sync, MaxStore: 4 << 30})
	if err != nil {
		t.Fatalf("start an engine: %v", err)
	}
	conn, err := engine.Connect()
	if err != nil {
		t.Fatalf("connect to the engine: %v", err)
	}
	b, err := bus.Open(context.Background(), bus.Options{Conn: conn, MemoryLeases: true})
	if err != nil {
		t.Fatalf("open the bus: %v", err)
	}
	d = &localNotifier{TB: t, bus: b, good: newCounter(), bad: newCounter()}
	w := stock.Watch{ID: stock.WatchID("item", itemURL), URL: itemURL}
	d.rules = notify.Rules{
		Products: []stock.Product{{ID: "item", Name: "風見鶏", NotifyAll: true, Watches: []stock.Watch{w}}},
		Kinds:    []stock.Kind{stock.Restocked, stock.SoldOutKind}, Language: "ja", Location: time.UTC,
		Targets: []notify.Target{
			{ID: goodChannel, Recipient: "r", Channel: d.good, Timeout: time.Second},
			{ID: badChannel, Recipient: "r", Channel: d.bad, Timeout: time.Second},
		},
	}
	return d, func() {
		conn.Close()
		engine.Stop()
	}
}

const itemURL = "http://shop.example/item"

// open serves both channels until stop is called.
func (d *localNotifier) open() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	n := notify.New(notify.Options{Store: d.bus, Rules: d.rules, Epoch: d.bus.Epoch()})
	var loops sync.WaitGroup
	loops.Go(func() {
		_ = d.bus.Route(ctx, func(ctx context.Context, e stock.Entry) error { return n.Route(ctx, e.Seq, e.Change, e.At) })
	})
	for _, channel := range []string{goodChannel, badChannel} {
		loops.Go(func() { _ = d.bus.Deliver(ctx, channel, time.Second, n.Deliver) })
	}
	return func() { cancel(); loops.Wait() }
}

// record writes that the item was seen in stock, or sold out, by turns.
func (d *localNotifier) record() uint64 {
	d.Helper()
	kind, a, before := stock.Restocked, stock.InStock, stock.OutOfStock
	if d.flip%2 == 1 {
		kind, a, before = stock.SoldOutKind, before, a
	}
	d.flip++
	now := time.Now().UTC()
	c := stock.Change{
		Product: stock.ProductRef{ID: "item", Name: "風見鶏"}, Kind: kind,
		Watch:    stock.WatchRef{ID: stock.WatchID("item", itemURL), URL: itemURL, Source: "page"},
		State:    stock.State{Availability: a, ObservedAt: now, Offer: stock.Offer{Availability: a, Price: stock.Yen(1980), Title: "風見鶏"}, Price: stock.Yen(1980)},
		Previous: &stock.Previous{Availability: before, Price: stock.Yen(1980)},
	}
	seq, err := d.bus.Append(context.Background(), c, d.last)
	if err != nil {
		d.Fatalf("append a record: %v", err)
	}
	d.last = seq
	return seq
}

// counter is a channel that counts, and refuses while it is down.
type counter struct {
	mu   sync.Mutex
	down bool
	came map[string][]time.Duration // ages of what came, by id
}

func newCounter() *counter { return &counter{came: map[string][]time.Duration{}} }

func (c *counter) Send(_ context.Context, m channel.Message) (channel.Receipt, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.down {
		return channel.Receipt{}, &channel.SendError{Class: channel.Transient, Status: 503, Err: io.ErrUnexpectedEOF}
	}
	id := m.Letter.ID()
	c.came[id] = append(c.came[id], time.Since(m.Letter.Alert.ObservedAt))
	return channel.Receipt{}, nil
}

func (c *counter) set(down bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = down
}

func (c *counter) got(id string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.came[id])
}

// empty waits until nothing waits for a channel.
func (d *localNotifier) empty(channel string) error {
	for range 1000 {
		depth, _, err := d.bus.Outbox(context.Background(), channel)
		if err == nil && depth == 0 {
			return nil
		}
		time.Sleep(time.Second)
	}
	return errors.New("letters wait still for channel " + channel)
}
