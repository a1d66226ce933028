package page_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// A shop whose data says "in stock" whatever its order form shows.
const alwaysInStock = `<html><head><title>青い花瓶 | 店</title>
<script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"青い花瓶",
"offers":{"@type":"Offer","price":"4980","priceCurrency":"JPY","availability":"https://schema.org/InStock"}}</script></head>
<body><h1>青い花瓶</h1><form action="/cart"><p class="price">4,980円</p><p class="stock">BOX</p></form></body></html>`

func TestDistrustedMethods(t *testing.T) {
	const no, yes = `在庫なし`, `<button type="submit">カートに入れる</button>`
	for _, tt := range []struct {
		name       string
		box        string
		distrusted []stock.Method
		want       stock.Availability
	}{
		{"all are trusted, they contradict", no, nil, stock.Unknown},
		{"the data is not, the box says no", no, []stock.Method{stock.MethodJSONLD}, stock.OutOfStock},
		{"the data is not, the box says yes", yes, []stock.Method{stock.MethodJSONLD}, stock.InStock},
		{"neither is", yes, []stock.Method{stock.MethodJSONLD, stock.MethodBuyBox}, stock.Unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := stock.Page{
				URL: "https://shop.example/1", FinalURL: "https://shop.example/1", Status: 200, Outcome: stock.OK,
				Body: []byte(strings.Replace(alwaysInStock, "BOX", tt.box, 1)), Distrusted: tt.distrusted,
			}
			o := page.Read(page.Parse(p))
			if got := o.Offer.Availability; got != tt.want {
				t.Errorf("read %s (%s), want %s", got, o.Reason, tt.want)
			}
			if o.Offer.Price != stock.Yen(4980) || o.Offer.Title == "" {
				t.Errorf("read %s for %v: the other facts of a method that is not trusted must stay", o.Offer.Title, o.Offer.Price)
			}
			if tt.want != stock.Unknown && o.Doubt != "" {
				t.Errorf("a doubt %q beside %s", o.Doubt, tt.want)
			}
			data := slices.IndexFunc(o.Verdicts, func(v stock.MethodVerdict) bool { return v.Method == stock.MethodJSONLD })
			if data < 0 || o.Verdicts[data].Availability != stock.InStock {
				t.Errorf("verdicts %v, want the data's own word among them, trusted or not", o.Verdicts)
			}
			noted := slices.ContainsFunc(o.Evidence, func(e stock.Evidence) bool { return e.Method == stock.MethodJSONLD && e.Note == stock.NoteNeverMoves })
			if want := slices.Contains(tt.distrusted, stock.MethodJSONLD); noted != want {
				t.Errorf("the evidence says that the data never moves: %v, want %v", noted, want)
			}
		})
	}
}
