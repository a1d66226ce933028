package yahooapi

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/sources/official"
	"github.com/sainyuka/sainyuka/internal/stock"
)

var (
	search = Search{Key{AppID: "yid-1234567890"}}
	now    = time.Unix(1_800_000_000, 0)
	sw2    = stock.Query{API: stock.YahooAPI, JAN: "4902370553024", Condition: stock.ConditionNew}
)

func TestRequest(t *testing.T) {
	for watch, want := range map[string]url.Values{
		"yahoo-api:?jan=4902370553024": {"jan_code": {"4902370553024"}, "condition": {"new"}},
		"yahoo-api:?q=switch2 本体&condition=any&shop=joshin&min_price=1&max_price=2": {
			"query": {"switch2 本体"}, "seller_id": {"joshin"}, "price_from": {"1"}, "price_to": {"2"},
		},
		"yahoo-api:?jan=4902370553024&condition=used#in-stock": {"jan_code": {"4902370553024"}, "condition": {"used"}, "in_stock": {"true"}},
	} {
		q, err := stock.ParseQuery(watch)
		if err != nil {
			t.Fatal(err)
		}
		req, err := search.Request(q)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(req.URL)
		if err != nil {
			t.Fatal(err)
		}
		want["appid"], want["results"], want["sort"] = []string{"yid-1234567890"}, []string{"50"}, []string{"+price"}
		if diff := cmp.Diff(want, u.Query()); diff != "" || !strings.HasPrefix(req.URL, DefaultURL+path+"?") {
			t.Errorf("Request(%s) asks %s (-want +got):\n%s", watch, req.URL, diff)
		}
		if strings.Contains(req.API, "yid") {
			t.Errorf("Request(%s) is named %q, want no key in the name", watch, req.API)
		}
	}
	if _, err := (Search{}).Request(sw2); err == nil || !strings.Contains(err.Error(), "app_id in [api.yahoo]") {
		t.Errorf("Request without a key = %v, want an error that says which to set", err)
	}
}

func ask(hit string) stock.Observation {
	body := fmt.Sprintf(`{"totalResultsAvailable": 1, "totalResultsReturned": 1, "firstResultsPosition": 1, "hits": [{"janCode": "4902370553024", %s}]}`, hit)
	return official.Read(search, sw2, stock.Page{Status: 200, Outcome: stock.OK, Body: []byte(body), FetchedAt: now})
}

// Cases 16 and 17 of the collected table, and what lies around them.
func TestAvailability(t *testing.T) {
	tests := []struct {
		name, hit string
		want      stock.Availability
		price     stock.Price
	}{
		{"price true", `"price": true`, stock.Unknown, stock.Price{}},
		{"price 0, not in stock", `"price": 0, "inStock": false`, stock.OutOfStock, stock.Price{}},
		{"in stock", `"price": 49980, "inStock": true`, stock.InStock, stock.Yen(49980)},
		{"in stock as text", `"price": 49980, "inStock": "true"`, stock.Unknown, stock.Yen(49980)},
		{"null", `"price": 49980, "inStock": null`, stock.Unknown, stock.Yen(49980)},
		{"not out yet", `"price": 49980, "inStock": true, "releaseDate": 1800000001`, stock.PreOrder, stock.Yen(49980)},
		{"out since long", `"price": 49980, "inStock": true, "releaseDate": 1700000000`, stock.InStock, stock.Yen(49980)},
		{"odd fields beside", `"price": 49980, "inStock": true, "seller": "text", "point": [], "image": 7`, stock.InStock, stock.Yen(49980)},
	}
	for _, tt := range tests {
		if o := ask(tt.hit); o.Outcome != stock.OK || o.Offer.Availability != tt.want || o.Offer.Price != tt.price {
			t.Errorf("%s: %s, %s for %s (%s), want %s for %s", tt.name, o.Outcome, o.Offer.Availability, o.Offer.Price, o.Reason, tt.want, tt.price)
		}
	}
}

func TestFacts(t *testing.T) {
	got := ask(`"name": "Switch 2", "code": "joshin_1", "url": "https://store.shopping.yahoo.co.jp/joshin/1.html?x=yid-1234567890", "inStock": true,
		"condition": "new", "price": 49980, "image": {"small": "s", "medium": "https://item-shopping.c.yimg.jp/i/g/joshin_1"},
		"point": {"amount": 454, "times": 1}, "shipping": {"code": 2, "name": "送料無料"}, "seller": {"sellerId": "joshin", "name": "Joshin web"}`).Offer
	points, free := int64(454), stock.Yen(0)
	want := stock.Offer{
		Availability: stock.InStock, Price: stock.Yen(49980), Shipping: &free, Points: &points, Seller: "Joshin web", Condition: stock.ConditionNew,
		Title: "Switch 2", SKU: "joshin_1", JAN: "4902370553024",
		URL: "https://store.shopping.yahoo.co.jp/joshin/1.html", Image: "https://item-shopping.c.yimg.jp/i/g/joshin_1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the offer (-want +got):\n%s", diff)
	}
}

func TestUnreadable(t *testing.T) {
	for _, body := range []string{``, `<html>`, `[]`, `{}`, `{"hits": []}`, `{"totalResultsAvailable": true, "hits": []}`, `{"totalResultsAvailable": 2, "hits": []}`} {
		o := official.Read(search, sw2, stock.Page{Status: 200, Outcome: stock.OK, Body: []byte(body), FetchedAt: now})
		if o.Outcome != stock.Unreadable || o.Reason.None() || official.More(search, sw2, stock.Page{Status: 200, Body: []byte(body)}) {
			t.Errorf("answer %q = %s (%s), want unreadable with a reason and no second question", body, o.Outcome, o.Reason)
		}
	}
	none := official.Read(search, sw2, stock.Page{Status: 200, Outcome: stock.OK, Body: []byte(`{"totalResultsAvailable": 0, "hits": []}`)})
	if none.Offer.Availability != stock.OutOfStock || !none.Strong {
		t.Errorf("an empty answer = %s, want OutOfStock: it was asked for all", none.Offer.Availability)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"totalResultsAvailable": 1, "hits": [{"name": "a", "price": 5, "inStock": true, "releaseDate": 1800000001}]}`)
	f.Add(`{"totalResultsAvailable": 0}`)
	f.Add(`{"Error": {"Message": "Your Request was Forbidden"}}`)
	f.Fuzz(func(t *testing.T, body string) {
		o := official.Read(search, sw2, stock.Page{Status: 200, Outcome: stock.OK, Body: []byte(body), FetchedAt: now})
		if o.Outcome == "" || o.Outcome != stock.OK && o.Reason.None() || o.Outcome == stock.OK && len(o.Evidence) == 0 {
			t.Errorf("%q = %+v, want an outcome with its reason", body, o)
		}
		if o.Offer.URL != "" && !strings.HasPrefix(o.Offer.URL, "https://store.shopping.yahoo.co.jp/") {
			t.Errorf("%q links to %q", body, o.Offer.URL)
		}
	})
}
