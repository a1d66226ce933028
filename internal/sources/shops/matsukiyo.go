package shops

import (
	"regexp"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// matsukiyo reads items of マツキヨココカラオンライン
// (www.matsukiyococokara-online.com/store/catalog/product/view/id/<JAN>).
//
// No real page was at hand: all of this is [C]. The address names the item's JAN,
// which the page must not contradict; items carry JSON-LD with an offer, and the
// price with tax in input[name=price_tax_included]. No wording of its stock is
// known. Plain requests are often left hanging; a browser may fare better.
func matsukiyo() Shop {
	return Shop{
		name: "matsukiyo",
		item: regexp.MustCompile(`^/store/catalog/product/view/id/(\d{8,13})(?:/|$)`), path: "/store/catalog/product/view/id/%s",
		janID: true, draw: &stock.Drawing{},
		box: box{price: `input[name="price_tax_included"]`},
	}
}
