package page_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/PuerkitoBio/goquery"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

func parsed(body string) *page.Document {
	return page.Parse(stock.Page{URL: "https://shop.example/item/1", FinalURL: "https://shop.example/item/1", Status: 200, Outcome: stock.OK, Body: []byte(body)})
}

func TestOutline(t *testing.T) {
	const body = `<html><head><title>Kettle - Shop</title><script>alert(1)</script></head><body>
<header><nav><a href="/">Home</a></nav></header>
<div id="main"><h1>Kettle</h1>
<div class="price-area"><span class="label">Our price</span> <p class="amount css-9f8a7b">¥1,980 <small>incl. tax</small></p></div>
<p class="zaiko">お取り扱い中 <script>steal()</script></p>
<p style="display:none" class="secret">売り切れ</p>
<form action="/cart"><button class="is-active buy" onclick="run()">カートに入れる</button><button class="buy" disabled>売り切れ</button></form>
<img src="https://evil.example/x.png" onerror="alert(2)" alt="Kettle">
</div><div class="recommend"><p class="amount">¥55</p></div><footer>About</footer></body></html>`
	o := parsed(body).Outline(false)
	var got []string
	for _, s := range o.Spots {
		got = append(got, fmt.Sprintf("%s|%s|%s|%v|%v|%v", s.Text, s.Selector, s.Availability, s.Price, s.Button, s.Disabled))
	}
	want := []string{
		"Kettle|#main h1|Unknown|no price|false|false",
		"Our price|span.label|Unknown|no price|false|false",
		"¥1,980 incl. tax|div.price-area p.amount|Unknown|1980 JPY|false|false",
		"お取り扱い中|p.zaiko|Unknown|no price|false|false",
		"カートに入れる|#main > form:nth-of-type(1) > button:nth-of-type(1)|InStock|no price|true|false",
		"売り切れ|#main > form:nth-of-type(1) > button:nth-of-type(2)|SoldOut|no price|true|true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the outline (-want +got):\n%s", diff)
	}
}

// Every selector of an outline finds its element and no other, whatever the page.
func TestSelectorsFindOneElement(t *testing.T) {
	tags := rapid.SampledFrom([]string{"div", "p", "span", "li", "button", "td", "x-y", "ロ"})
	names := rapid.SampledFrom([]string{"", "a", "stock", "price", "is-sold", "css-1a2b3c", "a b", `"`, "価格", "x:y"})
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		b.WriteString("<html><body>")
		var open []string
		for i := range rapid.IntRange(1, 40).Draw(t, "elements") {
			if len(open) > 0 && rapid.Bool().Draw(t, "close") {
				b.WriteString("</" + open[len(open)-1] + ">")
				open = open[:len(open)-1]
			}
			tag := tags.Draw(t, "tag")
			fmt.Fprintf(&b, `<%s id="%s" class="%s">text %d`, tag, names.Draw(t, "id"), names.Draw(t, "class"), i)
			open = append(open, tag)
		}
		body := b.String()
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for _, whole := range []bool{false, true} {
			for _, s := range parsed(body).Outline(whole).Spots {
				found := doc.Find(s.Selector)
				if found.Length() != 1 || !strings.HasPrefix(inkOf(found.Text()), inkOf(strings.TrimSuffix(s.Text, "…"))) {
					t.Fatalf("%s finds %d elements with %q, want the one that says %q\n%s", s.Selector, found.Length(), found.Text(), s.Text, body)
				}
			}
		}
	})
}

// inkOf leaves the blanks out of a text: elements that stand apart have none between them.
func inkOf(text string) string { return strings.Join(strings.Fields(text), "") }
