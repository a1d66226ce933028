package web_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

func delivery(i int) stock.Delivery {
	at := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	after := func(ms int) time.Time { return at.Add(time.Duration(ms) * time.Millisecond) }
	return stock.Delivery{Event: fmt.Sprint(1000 - i), Channel: "phone", Recipient: "abcdefgh23456777", Receipt: stock.Receipt{
		Epoch: "e", Product: "kettle", Kind: stock.Restocked, Tries: 2, ProviderID: "<id>",
		ObservedAt: at, PublishedAt: after(12), MadeAt: after(20), TriedAt: after(25), SentAt: after(2250),
	}}
}

func TestTheDeliveryLog(t *testing.T) {
	s, store := site(t, nil)
	h := s.Handler()
	if doc := document(t, do(h, "GET", "/alerts")); !strings.Contains(doc.Find("main").Text(), "No alert was sent yet.") || doc.Find("#dead li").Length() != 2 {
		t.Errorf("the page without deliveries says %q, want that there are none, and two dead letters", doc.Find("main").Text())
	}
	for i := range 600 {
		store.sent = append(store.sent, delivery(i))
	}
	doc := document(t, do(h, "GET", "/alerts"))
	rows := doc.Find("li.delivery")
	if rows.Length() != 50 {
		t.Fatalf("the page shows %d deliveries, want 50", rows.Length())
	}
	first := strings.Join(strings.Fields(rows.First().Text()), " ")
	for _, want := range []string{"電気ケトル YK-07", "Back in stock", "phone", "2.2 s", "recorded 12 ms", "alert written 20 ms", "first attempt 25 ms", "accepted 2.2 s", "<id>"} {
		if !strings.Contains(first, want) {
			t.Errorf("the first delivery reads %q, want %q in it", first, want)
		}
	}
	var feed struct {
		Entries []struct {
			Title string `xml:"title"`
		} `xml:"entry"`
	}
	w := do(h, "GET", "/alerts.atom")
	if err := xml.Unmarshal(w.Body.Bytes(), &feed); err != nil || len(feed.Entries) != 50 || feed.Entries[0].Title != "Back in stock / 電気ケトル YK-07" {
		t.Errorf("the feed of alerts: %v, %d entries: %.300s", err, len(feed.Entries), w.Body)
	}
	for query, want := range map[string]int{"": 50, "?limit=1": 1, "?limit=500": 500, "?limit=0": -1, "?limit=501": -1, "?limit=x": -1} {
		w := do(h, "GET", "/api/v1/deliveries"+query)
		var got struct {
			Deliveries []struct {
				ID   string
				Took float64 `json:"took_seconds"`
			}
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		switch {
		case want < 0 && w.Code != 400:
			t.Errorf("GET /api/v1/deliveries%s = %d, want 400", query, w.Code)
		case want >= 0 && (len(got.Deliveries) != want || got.Deliveries[0].ID != "1000_phone_abcdefgh23456777" || got.Deliveries[0].Took != 2.25):
			t.Errorf("GET /api/v1/deliveries%s = %d of which the first is %+v, want %d newest first", query, len(got.Deliveries), got.Deliveries[:1], want)
		}
	}
	store.err = fmt.Errorf("no engine")
	if w := do(h, "GET", "/alerts"); w.Code != 500 {
		t.Errorf("the page of a store that does not answer = %d, want 500", w.Code)
	}
}

// What an alert said stands in the log: its text, shop, price and link.
func TestTheLogSaysWhatWasTold(t *testing.T) {
	url := "https://item.rakuten.co.jp/kitte/kettle/"
	s, store := site(t, func(o *web.Options) {
		o.Told = func(_ context.Context, event, language string) (web.Told, error) {
			if event != "1000" {
				return web.Told{}, stock.ErrNotFound
			}
			return web.Told{Title: "Back in stock <b>", Body: "line one", Link: url, Price: stock.Yen(8800), Watch: stock.WatchRef{ID: stock.WatchID("kettle", url)}}, nil
		}
		o.Waiting = func(context.Context) ([]stock.Letter, error) {
			return []stock.Letter{{Event: "7", Channel: "phone", Alert: stock.Alert{Kind: stock.Restocked, Product: stock.ProductRef{ID: "kettle", Name: "Kettle"}}}}, nil
		}
	})
	store.sent = []stock.Delivery{delivery(0), delivery(1)}
	doc := document(t, do(s.Handler(), "GET", "/alerts"))
	first := text(doc.Find("li.delivery").First())
	for _, want := range []string{"¥8,800", "Rakuten Ichiba", "Back in stock <b>", "line one"} {
		if !strings.Contains(first, want) {
			t.Errorf("the delivery reads %q, want %q in it", first, want)
		}
	}
	if doc.Find("li.delivery a[href='"+url+"']").Length() != 1 || doc.Find("li.delivery a[href='../products/kettle'], li.delivery a[href='./products/kettle']").Length() != 2 {
		t.Errorf("the delivery does not lead to the shop and the product: %s", text(doc.Find("li.delivery")))
	}
	if got := text(doc.Find("#waiting li")); !strings.HasPrefix(got, "Kettle Back in stock") {
		t.Errorf("the letter that waits reads %q", got)
	}
}

func TestHealthSaysWhatIsWrong(t *testing.T) {
	s, _ := site(t, func(o *web.Options) {
		o.Switches = &switches{}
		o.Every = func(string) time.Duration { return 2 * time.Second }
		o.Health = func(context.Context) web.Health {
			return web.Health{
				Store: "OBS", Percent: 12, Watches: true, Leases: 64, Started: time.Now().Add(-3 * time.Hour),
				Channels: []web.ChannelHealth{{ID: "phone", Type: "ntfy", Waiting: 2, Oldest: 5 * time.Minute, Latency: 800 * time.Millisecond}, {ID: "mail", Type: "email"}},
				Backoffs: map[string]time.Duration{"blocked.example": 5 * time.Minute}, Requests: map[string]uint64{"blocked.example": 12345},
			}
		}
		o.WishLists = func(context.Context) ([]web.WishList, error) {
			return []web.WishList{
				{ID: "wishes", URL: "https://shop.example/list", Since: time.Now().Add(-time.Hour), Outcome: stock.Disallowed, Reason: stock.Because(stock.ReasonTerms, "shop.example")},
				{ID: "gifts", URL: "https://shop.example/gifts", ReadAt: time.Now()},
			}, nil
		}
	})
	page := text(document(t, do(s.Handler(), "GET", "/health")).Find("main"))
	for _, want := range []string{
		"Storage used (OBS)12 %", "phone ntfy In trouble", "no such <recipient>", "Shards of hosts64", "Running since",
		"blocked.example Pages 1 Blocked by the shop: 1 Backing off for 5 min At most one request per 2.0 s Requests since the start 12,345",
		"Waiting 2, the oldest for 5 min From page to delivery, on average 800 ms", "mail email In trouble Last alert delivered: none yet Out of reach",
		"wishes https://shop.example/list", "gifts https://shop.example/gifts Last read",
		"Forbidden by the shop's terms Last read none yetReason: the terms of shop.example restrict automation",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of health says %q, want %q in it", page, want)
		}
	}
}

// A channel is tried from the page of health, which says what became of it.
func TestATestFromThePageOfHealth(t *testing.T) {
	s, _ := site(t, func(o *web.Options) {
		o.Health = func(context.Context) web.Health {
			return web.Health{Channels: []web.ChannelHealth{{ID: "phone", Type: "ntfy"}, {ID: "mail", Type: "email"}}}
		}
		o.Test = func(_ context.Context, channel string, longest bool) (web.Tested, error) {
			switch {
			case channel == "phone" && !longest:
				return web.Tested{}, nil
			case channel == "mail":
				return web.Tested{Failure: errors.New("no such <mailbox>")}, nil
			}
			return web.Tested{}, web.ErrNoChannel
		}
	})
	for channel, want := range map[string]string{"phone": "A test was sent", "mail": "That did not work: no such <mailbox>"} {
		doc := document(t, submit(s.Handler(), "/channels/"+channel+"/test", ""))
		if got := text(doc.Find("[role=status]")); got != want {
			t.Errorf("after a test of %s the page says %q, want %q", channel, got, want)
		}
		if got := text(doc.Find("#main li:has([role=status]) b")); got != channel {
			t.Errorf("that stands at the channel %q, want %s", got, channel)
		}
	}
	if w := submit(s.Handler(), "/channels/fax/test", ""); w.Code != 404 {
		t.Errorf("a channel that is not there: %d, want 404", w.Code)
	}
}
