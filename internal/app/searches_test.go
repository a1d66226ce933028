package app

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/diff"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// row is a thing on the search page of a shop.
type row struct {
	id   string
	yen  int
	sold bool
	new  bool // its condition, where the shop tells it
}

// searchShop is a shop as its search pages are shaped.
type searchShop struct {
	url  string // of the search, newest first where the shop can
	link string // of an item, with %s for its id
	page func(rows []row) string
	// tellsCondition is set when its rows say new or used.
	tellsCondition bool
}

var searchShops = map[string]searchShop{
	"mercari": {url: "http://jp.mercari.com/search?keyword=a&sort=created_time&order=desc", link: "http://jp.mercari.com/item/%s", page: mercariSearch},
	"fleamarket": {
		url: "http://paypayfleamarket.yahoo.co.jp/search/a", link: "http://paypayfleamarket.yahoo.co.jp/item/%s",
		page: fleaMarketSearch, tellsCondition: true,
	},
	"surugaya": {
		url: "http://www.suruga-ya.jp/search?search_word=a", link: "http://www.suruga-ya.jp/product/detail/%s",
		page: surugayaSearch, tellsCondition: true,
	},
	"hardoff": {url: "http://netmall.hardoff.co.jp/search/?q=a&s=1", link: "http://netmall.hardoff.co.jp/product/%s/", page: hardoffSearch},
}

func mercariSearch(rows []row) string {
	var b strings.Builder
	b.WriteString(`<html><head><title>例 - メルカリ</title></head><body><div data-testid="search-item-grid"><ul>`)
	for _, r := range rows {
		sticker := ""
		if r.sold {
			sticker = `<div data-testid="thumbnail-sticker" aria-label="売り切れ"></div>`
		}
		fmt.Fprintf(&b, `<li data-testid="item-cell"><a href="/item/%s"><div role="img" aria-label="例%[1]sの画像 %d円"></div>%s</a></li>`, r.id, r.yen, sticker)
	}
	return b.String() + `</ul></div></body></html>`
}

func fleaMarketSearch(rows []row) string {
	var items []string
	for _, r := range rows {
		status, condition := "OPEN", "used20"
		if r.sold {
			status = "SOLD"
		}
		if r.new {
			condition = "new"
		}
		items = append(items, fmt.Sprintf(`{"id":%q,"title":"例","price":%d,"itemStatus":%q,"condition":%q}`, r.id, r.yen, status, condition))
	}
	return `<title>例</title><script id="__NEXT_DATA__" type="application/json">{"props":{"initialState":{"searchState":{"search":{"isLoading":false,"result":{"items":[` +
		strings.Join(items, ",") + `]}}}}}}</script>`
}

func surugayaSearch(rows []row) string {
	var b strings.Builder
	b.WriteString(`<html><head><title>例 | 駿河屋</title></head><body><div class="hit">該当件数:9件</div>`)
	if len(rows) == 0 {
		b.WriteString(`<div class="hit">該当件数:0件</div>`)
	}
	for _, r := range rows {
		condition, price := "中古", `<p class="price_teika">%s：<span><strong>￥%d</strong></span></p>`
		if r.new {
			condition = "新品"
		}
		if r.sold {
			price = `<p class="price">品切れ</p><p>%s</p><!-- %d -->`
		}
		fmt.Fprintf(&b, `<div class="item"><div class="title"><a href="/product/detail/%s"><h3 class="product-name">例</h3></a></div><div class="item_price">`+price+`</div></div>`, r.id, condition, r.yen)
	}
	return b.String() + `</body></html>`
}

func hardoffSearch(rows []row) string {
	var b strings.Builder
	b.WriteString(`<html><head><title>例</title></head><body><button>入荷通知を登録する</button>`)
	if len(rows) == 0 {
		b.WriteString(`<p>該当する商品はありません</p>`)
	}
	for _, r := range rows {
		sold := ""
		if r.sold {
			sold = `<span class="soldout-text">SOLD OUT</span>`
		}
		fmt.Fprintf(&b, `<div class="itemcolmn_item"><a href="/product/%s/">%s<div class="item-name">例</div><span class="item-price-en">%d<span>円</span></span></a></div>`, r.id, sold, r.yen)
	}
	return b.String() + `</body></html>`
}

// searchStep is what a search shows at one look, and the id that must ring for it.
type searchStep struct {
	name string
	rows []row
	ring string // "": nothing
}

// searchSteps are looks at the search of a shop whose ids are numbers behind a
// prefix, with a max_price of 2000 and a min_price of 100.
func searchSteps(id func(n int) string) []searchStep {
	a, b, c, d, e, f, g := id(1), id(2), id(3), id(4), id(5), id(6), id(7)
	return []searchStep{
		{"the first look is silent", []row{{id: b, yen: 1000}, {id: a, yen: 900}}, ""},
		{"nothing new", []row{{id: b, yen: 1000}, {id: a, yen: 900}}, ""},
		{"a new one", []row{{id: c, yen: 1500}, {id: b, yen: 1000}, {id: a, yen: 900}}, c},
		{"an old one is put back to the top", []row{{id: a, yen: 900}, {id: c, yen: 1500}, {id: b, yen: 1000}}, ""},
		{"above the limit", []row{{id: d, yen: 2001}, {id: a, yen: 900}, {id: c, yen: 1500}}, ""},
		{"it has become cheap enough", []row{{id: d, yen: 1999}, {id: a, yen: 900}}, d},
		{"below the limit: something else", []row{{id: e, yen: 99}, {id: d, yen: 1999}, {id: a, yen: 900}}, ""},
		{"sold already", []row{{id: f, yen: 500, sold: true}, {id: d, yen: 1999}, {id: a, yen: 900}}, ""},
		{"a known one is sold", []row{{id: f, yen: 500, sold: true}, {id: d, yen: 1999, sold: true}, {id: a, yen: 900}}, ""},
		{"and gone, and back", []row{{id: a, yen: 900}}, ""},
		{"with a new one beside it", []row{{id: g, yen: 700}, {id: d, yen: 1999}, {id: a, yen: 900}}, g},
	}
}

// TestSearchesAsWatches looks at the searches of shops again and again, as a
// watcher does, and reads what is in the journal.
func TestSearchesAsWatches(t *testing.T) {
	for name, shop := range searchShops {
		t.Run(name, func(t *testing.T) {
			w := newSearchWatch(t, shop)
			id := func(n int) string { return fmt.Sprint(600000000 + n) }
			switch name {
			case "mercari":
				id = func(n int) string { return fmt.Sprintf("m%011d", n) }
			case "fleamarket":
				id = func(n int) string { return fmt.Sprintf("z%09d", n) }
			}
			for i, step := range searchSteps(id) {
				c := w.look(t, step.rows)
				switch {
				case i == 0:
					if c == nil || c.Kind != stock.Baseline {
						t.Fatalf("%s: got %+v, want a baseline", step.name, c)
					}
				case step.ring == "":
					if c != nil {
						t.Errorf("%s: got %s of %s, want no record", step.name, c.Kind, c.Offer.SKU)
					}
				case c == nil:
					t.Errorf("%s: got no record, want a new listing %s", step.name, step.ring)
				case c.Kind != stock.NewListing || c.Offer.SKU != step.ring || !strings.EqualFold(c.Offer.URL, fmt.Sprintf(shop.link, step.ring)):
					t.Errorf("%s: got %s of %s at %s, want a new listing %s", step.name, c.Kind, c.Offer.SKU, c.Offer.URL, step.ring)
				}
			}
		})
	}
}

// A search may be for new goods, or for used ones.
func TestSearchByCondition(t *testing.T) {
	for name, shop := range searchShops {
		if !shop.tellsCondition {
			continue
		}
		w := newSearchWatch(t, shop)
		w.watch.Condition = stock.ConditionNew
		w.look(t, nil)
		if c := w.look(t, []row{{id: "z600000001", yen: 500}}); c != nil {
			t.Errorf("%s: a used listing made %s, want no record of a search for new ones", name, c.Kind)
		}
		if c := w.look(t, []row{{id: "z600000001", yen: 500}, {id: "z600000002", yen: 600, new: true}}); c == nil || c.Offer.SKU != "z600000002" || c.Offer.Condition != stock.ConditionNew {
			t.Errorf("%s: got %+v, want a new listing z600000002", name, c)
		}
	}
}

// searchWatch is a watch of one search, from the shop's page to the journal.
type searchWatch struct {
	*observer
	shop    searchShop
	html    atomic.Value // string: the page as it is now
	product stock.Product
	watch   stock.Watch
	track   diff.Track
	journal *bus.Bus
	seq     uint64
}

func newSearchWatch(t *testing.T, shop searchShop) *searchWatch {
	t.Helper()
	w := &searchWatch{shop: shop, product: stock.Product{ID: "p", Currency: "JPY", MaxPrice: stock.Yen(2000)}}
	w.watch = stock.Watch{ID: stock.WatchID("p", shop.url), URL: shop.url, MinPrice: stock.Yen(100)}
	street := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(rw, r)
			return
		}
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(rw, w.html.Load())
	}))
	t.Cleanup(street.Close)
	at, err := url.Parse(shop.url)
	if err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{Fetch: config.Fetch{Timeout: 10 * time.Second, Proxy: street.URL, TermsAccepted: []string{at.Host}}}
	w.observer, err = newObserver(cfg, "test", func(string) time.Duration { return 0 }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("make an observer: %v", err)
	}
	t.Cleanup(w.close)
	w.journal, err = bus.Open(t.Context(), bus.Options{Conn: connectTo(t), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatalf("open the bus: %v", err)
	}
	return w
}

// look shows rows, looks, and returns what came into the journal; nil: nothing.
func (w *searchWatch) look(t *testing.T, rows []row) *stock.Change {
	t.Helper()
	w.html.Store(w.shop.page(rows))
	seen := w.Observe(t.Context(), w.shop.url)
	if seen.Outcome != stock.OK || !seen.IsSearch {
		t.Fatalf("look at %s: %s (%s), want a search", w.shop.url, seen.Outcome, seen.Reason)
	}
	track, c := w.track.Fold(w.product, w.watch, seen)
	w.track = track
	if c == nil {
		return nil
	}
	if _, err := w.journal.Append(t.Context(), *c, w.seq); err != nil {
		t.Fatalf("append %s: %v", c.Kind, err)
	}
	record, seq, err := w.journal.Last(t.Context(), w.watch.ID)
	if err != nil || seq <= w.seq {
		t.Fatalf("read the journal: %d, %v", seq, err)
	}
	w.seq = seq
	w.track = diff.Start(&record) // as after a restart
	return &record
}
