package sources

import (
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A page of endless places of the kind that a shop's reader looks for says nothing,
// and is read before the test's own deadline.
func TestHostileShopPages(t *testing.T) {
	many := func(s string) string { return strings.Repeat(s, 8_000) }
	for name, c := range map[string]struct{ url, body string }{
		"places":    {"https://www.amazon.co.jp/dp/B0EXAMPLE1", many(`<div id="availability"><span>満月</span></div>`)},
		"rows":      {"https://www.amazon.co.jp/dp/B0EXAMPLE1", many(`<div id="newAccordionRow_0"></div>`)},
		"subscribe": {"https://www.amazon.co.jp/dp/B0EXAMPLE1", many(`<div id="snsAccordionRow"></div>`)},
		"buttons":   {"https://www.amazon.co.jp/dp/B0EXAMPLE1", many(`<button>満月</button>`)},
		"shop":      {"https://jp.mercari.com/shops/product/aB1cD2eF3gH4iJ5kL6mN7o", many(`<p>満月</p>`)},
		"books":     {"https://books.rakuten.co.jp/rb/1/", `<div id="purchaseBox">` + many(`<p>満月</p>`)},
		"lottery":   {"https://books.rakuten.co.jp/event/a/entry/", `<main>` + many(`<button>満月</button>`)},
		"rowsof":    {"https://page.auctions.yahoo.co.jp/jp/auction/v1111111111", many(`<div class="Price__row"></div>`)},
		"scripts":   {"https://page.auctions.yahoo.co.jp/jp/auction/v1111111111", many(`<script>var pageData = {</script>`)},
		"listings":  {"https://auctions.yahoo.co.jp/search/search?p=a", many(`<li class="Product"><a data-auction-id="n1"></a></li>`)},
	} {
		o := New().Read(stock.Page{URL: c.url, FinalURL: c.url, Status: 200, Body: []byte(c.body), Outcome: stock.OK})
		if o.Offer.Availability != stock.Unknown {
			t.Errorf("%s: %s, want Unknown", name, o.Offer.Availability)
		}
	}
}
