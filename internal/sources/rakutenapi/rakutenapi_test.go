package rakutenapi

import (
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/sources/official"
	"github.com/sainyuka/sainyuka/internal/stock"
)

var (
	key = Key{ApplicationID: "app-1234567890", AccessKey: "pk_secret"}
	now = time.Date(2026, 11, 22, 12, 0, 0, 0, tokyo)
)

func parse(t *testing.T, raw string) stock.Query {
	t.Helper()
	q, err := stock.ParseQuery(raw)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestRequest(t *testing.T) {
	common := map[string]string{"applicationId": "app-1234567890", "format": "json", "formatVersion": "2", "hits": "30"}
	tests := []struct {
		watch, path string
		want        map[string]string
	}{
		{"rakuten-api:?jan=4902370553024", ichibaPath, map[string]string{"keyword": "4902370553024", "availability": "0", "sort": "+itemPrice"}},
		{"rakuten-api:?jan=4902370553024#in-stock", ichibaPath, map[string]string{"keyword": "4902370553024", "availability": "1", "sort": "+itemPrice"}},
		{"rakuten-api:?q=switch2 本体&not=ケース&shop=book&min_price=1&max_price=2", ichibaPath, map[string]string{
			"keyword": "switch2 本体", "availability": "0", "sort": "+itemPrice", "NGKeyword": "ケース", "shopCode": "book", "minPrice": "1", "maxPrice": "2",
		}},
		{"rakuten-books:?isbn=9784101010014", booksPath, map[string]string{"isbnjan": "9784101010014", "outOfStockFlag": "1"}},
		{"rakuten-books:?isbn=9784101010014#in-stock", booksPath, map[string]string{"isbnjan": "9784101010014", "outOfStockFlag": "0"}},
	}
	for _, tt := range tests {
		q := parse(t, tt.watch)
		request := Ichiba{key}.Request
		if q.API == stock.RakutenBooksAPI {
			request = Books{key}.Request
		}
		req, err := request(q)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(req.URL)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for name, values := range u.Query() {
			got[name] = strings.Join(values, "|")
		}
		maps.Copy(tt.want, common)
		if diff := cmp.Diff(tt.want, got); diff != "" || u.Scheme+"://"+u.Host != DefaultURL || u.Path != tt.path {
			t.Errorf("Request(%s) asks %s (-want +got):\n%s", tt.watch, req.URL, diff)
		}
		if strings.Contains(req.URL, key.AccessKey) || req.Header.Get("accessKey") != key.AccessKey {
			t.Errorf("Request(%s) = %s with %v, want the access key in a header alone", tt.watch, req.URL, req.Header)
		}
		if req.Header.Get("Referer") != "" || req.API == "" {
			t.Errorf("Request(%s) = %+v, want no Referer and a name", tt.watch, req)
		}
	}
}

func TestRequestWithReferer(t *testing.T) {
	k := key
	k.Referer, k.URL = "https://box.example/stock/", "http://127.0.0.1:8082/"
	req, err := Ichiba{k}.Request(parse(t, "rakuten-api:?jan=4902370553024"))
	if err != nil || req.Header.Get("Referer") != "https://box.example/stock/" || req.Header.Get("Origin") != "https://box.example" {
		t.Errorf("Request = %+v, %v, want the registered site as Referer and Origin", req, err)
	}
	if !strings.HasPrefix(req.URL, "http://127.0.0.1:8082/ichibams/") {
		t.Errorf("Request asks %s, want the given server", req.URL)
	}
}

func TestRequestWithoutKey(t *testing.T) {
	for _, k := range []Key{{}, {ApplicationID: "a"}, {AccessKey: "a"}} {
		if req, err := (Ichiba{k}).Request(stock.Query{JAN: "4902370553024"}); err == nil || !strings.Contains(err.Error(), "[api.rakuten]") {
			t.Errorf("Request with %+v = %+v, %v, want an error that says which key to set", k, req, err)
		}
	}
}

// ask reads an answer with the given items to the query for a Switch 2.
func ask(body string) stock.Observation {
	p := stock.Page{Status: 200, Outcome: stock.OK, Body: []byte(body), FetchedAt: now}
	return official.Read(Ichiba{key}, stock.Query{API: stock.RakutenAPI, JAN: "4902370553024", Condition: stock.ConditionNew}, p)
}

// The cases of the collected table: 13 to 15 are Rakuten's.
func TestAvailability(t *testing.T) {
	tests := []struct {
		name, item string
		want       stock.Availability
		price      stock.Price
	}{
		{"sold out", `"itemPrice": 980, "availability": 0`, stock.OutOfStock, stock.Yen(980)},
		{"in stock", `"itemPrice": 980, "availability": 1`, stock.InStock, stock.Yen(980)},
		{"no availability", `"itemPrice": 980`, stock.Unknown, stock.Yen(980)},
		{"as text", `"itemPrice": "980", "availability": "1"`, stock.InStock, stock.Yen(980)},
		{"a code that nobody knows", `"itemPrice": 980, "availability": 2`, stock.Unknown, stock.Yen(980)},
		{"true", `"itemPrice": true, "availability": true`, stock.Unknown, stock.Price{}},
		{"price 0", `"itemPrice": 0, "availability": 1`, stock.InStock, stock.Price{}},
		{"price without tax", `"itemPrice": 980, "taxFlag": 1, "availability": 1`, stock.InStock, stock.Price{}},
		{"a sale to come", `"itemPrice": 980, "availability": 1, "startTime": "2026-11-22 12:01"`, stock.OutOfStock, stock.Yen(980)},
		{"a sale that runs", `"itemPrice": 980, "availability": 1, "startTime": "2026-11-22 11:59", "endTime": "2026-11-23 00:00"`, stock.InStock, stock.Yen(980)},
		{"a sale that is over", `"itemPrice": 980, "availability": 1, "endTime": "2026-11-22 11:59"`, stock.OutOfStock, stock.Yen(980)},
		{"a pre-order", `"itemName": "【予約商品】Switch 2", "itemPrice": 980, "availability": 1`, stock.PreOrder, stock.Yen(980)},
		{"a gift for pre-orders", `"itemName": "【予約特典付】Switch 2", "itemPrice": 980, "availability": 1`, stock.InStock, stock.Yen(980)},
		{"pre-orders closed", `"itemName": "【予約受付終了】Switch 2", "itemPrice": 980, "availability": 1`, stock.InStock, stock.Yen(980)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for shape, wrap := range map[string]string{"formatVersion 2": `{%s}`, "formatVersion 1": `{"Item": {%s}}`} {
				o := ask(fmt.Sprintf(`{"count": 1, "Items": [`+wrap+`]}`, tt.item))
				if o.Outcome != stock.OK || o.Offer.Availability != tt.want || o.Offer.Price != tt.price {
					t.Errorf("%s: %s, %s for %s (%s), want %s for %s", shape, o.Outcome, o.Offer.Availability, o.Offer.Price, o.Reason, tt.want, tt.price)
				}
			}
		})
	}
}

func TestFacts(t *testing.T) {
	const answer = `{"count": 1, "items": [{"itemName": "【抽選販売】Switch 2", "itemCode": "shop:10", "itemPrice": 49980, "availability": 1,
		"postageFlag": 1, "pointRate": 5, "pointRateStartTime": "2026-11-20 10:00", "pointRateEndTime": "2026-11-22 11:00",
		"itemUrl": "https://item.rakuten.co.jp/shop/switch2/?rafcid=wsc_i_is_app-1234567890", "shopName": "店",
		"mediumImageUrls": [{"imageUrl": "https://thumbnail.image.rakuten.co.jp/a.jpg?_ex=128x128"}]}]}`
	got := ask(answer).Offer
	want := stock.Offer{
		Availability: stock.InStock, SaleMode: stock.Lottery, Price: stock.Yen(49980), Seller: "店", Title: "【抽選販売】Switch 2", SKU: "shop:10",
		URL: "https://item.rakuten.co.jp/shop/switch2/", Image: "https://thumbnail.image.rakuten.co.jp/a.jpg?_ex=128x128",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the offer (-want +got):\n%s", diff)
	}
	if used := ask(`{"count": 1, "Items": [{"itemName": "【中古】Switch 2", "availability": 1}]}`); used.Offer.Availability != stock.OutOfStock {
		t.Errorf("a used one = %s, want OutOfStock: nobody offers a new one", used.Offer.Availability)
	}
}

// A book that is listed, but not among those that can be bought, is sold out; no
// code of availability says so.
func TestBookThatCannotBeBought(t *testing.T) {
	q := stock.Query{API: stock.RakutenBooksAPI, JAN: "9784101010014", Condition: stock.ConditionNew}
	p := stock.Page{Status: 200, Outcome: stock.OK, FetchedAt: now, Body: []byte(`{"count": 1, "Items": [{"title": "坊っちゃん", "isbn": "9784101010014", "availability": "6"}]}`)}
	if o := official.Read(Books{key}, q, p); o.Offer.Availability != stock.Unknown || !official.More(Books{key}, q, p) {
		t.Errorf("%s, want Unknown and a second question", o.Offer.Availability)
	}
	q.InStock, p.Body = true, []byte(`{"count": 0}`)
	if o := official.Read(Books{key}, q, p); o.Offer.Availability != stock.OutOfStock || official.More(Books{key}, q, p) {
		t.Errorf("%s, want OutOfStock and no third question", o.Offer.Availability)
	}
}

func TestUnreadable(t *testing.T) {
	for _, body := range []string{``, `<html>`, `[]`, `null`, `{}`, `{"Items": []}`, `{"count": "many"}`, `{"count": 3}`, `{"count": 3, "Items": []}`, `{"count": 1, "Items": {}}`} {
		if o := ask(body); o.Outcome != stock.Unreadable || o.Reason.None() || o.Offer.Availability != stock.Unknown {
			t.Errorf("answer %q = %s, %s (%s), want unreadable with a reason", body, o.Outcome, o.Offer.Availability, o.Reason)
		}
	}
	if o := ask(`{"count": 2, "Items": [7, {"itemName": "Switch 2", "availability": 0}]}`); o.Offer.Availability != stock.Unknown {
		t.Errorf("half an answer = %s, want Unknown", o.Offer.Availability)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"count": 1, "Items": [{"Item": {"itemName": "【予約】a", "itemPrice": 980, "availability": 1, "pointRate": 3, "startTime": "2026-11-22 12:01"}}]}`)
	f.Add(`{"count": 1, "Items": [{"title": "a", "isbn": "9784101010014", "availability": "1", "itemPrice": "5"}]}`)
	f.Add(`{"errors": {"errorCode": 403, "errorMessage": "no"}}`)
	f.Add(`{"count": 0}`)
	f.Fuzz(func(t *testing.T, body string) {
		p := stock.Page{Status: 200, Outcome: stock.OK, Body: []byte(body), FetchedAt: now}
		for _, o := range []stock.Observation{
			official.Read(Ichiba{key}, stock.Query{API: stock.RakutenAPI, JAN: "4902370553024"}, p),
			official.Read(Books{key}, stock.Query{API: stock.RakutenBooksAPI, JAN: "9784101010014"}, p),
		} {
			if o.Outcome == "" || o.Outcome != stock.OK && o.Reason.None() || o.Outcome == stock.OK && len(o.Evidence) == 0 {
				t.Errorf("%q = %+v, want an outcome with its reason", body, o)
			}
			if o.Offer.URL != "" && !strings.HasPrefix(o.Offer.URL, "https://item.rakuten.co.jp/") && !strings.HasPrefix(o.Offer.URL, "https://books.rakuten.co.jp/") {
				t.Errorf("%q links to %q", body, o.Offer.URL)
			}
		}
	})
}
