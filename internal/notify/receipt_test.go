package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/receipt"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// baselineOf is the first record of a page of a product.
func baselineOf(p stock.Product, page int, a stock.Availability) stock.Change {
	w := p.Watches[page]
	now := time.Now()
	return stock.Change{
		V: 1, Product: stock.ProductRef{ID: p.ID, Name: p.Name}, Kind: stock.Baseline,
		Watch: stock.WatchRef{ID: w.ID, URL: w.URL, Source: "page"},
		State: stock.State{Availability: a, Price: stock.Yen(1980), ObservedAt: now, Since: now},
	}
}

// receiptCase is a notifier with products whose receipts are to be written.
type receiptCase struct {
	t      *testing.T
	store  *fakeStore
	people *fakePeople
	rules  Rules
	n      *Notifier
	end    func()
	seq    uint64
}

func newReceiptCase(t *testing.T, p ...stock.Product) *receiptCase {
	c := &receiptCase{t: t, store: newStore(), people: newPeople(), rules: rulesFor(p...)}
	c.rules.Receipts = true
	return c
}

func (c *receiptCase) start() {
	c.n = New(Options{Store: c.store, People: c.people, Rules: c.rules, Epoch: "e"})
	c.end = minding(c.t, c.n)
}

func (c *receiptCase) restart() { c.end(); c.start() }

// record stores a record and routes it, as the bus does.
func (c *receiptCase) record(ch stock.Change) {
	c.seq++
	route(c.t, c.n, c.store.add(c.seq, ch))
}

func (c *receiptCase) looked(w stock.Watch, o stock.Outcome, why string) {
	c.n.Looked([]stock.Look{{Watch: w.ID, At: time.Now(), Outcome: o, Reason: stock.Said(why)}})
}

// receipts are the receipts to the phone in the outbox, as "read/unread name:state ...".
func (c *receiptCase) receipts() []string {
	all := []string{}
	for _, l := range c.store.letters() {
		if l.Alert.Kind != stock.SetupReceipt || l.Channel != "phone" {
			continue
		}
		s := l.Alert.News.Setup
		var text strings.Builder
		text.WriteString(fmt.Sprintf("%d/%d", s.Read, s.Unread))
		for _, w := range s.Watches {
			state := w.Availability.String()
			if w.Unread {
				state = strings.TrimSpace("unread " + string(w.Outcome) + " " + w.Reason.Text)
			}
			text.WriteString(" " + w.Product.ID + ":" + state)
		}
		if !l.Silent {
			text.WriteString(" LOUD")
		}
		all = append(all, text.String())
	}
	slices.Sort(all)
	return all
}

func (c *receiptCase) want(when string, want ...string) {
	c.t.Helper()
	synctest.Wait()
	if want == nil {
		want = []string{}
	}
	if got := c.receipts(); !slices.Equal(got, want) {
		c.t.Fatalf("%s: receipts %q, want %q", when, got, want)
	}
}

func named(id string, pages int) stock.Product {
	p := shopPages(pages)
	p.ID, p.Name = id, id
	for i, w := range p.Watches {
		p.Watches[i].ID = stock.WatchID(id, w.URL)
	}
	return p
}

// Each new watch gets one receipt, whatever is restarted in between.
func TestReceipts(t *testing.T) {
	const soon = 10 * time.Second
	for _, tt := range []struct {
		name string
		run  func(c *receiptCase, p stock.Product)
	}{
		{"told at once, and once", func(c *receiptCase, p stock.Product) {
			c.start()
			c.record(baselineOf(p, 0, stock.OutOfStock))
			time.Sleep(soon)
			c.want("before the second page", []string{}...)
			c.record(baselineOf(p, 1, stock.InStock))
			time.Sleep(soon)
			c.want("with both", "2/0 a:InStock a:OutOfStock")
			c.restart()
			time.Sleep(11 * time.Minute)
			c.want("after a restart", "2/0 a:InStock a:OutOfStock")
		}},
		{"unread after three looks", func(c *receiptCase, p stock.Product) {
			c.start()
			c.record(baselineOf(p, 0, stock.OutOfStock))
			for i := range receipt.EnoughLooks {
				time.Sleep(soon)
				c.want(fmt.Sprintf("after %d looks", i), []string{}...)
				c.looked(p.Watches[1], stock.Blocked, blocked)
			}
			time.Sleep(soon)
			c.want("after the third", "1/1 a:unread blocked "+blocked+" a:OutOfStock")
		}},
		{"unread after ten minutes, over a restart", func(c *receiptCase, p stock.Product) {
			c.start()
			c.record(baselineOf(p, 0, stock.OutOfStock))
			time.Sleep(5 * time.Minute)
			c.restart()
			c.looked(p.Watches[1], stock.Failed, "timeout")
			time.Sleep(4 * time.Minute)
			c.want("after nine minutes", []string{}...)
			time.Sleep(2 * time.Minute)
			c.want("after eleven", "1/1 a:unread error timeout a:OutOfStock")
		}},
		{"never looked at", func(c *receiptCase, _ stock.Product) {
			c.start()
			time.Sleep(11 * time.Minute)
			c.want("after eleven minutes", "0/2 a:unread a:unread")
		}},
		{"missing from the first look on", func(c *receiptCase, p stock.Product) {
			c.start()
			c.record(baselineOf(p, 0, stock.OutOfStock))
			gone := baselineOf(p, 1, stock.Discontinued)
			gone.Evidence = []stock.Evidence{{Method: stock.MethodStatus, Fact: stock.FactAvailability, Value: "Discontinued"}}
			c.record(gone)
			time.Sleep(soon)
			c.want("after two looks", "1/1 a:unread not_found a:OutOfStock")
		}},
		{"known before the upgrade", func(c *receiptCase, p stock.Product) {
			c.store.add(1, baselineOf(p, 0, stock.OutOfStock))
			c.store.add(2, baselineOf(p, 1, stock.OutOfStock))
			c.seq = 2
			time.Sleep(time.Second)
			c.start()
			c.record(soldOut(p, time.Now()))
			time.Sleep(11 * time.Minute)
			c.want("after the upgrade", []string{}...)
			c.rules.Products = append(c.rules.Products, named("b", 1))
			c.n.Set(c.rules)
			c.record(baselineOf(c.rules.Products[1], 0, stock.InStock))
			time.Sleep(soon)
			c.want("after an edit", "1/0 b:InStock")
		}},
		{"turned off", func(c *receiptCase, p stock.Product) {
			c.rules.Receipts = false
			c.start()
			c.record(baselineOf(p, 0, stock.OutOfStock))
			c.record(baselineOf(p, 1, stock.OutOfStock))
			time.Sleep(11 * time.Minute)
			c.rules.Receipts = true
			c.n.Set(c.rules)
			time.Sleep(11 * time.Minute)
			c.want("turned on later", []string{}...)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := named("a", 2)
				c := newReceiptCase(t, p)
				tt.run(c, p)
				c.end()
			})
		})
	}
}

// Who asked to hear of stock at the first look has heard of it.
func TestNoReceiptWhereTheFirstLookRang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := named("a", 2)
		p.AlertOnFirst = true
		c := newReceiptCase(t, p)
		c.start()
		defer c.end()
		c.record(baselineOf(p, 0, stock.InStock))
		c.record(baselineOf(p, 1, stock.OutOfStock))
		time.Sleep(10 * time.Second)
		c.want("after both looks", "1/0 a:OutOfStock")
		s, at, err := c.n.LastReceipt(context.Background())
		if err != nil || at.IsZero() || s.Read != 1 {
			t.Errorf("LastReceipt = %+v at %s (%v), want what was told", s, at, err)
		}
	})
}

// However many watches there are, each is known from then on.
func TestReceiptOfThousands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := named("a", 2*receipt.MaxBatch+1)
		c := newReceiptCase(t, p)
		c.start()
		time.Sleep(12 * time.Minute)
		full := fmt.Sprintf("0/%d", receipt.MaxBatch) + strings.Repeat(" a:unread", receipt.MaxNamed)
		c.want("the first start", "0/1 a:unread", full, full)
		c.restart()
		time.Sleep(12 * time.Minute)
		if got := len(c.receipts()); got != 3 {
			t.Errorf("after a restart there are %d receipts, want the 3 of before", got)
		}
		c.end()
		facts, err := c.people.Facts(context.Background(), "receipt")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range facts {
			if len(f.Value) > 16<<10 {
				t.Errorf("fact %s has %d bytes, more than the store takes", f.Key, len(f.Value))
			}
		}
	})
}
