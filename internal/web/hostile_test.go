package web_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// hostile shows a text from a shop in every place where one can stand, and
// returns the pages.
func hostile(t *testing.T, s, link string) []*goquery.Document {
	t.Helper()
	p := stock.Product{ID: "p", Name: s, JAN: s, Watches: []stock.Watch{{ID: "w1", URL: link}, {ID: "w2", URL: "https://a.example/"}}}
	c := stock.Change{Kind: stock.Kind(s), Watch: stock.WatchRef{Source: s}}
	c.State = stock.State{
		Availability: stock.InStock, SaleMode: stock.SaleMode(s), Price: stock.Price{Minor: 100, Currency: s},
		Offer:      stock.Offer{Title: s, Seller: s, URL: link, Image: link},
		Problem:    &stock.Problem{Reason: stock.Said(s), Since: time.Now()},
		ObservedAt: time.Now(), Evidence: []stock.Evidence{{Method: stock.Method(s), Fact: stock.FactTitle, Text: s, Where: s}},
	}
	dead := letter(s)
	dead.Reason, dead.Letter.Channel, dead.Letter.Alert.Product.Name, dead.Letter.Alert.Watch.URL = stock.Said(s), s, s, link
	store := &memory{history: map[string][]stock.Entry{"w1": {{Change: c}}}, dead: []stock.DeadLetter{dead}}
	server := web.New(web.Options{Language: "en", Products: func() []stock.Product { return []stock.Product{p} }, Store: store, Version: s, Logger: testLog(t)})
	server.Record("w1", 1, c)
	server.Record("w2", 2, c)
	server.Looks([]stock.Look{{Watch: "w2", At: time.Now(), Outcome: stock.Outcome(s), Reason: stock.Said(s), Source: s, Why: stock.Why(stock.Said(s))}})
	var docs []*goquery.Document
	for _, target := range []string{"/", "/watches/w1", "/watches/w2", "/dead"} {
		docs = append(docs, document(t, do(server.Handler(), "GET", target)))
	}
	return docs
}

func checkHarmless(t interface{ Errorf(string, ...any) }, docs []*goquery.Document) {
	for _, doc := range docs {
		doc.Find("script").Each(func(_ int, s *goquery.Selection) {
			if src := s.AttrOr("src", ""); !strings.HasPrefix(strings.TrimLeft(src, "./"), "static/live.js?") || s.Text() != "" {
				t.Errorf("a script that is not ours: src %q, text %q", src, s.Text())
			}
		})
		if n := doc.Find("img:not([src*='static/']), iframe, object, embed, base, style, [style], [onerror], [onload], [onclick], svg:not(.spark):not(.chart)").Length(); n != 0 {
			t.Errorf("%d elements or attributes that no page of ours has", n)
		}
		for selector, attr := range map[string]string{"[href]": "href", "[src]": "src", "[action]": "action"} {
			doc.Find(selector).Each(func(_ int, s *goquery.Selection) {
				u, err := url.Parse(s.AttrOr(attr, ""))
				if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
					t.Errorf("%s = %q, want a web address or one of our own", attr, s.AttrOr(attr, ""))
				}
			})
		}
	}
}

func TestHostileTextIsHarmless(t *testing.T) {
	texts := []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onclick='alert(1)`, `</title><svg onload=alert(1)>`,
		`<!--`, `</table><style>*{display:none}</style>`, `{{.}}`, "\x00\xff\u202e", `../../x?y#z`, `</code></li></ul><base href=//evil.example>`,
	}
	links := []string{"javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>", "//evil.example", "https://a.example/\"><script>", "vbscript:x", "https:javascript:alert(1)", "http://", ""}
	for _, s := range texts {
		docs := hostile(t, s, links[0])
		checkHarmless(t, docs)
		if got := docs[0].Find("#p-p h2 a").Text(); !strings.Contains(s, "\x00") && got != s {
			t.Errorf("the product %q is shown as %q", s, got)
		}
	}
	for _, link := range links {
		checkHarmless(t, hostile(t, texts[0], link))
	}
}

func TestAnyTextIsHarmless(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		part := rapid.SampledFrom([]string{"<", ">", `"`, "'", "&", "/", "script", "on", "load=", "javascript:", "style", "-->", "]]>", "\\", "`", "\n", "=", " ", "売", "\xff"})
		s := strings.Join(rapid.SliceOfN(part, 0, 12).Draw(rt, "text"), "")
		checkHarmless(rt, hostile(t, s, strings.Join(rapid.SliceOfN(part, 0, 6).Draw(rt, "link"), "")))
	})
}
