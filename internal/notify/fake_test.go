package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

var errDown = errors.New("the store is down")

// fakeStore is the bus in a map.
type fakeStore struct {
	mu      sync.Mutex
	records map[string][]stock.Entry
	out     map[string]stock.Letter
	sent    map[string]stock.Receipt
	dead    []stock.DeadLetter
	fail    map[string]int // method: how many calls fail from now on
	calls   map[string]int
}

func newStore() *fakeStore {
	return &fakeStore{
		records: map[string][]stock.Entry{}, out: map[string]stock.Letter{}, sent: map[string]stock.Receipt{},
		fail: map[string]int{}, calls: map[string]int{},
	}
}

// call counts a call and says whether it fails; the caller holds mu.
func (s *fakeStore) call(method string) error {
	s.calls[method]++
	if s.fail[method] > 0 {
		s.fail[method]--
		return errDown
	}
	return nil
}

// add stores a record and returns it with its sequence.
func (s *fakeStore) add(seq uint64, c stock.Change) stock.Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := stock.Entry{Seq: seq, Change: c, At: c.ObservedAt.Add(20 * time.Millisecond)}
	s.records[c.Watch.ID] = append(s.records[c.Watch.ID], e)
	return e
}

func (s *fakeStore) Last(_ context.Context, tid string) (stock.Change, uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.records[tid]
	if err := s.call("Last"); err != nil || len(h) == 0 {
		return stock.Change{}, 0, err
	}
	e := h[len(h)-1]
	return e.Change, e.Seq, nil
}

func (s *fakeStore) History(_ context.Context, tid string, n int) ([]stock.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.call("History")
	h := slices.Clone(s.records[tid])
	for len(h) > n {
		h = h[1:]
	}
	return h, err
}

func (s *fakeStore) Enqueue(_ context.Context, l stock.Letter) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.call("Enqueue"); err != nil {
		return err
	}
	if _, pending := s.out[l.ID()]; !pending {
		s.out[l.ID()] = l
	}
	return nil
}

func (s *fakeStore) Sent(_ context.Context, l stock.Letter) (stock.Receipt, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.sent[l.ID()]
	return r, ok, s.call("Sent")
}

func (s *fakeStore) MarkSent(_ context.Context, l stock.Letter, r stock.Receipt) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.call("MarkSent"); err != nil {
		return err
	}
	s.sent[l.ID()] = r
	return nil
}

func (s *fakeStore) Bury(_ context.Context, d stock.DeadLetter) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.call("Bury"); err != nil {
		return err
	}
	s.dead = append(s.dead, d)
	return nil
}

func (s *fakeStore) Outbox(context.Context, string) (int, time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.call("Outbox"); err != nil || len(s.out) == 0 {
		return 0, time.Time{}, err
	}
	return len(s.out), time.Now().Add(-time.Minute), nil
}

func (s *fakeStore) SentSince(_ context.Context, t time.Time) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.sent {
		if !r.SentAt.Before(t) {
			n++
		}
	}
	return n, s.call("SentSince")
}

// letters returns what is in the outbox, by id.
func (s *fakeStore) letters() []stock.Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []stock.Letter
	for _, l := range s.out {
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b stock.Letter) int { return slices.Compare([]string{a.ID()}, []string{b.ID()}) })
	return all
}

// ids returns the ids of what is in the outbox.
func (s *fakeStore) ids() []string {
	ids := []string{}
	for _, l := range s.letters() {
		ids = append(ids, l.ID())
	}
	return ids
}

// fakeChannel answers with a script, the last line for ever.
type fakeChannel struct {
	mu     sync.Mutex
	script []func(ctx context.Context, m channel.Message) error
	got    []channel.Message
	at     []time.Time
}

func (c *fakeChannel) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	c.mu.Lock()
	n := len(c.got)
	c.got, c.at = append(c.got, m), append(c.at, time.Now())
	var step func(context.Context, channel.Message) error
	if len(c.script) > 0 {
		step = c.script[min(n, len(c.script)-1)]
	}
	c.mu.Unlock()
	if step != nil {
		if err := step(ctx, m); err != nil {
			return channel.Receipt{}, err
		}
	}
	return channel.Receipt{ProviderID: fmt.Sprint("id-", n+1)}, nil
}

func (c *fakeChannel) sends() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.got)
}

// fails returns a step that fails with a class.
func fails(class channel.Class, after time.Duration) func(context.Context, channel.Message) error {
	return func(context.Context, channel.Message) error {
		return &channel.SendError{Class: class, Status: 500, RetryAfter: after, Err: errors.New("said the service")}
	}
}

func succeeds(context.Context, channel.Message) error { return nil }

func hangs(ctx context.Context, _ channel.Message) error { <-ctx.Done(); return ctx.Err() }

// rulesFor returns rules with two channels, both of the owner.
func rulesFor(p ...stock.Product) Rules {
	return Rules{
		Products: p, Kinds: []stock.Kind{stock.Restocked, stock.Orderable, stock.LotteryOpen, stock.NewListing},
		Owner: []string{"mail", "phone"}, FlapLimit: 6, Language: "ja", Location: tokyo,
		Targets: []Target{
			{ID: "phone", Recipient: "rp", Channel: &fakeChannel{}},
			{ID: "mail", Recipient: "rm", Channel: &fakeChannel{}},
		},
	}
}

// restock returns a record of a restock of the product's first watch.
func restock(p stock.Product, at time.Time) stock.Change {
	return stock.Change{
		V: 1, Product: stock.ProductRef{ID: p.ID, Name: p.Name}, Kind: stock.Restocked,
		Watch: stock.WatchRef{ID: p.Watches[0].ID, URL: p.Watches[0].URL, Source: "rakuten"},
		State: stock.State{
			Availability: stock.InStock, Price: stock.Yen(49980), ObservedAt: at, Since: at,
			Offer: stock.Offer{Availability: stock.InStock, Price: stock.Yen(49980), URL: rakutenURL, Title: "Switch 2"},
		},
		Previous: &stock.Previous{Availability: stock.OutOfStock, Price: stock.Yen(49980)},
	}
}

// soldOut returns the record that ends a restock.
func soldOut(p stock.Product, at time.Time) stock.Change {
	c := restock(p, at)
	c.Kind, c.Availability, c.Offer.Availability = stock.SoldOutKind, stock.OutOfStock, stock.OutOfStock
	c.Previous = &stock.Previous{Availability: stock.InStock, Price: stock.Yen(49980)}
	return c
}

func route(t testing.TB, n *Notifier, e stock.Entry) {
	t.Helper()
	if err := n.Route(context.Background(), e.Seq, e.Change, e.At); err != nil {
		t.Fatalf("Route(%d, %s) = %v, want nil", e.Seq, e.Change.Kind, err)
	}
}
