package sources

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// FuzzRead reads any bytes as the page of each source. Whatever they are, a page
// that cannot be read is never in stock, and nothing panics.
func FuzzRead(f *testing.F) {
	urls := []string{
		"https://shop.example/item/1", "https://item.rakuten.co.jp/a/b/", "https://store.shopping.yahoo.co.jp/a/b.html",
		"https://jp.mercari.com/item/m1", "https://jp.mercari.com/search?keyword=a",
	}
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for i, page := range a.Files {
			if strings.HasSuffix(page.Name, ".html") {
				f.Add(page.Data, uint8(i))
			}
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, which uint8) {
		url := urls[int(which)%len(urls)]
		o := New().Read(stock.Page{URL: url, FinalURL: url, Status: 200, Body: body, Outcome: stock.OK})
		if o.URL != url || o.Source == "" || o.Outcome == "" {
			t.Errorf("URL %q, source %q, outcome %q: want all three", o.URL, o.Source, o.Outcome)
		}
		if a := o.Offer.Availability; a.Purchasable() && (!o.Outcome.Good() || len(o.Evidence) == 0) {
			t.Errorf("%s with outcome %s and %d pieces of evidence, want evidence for what can be bought", a, o.Outcome, len(o.Evidence))
		}
		if o.Offer.Availability == stock.Unknown && o.Reason == "" {
			t.Errorf("Unknown with outcome %s and no reason", o.Outcome)
		}
	})
}
