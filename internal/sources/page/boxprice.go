package page

import (
	"math"
	"strings"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// boxPrice returns the price that the box asks: of its price tags the one that is
// best named, the first of equals.
func (d *Document) boxPrice(f *Finding, box *html.Node) stock.Price {
	var best *priceTag
	d.markReduced(box)
	aside := d.asideTags(box)
	for _, t := range d.layout().within(box) {
		if t.score > dismissed && (best == nil || t.before(best, aside)) {
			best = t
		}
	}
	if best == nil {
		return stock.Price{}
	}
	f.Note(stock.FactPrice, best.price.String(), best.text, where(best.node))
	f.Asked = best.score >= wellNamed && best.plain()
	f.Lowered = d.layout().crossedIn(box)
	for _, t := range d.layout().within(box) {
		switch {
		case t.was && t != best:
			f.Lowered = append(f.Lowered, t.price)
		case t == best:
			f.Shown = append(f.Shown, t.price)
		}
	}
	for _, t := range d.layout().within(d.region(box)) {
		if !t.was && t.score > dismissed && t.plain() {
			f.Shown = append(f.Shown, t.price)
		}
	}
	return best.price
}

// before reports whether a price tag is to be preferred to b, which stands before it.
func (t *priceTag) before(b *priceTag, aside map[*priceTag]bool) bool {
	if x, y := t.plain(), b.plain(); x != y {
		return x
	} else if !x && t.rank != b.rank {
		return t.rank > b.rank
	}
	if aside[t] != aside[b] {
		return aside[b]
	}
	if t.taxed(b) || b.taxed(t) {
		return t.taxed(b)
	}
	return t.score > b.score
}

// taxed reports whether t is the price of b with the tax of Japan in it, which it says.
func (t *priceTag) taxed(b *priceTag) bool {
	if t.rank != included || b.rank != asked || t.price.Currency != "JPY" || !t.price.Comparable(b.price) || b.price.Minor > math.MaxInt64/200 {
		return false
	}
	off := func(percent int64) int64 { return t.price.Minor*100 - b.price.Minor*(100+percent) }
	return max(off(10), -off(10)) <= 200 || max(off(8), -off(8)) <= 200
}

// asideTags returns the price tags of a box that stand beside its price: of a variant
// that is sold out, in a row of a table that compares several things, in another
// currency than the page's own.
func (d *Document) asideTags(box *html.Node) map[*priceTag]bool {
	tags := d.layout().within(box)
	if len(tags) < 2 {
		return nil
	}
	aside, home := map[*priceTag]bool{}, d.homeCurrency()
	for _, t := range tags {
		aside[t] = d.soldOutRow(t, box) || d.comparing(t, box) || home != "" && t.price.Currency != home
	}
	return aside
}

// soldOutRow reports whether the row or card of a price tag, one of several of a kind,
// says that there is none of it left.
func (d *Document) soldOutRow(t *priceTag, box *html.Node) bool {
	for row := t.node; row != box && len(d.layout().within(row.Parent)) == 1 || row == t.node; row = row.Parent {
		if row == box || d.layout().size(row) > maxLine {
			return false
		}
		if d.oneOfSeveral(row) {
			a, _ := StockPhrase(visible(row))
			return a.Group() == stock.No
		}
	}
	return false
}

// oneOfSeveral reports whether n has a sibling of its kind that shows a price too.
func (d *Document) oneOfSeveral(n *html.Node) bool {
	kind, _, _ := strings.Cut(attr(n, "class"), " ")
	for c := range n.Parent.ChildNodes() {
		other, _, _ := strings.Cut(attr(c, "class"), " ")
		if c != n && c.DataAtom == n.DataAtom && other == kind && len(d.layout().within(c)) > 0 {
			return true
		}
	}
	return false
}

// comparing reports whether a price tag stands in a row of a table that has a price in
// more than one cell, or several columns of things.
func (d *Document) comparing(t *priceTag, box *html.Node) bool {
	for p := t.node; p != nil && p != box; p = p.Parent {
		if p.DataAtom == atom.Tr {
			return cells(p) > 2 && len(d.layout().within(p)) > 1
		}
	}
	return false
}

// markReduced finds, among prices that no name tells apart, the one before a
// reduction: a line of the box is the percentage between two of them.
func (d *Document) markReduced(box *html.Node) {
	tags := d.layout().within(box)
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
var reduction = pattern.MustCompile(`^\(?[-−–]?\s?(\d{1,2})\s?%?\)?( ?off| ?オフ| ?引き?| de descuento| di sconto| rabatt)?$`)

// currency returns the currency in which the page's signs are read: the one that it
// names anywhere to machines, that of its country, or the watched product's own.
func (d *Document) currency() string {
	if c := Currency(d.Meta(metaCurrencies...)); c != "" {
		return c
	}
	for _, f := range d.structuredData() {
		if c := f.Offer().Price.Currency; c != "" {
			return c
		}
	}
	if c := d.localCurrency(); c != "" {
		return c
	}
	if d.chinese() {
		return "CNY"
	}
	return d.assumed
}
