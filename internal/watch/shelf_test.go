package watch_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/watch"
)

// What a search shows is kept for who judges it by other limits: what can be bought,
// that above the limit first, over a restart too.
func TestWhatASearchShowsIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		listing := func(id string, yen int64, a stock.Availability) stock.Listing {
			return stock.Listing{ID: id, Price: stock.Yen(yen), Availability: a}
		}
		w.street.answer = func(string, time.Time) stock.Observation {
			return stock.Observation{Outcome: stock.OK, Strong: true, IsSearch: true, Listings: []stock.Listing{
				listing("sold", 100, stock.SoldOut), listing("within", 900, stock.InStock), listing("dear", 3000, stock.InStock), listing("above", 2000, stock.InStock),
			}}
		}
		p := product("p", time.Minute, shopA)
		p.MaxPrice = stock.Yen(1000)
		host := w.street.Host(shopA)
		r := w.start(w.options("one"), []stock.Product{p})
		for _, when := range []string{"soon after the first look", "after a restart"} {
			after(30 * time.Second)
			shown, err := watch.ShownListings([]byte(w.memory.get(host)), host, p.Watches[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range shown {
				got = append(got, l.ID)
			}
			if want := []string{"above", "dear", "within"}; !slices.Equal(got, want) {
				t.Errorf("%s the search is kept as %v, want %v", when, got, want)
			}
			r.stop()
			r = w.start(w.options("one"), []stock.Product{p})
		}
		r.stop()
	})
}
