package sources

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// The names of private sellers leave the page as hashes only, in no fact and in
// no evidence; a shop's name stays.
func TestPrivateSellersAreHashed(t *testing.T) {
	const name = "例の出品者"
	auction := func(store string) string {
		return `<script id="__NEXT_DATA__">{"props":{"pageProps":{"initialState":{"item":{"detail":{"item":{"auctionId":"n1","title":"時計","status":"open","bidorbuy":300,"seller":{"displayName":"` + name + `","isStore":` + store + `}}}}}}}}</script>`
	}
	for _, c := range []struct {
		url, body string
		private   bool
	}{
		{"https://paypayfleamarket.yahoo.co.jp/item/z1", `<script id="__NEXT_DATA__">{"props":{"initialState":{"itemsState":{"items":{"item":{"id":"z1","title":"筆","price":300,"status":"OPEN","seller":{"nickname":"` + name + `"}}}}}}}</script>`, true},
		{"https://auctions.yahoo.co.jp/jp/auction/n1", auction("false"), true},
		{"https://auctions.yahoo.co.jp/jp/auction/n1", auction("true"), false},
	} {
		o := New().Read(stock.Page{URL: c.url, FinalURL: c.url, Status: 200, Body: []byte(c.body), Outcome: stock.OK})
		raw, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		want := name
		if c.private {
			want = stock.ShortHash(name)
		}
		if o.Offer.Seller != want || strings.Contains(string(raw), name) == c.private {
			t.Errorf("%s: seller %q in %s, want %q and nothing else of the name", c.url, o.Offer.Seller, raw, want)
		}
	}
}

// What earlier buyers say of a private seller is read where the page says it, and
// nothing is made of half of it.
func TestSellersAreRated(t *testing.T) {
	const url = "https://paypayfleamarket.yahoo.co.jp/item/z1"
	for rating, want := range map[string]*stock.Rating{
		`{"total":65,"goodRatio":98}`:   {GoodPercent: 98, Count: 65},
		`{"total":0,"goodRatio":0}`:     {},
		`{"total":65}`:                  nil,
		`{"total":65,"goodRatio":"98"}`: nil,
		`{"total":65,"goodRatio":980}`:  nil,
		`null`:                          nil,
	} {
		body := `<script id="__NEXT_DATA__">{"props":{"initialState":{"itemsState":{"items":{"item":{"id":"z1","title":"筆","price":300,"status":"OPEN","seller":{"rating":` + rating + `}}}}}}}</script>`
		o := New().Read(stock.Page{URL: url, FinalURL: url, Status: 200, Body: []byte(body), Outcome: stock.OK})
		got := o.Offer.SellerRating
		if (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("rating %s read as %+v, want %+v", rating, got, want)
		}
	}
}
