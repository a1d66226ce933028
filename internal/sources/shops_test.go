package sources

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// What a named shop reads must not be weaker than what any page's reader reads: a
// page that says something there says it here, or the named shop knows more.
func TestNamedShopsAreNotWeaker(t *testing.T) {
	const product = `<script type="application/ld+json">{"@type":"Product","name":"例","offers":{"@type":"Offer","price":1980,"priceCurrency":"JPY","availability":"%s"}}</script><h1>例</h1>`
	button := `<h1>例</h1><div class="item"><p class="price">1,980円(税込)</p><form action="/cart"><button>カートに入れる</button></form></div>`
	for _, url := range []string{
		"https://www.yodobashi.com/product/100000001001234567/", "https://www.biccamera.com/bc/item/1000001/", "https://www.hmv.co.jp/product/detail/12345678", "https://tower.jp/item/1234567",
		"https://www.matsukiyococokara-online.com/store/catalog/product/view/id/4902370553024", "https://www.suruga-ya.jp/product/detail/600000001",
		"https://netmall.hardoff.co.jp/product/1000001/", "https://store-jp.nintendo.com/item/hardware-accessory/HAC_S_1234",
	} {
		for body, want := range map[string]stock.Availability{
			strings.Replace(product, "%s", "InStock", 1):             stock.InStock,
			strings.Replace(product, "%s", "OutOfStock", 1):          stock.OutOfStock,
			strings.Replace(product, "%s", "OutOfStock", 1) + button: stock.Unknown,
			strings.Replace(product, "%s", "Whatever", 1):            stock.Unknown,
			button: stock.InStock,
			`<h1>例</h1><p>1,980円(税込)</p><button>入荷通知を登録</button><footer>在庫あり</footer>`: stock.Unknown,
		} {
			o := New().Read(stock.Page{URL: url, FinalURL: url, Body: []byte(body), Outcome: stock.OK})
			if o.Offer.Availability != want || o.Source == "page" {
				t.Errorf("%s read by %s: %s, want %s (%s) of %s", url, o.Source, o.Offer.Availability, want, o.Reason, body)
			}
			if got := o.Offer.Price.Amount(); got != "1980" {
				t.Errorf("%s read by %s: price %q, want 1980 of %s", url, o.Source, got, body)
			}
		}
	}
}

// A challenge is no page of an item, wherever it stands.
func TestChallengesAreBlocked(t *testing.T) {
	body := []byte(`<html><head><title>JavaScript is disabled</title></head><body><h1>JavaScript is disabled</h1></body></html>`)
	for _, url := range []string{
		"https://www.suruga-ya.jp/product/detail/600000001", "https://www.suruga-ya.jp/search?search_word=a", "https://netmall.hardoff.co.jp/search/?q=a",
		"https://limited.yodobashi.com/", "https://www.biccamera.com/bc/item/1000001/", "https://tower.jp/item/1234567",
	} {
		if o := New().Read(stock.Page{URL: url, FinalURL: url, Body: body, Outcome: stock.OK}); o.Outcome != stock.Blocked {
			t.Errorf("%s: outcome %s (%s), want blocked", url, o.Outcome, o.Reason)
		}
	}
}

func TestRealSearches(t *testing.T) {
	dir := filepath.Join(realPages(t), "japan")
	for _, c := range []struct {
		file, url        string
		all, out, priced int
		first            string
	}{
		{"hardoff__search_gengar.html.gz", "https://netmall.hardoff.co.jp/search/?q=gengar", 2, 1, 2, "5717468 55000"},
		{"surugaya__search_pokemon.html.gz", "https://www.suruga-ya.jp/search?search_word=pokemon", 24, 11, 13, "604042059 "},
	} {
		o := New().Read(saved(t, filepath.Join(dir, c.file), c.url))
		out, priced := 0, 0
		for _, l := range o.Listings {
			if l.Availability.Group() == stock.No {
				out++
			}
			if l.Price.Known() {
				priced++
			}
		}
		if len(o.Listings) != c.all || out != c.out || priced != c.priced {
			t.Errorf("%s: %d listings, %d out, %d with a price, want %d, %d, %d", c.file, len(o.Listings), out, priced, c.all, c.out, c.priced)
			continue
		}
		price := ""
		if p := o.Listings[0].Price; p.Known() {
			price = p.Amount()
		}
		if got := o.Listings[0].ID + " " + price; got != c.first {
			t.Errorf("%s: first listing %q, want %q", c.file, got, c.first)
		}
	}
}
