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

// readRow reads one row, element by element: no text of two elements is read as
// one. A row without a title, or with neither a price nor a word of stock, is none.
func (d *Document) readRow(r *row) bool {
	l := stock.Listing{ID: r.link.id, URL: r.link.url.String()}
	tags := d.rowPrices(r.nodes)
	if best := bestTag(tags); best != nil {
		l.Price = best.price
	} else {
		l.Price = d.usualPrice(r)
	}
	l.Availability = d.rowStock(r)
	if !l.Price.Known() && l.Availability.Group() != stock.No {
		return false
	}
	l.Condition = d.rowCondition(r)
	l.Title = d.rowTitle(r, tags)
	r.listing = l
	return l.Title != ""
}

// usualPrice returns the price of a row that shows none but one that is labelled as
// the usual one, as the systems of shops do also where nothing is reduced.
func (d *Document) usualPrice(r *row) stock.Price {
	for _, text := range d.rowTexts(r, false) {
		if best, what := choose(amounts(text, d.currency()), instead); what != noPrice {
			return best.price
		}
	}
	return stock.Price{}
}

// rowPrices returns the price tags of a row, each the smallest element that shows
// one.
func (d *Document) rowPrices(nodes []*html.Node) []priceTag {
	var all []priceTag
	hint := d.currency()
	for _, n := range nodes {
		if n.Type == html.TextNode {
			if t, ok := bareTag(n, n.Data, hint); ok {
				all = append(all, t)
			}
			continue
		}
		all = append(all, d.tagsBelow(n, hint)...)
	}
	return all
}

func (d *Document) tagsBelow(n *html.Node, hint string) []priceTag {
	if hidden(n) || struck(n) || n.DataAtom == atom.Button || n.DataAtom == atom.Select || !d.layout().digits(n) && !hasDigits(n) {
		return nil
	}
	var all []priceTag
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && !d.listLink(c) {
			all = append(all, d.tagsBelow(c, hint)...)
		}
	}
	if len(all) > 0 || severalTexts(n) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.TextNode {
				if t, ok := bareTag(n, c.Data, hint); ok {
					all = append(all, t)
				}
			}
		}
		if len(all) > 0 {
			return all
		}
	}
	if t, what := readPriceTag(n, hint); what == onePrice {
		return []priceTag{t}
	}
	return nil
}

func hasDigits(n *html.Node) bool {
	return strings.ContainsAny(textOf(n), "0123456789０１２３４５６７８９")
}

// severalTexts reports whether n holds texts on several lines.
func severalTexts(n *html.Node) bool {
	texts := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode && strings.TrimSpace(c.Data) != "" {
			texts++
		}
	}
	return texts > 1
}

// bareTag reads a text that stands in n beside other elements.
func bareTag(n *html.Node, text, hint string) (priceTag, bool) {
	if strings.TrimSpace(text) == "" || utf8.RuneCountInString(text) > 60 {
		return priceTag{}, false
	}
	p, what := choose(amounts(text, hint), asked)
	if what == noPrice {
		return priceTag{}, false
	}
	return scorePriceTag(n, Fold(text), p), true
}

// listLink reports whether n is a link to another list: the price inside is that
// of the cheapest there.
func (d *Document) listLink(n *html.Node) bool {
	if n.DataAtom != atom.A || !hasAttr(n, "href") {
		return false
	}
	u, err := d.URL.Parse(strings.TrimSpace(attr(n, "href")))
	return err == nil && kindOf(u) > itemAddress && !(samePath(u, d.URL) && u.RawQuery == d.URL.RawQuery)
}

// bestTag returns the price that a row asks: the best named, the first of equals.
func bestTag(tags []priceTag) *priceTag {
	var best *priceTag
	for i := range tags {
		t := &tags[i]
		if strings.HasPrefix(t.text, "(") {
			t.score-- // a converted price, or one without the tax
		}
		if t.score > dismissed && !t.was && (best == nil || t.score > best.score) {
			best = t
		}
	}
	return best
}

// outClass and inClass are what shop systems call the card of a product that is
// sold out, or not.
var (
	outClass = pattern.MustCompile(`(?i)(^|[\s_-])(is-)?(sold-?out|out-?of-?stock|outofstock|no-?stock)(\s|$)`)
	inClass  = pattern.MustCompile(`(^|\s)instock(\s|$)`)
)

// rowStock reads what a row says of its stock; Unknown when it says nothing.
func (d *Document) rowStock(r *row) stock.Availability {
	var first [4]stock.Availability
	note := func(a stock.Availability) {
		if g := a.Group(); first[g] == stock.Unknown {
			first[g] = a
		}
	}
	for _, text := range d.rowTexts(r, true) {
		if a, ok := d.StockPhrase(text); ok {
			note(a)
		}
	}
	class := attr(r.nodes[0], "class")
	switch {
	case first[stock.No] != stock.Unknown:
		return first[stock.No]
	case outClass.MatchString(class):
		return stock.OutOfStock
	case first[stock.Later] != stock.Unknown:
		return first[stock.Later]
	case first[stock.Now] != stock.Unknown:
		return first[stock.Now]
	case inClass.MatchString(class), d.rowOrders(r):
		return stock.InStock
	}
	return stock.Unknown
}

// rowOrders reports whether a row has a button that orders its product at once.
func (d *Document) rowOrders(r *row) bool {
	for _, root := range r.nodes {
		for n := range below(root) {
			if n.DataAtom != atom.Button && n.DataAtom != atom.Input && n.DataAtom != atom.A || concealed(n) || isDisabled(n) {
				continue
			}
			if label := key(buttonLabel(n)); utf8.RuneCountInString(label) <= 40 && cartPhrases.in(label) && !notBuyWords.in(label) {
				return true
			}
		}
	}
	return false
}

// rowTexts returns the short texts of a row, each of one element; with the texts of
// its buttons and pictures when pictured is set.
func (d *Document) rowTexts(r *row, pictured bool) []string {
	var all []string
	add := func(s string) {
		if s != "" && utf8.RuneCountInString(s) <= 60 && len(all) < maxLines {
			all = append(all, s)
		}
	}
	var visit func(n *html.Node)
	visit = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode:
			add(Fold(n.Data))
		case n.Type != html.ElementNode || hidden(n) || struck(n) || d.spoken(n) || d.undrawn(n) || n.DataAtom == atom.Select || d.listLink(n):
		case n.DataAtom == atom.Img && pictured:
			if alt := Fold(attr(n, "alt")); utf8.RuneCountInString(alt) <= 12 {
				add(alt)
			}
		case n.DataAtom == atom.Input && pictured:
			if kind := strings.ToLower(attr(n, "type")); kind == "submit" || kind == "button" || kind == "image" {
				add(buttonLabel(n))
			}
		case n.FirstChild != nil && onlyInline(n):
			add(visible(n))
			if pictured {
				for c := range below(n) {
					if c.DataAtom == atom.Img && c.Type == html.ElementNode && utf8.RuneCountInString(attr(c, "alt")) <= 12 {
						add(Fold(attr(c, "alt")))
					}
				}
			}
		default:
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				visit(c)
			}
		}
	}
	for _, n := range r.nodes {
		visit(n)
	}
	return all
}

// onlyInline reports whether n holds one line: texts and the elements that only
// dress them up, no links and no spans of their own.
func onlyInline(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		switch c.DataAtom {
		case atom.B, atom.Strong, atom.Em, atom.I, atom.Font, atom.Small, atom.Sup, atom.Sub, atom.Wbr, atom.Bdi, atom.Img, atom.U, atom.Mark:
			if !onlyInline(c) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

var (
	usedWord = pattern.MustCompile(`中古|(?i)\b(used|pre-?owned|second-?hand|gebraucht|d'occasion|usato|usado)\b`)
	newWord  = pattern.MustCompile(`^新品`)
)

// rowCondition reads what a row says of the condition.
func (d *Document) rowCondition(r *row) string {
	texts := d.rowTexts(r, false)
	switch {
	case slices.ContainsFunc(texts, usedWord.MatchString):
		return stock.ConditionUsed
	case slices.ContainsFunc(texts, newWord.MatchString):
		return stock.ConditionNew
	}
	return ""
}
