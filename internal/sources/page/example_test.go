package page_test

import (
	"fmt"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// The structured data and the order form of a page agree, so that its state and
// its price are known, with the places that say so.
func ExampleRead() {
	d := page.Parse(stock.Page{
		URL: "https://shop.example/kettle", Status: 200, Outcome: stock.OK,
		Body: []byte(`<html lang="ja"><h1>Kettle</h1>
			<script type="application/ld+json">{"@type": "Product", "name": "Kettle", "offers":
				{"@type": "Offer", "price": "3980", "priceCurrency": "JPY", "availability": "https://schema.org/InStock"}}</script>
			<form action="/cart"><p>3,980円（税込）</p><button>カートに入れる</button></form></html>`),
	})
	o := page.Read(d)
	fmt.Println(o.Outcome, o.Offer.Availability, o.Offer.Price)
	for _, e := range o.Evidence {
		if e.Fact == stock.FactAvailability {
			fmt.Println(e.Method, e.Value, e.Text)
		}
	}
	// Output:
	// ok InStock 3980 JPY
	// json-ld InStock https://schema.org/InStock
	// buy-box InStock カートに入れる
}
