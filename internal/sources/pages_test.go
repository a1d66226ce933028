package sources

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// TestPages reads the small pages of testdata: each archive tells in its first
// lines where its shapes come from, and holds pairs NAME.html and NAME.want. A
// want file names facts, one a line; "" stands for a fact that must be absent.
func TestPages(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages in testdata: %v", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pages := map[string][]byte{}
		for _, f := range a.Files {
			pages[f.Name] = f.Data
		}
		for _, f := range a.Files {
			name, ok := strings.CutSuffix(f.Name, ".want")
			if !ok {
				continue
			}
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+name, func(t *testing.T) {
				checkPage(t, pages[name+".html"], string(f.Data))
			})
		}
	}
}

func checkPage(t *testing.T, body []byte, want string) {
	t.Helper()
	p := stock.Page{Status: 200, Body: body, Outcome: stock.OK, FetchedAt: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	var wants [][2]string
	for line := range strings.Lines(want) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.TrimSpace(value)
		switch name {
		case "":
		case "url":
			p.URL = value
		case "final":
			p.FinalURL = value
		case "answer":
			p.Outcome = stock.Outcome(value)
		default:
			wants = append(wants, [2]string{name, value})
		}
	}
	o := New().Read(p)
	for _, w := range wants {
		got, known := fact(o, w[0])
		switch {
		case !known:
			t.Errorf("the want file asks for %q, which is no fact", w[0])
		case w[0] == "reason" || w[0] == "evidence":
			if !strings.Contains(got, w[1]) {
				t.Errorf("%s of %s: %q, want it to say %q", w[0], p.URL, got, w[1])
			}
		case got != w[1]:
			t.Errorf("%s of %s: %q, want %q (reason %q, evidence %v)", w[0], p.URL, got, w[1], o.Reason, o.Evidence)
		}
	}
}

// fact returns one fact of an observation as text.
func fact(o stock.Observation, name string) (string, bool) {
	known := func(p stock.Price) string {
		if !p.Known() {
			return ""
		}
		return p.String()
	}
	count := func(n *int64) string {
		if n == nil {
			return ""
		}
		return fmt.Sprint(*n)
	}
	shipping := ""
	if o.Offer.Shipping != nil {
		shipping = o.Offer.Shipping.String()
	}
	var offers, listings, conditions []string
	for _, f := range o.Offers {
		offers = append(offers, strings.TrimSpace(fmt.Sprintf("%s %s %s", f.Variant, f.Availability, known(f.Price))))
	}
	for _, l := range o.Listings {
		listings = append(listings, strings.TrimSpace(fmt.Sprintf("%s %s %s", l.ID, l.Availability, known(l.Price))))
		conditions = append(conditions, cmp.Or(l.Condition, "-"))
	}
	value, ok := map[string]string{
		"source": o.Source, "outcome": string(o.Outcome), "reason": o.Reason.Text, "doubt": string(o.Doubt), "leans": string(o.Leans), "strong": fmt.Sprint(o.Strong), "search": fmt.Sprint(o.IsSearch),
		"availability": o.Offer.Availability.String(), "price": known(o.Offer.Price), "sale": string(o.Offer.SaleMode), "quantity": count(o.Offer.Quantity),
		"seller": o.Offer.Seller, "condition": o.Offer.Condition, "title": o.Offer.Title, "sku": o.Offer.SKU, "variant": o.Offer.Variant, "jan": o.Offer.JAN,
		"next": o.Next, "link": o.Offer.URL, "image": o.Offer.Image, "shipping": shipping, "offers": strings.Join(offers, " | "), "listings": strings.Join(listings, " | "), "conditions": strings.Join(conditions, " | "), "evidence": fmt.Sprint(o.Evidence),
	}[name]
	return value, ok
}
