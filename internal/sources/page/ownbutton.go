package page

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// ownPart is what tells the page's own order form from the card of another product:
// where the page names its product, the first price after that, and the line between
// the name and any form that says that the thing cannot be had.
type ownPart struct {
	heading *html.Node // nil when no heading names the page's product
	price   *priceTag  // the first after the heading
}

// own finds the page's own part.
func (d *Document) own() *ownPart {
	if d.ownPart != nil {
		return d.ownPart
	}
	o := &ownPart{}
	d.ownPart = o
	headings := d.ownHeadings()
	if len(headings) == 0 {
		return o
	}
	o.heading = headings[0]
	for _, t := range d.layout().within(d.HTML.Nodes[0]) {
		if t.score > dismissed && note(t.node).At > note(o.heading).At {
			o.price = t
			break
		}
	}
	return o
}

// belongs reports whether an order form, the part of the page around a button with
// a price in it, is the page's own product's. It is when it holds the heading, or the
// price nearest to it, or asks the same. Where it asks another price, it is another
// product's if it names one, or if the page says of its own that it is not to be had.
func (d *Document) belongs(box *html.Node) bool {
	o := d.own()
	if o.heading == nil || contains(box, o.heading) || o.price == nil || box == o.price.node || contains(box, o.price.node) {
		return true
	}
	if slices.ContainsFunc(d.layout().within(box), func(t *priceTag) bool { return t.price == o.price.price }) {
		return true
	}
	return d.ended(box).node == nil && !d.namesOther(box)
}

// maxCard bounds the text of another product's card; a longer part of the page has
// headings of many kinds.
const maxCard = 800

// namesOther reports whether a small part of the page names, above its price, a
// product that is not the page's own: by a heading, an element that is called a name,
// or a picture that leads to another page.
func (d *Document) namesOther(box *html.Node) bool {
	l := d.layout()
	if l.size(box) > maxCard || len(l.within(box)) == 0 {
		return false
	}
	for n := range below(box) {
		switch {
		case n == l.within(box)[0].node:
			return false
		case n.Type != html.ElementNode || concealed(n):
		case n.DataAtom == atom.Img:
			if a := n.Parent; a.DataAtom == atom.A && d.leadsAway(a) {
				return true
			}
		case headingLevel(n) > 1, nameClass.MatchString(attr(n, "class")):
			if t := visible(n); utf8.RuneCountInString(t) >= 3 && utf8.RuneCountInString(t) <= 120 && leaf(n) && !d.titled(t) && !strings.ContainsAny(t, ":：") && d.leadsToItem(n) {
				return true
			}
		}
	}
	return false
}

// leadsToItem reports whether a heading or name is a link to another page, or holds
// or stands in none at all: then it is a name alone.
func (d *Document) leadsToItem(n *html.Node) bool {
	for p, i := n, 0; p != nil && i < 3; p, i = p.Parent, i+1 {
		if p.DataAtom == atom.A {
			return d.leadsAway(p)
		}
	}
	return true
}

var nameClass = pattern.MustCompile(`(?i)(^|[\s_-])((product|item|goods)[-_]*(name|title)|(name|title)[-_]*(product|item|goods))`)

// variantRow reports whether n is a row of the table that holds the form, for one of
// many variants.
func variantRow(n, form *html.Node) bool {
	if n.DataAtom != atom.Tr || cells(n) < 3 {
		return false
	}
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom == atom.Table {
			return contains(p, form)
		}
	}
	return false
}

// ended returns the line that stands between the page's heading and a form and says
// that the thing cannot be had; its text is "" when there is none.
func (d *Document) ended(box *html.Node) line {
	o := d.own()
	if o.heading == nil || contains(box, o.heading) {
		return line{}
	}
	var found line
	left := 60
	started := false
	var visit func(n *html.Node) bool
	visit = func(n *html.Node) bool { // false: stop
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c == box || left == 0 {
				return false
			}
			if c == o.heading {
				started = true
				continue
			}
			if c.Type != html.ElementNode || hidden(c) || struck(c) || d.spoken(c) || d.undrawn(c) || frame(c) || d.other(c) || c.DataAtom == atom.A || c.DataAtom == atom.Select || variantRow(c, box) {
				continue
			}
			if !leaf(c) {
				if !visit(c) {
					return false
				}
				continue
			}
			if !started {
				continue
			}
			if left--; longerThan(maxNotice, c) {
				continue
			}
			if t := visible(c); t != "" && utf8.RuneCountInString(t) <= maxNotice {
				if a, _ := d.StockPhrase(t); a.Group() == stock.No && !d.titled(t) {
					found = line{t, c}
					return false
				}
			}
		}
		return true
	}
	visit(d.HTML.Nodes[0])
	return found
}
