package page

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
)

// priceTag is an element that shows one price.
type priceTag struct {
	node  *html.Node
	text  string
	price stock.Price
	score int
	was   bool // called or shown as what it cost before
}

var (
	priceName = regexp.MustCompile(`(?i)price|kakaku|amount|preis|prix|precio|prezzo|preco|cena|kaina|цена|价格|價`)
	nowName   = regexp.MustCompile(`(?i)sale|special|current|final|our|now|offer|deal|pay|actual|new[-_]?price|promo|discounted|inside`)
	wasName   = regexp.MustCompile(`(?i)(^|[\s_-]|price)old|was\b|list[-_]?price|price[-_]?list|strike|regular|before|rrp|msrp|original|crossed|previous|retail|normal[-_]?price|price[-_]*normal|compare|basis|uvp`)
	notName   = regexp.MustCompile(`(?i)ship|delivery|point|save|saving|discount-?(amount|percent)|unit-?price|per-?unit|month|instal|tax-?only|excl|ex-?vat|coupon|rate|loyalty|bonus|badge|postage|fee|warranty|accessor|addon|option`)
)

// wellNamed is the score of a price tag that is called a price.
const wellNamed = 3

// percentOff stands beside the price that is lowered.
var percentOff = regexp.MustCompile(`[-−]\s?\d{1,2}\s?%`)

// reading is what an element is whose text may be a price.
type reading int

const (
	noPrice    reading = iota
	onePrice           // its whole text is little more than a price
	manyPrices         // it shows several, which its parts may tell apart
	notToPay           // its one amount is labelled as shipping, a saving, a price without tax
)

// readPriceTag reads an element whose whole text is little more than a price.
func readPriceTag(n *html.Node, hint string) (priceTag, reading) {
	text := visible(n)
	if text == "" || utf8.RuneCountInString(text) > 60 || !strings.ContainsAny(text, "0123456789") {
		return priceTag{}, noPrice
	}
	best, what := amount{}, noPrice
	all := amounts(text, hint)
	for _, a := range all {
		switch {
		case a.rank < asked || a.price.Minor <= 0:
			continue
		case what == noPrice:
			best, what = a, onePrice
			continue
		case a.price != best.price:
			what = manyPrices
		}
		if a.rank > best.rank {
			best = a
		}
	}
	if what == noPrice {
		if len(all) == 1 && all[0].money && all[0].price.Minor > 0 {
			return priceTag{}, notToPay
		}
		return priceTag{}, noPrice
	}
	return scorePriceTag(n, text, best), what
}

// scorePriceTag weighs by names and text how likely a price tag shows the price
// to pay.
func scorePriceTag(n *html.Node, text string, best amount) priceTag {
	var name strings.Builder
	for p, i := n, 0; p != nil && i < 4; p, i = p.Parent, i+1 {
		name.WriteString(" " + attr(p, "class") + " " + attr(p, "id") + " " + attr(p, "itemprop"))
	}
	var own strings.Builder
	own.WriteString(attr(n, "class") + " " + attr(n, "id"))
	for only := onlyChild(n); only != nil; only = onlyChild(only) {
		own.WriteString(" " + attr(only, "class") + " " + attr(only, "id"))
	}
	t := priceTag{node: n, text: text, price: best.price}
	for _, r := range []struct {
		re    *regexp.Regexp
		in    string
		score int
	}{{priceName, name.String(), 3}, {nowName, name.String(), 1}, {wasName, own.String(), -4}, {wasName, name.String(), -1}, {notName, own.String(), -4}, {notName, name.String(), -2}} {
		if r.re.MatchString(r.in) {
			t.score += r.score
		}
	}
	if best.rank == included {
		t.score++
	}
	if t.was = wasName.MatchString(own.String()); percentOff.MatchString(text) {
		t.was = true
		t.score--
	}
	return t
}

// onlyChild returns the element that is all that n holds.
func onlyChild(n *html.Node) *html.Node {
	var only *html.Node
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) == "":
		case c.Type == html.ElementNode && only == nil:
			only = c
		default:
			return nil
		}
	}
	return only
}

// boxPrice returns the price that the box asks: of its price tags the one that is
// best named, the first of equals.
func (d *Document) boxPrice(f *Finding, box *html.Node) stock.Price {
	var best *priceTag
	d.markReduced(box)
	for _, t := range d.layout().tags[box] {
		if t.score > dismissed && (best == nil || t.score > best.score) {
			best = t
		}
	}
	if best == nil {
		return stock.Price{}
	}
	f.Says("price "+best.price.String(), best.text, where(best.node))
	f.Asked = best.score >= wellNamed
	f.Lowered = slices.Clone(d.layout().crossed[box])
	for _, t := range d.layout().tags[box] {
		switch {
		case t.was && t != best:
			f.Lowered = append(f.Lowered, t.price)
		case t == best:
			f.Shown = append(f.Shown, t.price)
		}
	}
	for _, t := range d.layout().tags[d.region(box)] {
		if !t.was && t.score > dismissed {
			f.Shown = append(f.Shown, t.price)
		}
	}
	return best.price
}

// markReduced finds, among prices that no name tells apart, the one before a
// reduction: a line of the box is the percentage between two of them.
func (d *Document) markReduced(box *html.Node) {
	tags := d.layout().tags[box]
	if len(tags) < 2 || len(tags) > 8 {
		return
	}
	percentages := d.percentages(box)
	for _, high := range tags {
		for _, low := range tags {
			if !high.was && high.price.Currency == low.price.Currency && low.price.Minor < high.price.Minor && percentages[percentOf(low.price, high.price)] {
				high.was = true
				high.score -= 2
			}
		}
	}
}

// percentOf returns by how many percent low is below high, rounded.
func percentOf(low, high stock.Price) int64 {
	if high.Minor > math.MaxInt64/200 {
		return 0
	}
	return (200*(high.Minor-low.Minor) + high.Minor) / (2 * high.Minor)
}

// percentages returns the reductions that the box names in lines of their own.
func (d *Document) percentages(box *html.Node) map[int64]bool {
	all := map[int64]bool{}
	for _, l := range d.linesOf(box) {
		if m := reduction.FindStringSubmatch(l.text); m != nil {
			if n := wholeNumber(m[1]); n != nil && *n >= 5 {
				all[*n] = true
			}
		}
	}
	return all
}

// reduction is a line that is a percentage, its signs perhaps drawn by a style sheet.
var reduction = regexp.MustCompile(`^\(?[-−–]?\s?(\d{1,2})\s?%?\)?( off| de descuento| di sconto| rabatt)?$`)

// currency returns the currency that the page names anywhere to machines.
func (d *Document) currency() string {
	if c := Currency(d.Meta(metaCurrencies...)); c != "" {
		return c
	}
	for _, f := range d.structuredData() {
		if c := f.Offer().Price.Currency; c != "" {
			return c
		}
	}
	return d.localCurrency()
}
