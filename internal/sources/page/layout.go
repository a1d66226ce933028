package page

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The bounds of a buy box: how far from its button its price may be, and how
// much text it may hold before it is the whole page.
const (
	maxClimb     = 12
	smallPage    = 2000 // bytes of text of a page that may be one box
	maxBox       = 6000
	maxTag       = 180 // bytes of text of an element that shows a price, 60 letters of any script
	maxLine      = 240 // bytes of text of a line that tells the stock
	maxPriceTags = 400 // price tags of a page
)

// dismissed is the score at which a price tag is known to show another amount.
const dismissed = -3

// layout is where the page shows prices, in its order.
type layout struct {
	tags    []*priceTag
	crossed []loweredPrice
}

// loweredPrice is a price that is crossed out.
type loweredPrice struct {
	at    int32 // the place of its element
	price stock.Price
}

// size returns how much text can be seen below an element, in bytes.
func (l *layout) size(n *html.Node) int { return int(note(n).Size) }

// digits reports whether digits can be seen below an element.
func (l *layout) digits(n *html.Node) bool { return noted(n, drawsDigits) }

func (d *Document) layout() *layout {
	if d.drawn == nil {
		d.drawn = &layout{} // prices are asked for while they are collected
		left := maxPriceTags
		d.drawn.collect(d, d.HTML.Nodes[0], d.currency(), &left)
	}
	return d.drawn
}

// within returns the price tags below an element, or that it is itself.
func (l *layout) within(n *html.Node) []*priceTag {
	from, to := note(n).At, note(n).End
	before := func(t *priceTag, at int32) int { return int(note(t.node).At - at) }
	i, _ := slices.BinarySearchFunc(l.tags, from, before)
	j, _ := slices.BinarySearchFunc(l.tags, to, before)
	return l.tags[i:j]
}

// crossedIn returns the prices below an element that are crossed out.
func (l *layout) crossedIn(n *html.Node) (all []stock.Price) {
	for _, c := range l.crossed {
		if c.at > note(n).At && c.at < note(n).End {
			all = append(all, c.price)
		}
	}
	return all
}

// holdsDigit reports whether a text has a digit of any script.
func holdsDigit(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
			return true
		case c >= 0xd9 && (c <= 0xe1 || c >= 0xea): // the first byte of a digit that is not of ASCII; of kana and kanji it is another
			if r, _ := utf8.DecodeRuneInString(s[i:]); unicode.IsDigit(r) {
				return true
			}
		}
	}
	return false
}

// collect finds the price tags below n. It reports whether there are any.
func (l *layout) collect(d *Document, n *html.Node, hint string, left *int) bool {
	any := false
	for c := n.FirstChild; c != nil && *left > 0; c = c.NextSibling {
		if c.Type == html.ElementNode && struck(c) {
			l.cross(c, hint)
			continue
		}
		if c.Type != html.ElementNode || !l.digits(c) || frame(c) || c.DataAtom == atom.Button || d.other(c) || d.leadsAway(c) || d.only(c, d.leadsAway) || d.classed(c, filtersPrices) {
			continue
		}
		if l.size(c) > maxTag || !plainBox(c) {
			any = l.collect(d, c, hint, left) || any
			continue
		}
		t, what := readPriceTag(c, hint)
		if what == notToPay || what == noPrice && onlyText(c) != "" {
			continue // what c holds has the same text
		}
		if what != onePrice && l.collect(d, c, hint, left) {
			any = true
			continue
		}
		if what == noPrice {
			continue
		}
		any = true
		*left--
		l.tags = append(l.tags, &t)
	}
	return any
}

// plainBox reports whether n holds nothing but text, so that a label beside an
// amount belongs to it.
func plainBox(n *html.Node) bool {
	if noted(n, holdsField) {
		return false
	}
	switch n.DataAtom {
	case atom.Form, atom.Ul, atom.Ol, atom.Dl, atom.Table, atom.Tbody:
		return false // a list of lines, each with a label of its own
	}
	return true
}

// cross notes a price that is crossed out.
func (l *layout) cross(n *html.Node, hint string) {
	if p, ok := ParsePrice(clip(textOf(n), 60), hint); ok {
		l.crossed = append(l.crossed, loweredPrice{note(n).At, p})
	}
}

// around returns the smallest part of the page around n that shows a price of at
// least the wanted score; with plain one that no label calls another than the price
// to pay.
func (l *layout) around(n *html.Node, wanted int, plain bool) *html.Node {
	p := n.Parent
	for range maxClimb {
		if p == nil || p.DataAtom == atom.Html || l.size(p) > maxBox || p.DataAtom == atom.Body && l.size(p) > smallPage {
			return nil
		}
		for _, t := range l.within(p) {
			if t.score >= wanted && (t.plain() || !plain) {
				return p
			}
		}
		p = p.Parent
	}
	return nil
}

// only reports whether all that n holds is one element of which is is true.
func (d *Document) only(n *html.Node, is func(*html.Node) bool) bool {
	only := onlyChild(n)
	return only != nil && is(only)
}

// leadsAway reports whether n is a link to another page of the shop: a price
// inside is that page's.
func (d *Document) leadsAway(n *html.Node) bool {
	if n.DataAtom != atom.A {
		return false
	}
	if !noted(n, knowsLeads) {
		note(n).Bits |= knowsLeads
		if d.findsAway(attr(n, "href")) {
			note(n).Bits |= isLeading
		}
	}
	return noted(n, isLeading)
}

// findsAway reports whether an address is another page's of the shop.
func (d *Document) findsAway(href string) bool {
	href = strings.TrimSpace(href)
	if href == "" || href[0] == '#' || strings.HasPrefix(href, "javascript:") {
		return false
	}
	u, err := d.URL.Parse(href)
	return err == nil && (!sameOrCart(u, d.URL) || filterQuery.MatchString(u.RawQuery))
}

// filterName finds in a class that the element chooses things by price.
var filterName = pattern.MustCompile(`(?i)(^|[\s_-])(price-?)?(filters?|facets?|refine|refinement|price-?range|price-?slider)([\s_-]|$)`)

// filterQuery finds in the query of a link that it shows a choice of things by price.
var filterQuery = pattern.MustCompile(`(?i)(^|[&_-])(min|max|from|to|price|kakaku|filter|sort|p_min|p_max|lower|upper)[^=]*=`)

func sameOrCart(u, own *url.URL) bool {
	return samePath(u, own) || u.Path == own.Path || clickable(u.Path)
}
