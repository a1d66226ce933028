package app

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/natsd"
	"github.com/sainyuka/sainyuka/internal/notify"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	fanPeople   = 100 // per channel
	fanChannels = 3
	fanCall     = 50 * time.Millisecond
	fanInFlight = 8 // per channel, see package bus
)

// BenchmarkFanOut measures from a record to the last acceptance when 100
// recipients of each of three channels hear of it and every call takes 50 ms. It
// prints the ratio to what the calls, eight at once per channel, and the synced
// publishes (a letter and a marker for each) cost alone in the same run: the aim
// is 1.5.
//
//	go test -run '^$' -bench FanOut -benchtime 1x ./internal/app
func BenchmarkFanOut(b *testing.B) {
	for b.Loop() {
		calls, publishes := callsAlone(), publishesAlone(b)
		took := fanOut(b)
		ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
		b.ReportMetric(0, "ns/op") // the time of a run says nothing
		b.ReportMetric(ms(calls), "calls-ms")
		b.ReportMetric(ms(publishes), "publishes-ms")
		b.ReportMetric(ms(took), "all-ms")
		b.ReportMetric(float64(took)/float64(calls+publishes), "ratio")
	}
}

// slow is a channel whose service takes its time.
type slow struct{ accepted *sync.WaitGroup }

func (s slow) Send(ctx context.Context, _ channel.Message) (channel.Receipt, error) {
	select {
	case <-time.After(fanCall):
		s.accepted.Done()
		return channel.Receipt{ProviderID: "ok"}, nil
	case <-ctx.Done():
		return channel.Receipt{}, ctx.Err()
	}
}

func fanChannel(i int) string            { return fmt.Sprintf("channel-%d", i) }
func fanRecipient(channel, i int) string { return stock.ShortHash(fmt.Sprint(channel, i)) }

// callsAlone is how long the calls take with nothing else to do.
func callsAlone() time.Duration {
	start := time.Now()
	var all sync.WaitGroup
	for range fanChannels {
		turns := make(chan struct{}, fanInFlight)
		for range fanPeople {
			all.Go(func() {
				turns <- struct{}{}
				time.Sleep(fanCall)
				<-turns
			})
		}
	}
	all.Wait()
	return time.Since(start)
}

// publishesAlone is how long the letters take to be written one after the other,
// and then their markers, as many at once as there are calls in flight.
func publishesAlone(b *testing.B) time.Duration {
	b.Helper()
	store, stop := syncedBus(b)
	defer stop()
	start := time.Now()
	ctx := context.Background()
	letters := fanLetters(store.Epoch())
	for _, l := range letters {
		if err := store.Enqueue(ctx, l); err != nil {
			b.Fatalf("enqueue letter %s: %v", l.ID(), err)
		}
	}
	var all sync.WaitGroup
	turns := make(chan struct{}, fanChannels*fanInFlight)
	for _, l := range letters {
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			if err := store.MarkSent(ctx, l, stock.Receipt{Epoch: l.Epoch, SentAt: time.Now()}); err != nil {
				b.Errorf("mark letter %s: %v", l.ID(), err)
			}
		})
	}
	all.Wait()
	return time.Since(start)
}

func fanLetters(epoch string) (letters []stock.Letter) {
	p, c := fanProduct(), fanRestock()
	for i := range fanChannels {
		for j := range fanPeople {
			letters = append(letters, stock.Letter{
				Event: "1", Channel: fanChannel(i), Recipient: fanRecipient(i, j), Epoch: epoch, MadeAt: time.Now(), NotAfter: time.Now().Add(time.Hour),
				Alert: stock.Alert{Kind: c.Kind, Product: stock.ProductRef{ID: p.ID, Name: p.Name}, Watch: c.Watch, Offer: c.Offer, ObservedAt: c.ObservedAt},
			})
		}
	}
	return letters
}

// fanOut is how long it takes from the record to the last acceptance.
func fanOut(b *testing.B) time.Duration {
	b.Helper()
	store, stop := syncedBus(b)
	defer stop()
	var accepted sync.WaitGroup
	accepted.Add(fanChannels * fanPeople)
	p := fanProduct()
	rules := notify.Rules{Products: []stock.Product{p}, Kinds: []stock.Kind{stock.Restocked}}
	for i := range fanChannels {
		for j := range fanPeople {
			rules.Targets = append(rules.Targets, notify.Target{ID: fanChannel(i), Type: "slow", Recipient: fanRecipient(i, j), Channel: slow{&accepted}})
		}
	}
	n := notify.New(notify.Options{Store: store, Rules: rules, Epoch: store.Epoch()})
	ctx, end := context.WithCancel(context.Background())
	var loops sync.WaitGroup
	var channels []string
	for i := range fanChannels {
		channels = append(channels, fanChannel(i))
		loops.Go(func() { _ = store.Deliver(ctx, fanChannel(i), notify.DefaultTimeout, n.Deliver) })
	}
	defer loops.Wait()
	defer end()
	for store.Bound(ctx, channels) != nil {
		time.Sleep(10 * time.Millisecond)
	}
	c := fanRestock()
	seq, err := store.Append(ctx, c, 0)
	if err != nil {
		b.Fatalf("append a restock: %v", err)
	}
	start := time.Now()
	if err := n.Route(ctx, seq, c, start); err != nil {
		b.Fatalf("route a restock: %v", err)
	}
	accepted.Wait()
	return time.Since(start)
}

const fanURL = "https://shop.example/item"

func fanProduct() stock.Product {
	return stock.Product{
		ID: "p", Name: "p", NotifyAll: true, Currency: "JPY",
		Watches: []stock.Watch{{ID: stock.WatchID("p", fanURL), URL: fanURL}},
	}
}

func fanRestock() stock.Change {
	c := stock.Change{
		Kind: stock.Restocked, Product: stock.ProductRef{ID: "p", Name: "p"},
		Watch: stock.WatchRef{ID: stock.WatchID("p", fanURL), URL: fanURL, Source: "page"},
	}
	c.Availability, c.ObservedAt = stock.InStock, time.Now()
	c.Offer = stock.Offer{Availability: stock.InStock, Price: stock.Yen(49980), Title: "p", URL: fanURL}
	return c
}

// syncedBus opens a bus on an engine that syncs every message to the disk, as a
// user has it.
func syncedBus(b *testing.B) (store *bus.Bus, stop func()) {
	b.Helper()
	engine, err := natsd.Start(natsd.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatalf("start an engine: %v", err)
	}
	conn, err := engine.Connect()
	if err == nil {
		store, err = bus.Open(context.Background(), bus.Options{Conn: conn, MemoryLeases: true})
	}
	if err != nil {
		engine.Stop()
		b.Fatalf("open a bus: %v", err)
	}
	return store, func() {
		conn.Close()
		engine.Stop()
	}
}
