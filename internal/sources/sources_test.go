package sources

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/cascadia"
	"github.com/sainyuka/sainyuka/internal/shop"
	"github.com/sainyuka/sainyuka/internal/stock"
	"pgregory.net/rapid"
)

func TestNameAndRequest(t *testing.T) {
	for _, c := range []struct{ url, name, asks string }{
		{"https://item.rakuten.co.jp/shop/item/", "rakuten", "https://item.rakuten.co.jp/shop/item/"},
		{"http://ITEM.rakuten.co.jp:8081/shop/item/#reviews", "rakuten", "http://item.rakuten.co.jp:8081/shop/item/"},
		{"https://hb.afl.rakuten.co.jp/hgc/1/?pc=https%3A%2F%2Fitem.rakuten.co.jp%2Fshop%2Fitem%2F&m=x", "rakuten", "https://item.rakuten.co.jp/shop/item/"},
		{"https://hb.afl.rakuten.co.jp/hgc/1/?pc=https%3A%2F%2Fbooks.rakuten.co.jp%2Frb%2F1%2F", "rakuten-books-page", "https://books.rakuten.co.jp/rb/1/"},
		{"https://books.rakuten.co.jp/rb/1?l-id=a", "rakuten-books-page", "https://books.rakuten.co.jp/rb/1/"},
		{"https://books.rakuten.co.jp/event/game/card/entry/", "rakuten-books-page", "https://books.rakuten.co.jp/event/game/card/entry/"},
		{"https://books.rakuten.co.jp/search?sitem=a", "page", "https://books.rakuten.co.jp/search?sitem=a"},
		{"https://biccamera.rakuten.co.jp/item/1/", "page", "https://biccamera.rakuten.co.jp/item/1/"},
		{"https://store.shopping.yahoo.co.jp/shop/code.html", "yahoo", "https://store.shopping.yahoo.co.jp/shop/code.html"},
		{"https://jp.mercari.com/item/m1", "mercari", "https://jp.mercari.com/item/m1"},
		{"https://jp.mercari.com.evil.example/item/m1", "page", "https://jp.mercari.com.evil.example/item/m1"},
		{"https://www.amazon.co.jp/dp/B0EXAMPLE1", "amazon", "https://www.amazon.co.jp/dp/B0EXAMPLE1"},
		{"https://www.amazon.co.jp/%E7%B7%9A%E9%A6%99/dp/b0example1/ref=sr_1_1?keywords=a&psc=1&tag=x-22", "amazon", "https://www.amazon.co.jp/dp/B0EXAMPLE1?psc=1"},
		{"https://www.amazon.co.jp/gp/product/B0EXAMPLE1?th=1&m=AN1EXAMPLE", "amazon", "https://www.amazon.co.jp/dp/B0EXAMPLE1?m=AN1EXAMPLE&th=1"},
		{"https://www.amazon.co.jp/-/en/gp/aw/d/B0EXAMPLE1", "amazon", "https://www.amazon.co.jp/dp/B0EXAMPLE1"},
		{"http://www.amazon.co.jp:8081/exec/obidos/ASIN/4000000001/x-22", "amazon", "http://www.amazon.co.jp:8081/dp/4000000001"},
		{"https://amzn.asia/d/0aBcDeF", "amazon", "https://amzn.asia/d/0aBcDeF"},
		{"https://www.amazon.co.jp/gp/help/customer/display.html", "page", "https://www.amazon.co.jp/gp/help/customer/display.html"},
		{"https://www.amazon.com/Lamp/dp/B0EXAMPLE1/ref=sr_1_1?qid=1", "amazon", "https://www.amazon.com/dp/B0EXAMPLE1"},
		{"https://www.amazon.de/-/en/gp/product/B0EXAMPLE1", "amazon", "https://www.amazon.de/dp/B0EXAMPLE1"},
		{"https://www.amazon.co.jp/s?k=a&rh=p_36%3A1000-", "amazon", "https://www.amazon.co.jp/s?k=a&rh=p_36%3A1000-"},
		{"https://www.amazon.co.jp/hz/wishlist/ls/2EXAMPLELIST1/ref=x?ref_=wl_share", "amazon", "https://www.amazon.co.jp/hz/wishlist/ls/2EXAMPLELIST1"},
		{"https://www.amazon.co.jp/hz/wishlist/slv/items?lek=a&type=wishlist", "amazon", "https://www.amazon.co.jp/hz/wishlist/slv/items?lek=a&type=wishlist"},
		{"https://shop.example/hz/wishlist/ls/2EXAMPLELIST1", "page", "https://shop.example/hz/wishlist/ls/2EXAMPLELIST1"},
		{"https://aws.amazon.com/s", "page", "https://aws.amazon.com/s"},
		{"https://www.amazon.co.jp.evil.example/dp/B0EXAMPLE1", "page", "https://www.amazon.co.jp.evil.example/dp/B0EXAMPLE1"},
		{"https://paypayfleamarket.yahoo.co.jp/item/z111111111?utm_source=a", "fleamarket", "https://paypayfleamarket.yahoo.co.jp/item/z111111111"},
		{"https://paypayfleamarket.yahoo.co.jp/search/%E7%AD%86?open=1", "fleamarket", "https://paypayfleamarket.yahoo.co.jp/search/%E7%AD%86?open=1"},
		{"https://paypayfleamarket.yahoo.co.jp/user/p1", "page", "https://paypayfleamarket.yahoo.co.jp/user/p1"},
		{"https://page.auctions.yahoo.co.jp/jp/auction/v1111111111?rc=1", "auctions", "https://page.auctions.yahoo.co.jp/jp/auction/v1111111111"},
		{"https://auctions.yahoo.co.jp/jp/auction/n1111111111", "auctions", "https://auctions.yahoo.co.jp/jp/auction/n1111111111"},
		{"https://auctions.yahoo.co.jp/search/search?p=a&n=50", "auctions", "https://auctions.yahoo.co.jp/search/search?p=a&n=50"},
		{"https://auctions.yahoo.co.jp/closedsearch/closedsearch?p=a", "auctions", "https://auctions.yahoo.co.jp/closedsearch/closedsearch?p=a"},
		{"https://shop.example/", "page", "https://shop.example/"},
		{"ftp://shop.example/", "page", ""},
		{"item.rakuten.co.jp/shop/item/", "page", ""},
		{"http://[::1", "page", ""},
		{"", "page", ""},
	} {
		s := New()
		if got := s.Name(c.url); got != c.name {
			t.Errorf("Name(%q) = %q, want %q", c.url, got, c.name)
		}
		r, err := s.Request(c.url)
		if r.URL != c.asks || (err != nil) != (c.asks == "") {
			t.Errorf("Request(%q) = %q, %v, want %q", c.url, r.URL, err, c.asks)
		}
	}
}

// Everything that fetch says of a page that it did not get is passed on.
func TestOutcomesArePassedOn(t *testing.T) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, outcome := range stock.Outcomes() {
		if outcome == stock.OK {
			continue
		}
		o := New().Read(stock.Page{
			URL: "https://shop.example/item/1", Outcome: outcome, Reason: stock.Said("said by fetch"), RetryAfter: time.Minute, FetchedAt: at,
			Body: []byte(`<script type="application/ld+json">{"@type":"Product","offers":{"availability":"InStock"}}</script>`),
		})
		if o.Outcome != outcome || o.Reason.Text != "said by fetch" || o.RetryAfter != time.Minute || !o.At.Equal(at) || o.Source != "page" {
			t.Errorf("outcome %s read as %+v, want it passed on", outcome, o)
		}
		if o.Offer.Availability != stock.Unknown {
			t.Errorf("outcome %s: availability %s, want Unknown", outcome, o.Offer.Availability)
		}
	}
}

// A page that a browser could not draw is what it says that it is; one that says
// nothing stays unreadable.
func TestUndrawnPages(t *testing.T) {
	for _, c := range []struct {
		body    string
		outcome stock.Outcome
	}{
		{"<title>メルカリ</title><h1>該当する商品は削除されています</h1>", stock.NotFound},
		{"<title>Robot Check</title><p>captcha</p>", stock.Blocked},
		{"<title>メルカリ</title><div>" + strings.Repeat("読み込み中 ", 200) + "</div>", stock.Unreadable},
		{"", stock.Unreadable},
	} {
		o := New().Read(stock.Page{
			URL: "https://jp.mercari.com/item/m1", Outcome: stock.Unreadable, Reason: stock.Said("not drawn"), Body: []byte(c.body), FetchedAt: time.Now(),
		})
		if o.Outcome != c.outcome || o.Offer.Availability != stock.Unknown {
			t.Errorf("undrawn page %q read as %s (%s), availability %s; want %s and Unknown", c.body, o.Outcome, o.Reason, o.Offer.Availability, c.outcome)
		}
	}
}

// Only pages that need a browser ask for one.
func TestWhatABrowserDraws(t *testing.T) {
	for url, want := range map[string]bool{
		"https://www.yodobashi.com/product/100000001000000001/": true, "https://www.matsukiyococokara-online.com/store/catalog/product/view/id/4902370553024": true,
		"https://jp.mercari.com/item/m1": true, "https://jp.mercari.com/search?keyword=x": true, "https://jp.mercari.com/shops/product/a": true,
		"https://item.rakuten.co.jp/shop/item/": false, "https://shop.example/": false,
	} {
		r, err := New().Request(url)
		if err != nil || (r.Draw != nil) != want {
			t.Errorf("Request(%q).Draw = %+v, %v; want one: %t", url, r.Draw, err, want)
		}
		if r.Draw == nil || r.Draw.Ready == "" { // the load event says so
			continue
		}
		if _, err := cascadia.ParseGroup(r.Draw.Ready); err != nil {
			t.Errorf("Request(%q): selector %q: %v", url, r.Draw.Ready, err)
		}
	}
}

// No page is a stranger to its own address, however it is written.
func TestOwnAddressIsNoStranger(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.StringMatching(`(/[a-z0-9-]{1,12}){1,4}`).Draw(t, "path")
		query := rapid.SampledFrom([]string{"", "?utm_source=1234567", "?ref=ab123456&psc=1"}).Draw(t, "query")
		end := rapid.SampledFrom([]string{"", "/"}).Draw(t, "end")
		asked := "https://shop.example" + path + query
		o := New().Read(stock.Page{
			URL: asked, FinalURL: "https://shop.example" + path + end, Outcome: stock.OK,
			Body: []byte(`<link rel="canonical" href="http://shop.example` + path + end + `"><h1>a</h1>`),
		})
		if o.Outcome == stock.WrongProduct {
			t.Fatalf("%s: %s, want its own page to be itself", asked, o.Reason)
		}
	})
}

// The catalogue knows every source, and no others; docs/shops.md has a row for each,
// which says what the catalogue says.
func TestTheCatalogueKnowsEverySource(t *testing.T) {
	text, err := os.ReadFile("../../docs/shops.md")
	if err != nil {
		t.Fatal(err)
	}
	s := New()
	apis, sources := map[string]bool{}, map[string]bool{}
	for _, a := range s.apis {
		apis[string(a.API())] = true
	}
	for _, src := range s.sources {
		if src.Name() != (anyPage{}).Name() {
			sources[src.Name()] = true
		}
	}
	for _, known := range shop.All() {
		if !sources[known.ID] && !apis[known.ID] {
			t.Errorf("%s is in the catalogue of shops, and no source is called so", known.ID)
		}
		delete(sources, known.ID)
		delete(apis, known.ID)
		_, row, ok := strings.Cut(string(text), "(`"+known.ID+"`) |")
		row, _, _ = strings.Cut(row, "\n")
		if !ok {
			t.Errorf("docs/shops.md has no row for %s", known.ID)
		}
		if known.Restricted != strings.Contains(row, "**restrict**") {
			t.Errorf("docs/shops.md and the catalogue differ on whether the terms of %s restrict", known.ID)
		}
		for _, host := range known.Hosts {
			address := "https://" + strings.TrimPrefix(host, ".") + "/"
			if got := s.Restricted(address); got != known.Restricted {
				t.Errorf("%s: Restricted(%q) = %v, want %v as in the catalogue", known.ID, address, got, known.Restricted)
			}
		}
	}
	for name := range sources {
		t.Errorf("source %s is not in the catalogue of shops (package shop)", name)
	}
	for name := range apis {
		t.Errorf("API %s is not in the catalogue of shops (package shop)", name)
	}
}

func TestRestricted(t *testing.T) {
	for url, want := range map[string]bool{
		"https://jp.mercari.com/item/m1": true, "https://mercari-shops.com/products/a": true, "https://www.amazon.co.jp/dp/B0EXAMPLE1": true, "https://amzn.asia/d/a": true,
		"https://www.amazon.co.jp/s?k=a":  true,
		"https://item.rakuten.co.jp/a/b/": false, "https://books.rakuten.co.jp/rb/1/": false, "https://paypayfleamarket.yahoo.co.jp/item/z1": false, "https://shop.example/": false,
	} {
		if got := New().Restricted(url); got != want {
			t.Errorf("Restricted(%q) = %v, want %v", url, got, want)
		}
	}
}

// A fragment is never sent, and chooses the variant that is watched.
func TestFragmentChoosesTheVariant(t *testing.T) {
	const body = `<html><h1>Mug</h1><script type="application/ld+json">{"@type":"Product","name":"Mug","offers":[
		{"@type":"Offer","sku":"red","price":"1000","priceCurrency":"JPY","availability":"https://schema.org/InStock","url":"https://shop.test/mug#red"},
		{"@type":"Offer","sku":"blue","price":"1200","priceCurrency":"JPY","availability":"https://schema.org/OutOfStock","url":"https://shop.test/mug#blue"}]}</script></html>`
	p := stock.Page{URL: "https://shop.test/mug", FinalURL: "https://shop.test/mug", Status: 200, Outcome: stock.OK, Body: []byte(body)}
	for watched, want := range map[string]stock.Availability{"https://shop.test/mug#red": stock.InStock, "https://shop.test/mug#blue": stock.OutOfStock} {
		o := New().ReadFor(watched, p)
		if o.Offer.Availability != want || o.URL != p.URL {
			t.Errorf("ReadFor(%q) = %s at %s, want %s at the address that was asked", watched, o.Offer.Availability, o.URL, want)
		}
	}
}
