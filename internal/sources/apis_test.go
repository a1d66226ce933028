package sources

import (
	"net/url"
	"testing"

	"github.com/sainyuka/sainyuka/internal/sources/rakutenapi"
	"github.com/sainyuka/sainyuka/internal/sources/yahooapi"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// The query of one item asks the API where there is a key for it, and looks at
// the item's page where there is none.
func TestItemByAPIOrPage(t *testing.T) {
	const (
		rakutenItem = "https://item.rakuten.co.jp/joshin/sw2/"
		yahooItem   = "https://store.shopping.yahoo.co.jp/joshin/sw2.html"
	)
	keys := Keys{Rakuten: rakutenapi.Key{ApplicationID: "app-1234567", AccessKey: "pk-1234567"}, Yahoo: yahooapi.Key{AppID: "yid-1234567"}}
	for _, tt := range []struct {
		watch, page, pageSource, api string
		asks                         url.Values // of the API, among others
	}{
		{"rakuten-api:?jan=4902370553024&item=" + rakutenItem, rakutenItem, "rakuten", "openapi.rakuten.co.jp", url.Values{"keyword": {"4902370553024"}, "shopCode": {"joshin"}}},
		{"yahoo-api:?q=switch2&item=" + yahooItem, yahooItem, "yahoo", "shopping.yahooapis.jp", url.Values{"query": {"switch2"}, "seller_id": {"joshin"}}},
	} {
		without := New()
		req, err := without.Request(tt.watch)
		if err != nil || req.URL != tt.page || req.API != "" || without.Name(tt.watch) != tt.pageSource {
			t.Errorf("%s without a key asks %+v (%v) as %s, want the page %s as %s", tt.watch, req, err, without.Name(tt.watch), tt.page, tt.pageSource)
		}
		with := NewWithKeys(keys)
		req, err = with.Request(tt.watch)
		if err != nil {
			t.Fatalf("%s with a key: %v", tt.watch, err)
		}
		u, err := url.Parse(req.URL)
		if err != nil || u.Host != tt.api || req.API != tt.watch {
			t.Errorf("%s with a key asks %s as %q, want the API", tt.watch, req.URL, req.API)
		}
		for name, want := range tt.asks {
			if got := u.Query().Get(name); got != want[0] {
				t.Errorf("%s with a key asks %s = %q, want %q", tt.watch, name, got, want[0])
			}
		}
		if api, _ := stock.IsQuery(tt.watch); with.Name(tt.watch) != string(api) {
			t.Errorf("%s with a key is read by %s, want %s", tt.watch, with.Name(tt.watch), api)
		}
	}
	if req, err := New().Request("rakuten-api:?jan=4902370553024"); err == nil {
		t.Errorf("a query of no item without a key asks %s, want an error that says which to set", req.URL)
	}
}
