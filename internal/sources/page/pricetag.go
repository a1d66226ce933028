package page

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
)

// priceTag is an element that shows one price.
type priceTag struct {
	node  *html.Node
	text  string
	price stock.Price
	score int
	rank  rank // by the labels in and around it
	was   bool // called or shown as what it cost before
}

// plain reports whether nothing around a price tag says that its price is another
// than the one to pay.
func (t *priceTag) plain() bool { return t.rank >= asked }

var (
	priceName = pattern.MustCompile(`(?i)price|kakaku|amount|preis|prix|precio|prezzo|preco|cena|kaina|цена|价格|價`)
	nowName   = pattern.MustCompile(`(?i)sale|special|current|final|our|now|offer|deal|pay|actual|new[-_]?price|promo|discounted|inside`)
	wasName   = pattern.MustCompile(`(?i)(^|[\s_-]|price)old|was\b|list[-_]?price|price[-_]?list|strike|regular|before|rrp|msrp|original|crossed|previous|retail|normal[-_]?price|default[-_]?price|price[-_]*normal|compare|basis|uvp`)
	notName   = pattern.MustCompile(`(?i)ship|delivery|point|save|saving|discount-?(amount|percent)|unit-?price|per-?unit|month|instal|tax-?only|excl|ex-?vat|coupon|rate|loyalty|bonus|(^|[^w-]|[^w]-)badge|postage|fee|warranty|accessor|addon|option|member|kaiin|subscri|teiki|autoship|rental|e-?book|bulk|volume|tier-?price|convert|approx|financ|klarna|afterpay|affirm|threshold`)
)

// wellNamed is the score of a price tag that is called a price.
const wellNamed = 3

// percentOff stands beside the price that is lowered.
var percentOff = pattern.MustCompile(`[-−]\s?\d{1,2}\s?%`)

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
	text := numberText(n)
	if text == "" || utf8.RuneCountInString(text) > 60 || !namesMoney(text) {
		return priceTag{}, noPrice
	}
	all := amountsOf(text, hint)
	best, what := choose(all, asked)
	if what == noPrice {
		if best, what = choose(all, instead); what == onePrice && slices.ContainsFunc(all, func(a amount) bool { return a.rank == bare }) {
			what = manyPrices // a number without a sign may be the price: its parts may tell
		}
	}
	if what == noPrice {
		if dismissedAll(all) {
			return priceTag{}, notToPay
		}
		return priceTag{}, noPrice
	}
	if about := labelRank(n, hint); about < best.rank && about != asked || best.rank == asked {
		best.rank = about
	}
	if best.rank == never {
		return priceTag{}, notToPay
	}
	return scorePriceTag(n, text, best), what
}

// choose returns the amount of the highest rank, from a least one on, the first of
// equals.
func choose(all []amount, least rank) (best amount, what reading) {
	for _, a := range all {
		switch {
		case a.rank < least || a.price.Minor <= 0:
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
	return best, what
}

// dismissedAll reports whether a text has amounts of money and all of them are labelled
// as something else than a price.
func dismissedAll(all []amount) bool {
	any := false
	for _, a := range all {
		if a.money && a.price.Minor > 0 {
			any = true
		}
	}
	return any
}

// scorePriceTag weighs by names and text how likely a price tag shows the price
// to pay.
func scorePriceTag(n *html.Node, text string, best amount) priceTag {
	var nameRoom, ownRoom [256]byte
	name, own := nameRoom[:0], ownRoom[:0]
	for p, i := n, 0; p != nil && i < 4; p, i = p.Parent, i+1 {
		name = append(appendNames(append(name, ' '), p), ' ')
		name = append(name, attr(p, "itemprop")...)
	}
	own = appendNames(own, n)
	for only := onlyChild(n); only != nil; only = onlyChild(only) {
		own = appendNames(append(own, ' '), only)
	}
	called, calledItself := pattern.NewText(string(name)), pattern.NewText(string(own))
	t := priceTag{node: n, text: strings.ReplaceAll(text, numberBreak, " "), price: best.price, rank: best.rank}
	for _, r := range []struct {
		re    *pattern.Regexp
		in    pattern.Text
		score int
	}{{priceName, called, 3}, {nowName, called, 1}, {wasName, calledItself, -4}, {wasName, called, -1}, {notName, calledItself, -4}, {notName, called, -2}} {
		if r.re.MatchText(r.in) {
			t.score += r.score
		}
	}
	if best.rank == included {
		t.score++
	}
	if t.was = wasName.MatchText(calledItself) || best.rank == listed || best.rank == superseded; percentOff.MatchString(text) {
		t.was = true
		t.score--
	}
	return t
}

// appendNames appends the class and the id of an element.
func appendNames(to []byte, n *html.Node) []byte {
	return append(append(append(to, attr(n, "class")...), ' '), attr(n, "id")...)
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
