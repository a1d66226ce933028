package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// emptyStore knows of nothing that was.
type emptyStore struct{ web.Store }

func (emptyStore) Dead(context.Context) ([]stock.DeadLetter, error) { return nil, nil }

// Of 10,000 products, many of them unreadable, the first one that can be bought is on the
// first screen of a phone, as it is of 10; how long both pages take is reported beside.
func TestTheFirstScreenOfAPhone(t *testing.T) {
	c := startChromium(t)
	for _, n := range []int{10, 10_000} {
		home := dashboardOf(t, n)
		c.open(t, home) // the rows are made once
		began := time.Now()
		c.open(t, home)
		took := time.Since(began)
		var at struct{ Top, Bottom, Screen, Bytes float64 }
		const where = `
			const first = document.querySelector("#rows li.now"), place = first.getBoundingClientRect();
			const [page] = performance.getEntriesByType("navigation");
			return JSON.stringify({top: place.top, bottom: place.bottom, screen: innerHeight, bytes: page.encodedBodySize});`
		if err := json.Unmarshal([]byte(c.run(t, where)), &at); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d products: %.0f bytes as sent, on the screen after %v, the first that can be bought at %.0f to %.0f px of %.0f", n, at.Bytes, took.Round(time.Millisecond), at.Top, at.Bottom, at.Screen)
		if at.Top < 0 || at.Bottom > at.Screen || at.Bytes > 60<<10 || at.Bytes == 0 {
			t.Errorf("of %d products the first that can be bought is at %.0f to %.0f px of %.0f, in a page of %.0f bytes; want it on the first screen, and at most 60 KB", n, at.Top, at.Bottom, at.Screen, at.Bytes)
		}
		if got := c.run(t, sound); got != "" {
			t.Errorf("the page of %d products: %s", n, got)
		}
	}
}

// dashboardOf serves the dashboard of n products of two shops each: a tenth can be bought,
// as many cannot be read, the rest is sold out.
func dashboardOf(t *testing.T, n int) (home string) {
	t.Helper()
	var products []stock.Product
	for i := range n {
		p := stock.Product{ID: fmt.Sprintf("p%d", i), Name: fmt.Sprintf("商品 %d 電気ケトル 0.8L ホワイト", i), Tags: []string{"kitchen"}}
		for _, address := range []string{fmt.Sprintf("https://item.rakuten.co.jp/shop%d/item/", i), fmt.Sprintf("https://shop%d.example/item", i%50)} {
			p.Watches = append(p.Watches, stock.Watch{ID: stock.WatchID(p.ID, address), URL: address})
		}
		products = append(products, p)
	}
	s := web.New(web.Options{
		Language: "ja", Location: time.UTC, Products: func() []stock.Product { return products }, Store: emptyStore{}, Version: "test", Logger: slog.New(slog.DiscardHandler),
	})
	now := time.Now()
	for i, p := range products {
		state, outcome := stock.SoldOut, stock.OK
		switch i % 10 {
		case 3:
			state = stock.InStock
		case 7:
			outcome = stock.Blocked
		}
		for j, w := range p.Watches {
			c := stock.Change{Product: stock.ProductRef{ID: p.ID, Name: p.Name}, Watch: stock.WatchRef{ID: w.ID, URL: w.URL}, PublishedAt: now}
			price := stock.Yen(int64(1000 + i))
			c.State = stock.State{Availability: state, Price: price, Since: now, ObservedAt: now, Offer: stock.Offer{Availability: state, Price: price}}
			s.Record(w.ID, uint64(2*i+j+1), c)
			s.Looks([]stock.Look{{Watch: w.ID, At: now, Outcome: outcome, Availability: state, Next: now.Add(time.Minute)}})
		}
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		server.CloseClientConnections() // the stream of news would hold it
		server.Close()
	})
	return server.URL + "/"
}
