package notify

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// fiveShops is a product without a list price, sold by five shops.
func fiveShops() stock.Product {
	p := switch2()
	p.ListPrice, p.MaxPrice = stock.Price{}, stock.Price{}
	p.Limits.SuspiciousBelow = 50_00
	for i := range 2 {
		u := fmt.Sprintf("https://shop%d.example/", i)
		p.Watches = append(p.Watches, stock.Watch{ID: stock.WatchID(p.ID, u), URL: u})
	}
	return p
}

func stocked(p stock.Product, watch int, yen int64, at time.Time) stock.Change {
	c := restock(p, at)
	c.Watch = stock.WatchRef{ID: p.Watches[watch].ID, URL: p.Watches[watch].URL, Source: "page"}
	c.Price, c.Offer.Price, c.Offer.URL = stock.Yen(yen), stock.Yen(yen), p.Watches[watch].URL
	return c
}

// What is far below what most shops ask is marked and does not ring; nor does it
// start the time in which others do not ring.
func TestTooCheapBesideOthers(t *testing.T) {
	for _, cooldown := range []time.Duration{0, time.Hour} {
		atNoon(t, func(t *testing.T, now time.Time) {
			p, s := fiveShops(), newStore()
			r := rulesFor(p)
			r.Cooldown, r.Kinds = cooldown, []stock.Kind{stock.Restocked}
			n := New(Options{Store: s, Rules: r})
			for i := range 3 { // of long ago
				s.add(uint64(i+1), stocked(p, i, 50000, now.Add(-5*time.Hour)))
			}
			route(t, n, s.add(8, stocked(p, 3, 20000, now)))
			if got := s.ids(); len(got) != 0 {
				t.Errorf("cooldown %v: outbox %v, want nothing for 20000 yen where three shops ask 50000", cooldown, got)
			}
			route(t, n, s.add(9, stocked(p, 4, 48000, now)))
			if got, want := s.ids(), []string{"9_mail_rm", "9_phone_rp"}; !slices.Equal(got, want) {
				t.Errorf("cooldown %v: outbox %v, want %v", cooldown, got, want)
			}
		})
	}
}

func TestSuspiciousMayRing(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		p, s := fiveShops(), newStore()
		p.Limits.RingSuspicious = true
		n := New(Options{Store: s, Rules: rulesFor(p)})
		for i := range 3 {
			s.add(uint64(i+1), stocked(p, i, 50000, now.Add(-5*time.Hour)))
		}
		route(t, n, s.add(8, stocked(p, 3, 20000, now)))
		if got := s.letters(); len(got) != 2 || !slices.Contains(got[0].Alert.Marks, string(guard.FarBelowOthers)) {
			t.Errorf("outbox %v, want two letters that are marked", got)
		}
	})
}
