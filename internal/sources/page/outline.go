package page

import (
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The bounds of an outline.
const (
	maxSpots    = 250
	maxSpotText = 160 // runes
	// fewSpots is how many spots are too few for the part around the order form to be
	// what the user looks for.
	fewSpots = 3
)

// Outline returns what a rule can point at: the elements with a text of their own in
// the part of the page that speaks of its product, around the order form where one is
// found; with whole, those of the whole page.
func (d *Document) Outline(whole bool) stock.Outline {
	o := stock.Outline{Whole: whole}
	if len(d.HTML.Nodes) == 0 {
		return o
	}
	naming := newSelectors(d)
	if !whole {
		o.Spots, o.Cut = d.spots(d.outlined(), naming, func(n *html.Node) bool { return frame(n) || d.other(n) })
		o.Whole = len(o.Spots) < fewSpots
	}
	if o.Whole {
		o.Spots, o.Cut = d.spots(d.HTML.Nodes[0], naming, func(*html.Node) bool { return false })
	}
	return o
}

// outlined returns the part of the page that an outline shows.
func (d *Document) outlined() *html.Node {
	enabled, disabled := d.buttons()
	_, box, _ := d.orderForm(enabled)
	if box == nil {
		_, box, _ = d.orderForm(disabled)
	}
	if box == nil {
		box = d.headingBox()
	}
	if box == nil {
		return d.HTML.Nodes[0]
	}
	return d.region(box)
}

// spots returns the elements with texts below root, without what skip says.
func (d *Document) spots(root *html.Node, naming *selectors, skip func(*html.Node) bool) (all []stock.Spot, cut bool) {
	hint := d.currency()
	add := func(n *html.Node) {
		s, ok := spotOf(n, naming, hint)
		switch {
		case !ok:
		case len(all) == maxSpots:
			cut = true
		default:
			all = append(all, s)
		}
	}
	var visit func(n *html.Node)
	visit = func(n *html.Node) {
		if n.Type != html.ElementNode && n.Type != html.DocumentNode || cut || hidden(n) || n.DataAtom == atom.Select || n != root && skip(n) {
			return
		}
		whole := drawnAsButton(n) || leaf(n)
		if whole {
			add(innermost(n))
			return
		}
		if d.hasOwnText(n) {
			add(n)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			visit(c)
		}
	}
	visit(root)
	return all, cut
}

// hasOwnText reports whether a short part of the page has a text beside the elements
// in it.
func (d *Document) hasOwnText(n *html.Node) bool {
	if n.Type != html.ElementNode || d.layout().size(n) > maxLine {
		return false
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode && strings.TrimSpace(c.Data) != "" {
			return true
		}
	}
	return false
}

// innermost returns the element that holds all that n holds, and no other.
func innermost(n *html.Node) *html.Node {
	for !drawnAsButton(n) {
		only := onlyChild(n)
		if only == nil || hidden(only) || only.DataAtom == atom.Br || only.DataAtom == atom.Img {
			break
		}
		n = only
	}
	return n
}

// drawnAsButton reports whether n is drawn as a button, or as one that does not answer.
func drawnAsButton(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Button:
		return true
	case atom.Input:
		switch strings.ToLower(attr(n, "type")) {
		case "submit", "button", "image":
			return true
		}
	}
	return attr(n, "role") == "button"
}

func spotOf(n *html.Node, naming *selectors, hint string) (stock.Spot, bool) {
	text := buttonLabel(n)
	if text == "" || strings.Trim(text, "-|/:・>*. ") == "" {
		return stock.Spot{}, false
	}
	selector := naming.of(n)
	if selector == "" {
		return stock.Spot{}, false
	}
	s := stock.Spot{Tag: n.Data, Text: clipRunes(text, maxSpotText), Selector: selector, Button: drawnAsButton(n) || Buys(text)}
	s.Disabled = s.Button && isDisabled(n)
	s.Availability, _ = ownWords([]Part{{n}})
	if n.DataAtom == atom.Img && s.Availability == stock.Unknown {
		return stock.Spot{}, false
	}
	if p, ok := ParsePrice(text, hint); ok && p.Minor > 0 {
		s.Price = p
	}
	return s, true
}

// clipRunes bounds a text that people read.
func clipRunes(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}
