package sources

import (
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// TestRules reads pages by the user's own rules, which go before whatever else the
// page says.
func TestRules(t *testing.T) {
	const (
		url     = "https://shop.example/item/1"
		in      = `<html lang="ja"><head><script type="application/ld+json">{"@type":"Product","name":"箱","offers":{"price":"3300","priceCurrency":"JPY","availability":"InStock"}}</script></head><body><h1>箱</h1><p class="state">今月分は終わりました</p><p id="pay">会員価格 2,980円</p><footer class="ad"><p>完売</p></footer></body></html>`
		silent  = `<html lang="ja"><body><h1>箱</h1><div id="a">入手できます</div><button class="b">カートに入れる</button></body></html>`
		pressed = `<html lang="ja"><body><h1>箱</h1><button class="b" disabled>カートに入れる</button></body></html>`
		list    = `<html lang="ja"><body><h1>箱</h1><ul><li><a href="/item/1111">甲</a><p>3,300円</p></li><li><a href="/item/2222">乙</a><p>3,300円</p></li></ul><p class="s">在庫あり</p></body></html>`
	)
	for _, c := range []struct {
		name, page string
		rules      stock.Rules
		want       stock.Availability
		price      string
		doubt      stock.Doubt
		reason     string
	}{
		{name: "none", page: in, want: stock.InStock, price: "3300 JPY"},
		{name: "a text says no against the data", page: in, rules: stock.Rules{SoldOutText: "今月分は終わりました"}, want: stock.OutOfStock, price: "3300 JPY"},
		{name: "a regular expression", page: in, rules: stock.Rules{StockSelector: ".state", SoldOutText: "/今月分.*終/"}, want: stock.OutOfStock, price: "3300 JPY"},
		{name: "full-width and case", page: silent, rules: stock.Rules{StockSelector: "#A, #a", InStockText: "入手できます"}, want: stock.InStock},
		{name: "a selector alone, by known words", page: list, rules: stock.Rules{StockSelector: ".s"}, want: stock.InStock, price: "3300 JPY"},
		{name: "a button", page: silent, rules: stock.Rules{StockSelector: "button.b"}, want: stock.InStock},
		{name: "a button that cannot be pressed", page: pressed, rules: stock.Rules{StockSelector: "button.b"}, want: stock.OutOfStock},
		{name: "a price", page: in, rules: stock.Rules{PriceSelector: "#pay"}, want: stock.InStock, price: "2980 JPY"},
		{name: "both texts", page: in, rules: stock.Rules{InStockText: "箱", SoldOutText: "完売"}, doubt: stock.Contradiction, reason: "your rules contradict each other"},
		{name: "what is ignored is not read", page: in, rules: stock.Rules{InStockText: "箱", SoldOutText: "完売", IgnoreSelector: ".ad"}, want: stock.InStock, price: "3300 JPY"},
		{name: "no element", page: in, rules: stock.Rules{StockSelector: ".gone"}, doubt: stock.Silent, reason: `stock_selector ".gone"`},
		{name: "no text", page: in, rules: stock.Rules{InStockText: "あります"}, doubt: stock.Silent, reason: `in_stock_text "あります"`},
		{name: "no text of none", page: in, rules: stock.Rules{SoldOutText: "/ない$/"}, doubt: stock.Silent, reason: `sold_out_text "/ない$/"`},
		{name: "neither text", page: in, rules: stock.Rules{InStockText: "ある", SoldOutText: "ない"}, doubt: stock.Silent, reason: "in_stock_text"},
		{name: "words that nobody knows", page: in, rules: stock.Rules{StockSelector: ".state"}, doubt: stock.Silent, reason: "stock_selector"},
		{name: "no price", page: in, rules: stock.Rules{PriceSelector: ".cost"}, doubt: stock.Silent, reason: `price_selector ".cost"`},
		{name: "no price where there is no stock", page: in, rules: stock.Rules{PriceSelector: ".cost", SoldOutText: "完売"}, want: stock.OutOfStock, price: "3300 JPY"},
		{name: "nothing to ignore", page: in, rules: stock.Rules{IgnoreSelector: ".banner"}, doubt: stock.Silent, reason: `ignore_selector ".banner"`},
	} {
		set := New().Ruled(func(string) stock.Rules { return c.rules })
		o := set.ReadFor(url, stock.Page{URL: url, Status: 200, Body: []byte(c.page), Outcome: stock.OK})
		price := ""
		if o.Offer.Price.Known() {
			price = o.Offer.Price.String()
		}
		if o.Outcome != stock.OK || o.Offer.Availability != c.want || o.Doubt != c.doubt || !strings.Contains(o.Reason.Text, c.reason) || c.doubt == "" && price != c.price {
			t.Errorf("%s: %s %s, price %q, doubt %q, reason %q; want ok %s, %q, %q, %q", c.name, o.Outcome, o.Offer.Availability, price, o.Doubt, o.Reason, c.want, c.price, c.doubt, c.reason)
		}
		if c.doubt != "" && o.Class() != stock.LookUnclear {
			t.Errorf("%s: class %s, want an unclear look", c.name, o.Class())
		}
		if c.rules.OfStock() && c.want != stock.Unknown && (!o.Strong || o.Evidence[0].Method != stock.MethodRule) {
			t.Errorf("%s: strong %t, first evidence %v, want the rule's", c.name, o.Strong, o.Evidence[0])
		}
	}
}
