package notify

import (
	"slices"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// changed returns a record of an offer that could be ordered before and still can,
// at other terms.
func changed(p stock.Product, at time.Time, was, is stock.Offer) stock.Change {
	c := restock(p, at)
	c.Kind, c.Availability, c.SaleMode, c.Price = stock.OfferChanged, is.Availability, is.SaleMode, is.Price
	is.URL = rakutenURL
	c.Offer = is
	c.Previous = &stock.Previous{Availability: was.Availability, Price: was.Price, Terms: was.Terms()}
	return c
}

// picky is a product with every limit.
func picky() stock.Product {
	p := switch2()
	p.MaxEffective = stock.Yen(54000)
	p.Limits = stock.Limits{
		SuspiciousBelow: 50_00, SellersDeny: []string{"転売屋"}, Conditions: []string{stock.ConditionNew}, MinRating: 90_00, MinRatings: 10,
	}
	return p
}

// The alert says why it comes now; the change of the record is beside it.
func TestNowWithinIsMarked(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s := picky(), newStore()
		c := changed(p, now, stock.Offer{Availability: stock.InStock, Price: stock.Yen(49980), Seller: "転売屋"}, stock.Offer{Availability: stock.InStock, Price: stock.Yen(49980)})
		route(t, New(Options{Store: s, Rules: rulesFor(p)}), s.add(5, c))
		got := s.letters()
		if len(got) != 2 {
			t.Fatalf("the outbox has %v, want a letter for mail and one for phone", s.ids())
		}
		a := got[0].Alert
		i := slices.Index(a.Marks, guard.MarkNowWithin)
		if a.Kind != stock.Restocked || !slices.Equal(a.Also, []stock.Kind{stock.OfferChanged}) || i < 0 || i+1 >= len(a.Marks) || a.Marks[i+1] != string(guard.SellerDenied) {
			t.Errorf("the alert is %s %v with marks %v, want restocked, also offer_changed, and now_within_limits before seller_denied", a.Kind, a.Also, a.Marks)
		}
	})
}

// The first clear answer after a doubt says so.
func TestWasUnclearIsMarked(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s := switch2(), newStore()
		c := restock(p, now)
		c.Previous.Clarity = &stock.Clarity{Unclear: 3, Reason: stock.Silent}
		route(t, New(Options{Store: s, Rules: rulesFor(p)}), s.add(5, c))
		got := s.letters()
		if len(got) != 2 || got[0].Alert.Kind != stock.Restocked || !slices.Contains(got[0].Alert.Marks, stock.MarkWasUnclear) {
			t.Errorf("a restock after a doubt makes %d letters, want 2, marked %s: %+v", len(got), stock.MarkWasUnclear, got)
		}
	})
}

// What other shops' prices or the calendar alone make acceptable rings for nobody,
// and what an offer costs in the end is held against the limit on both sides.
func TestOnlyTheOfferItselfMakesItAcceptable(t *testing.T) {
	for _, tt := range []struct {
		name   string
		others []int64 // what three other shops ask
		was    int64
		want   stock.Kind
	}{
		{"suspicious before, by what others ask", []int64{50000, 50000, 50000}, 9800, stock.Restocked},
		{"others are cheap now", []int64{10000, 10000, 10000}, 9800, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			atNoon(t, func(t *testing.T, now time.Time) {
				p, s := switch2(), newStore()
				p.ListPrice, p.Limits.SuspiciousBelow = stock.Price{}, 50_00
				p.Watches = append(p.Watches, stock.Watch{ID: stock.WatchID(p.ID, "https://fourth.example/"), URL: "https://fourth.example/"})
				for i, yen := range tt.others {
					c := restock(p, now.Add(-time.Hour))
					c.Watch = stock.WatchRef{ID: p.Watches[i+1].ID, URL: p.Watches[i+1].URL}
					c.Price, c.Offer.Price = stock.Yen(yen), stock.Yen(yen)
					s.add(uint64(i+1), c)
				}
				c := changed(p, now, stock.Offer{Availability: stock.InStock, Price: stock.Yen(tt.was)}, stock.Offer{Availability: stock.InStock, Price: stock.Yen(30000)})
				c.Kind = stock.PriceRise
				route(t, New(Options{Store: s, Rules: rulesFor(p)}), s.add(5, c))
				var got stock.Kind
				if l := s.letters(); len(l) > 0 {
					got = l[0].Alert.Kind
				}
				if got != tt.want {
					t.Errorf("from %d to 30000 yen while others ask %v: rings as %q, want %q", tt.was, tt.others, got, tt.want)
				}
			})
		})
	}
}

// Points make an offer acceptable at the rates of its day.
func TestHeldByWhatItCostsInTheEnd(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s := switch2(), newStore()
		p.MaxPrice, p.MaxEffective = stock.Price{}, stock.Yen(49000)
		r := rulesFor(p)
		r.Rates = pricing.Rates{Shops: map[string]pricing.Shop{"rakuten": {Currency: "JPY", PointWorth: 100}}}
		c := changed(p, now, stock.Offer{Availability: stock.InStock, Price: stock.Yen(49980), Points: new(int64(100))}, stock.Offer{Availability: stock.InStock, Price: stock.Yen(49980), Points: new(int64(1499))})
		route(t, New(Options{Store: s, Rules: r}), s.add(5, c))
		if got := s.letters(); len(got) != 2 || got[0].Alert.Kind != stock.Restocked {
			t.Errorf("49980 yen with 1499 points after 100, at most 49000 in the end: %v, want a restock for two channels", s.ids())
		}
	})
}
