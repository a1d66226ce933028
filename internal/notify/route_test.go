package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// atNoon runs f in a bubble whose clock shows noon: the start of a bubble's time
// lies in 2000, so f's records are simply made now.
func atNoon(t *testing.T, f func(t *testing.T, now time.Time)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, time.Now()) })
}

func TestRouteWritesOneLetterPerRecipient(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s := switch2(), newStore()
		n := New(Options{Store: s, Rules: rulesFor(p), Epoch: "ep"})
		s.add(7, soldOut(p, now.Add(-2*time.Hour)))
		s.records[p.Watches[1].ID] = []stock.Entry{{Seq: 3, Change: stock.Change{
			Watch: stock.WatchRef{Source: "yahoo", URL: "https://elsewhere.example/"}, State: stock.State{Availability: stock.PreOrder, Price: stock.Yen(52000)},
		}}}
		s.records[p.Watches[2].ID] = []stock.Entry{{Seq: 4, Change: stock.Change{State: stock.State{
			Availability: stock.InStock, Problem: &stock.Problem{Reason: stock.Said("captcha")},
		}}}}
		c := restock(p, now)
		c.Offer.Image = "javascript:alert(1)"
		route(t, n, s.add(9, c))

		if got, want := s.ids(), []string{"9_mail_rm", "9_phone_rp"}; !slices.Equal(got, want) {
			t.Fatalf("outbox after a restock = %v, want %v", got, want)
		}
		l := s.letters()[1]
		if l.Epoch != "ep" || !l.NotAfter.Equal(now.Add(time.Hour)) || !l.MadeAt.Equal(now) {
			t.Errorf("letter = epoch %q made %v not after %v, want ep, now, in an hour", l.Epoch, l.MadeAt, l.NotAfter)
		}
		a := l.Alert
		if a.Previous == nil || *a.Previous != *c.Previous {
			t.Errorf("previous = %+v, want the record's %+v", a.Previous, c.Previous)
		}
		others := []stock.Other{{Source: "yahoo", URL: p.Watches[1].URL, Availability: stock.PreOrder, Price: stock.Yen(52000)}}
		if !slices.Equal(a.Others, others) {
			t.Errorf("others = %+v, want %+v: the user's own URL, and nothing of a watch that cannot be read", a.Others, others)
		}
		if a.Offer.Image != "" || a.Offer.URL != rakutenURL || a.Watch.URL != p.Watches[0].URL {
			t.Errorf("image %q, offer %q, watch %q, want none, the offer's, the configured", a.Offer.Image, a.Offer.URL, a.Watch.URL)
		}
	})
}

func TestRouteChoosesRecipients(t *testing.T) {
	both, phone := []string{"5_mail_rm", "5_phone_rp"}, []string{"5_phone_rp"}
	unread := func(c *stock.Change) { c.Kind, c.Problem = stock.Unread, &stock.Problem{Reason: stock.Said("captcha")} }
	for _, tt := range []struct {
		name   string
		rules  func(*Rules)
		change func(*stock.Change)
		want   []string
		kinds  []stock.Kind // of the letters
	}{
		{name: "everybody by default", want: both},
		{name: "those of the product", rules: func(r *Rules) { r.Products[0].NotifyAll, r.Products[0].Notify = false, []string{"phone"} }, want: phone},
		{name: "nobody", rules: func(r *Rules) { r.Products[0].NotifyAll = false }},
		{name: "a channel that is no more", rules: func(r *Rules) {
			r.Products[0].NotifyAll, r.Products[0].Notify = false, []string{"pager"}
		}},
		{name: "a product that is no more", rules: func(r *Rules) { r.Products = nil }},
		{name: "a watch that is no more", change: func(c *stock.Change) { c.Watch.ID = "gone" }},
		{name: "nothing that rings", change: func(c *stock.Change) { c.Kind = stock.PriceRise }},
		{name: "too dear", change: func(c *stock.Change) { c.Offer.Price = stock.Yen(60000) }},
		{name: "the owner", rules: func(r *Rules) { r.Owner = []string{"phone"} }, change: unread, want: phone, kinds: []stock.Kind{stock.Unread}},
		{name: "the owner of a product that tells nobody", rules: func(r *Rules) {
			r.Owner, r.Products[0].NotifyAll = []string{"phone"}, false
		}, change: unread, want: phone, kinds: []stock.Kind{stock.Unread}},
		{name: "buyers and owner, each by what is theirs", rules: func(r *Rules) {
			r.Products[0].NotifyAll, r.Products[0].Notify = false, []string{"phone"}
		}, change: func(c *stock.Change) { c.Also = []stock.Kind{stock.Readable} }, want: both, kinds: []stock.Kind{stock.Readable, stock.Restocked}},
		{name: "the owner although the price holds back the rest", change: func(c *stock.Change) {
			c.Also, c.Offer.Price = []stock.Kind{stock.Readable}, stock.Yen(60000)
		}, want: both, kinds: []stock.Kind{stock.Readable, stock.Readable}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			atNoon(t, func(t *testing.T, now time.Time) {
				p, s := switch2(), newStore()
				r := rulesFor(p)
				if tt.rules != nil {
					tt.rules(&r)
				}
				c := restock(p, now)
				if tt.change != nil {
					tt.change(&c)
				}
				route(t, New(Options{Store: s, Rules: r}), s.add(5, c))
				if got := s.ids(); !slices.Equal(got, tt.want) {
					t.Fatalf("outbox = %v, want %v", got, tt.want)
				}
				for i, k := range tt.kinds {
					if got := s.letters()[i].Alert.Kind; got != k {
						t.Errorf("letter %s is about %q, want %q", s.ids()[i], got, k)
					}
				}
			})
		})
	}
}

func TestRouteTellsNothingOld(t *testing.T) {
	for _, tt := range []struct {
		kind stock.Kind
		age  time.Duration
		want int
	}{
		{stock.Restocked, 59 * time.Minute, 2},
		{stock.Restocked, 61 * time.Minute, 0},
		{stock.Unread, 23 * time.Hour, 2},
		{stock.Unread, 25 * time.Hour, 0},
	} {
		atNoon(t, func(t *testing.T, now time.Time) {
			p, s := switch2(), newStore()
			n := New(Options{Store: s, Rules: rulesFor(p)})
			c := restock(p, now.Add(-tt.age))
			c.Kind = tt.kind
			route(t, n, s.add(5, c))
			if got := len(s.letters()); got != tt.want {
				t.Errorf("a %s of %v ago made %d letters, want %d", tt.kind, tt.age, got, tt.want)
			}
			expired := testutil.ToFloat64(n.metrics.alerts.WithLabelValues("phone", outcomeExpired))
			if want := float64(1 - tt.want/2); expired != want {
				t.Errorf("a %s of %v ago counted %v expired, want %v", tt.kind, tt.age, expired, want)
			}
		})
	}
}

// A process that dies between two letters routes the record again, and so does
// one that cannot reach the store.
func TestRouteAgain(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s := switch2(), newStore()
		n := New(Options{Store: s, Rules: rulesFor(p)})
		e := s.add(5, restock(p, now))
		for _, method := range []string{"History", "Enqueue"} {
			s.fail[method] = 1
			if err := n.Route(context.Background(), e.Seq, e.Change, e.At); !errors.Is(err, errDown) {
				t.Errorf("Route while %s fails = %v, want %v", method, err, errDown)
			}
		}
		route(t, n, e)
		route(t, New(Options{Store: s, Rules: rulesFor(p)}), e)
		if got := len(s.letters()); got != 2 {
			t.Errorf("letters after four rounds = %d, want 2", got)
		}
	})
}

func TestRouteWithoutOtherShops(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s := switch2(), newStore()
		s.fail["Last"] = 99
		route(t, New(Options{Store: s, Rules: rulesFor(p)}), s.add(5, restock(p, now)))
		if got := len(s.letters()); got != 2 {
			t.Errorf("letters while the other shops' states cannot be read = %d, want 2", got)
		}
	})
}

// Fifty restocks in five minutes, with a restart after each: six are told, one
// alert says that it is flapping, the rest are counted.
func TestRouteFoldsABurst(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s := switch2(), newStore()
		suppressed := 0.0
		for i := range 50 {
			n := New(Options{Store: s, Rules: rulesFor(p)})
			at := now.Add(time.Duration(i) * 6 * time.Second)
			time.Sleep(time.Until(at))
			route(t, n, s.add(uint64(2*i+1), restock(p, at)))
			route(t, n, s.add(uint64(2*i+2), soldOut(p, at.Add(time.Second))))
			suppressed += testutil.ToFloat64(n.metrics.alerts.WithLabelValues("phone", outcomeSuppressed))
		}
		var phone []string
		for _, l := range s.letters() {
			if l.Channel == "phone" {
				phone = append(phone, l.Event+" "+string(l.Alert.Kind))
			}
		}
		slices.Sort(phone)
		want := []string{"1 restocked", "11 restocked", "3 restocked", "5 restocked", "7 restocked", "9 restocked", "d13 flapping"}
		if !slices.Equal(phone, want) || suppressed != 43 {
			t.Errorf("letters = %v and %v suppressed, want %v and 43", phone, suppressed, want)
		}
	})
}

func TestRouteCooldownSpansShops(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s := switch2(), newStore()
		r := rulesFor(p)
		r.Cooldown = time.Hour
		first, second := restock(p, now.Add(-time.Minute)), restock(p, now)
		second.Watch = stock.WatchRef{ID: p.Watches[1].ID, URL: p.Watches[1].URL, Source: "yahoo"}
		route(t, New(Options{Store: s, Rules: r}), s.add(5, first))
		route(t, New(Options{Store: s, Rules: r}), s.add(6, second))
		if got, want := s.ids(), []string{"5_mail_rm", "5_phone_rp"}; !slices.Equal(got, want) {
			t.Errorf("outbox = %v, want %v: the second shop is within the cooldown", got, want)
		}
	})
}

// Whatever a shop writes, the facts of a letter are short and harmless.
func TestFactsAreBounded(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s := switch2(), newStore()
		c := restock(p, now)
		for _, f := range []*string{&c.Offer.Title, &c.Offer.Seller, &c.Offer.Variant, &c.Offer.SKU, &c.Offer.JAN, &c.Offer.Condition} {
			*f = strings.Repeat("<&\x00\u202e再", 5000)
		}
		c.Offer.URL = rakutenURL + "?" + strings.Repeat("&", 1900)
		for range 50 {
			c.Evidence = append(c.Evidence, stock.Evidence{Method: stock.MethodAPI, Fact: stock.FactTitle, Text: strings.Repeat("e\u0301\u0301", 1000), Where: strings.Repeat(">", 1000)})
		}
		c.Problem = &stock.Problem{Reason: stock.Said(strings.Repeat("<", 9000))}
		route(t, New(Options{Store: s, Rules: rulesFor(p)}), s.add(5, c))
		if got := len(s.letters()); got != 2 {
			t.Fatalf("letters = %d, want 2", got)
		}
		l := s.letters()[0]
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(l); err != nil || b.Len() > 12<<10 {
			t.Errorf("letter %s has %d bytes (%v), want at most 12 KiB", l.ID(), b.Len(), err)
		}
		if strings.ContainsAny(b.String(), "\x00\u202e") || l.Alert.Offer.Price != stock.Yen(49980) || l.Alert.Offer.URL == "" || l.Alert.Offer.Title == "" {
			t.Errorf("letter %s = %s, want price, link and title, and nothing invisible", l.ID(), b.Bytes())
		}
	})
}
