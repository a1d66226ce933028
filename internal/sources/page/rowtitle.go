package page

import (
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var (
	titleName = pattern.MustCompile(`(?i)title|name|heading`)
	// notTitle are names of other facts of a row.
	notTitle = pattern.MustCompile(`(?i)brand|maker|shop|store|seller|category|genre|price|label|icon|badge|user|rating|review`)
)

// rowTitle returns what a row calls its product: a heading, what is called a title,
// else the longest text of its links and pictures.
func (d *Document) rowTitle(r *row, prices []priceTag) string {
	best, score := "", 0
	for _, root := range r.nodes {
		if root.Type != html.ElementNode {
			continue
		}
		consider := func(n *html.Node) {
			s, weight := d.titleOf(n, prices)
			if size := min(utf8.RuneCountInString(s), 99); size*weight > score {
				best, score = s, size*weight
			}
		}
		consider(root)
		for n := range below(root) {
			if n.Type == html.ElementNode {
				consider(n)
			}
		}
	}
	return clip(best, 300)
}

// titleOf returns what an element says if that may be a title, and how likely it is.
func (d *Document) titleOf(n *html.Node, prices []priceTag) (string, int) {
	if concealed(n) || d.listLink(n) {
		return "", 0
	}
	class := attr(n, "class")
	switch {
	case n.DataAtom == atom.H2 || n.DataAtom == atom.H3 || n.DataAtom == atom.H4 || n.DataAtom == atom.H5:
		return titleText(n, prices), 100
	case attr(n, "itemprop") == "name" || titleName.MatchString(class) && !notTitle.MatchString(class):
		if s := titleText(n, prices); utf8.RuneCountInString(s) < 99 {
			return s, 100
		}
	case n.DataAtom == atom.Img:
		if s := Fold(attr(n, "alt")); utf8.RuneCountInString(s) > 2 {
			return s, 2
		}
	case n.DataAtom == atom.A:
		if s := titleText(n, prices); s != "" {
			return s, 2
		}
		return Fold(attr(n, "title")), 2
	case (n.DataAtom == atom.P || n.DataAtom == atom.Td || n.DataAtom == atom.Dt || n.DataAtom == atom.Div || n.DataAtom == atom.Span) && leaf(n):
		return titleText(n, prices), 1
	}
	return "", 0
}

// titleText returns the text of n without what shows a price, states the stock or
// orders.
func titleText(n *html.Node, prices []priceTag) string {
	var parts []string
	var visit func(n *html.Node)
	visit = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c.Type == html.TextNode:
				if t := Fold(c.Data); t != "" && !isPriceText(t, prices) {
					parts = append(parts, t)
				}
			case c.Type != html.ElementNode || hidden(c) || struck(c) || c.DataAtom == atom.Button || isTag(c, prices):
			case beside(c):
			default:
				visit(c)
			}
		}
	}
	if isTag(n, prices) {
		return ""
	}
	visit(n)
	s := strings.Join(parts, " ")
	if a, ok := StockPhrase(s); ok && a != stock.Unknown && utf8.RuneCountInString(s) <= 20 || Buys(s) {
		return ""
	}
	return s
}

// beside reports whether n is a badge that states the stock within a title.
func beside(n *html.Node) bool {
	t := visible(n)
	if utf8.RuneCountInString(t) > 16 {
		return false
	}
	_, ok := StockPhrase(t)
	return ok
}

func isTag(n *html.Node, prices []priceTag) bool {
	for _, t := range prices {
		if t.node == n && visible(n) == t.text {
			return true
		}
	}
	return false
}

func isPriceText(text string, prices []priceTag) bool {
	for _, t := range prices {
		if t.text == text {
			return true
		}
	}
	return false
}
