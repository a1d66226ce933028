package page

import (
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
	wasName   = regexp.MustCompile(`(?i)old|was\b|list|regular|strike|before|rrp|msrp|original|crossed|previous|retail|normal|compare|basis|uvp`)
	notName   = regexp.MustCompile(`(?i)ship|delivery|point|save|saving|discount-?(amount|percent)|unit-?price|per-?unit|month|instal|tax-?only|excl|ex-?vat|coupon|rate|loyalty|bonus|badge|postage|fee|warranty|accessor|addon|option`)
)

// percentOff stands beside the price that is lowered.
var percentOff = regexp.MustCompile(`[-−]\s?\d{1,2}\s?%`)

// readPriceTag reads an element whose whole text is little more than a price.
// several is set when it shows more than one, which its parts may tell apart.
func readPriceTag(n *html.Node, hint string) (t priceTag, several, ok bool) {
	text := visible(n)
	if text == "" || utf8.RuneCountInString(text) > 60 || !strings.ContainsAny(text, "0123456789") {
		return t, false, false
	}
	best, found := amount{}, false
	for _, a := range amounts(text, hint) {
		if a.rank < asked || a.price.Minor <= 0 {
			continue
		}
		several = several || found && a.price != best.price
		if !found || a.rank > best.rank {
			best, found = a, true
		}
	}
	if !found {
		return t, false, false
	}
	var name strings.Builder
	for p, i := n, 0; p != nil && i < 4; p, i = p.Parent, i+1 {
		name.WriteString(" " + attr(p, "class") + " " + attr(p, "id") + " " + attr(p, "itemprop"))
	}
	own := attr(n, "class") + " " + attr(n, "id")
	t = priceTag{node: n, text: text, price: best.price}
	for _, r := range []struct {
		re    *regexp.Regexp
		in    string
		score int
	}{{priceName, name.String(), 3}, {nowName, name.String(), 1}, {wasName, own, -4}, {wasName, name.String(), -1}, {notName, own, -4}, {notName, name.String(), -2}} {
		if r.re.MatchString(r.in) {
			t.score += r.score
		}
	}
	if best.rank == included {
		t.score++
	}
	if t.was = wasName.MatchString(own); percentOff.MatchString(text) {
		t.was = true
		t.score--
	}
	return t, several, true
}

// boxPrice returns the price that the box asks: of its price tags the one that is
// best named, the first of equals.
func (d *Document) boxPrice(f *Finding, box *html.Node) stock.Price {
	var best *priceTag
	for _, t := range d.layout().tags[box] {
		if t.score > dismissed && (best == nil || t.score > best.score) {
			best = t
		}
	}
	if best == nil {
		return stock.Price{}
	}
	f.Says("price "+best.price.String(), best.text, where(best.node))
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
	return ""
}
