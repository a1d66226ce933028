package web_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
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
	if doc := document(t, do(h, "GET", "/deliveries")); !strings.Contains(doc.Find("main").Text(), "No alert was sent yet.") || doc.Find("#dead li").Length() != 2 {
		t.Errorf("the page without deliveries says %q, want that there are none, and two dead letters", doc.Find("main").Text())
	}
	for i := range 600 {
		store.sent = append(store.sent, delivery(i))
	}
	doc := document(t, do(h, "GET", "/deliveries"))
	rows := doc.Find("tr.delivery")
	if rows.Length() != 50 {
		t.Fatalf("the page shows %d deliveries, want 50", rows.Length())
	}
	first := strings.Join(strings.Fields(rows.First().Text()), " ")
	for _, want := range []string{"電気ケトル YK-07", "Back in stock", "phone", "2.2 s", "recorded 12 ms", "alert written 20 ms", "first attempt 25 ms", "accepted 2.2 s", "<id>"} {
		if !strings.Contains(first, want) {
			t.Errorf("the first delivery reads %q, want %q in it", first, want)
		}
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
	if w := do(h, "GET", "/deliveries"); w.Code != 500 {
		t.Errorf("the page of a store that does not answer = %d, want 500", w.Code)
	}
}
