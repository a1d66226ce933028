package web_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// The front page shows the newest receipt for a day: what can be bought with its link,
// what is out, and what cannot be read with the reason and what to do.
func TestTheFrontPageShowsTheReceipt(t *testing.T) {
	kettle := stock.ProductRef{ID: "kettle", Name: "電気ケトル YK-07"}
	at := func(u string) stock.WatchRef {
		return stock.WatchRef{ID: stock.WatchID(kettle.ID, u), URL: u, Source: "page"}
	}
	setup := stock.Setup{Watches: []stock.SetupWatch{
		{Product: kettle, Watch: at("https://in.example/kettle"), Availability: stock.InStock, Price: stock.Yen(4980)},
		{Product: kettle, Watch: at("https://out.example/kettle"), Availability: stock.OutOfStock, Price: stock.Yen(5480)},
		{Product: kettle, Watch: at("https://gone.example/kettle"), Unread: true, Outcome: stock.NotFound},
		{Product: kettle, Watch: at("https://search.example/?q=kettle"), Search: true},
	}, More: 2}
	for _, tt := range []struct {
		name  string
		age   time.Duration
		err   error
		shown bool
	}{
		{"new", time.Hour, nil, true},
		{"older than a day", 25 * time.Hour, nil, false},
		{"the store does not answer", time.Hour, errors.New("silence"), false},
	} {
		s, _ := site(t, func(o *web.Options) {
			o.Receipt = func(context.Context) (stock.Setup, time.Time, error) { return setup, time.Now().Add(-tt.age), tt.err }
		})
		card := document(t, do(s.Handler(), "GET", "/")).Find("#receipt")
		if shown := card.Length() == 1; shown != tt.shown {
			t.Errorf("%s: the receipt is shown: %v, want %v", tt.name, shown, tt.shown)
		}
		if !tt.shown {
			continue
		}
		if got := text(card); !strings.Contains(got, "Now watching") || !strings.Contains(got, "More pages: 2") {
			t.Errorf("the receipt says %q, want its title and that there are two pages more", got)
		}
		for i, want := range []struct{ says, link string }{
			{"In stock", "https://in.example/kettle"}, {"Out of stock", ""}, {"cannot be read", ""}, {"Search page", ""},
		} {
			row := card.Find("li").Eq(i)
			link, _ := row.Find(`a[href^="https://"]`).Attr("href")
			if got := text(row); !strings.Contains(got, want.says) || link != want.link {
				t.Errorf("row %d says %q with a link to %q, want %q with one to %q", i, got, link, want.says, want.link)
			}
		}
		if got := text(card.Find("li").Eq(2).Find(".reason, .soft")); !strings.Contains(got, "not there") {
			t.Errorf("an address that answers 404 says %q, want that the page is not there", got)
		}
	}
}
