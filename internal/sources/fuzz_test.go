package sources

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sainyuka/sainyuka/internal/sources/amazon"
	"github.com/sainyuka/sainyuka/internal/sources/auctions"
	"github.com/sainyuka/sainyuka/internal/sources/fleamarket"
	"github.com/sainyuka/sainyuka/internal/sources/mercari"
	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/sources/rakuten"
	"github.com/sainyuka/sainyuka/internal/sources/rakutenbooks"
	"github.com/sainyuka/sainyuka/internal/sources/shops"
	"github.com/sainyuka/sainyuka/internal/sources/yahoo"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// FuzzRead reads any bytes as the page of each source. Whatever they are, a page
// that cannot be read is never in stock, and nothing panics.
func FuzzRead(f *testing.F) {
	urls := []string{
		"https://shop.example/item/1", "https://item.rakuten.co.jp/a/b/", "https://store.shopping.yahoo.co.jp/a/b.html",
		"https://jp.mercari.com/item/m1", "https://jp.mercari.com/search?keyword=a",
	}
	for i, body := range smallPages(f, "*") {
		f.Add(body, uint8(i))
	}
	f.Fuzz(func(t *testing.T, body []byte, which uint8) {
		url := urls[int(which)%len(urls)]
		p := stock.Page{URL: url, FinalURL: url, Status: 200, Body: body, Outcome: stock.OK}
		o := New().Read(p)
		if o.URL != url || o.Source == "" || o.Outcome == "" {
			t.Errorf("URL %q, source %q, outcome %q: want all three", o.URL, o.Source, o.Outcome)
		}
		checkHonest(t, o)
	})
}

// Each shop's own reader is given any bytes too, without the classifier in front
// that would turn most of them away.
func FuzzAmazon(f *testing.F) {
	fuzzShop(f, amazon.Source{}, "amazon", "https://www.amazon.co.jp/dp/B0EXAMPLE1", "https://www.amazon.co.jp/dp/B0EXAMPLE1?m=A1")
}

func FuzzAuctions(f *testing.F) {
	fuzzShop(f, auctions.Source{}, "auctions", "https://auctions.yahoo.co.jp/jp/auction/n1111111111", "https://auctions.yahoo.co.jp/search/search?p=a")
}

func FuzzFleaMarket(f *testing.F) {
	fuzzShop(f, fleamarket.Source{}, "fleamarket", "https://paypayfleamarket.yahoo.co.jp/item/z111111111", "https://paypayfleamarket.yahoo.co.jp/search/a")
}

func FuzzMercari(f *testing.F) {
	fuzzShop(f, mercari.Source{}, "mercari*", "https://jp.mercari.com/item/m11111111111", "https://jp.mercari.com/shops/product/aB1cD2eF3gH4iJ5kL6mN7o", "https://jp.mercari.com/search?keyword=a")
}

func FuzzRakuten(f *testing.F) {
	fuzzShop(f, rakuten.Source{}, "rakuten", "https://item.rakuten.co.jp/a/b/", "https://item.rakuten.co.jp/a/b/?variantId=c")
}

func FuzzYahoo(f *testing.F) {
	fuzzShop(f, yahoo.Source{}, "yahoo", "https://store.shopping.yahoo.co.jp/a/b.html")
}

func FuzzRakutenBooks(f *testing.F) {
	fuzzShop(f, rakutenbooks.Source{}, "rakuten-books-page", "https://books.rakuten.co.jp/rb/12345678/", "https://books.rakuten.co.jp/event/game/card/entry/")
}

func FuzzYodobashi(f *testing.F) {
	fuzzTable(f, "yodobashi", "https://www.yodobashi.com/product/100000001001234567/", "https://limited.yodobashi.com/entry/1001")
}

func FuzzBiccamera(f *testing.F) {
	fuzzTable(f, "biccamera", "https://www.biccamera.com/bc/item/1000001/")
}

func FuzzHMV(f *testing.F) {
	fuzzTable(f, "hmv", "https://www.hmv.co.jp/product/detail/12345678")
}

func FuzzTower(f *testing.F) {
	fuzzTable(f, "tower", "https://tower.jp/item/1234567")
}

func FuzzMatsukiyo(f *testing.F) {
	fuzzTable(f, "matsukiyo", "https://www.matsukiyococokara-online.com/store/catalog/product/view/id/4902370553024")
}

func FuzzSurugaya(f *testing.F) {
	fuzzTable(f, "surugaya", "https://www.suruga-ya.jp/product/detail/600000001", "https://www.suruga-ya.jp/search?search_word=a")
}

func FuzzHardoff(f *testing.F) {
	fuzzTable(f, "hardoff", "https://netmall.hardoff.co.jp/product/1000001/", "https://netmall.hardoff.co.jp/search/?q=a")
}

func FuzzNintendo(f *testing.F) {
	fuzzTable(f, "nintendo", "https://store-jp.nintendo.com/item/hardware-accessory/HAC_S_1234")
}

// fuzzTable fuzzes one shop of the table.
func fuzzTable(f *testing.F, name string, urls ...string) {
	for _, s := range shops.All() {
		if s.Name() == name {
			fuzzShop(f, s, name, urls...)
			return
		}
	}
	f.Fatalf("no shop of the table is called %q", name)
}

// fuzzShop fuzzes one shop's reader, seeded by the shop's small pages and, where
// they are, its real ones.
func fuzzShop(f *testing.F, src source, name string, urls ...string) {
	for i, body := range append(smallPages(f, name), realSeeds(f, name)...) {
		f.Add(body, uint8(i))
	}
	f.Fuzz(func(t *testing.T, body []byte, which uint8) {
		p := stock.Page{URL: urls[int(which)%len(urls)], Status: 200, Body: body, Outcome: stock.OK}
		d := page.Parse(p)
		if s, ok := src.(identifier); ok {
			if why, known := s.OtherProduct(d, d.URL); !why.None() && !known {
				t.Errorf("OtherProduct(%s) = %q and says that it does not know", p.URL, why)
			}
		}
		checkHonest(t, src.Read(d))
	})
}

// checkHonest checks what is true of every observation, whatever was read.
func checkHonest(t *testing.T, o stock.Observation) {
	t.Helper()
	if a := o.Offer.Availability; a.Purchasable() && (!o.Outcome.Good() || len(o.Evidence) == 0) {
		t.Errorf("%s with outcome %s and %d pieces of evidence, want evidence for what can be bought", a, o.Outcome, len(o.Evidence))
	}
	if o.Offer.Availability == stock.Unknown && o.Reason.None() {
		t.Errorf("Unknown with outcome %s and no reason", o.Outcome)
	}
	for _, l := range o.Listings {
		if l.ID == "" || l.Title == "" || !strings.HasPrefix(l.URL, "http") {
			t.Errorf("listing %+v, want an id, a title and an absolute URL", l)
		}
	}
}

// smallPages returns the pages in the archives of testdata whose names match.
func smallPages(t testing.TB, name string) [][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/" + name + ".txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no small pages in testdata/%s.txtar: %v", name, err)
	}
	var pages [][]byte
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if strings.HasSuffix(f.Name, ".html") {
				pages = append(pages, f.Data)
			}
		}
	}
	return pages
}

// realSeeds returns the real pages of a shop: none where they are absent.
func realSeeds(t testing.TB, name string) (pages [][]byte) {
	t.Helper()
	files, err := filepath.Glob(shared + "/japan/*" + strings.TrimSuffix(name, "*") + "*__*.html.gz")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		pages = append(pages, saved(t, file, "").Body)
	}
	return pages
}
