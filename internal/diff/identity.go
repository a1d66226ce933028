package diff

import (
	"slices"
	"strings"
	"unicode"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// alike is the least share of the shorter title's pairs of letters that two titles
// of one product have in common. Shops dress titles up at will, and those of two
// things of one kind share as much, so that it tells only what has nothing to do
// with the product: an address that was given to something else.
const alike = 0.15

// Identify returns what a look means for a watch: the observation, or
// wrong_product when what it speaks of is another product than the watch's. The
// source of the page has judged its addresses; here is judged what only the watch
// knows, its product and what stood on the page before.
func (t Track) Identify(p stock.Product, o stock.Observation) stock.Observation {
	if o.IsSearch || o.Class() == stock.LookUnread {
		return o
	}
	why := otherCode(p, o)
	if why.None() {
		why = t.otherTitle(p, o.Offer)
	}
	if why.None() {
		return o
	}
	return stock.Observation{
		URL: o.URL, Source: o.Source, Outcome: stock.WrongProduct, Reason: why, At: o.At, RetryAfter: o.RetryAfter,
		Evidence: o.Evidence,
	}
}

// otherCode says why the code on a page is not the product's. A page of several
// variants may name the codes of all.
func otherCode(p stock.Product, o stock.Observation) stock.Reason {
	got := o.Offer.JAN
	ours := func(offer stock.Offer) bool { return stock.SameCode(offer.JAN, p.JAN) }
	inStore := len(got) == 13 && got[0] == '2' // a number of the shop's own
	if p.JAN == "" || inStore || stock.CheckCode(got) != nil || stock.SameCode(got, p.JAN) || slices.ContainsFunc(o.Offers, ours) {
		return stock.Reason{}
	}
	return stock.Because(stock.ReasonOtherJAN, got, p.JAN)
}

// otherTitle says why a page is no longer that of the product: its title has
// nothing in common with the one of before, nor with the product's names, and no
// code or number has stayed.
func (t Track) otherTitle(p stock.Product, offer stock.Offer) stock.Reason {
	before := t.State.Offer
	switch {
	case offer.JAN != "" && (stock.SameCode(offer.JAN, p.JAN) || stock.SameCode(offer.JAN, before.JAN)):
		return stock.Reason{}
	case offer.SKU != "" && offer.SKU == before.SKU:
		return stock.Reason{}
	}
	share, told := common(offer.Title, before.Title)
	named := func(name string) bool {
		share, told := common(offer.Title, name)
		return share == 1 || told && share >= alike
	}
	if !told || share >= alike || slices.ContainsFunc(append(slices.Clone(p.Keywords), p.Name), named) {
		return stock.Reason{}
	}
	return stock.Because(stock.ReasonOtherTitle, short(before.Title), short(offer.Title))
}

// common returns the share of the shorter title's pairs of letters that the other
// has too; told is false when it is too short to tell anything.
func common(a, b string) (share float64, told bool) {
	x, y := pairs(a), pairs(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) == 0 {
		return 0, false
	}
	n := 0
	for pair := range x {
		if y[pair] {
			n++
		}
	}
	return float64(n) / float64(len(x)), len(x) >= minPairs
}

// minPairs is how much of a title there must be: "A社 B" says nothing.
const minPairs = 5

// pairs returns the neighbouring letters and digits of a title, whatever their
// case and width.
func pairs(title string) map[[2]rune]bool {
	all := make(map[[2]rune]bool)
	var last rune
	for _, r := range strings.ToLower(title) {
		if r >= '！' && r <= '～' { // full width
			r = unicode.ToLower(r - '！' + '!')
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		if last != 0 {
			all[[2]rune{last, r}] = true
		}
		last = r
	}
	return all
}

// short cuts a title to what a reason has room for.
func short(title string) string {
	const most = 40
	if r := []rune(title); len(r) > most {
		return string(r[:most]) + "…"
	}
	return title
}
