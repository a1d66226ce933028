package homeassistant

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
)

var seen = time.Date(2026, 10, 3, 3, 0, 0, 0, time.UTC)

// product is watched at shops a, b and c.
func product(max int64) stock.Product {
	p := stock.Product{ID: "switch2", Name: "Nintendo Switch 2", Currency: "JPY"}
	if max > 0 {
		p.MaxPrice = stock.Yen(max)
	}
	for _, host := range []string{"a", "b", "c"} {
		url := "https://" + host + ".example/item"
		p.Watches = append(p.Watches, stock.Watch{ID: host, URL: url})
	}
	return p
}

// record is what a watch says.
func record(tid string, a stock.Availability, yen int64) stock.Change {
	c := stock.Change{Watch: stock.WatchRef{ID: tid, Source: "page"}, State: stock.State{Availability: a, Since: seen}}
	c.Offer = stock.Offer{Availability: a, URL: "https://" + tid + ".example/item"}
	if yen > 0 {
		c.Price, c.Offer.Price = stock.Yen(yen), stock.Yen(yen)
	}
	return c
}

func TestStateOf(t *testing.T) {
	text := func(s string) *string { return &s }
	unread := record("b", stock.OutOfStock, 0)
	unread.Problem = &stock.Problem{}
	for name, tt := range map[string]struct {
		max     int64
		records []stock.Change
		want    State
	}{
		"nothing known is not out of stock": {0, nil, State{Availability: Unknown, Unread: 3}},
		"out at one, unread at the others":  {0, []stock.Change{record("a", stock.SoldOut, 0), unread}, State{Availability: OutOfStock, Unread: 2}},
		"unread after it was out":           {0, []stock.Change{unread}, State{Availability: Unknown, Unread: 3}},
		"the cheapest of two": {0, []stock.Change{record("a", stock.InStock, 50000), record("b", stock.InStock, 49000), record("c", stock.OutOfStock, 100)}, State{
			Availability: InStock, Price: text("49000"), Currency: "JPY", Link: "https://b.example/item", URL: "https://b.example/item", Shop: "b.example", Since: &seen,
		}},
		"what is within the limits goes before what is cheaper later": {0, []stock.Change{record("a", stock.InStock, 50000), record("b", stock.PreOrder, 100), record("c", stock.OutOfStock, 0)}, State{
			Availability: InStock, Price: text("50000"), Currency: "JPY", Link: "https://a.example/item", URL: "https://a.example/item", Shop: "a.example", Since: &seen,
		}},
		"above the limit": {40000, []stock.Change{record("a", stock.InStock, 50000)}, State{
			Availability: Held, Price: text("50000"), Currency: "JPY", Link: "https://a.example/item", URL: "https://a.example/item", Shop: "a.example", Since: &seen, Unread: 2,
		}},
	} {
		records := map[string]stock.Change{}
		for _, c := range tt.records {
			tid := c.Watch.ID
			if c.Problem != nil {
				tid = "b"
			}
			records[tid] = c
		}
		got := stateOf(product(tt.max), records, pricing.Rates{}, "en", seen)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: state (-want +got):\n%s", name, diff)
		}
	}
}

// A link that is longer than a state may be stays in the attributes alone.
func TestLongLink(t *testing.T) {
	p := product(0)
	long := "https://a.example/" + string(make([]byte, 0))
	for len(long) < 300 {
		long += "item/"
	}
	p.Watches = p.Watches[:1]
	p.Watches[0].URL = long
	c := record("a", stock.InStock, 1)
	c.Offer.URL = long
	s := stateOf(p, map[string]stock.Change{"a": c}, pricing.Rates{}, "en", seen)
	if s.Link != "" || s.URL != long {
		t.Errorf("link %q, url %q, want no link and the url whole", s.Link, s.URL)
	}
}
