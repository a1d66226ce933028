package page

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const size = 8 << 20 // what fetch hands over at most

// TestHostilePages reads pages that nobody writes by mistake. What counts is that
// each ends, keeps little, and says nothing false.
func TestHostilePages(t *testing.T) {
	offer := `{"@type":"Offer","price":1,"priceCurrency":"JPY","availability":"InStock"}`
	var fonts strings.Builder
	for i := range 400 {
		fmt.Fprintf(&fonts, "<font id=%d>", i)
	}
	var bolds strings.Builder
	for i := range 400 {
		fmt.Fprintf(&bolds, "<b a=%d></i><!--</b>-->", i)
	}
	var attributes strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&attributes, " a%d", i)
	}
	for name, c := range map[string]struct {
		body string
		want stock.Availability
	}{
		"unclosed bolds, other end tags": {"<p>" + bolds.String() + "</p>" + strings.Repeat("<p>x", 190_000), stock.Unknown},
		"the same, for another parser":   {"\x00<p>" + bolds.String() + "</p>" + strings.Repeat("<p>x", 190_000), stock.Unknown},
		"many attributes, for it":        {"\x00<p><b " + attributes.String() + ">x</p>" + strings.Repeat("<p>x", 400), stock.Unknown},
		"the same, behind a quoted >":    {"\x00<p><b a='>'" + attributes.String() + ">x</p>" + strings.Repeat("<p>x", 400), stock.Unknown},
		"many attributes at end tags":    {"\x00" + strings.Repeat("<b "+attributes.String()[:2000]+"><div><i "+attributes.String()[:2000]+"><div>", 100) + strings.Repeat("</b></i>", 1000), stock.Unknown},
		"tags within tags":               {"\x00" + strings.Repeat("<b a=\"", 190_000), stock.Unknown},
		"many tags":                      {strings.Repeat("<p>", size/3), stock.Unknown},
		"unclosed fonts":                 {"<p>" + fonts.String() + "</p>" + strings.Repeat("<p>x</p>", size/8-10_000), stock.Unknown},
		"deep html":                      {strings.Repeat("<div>", 10_000) + `<script type="application/ld+json">{"@type":"Product","offers":` + offer + `}</script>`, stock.InStock},
		"deep json":                      {`<script type="application/ld+json">` + strings.Repeat(`{"offers":[`, 10_000) + `</script>`, stock.Unknown},
		"deep graph":                     {`<script type="application/ld+json">` + strings.Repeat(`{"@graph":[`, 4_000) + `1` + strings.Repeat(`]}`, 4_000) + `</script>`, stock.Unknown},
		"many offers":                    {`<script type="application/ld+json">{"@type":"Product","offers":[` + strings.Repeat(offer+",", 100_000) + offer + `]}</script>`, stock.InStock},
		"many scripts":                   {strings.Repeat(`<script type="application/ld+json">{}</script>`, 20_000), stock.Unknown},
		"many items":                     {`<div itemscope itemtype="https://schema.org/Product">` + strings.Repeat(`<p itemprop="offers" itemscope itemtype="https://schema.org/Offer"><link itemprop="availability" href="InStock">`, 60_000), stock.InStock},
		"many refs":                      {strings.Repeat(`<i itemscope itemref="a a a a a a a a a a"></i>`, 50_000) + `<div id=a>` + strings.Repeat("<p>", 50_000), stock.Unknown},
		"self reference":                 {`<script type="application/ld+json">{"@type":"Product","@id":"#a","hasVariant":{"@id":"#a"},"offers":{"@id":"#b","@type":"Offer","offers":{"@id":"#b"}}}</script>`, stock.Unknown},
		"one long word":                  {"<h1>" + strings.Repeat("1", size) + "</h1>", stock.Unknown},
		"many buttons":                   {strings.Repeat(`<button class="stock">カートに入れる</button>`, 60_000), stock.Unknown},
		"many prices":                    {"<h1>a</h1>" + strings.Repeat(`<p class="price">1円</p>`, 60_000), stock.Unknown},
		"broken utf-8":                   {"\xff\xfe<h1>\xe3\x81</h1><p class=price>\xff1,980円</p>" + strings.Repeat("\xc3\x28", 100_000), stock.Unknown},
		"no bytes":                       {"", stock.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			o := Read(Parse(stock.Page{URL: "https://shop.example/item/1", Body: []byte(c.body)}))
			if o.Offer.Availability != c.want {
				t.Errorf("availability %s, want %s (%s)", o.Offer.Availability, c.want, o.Reason)
			}
			if len(o.Offers) > maxOffers || len(o.Evidence) > 50 {
				t.Errorf("kept %d offers and %d pieces of evidence, want a bounded number", len(o.Offers), len(o.Evidence))
			}
		})
	}
}

func FuzzParsePrice(f *testing.F) {
	for _, s := range []string{"１，９８０円", "12万3,456円", "¥1,980 → ¥1,380", "送料550円 価格1,980円", "1.837, 32 €", "35€ 99", "$.75,333", "1,98円", "\xff1\\2"} {
		f.Add(s, "JPY")
	}
	for _, c := range priceTexts() {
		f.Add(c.text, c.hint)
	}
	f.Fuzz(func(t *testing.T, text, hint string) {
		for _, a := range amountsOf(Fold(text), hint) {
			if a.money && len(text) <= maxPriceText && !namesMoney(Fold(text)) {
				t.Errorf("%q has the amount %v, but names no money", text, a.price)
			}
		}
		p, ok := ParsePrice(text, hint)
		if ok && p.Minor < 0 {
			t.Errorf("ParsePrice(%q, %q) = %v, want no negative price", text, hint, p)
		}
		for _, p := range parsePrices(text, hint) {
			if p.Minor < 0 {
				t.Errorf("parsePrices(%q, %q) has %v, want no negative price", text, hint, p)
			}
		}
		StockPhrase(text)
		SaleModePhrase(text)
	})
}

// FuzzPriceBox reads any markup as the box of a page with an order button.
func FuzzPriceBox(f *testing.F) {
	for _, p := range boxPages() {
		f.Add(p.box, p.lang)
	}
	f.Fuzz(func(t *testing.T, box, lang string) {
		p := pricePage{url: "https://shop.example.jp/item/1", lang: lang, box: box}
		if o := p.read(); o.Offer.Price.Minor < 0 || len(o.Evidence) > 50 {
			t.Errorf("price %v with %d pieces of evidence, want none below 0 and a bounded number", o.Offer.Price, len(o.Evidence))
		}
	})
}

func FuzzJSONLD(f *testing.F) {
	for _, s := range []string{
		`{"@type":"Product","offers":{"@type":"Offer","price":"1,980","availability":"InStock"}}`,
		`{"@graph":[{"@id":"#a","@type":"Product","offers":{"@id":"#b"}},{"@id":"#b","@type":"AggregateOffer","lowPrice":1,"offers":[{}]}]}`,
		`<!-- {"a":1,} // b --> /* c`, "{\"a\":\"\x01\n\"}", `[[[[{"@type":["Product",1]}]]]]`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		check(t, Parse(stock.Page{URL: "https://shop.example/item/1", Body: []byte(`<script type="application/ld+json">` + s + `</script>`)}).JSONLD())
	})
}

func FuzzMicrodata(f *testing.F) {
	for _, s := range []string{
		`<div itemscope itemtype=https://schema.org/Product itemref="a b"><p itemprop=offers itemscope><b itemprop=price>1円</b></div><p id=a itemprop=name>x`,
		`<div itemscope itemref=a id=a><p itemscope itemprop=offers itemref=a>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := Parse(stock.Page{URL: "https://shop.example/search?q=1", Body: []byte(s)})
		check(t, d.Microdata())
		check(t, d.BuyBox())
		Search(d)
	})
}

// check states what is true of every finding.
func check(t *testing.T, f Finding) {
	t.Helper()
	if len(f.Offers) > maxOffers || len(f.Offers) > 0 && (f.Chosen < 0 || f.Chosen >= len(f.Offers)) {
		t.Errorf("chosen offer %d of %d", f.Chosen, len(f.Offers))
	}
	for _, o := range f.Offers {
		if o.Price.Minor < 0 {
			t.Errorf("price %v, want none below 0", o.Price)
		}
	}
}

// TestHostilePagesInBounds counts what the reading of such a page allocates: a tree of
// it and a few copies, not a multiple that grows with what it repeats.
func TestHostilePagesInBounds(t *testing.T) {
	offer := `{"@type":"Offer","price":1,"availability":"InStock"},`
	for name, body := range map[string]string{
		"8 MiB of text":  "<h1>a</h1><p>" + strings.Repeat("満月 1,980円 ", size/20) + "</p>",
		"deep":           strings.Repeat("<div>", 10_000) + strings.Repeat("<p class=price>1円</p>", 1000),
		"100,000 offers": `<h1>a</h1><script type="application/ld+json">{"@type":"Product","name":"a","offers":[` + strings.Repeat(offer, 100_000) + `{}]}</script>`,
		"broken UTF-8":   "<h1>a</h1><p>" + strings.Repeat("\xe3\x81\xff ", size/4) + "</p>",
		"deep data":      `<h1>a</h1><script type="application/json">` + strings.Repeat(`{"name":"a","x":[`, 3_000) + `1` + strings.Repeat(`]}`, 3_000) + `</script>`,
		"long data":      `<h1>a</h1><script type="application/json">[` + strings.Repeat(`{"name":"a","inStock":true},`, 100_000) + `1]</script>`,
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			Read(Parse(stock.Page{URL: "https://shop.example/item/1", Body: []byte(body)}))
			runtime.ReadMemStats(&after)
			if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 512 {
				t.Errorf("a page of %d KiB allocates %d MiB, want at most 512", len(body)>>10, got)
			} else {
				t.Logf("%d KiB: %d MiB", len(body)>>10, got)
			}
		})
	}
}

func TestAttributesOf(t *testing.T) {
	for tag, want := range map[string]int{
		"b>": 0, "b": 0, "b />": 0, "b a>": 1, "b a b c>d e": 3, "b a=1 b='2 x' c=\"3>\" d>": 4, "b/a/b>": 2, "b a = b c>": 2, "b =a =>": 1,
		"b a='": 1, "b a=": 1, "a\thref=x\nid=y>z": 2, "b a='1'b='2'>": 2,
	} {
		n, read := attributesOf([]byte(tag))
		if n != want || read > len(tag) {
			t.Errorf("%q: %d attributes in %d bytes, want %d", tag, n, read, want)
		}
		z := html.NewTokenizer(strings.NewReader("<" + tag))
		if z.Next() == html.StartTagToken || z.Err() == nil {
			if got := len(z.Token().Attr); got > n {
				t.Errorf("%q: the parser has %d attributes, %d were counted", tag, got, n)
			}
		}
	}
}
