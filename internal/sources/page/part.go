package page

import (
	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// The bounds of what one selector of a shop gives, and of what is looked at for it.
const (
	maxParts   = 500
	maxMatches = 5000
)

// Part is an element that a shop's own reader knows by its selector.
type Part struct{ node *html.Node }

// Parts returns, in the page's order, the elements that match a CSS selector, can
// be seen, and stand in the part of the page that speaks of its product.
func (d *Document) Parts(selector string) []Part {
	return parts(d.HTML.Selection, selector, func(n *html.Node) bool { return !d.elsewhere(n) })
}

// Parts returns the elements below p that match a CSS selector and can be seen.
func (p Part) Parts(selector string) []Part {
	return parts(goquery.NewDocumentFromNode(p.node).Selection, selector, func(*html.Node) bool { return true })
}

func parts(in *goquery.Selection, selector string, wanted func(*html.Node) bool) []Part {
	if selector == "" {
		return nil
	}
	var all []Part
	for i, n := range in.Find(selector).Nodes {
		if len(all) == maxParts || i == maxMatches {
			break
		}
		if !concealed(n) && wanted(n) {
			all = append(all, Part{n})
		}
	}
	return all
}

// maxLeaves bounds the leaves of a page.
const maxLeaves = 5000

// Leaves returns the elements that hold a text and no other block, in the parts of
// the page that speak of its product.
func (d *Document) Leaves() []Part {
	var all []Part
	var visit func(n *html.Node)
	visit = func(n *html.Node) {
		for c := n.FirstChild; c != nil && len(all) < maxLeaves; c = c.NextSibling {
			switch {
			case c.Type != html.ElementNode || hidden(c) || struck(c) || frame(c) || d.other(c):
			case leaf(c):
				all = append(all, Part{c})
			default:
				visit(c)
			}
		}
	}
	visit(d.HTML.Nodes[0])
	return all
}

// concealed reports whether n or what it stands in is not drawn.
func concealed(n *html.Node) bool { return noted(n, isConcealed) }

// Within reports whether p stands in q; the zero Part holds nothing.
func (p Part) Within(q Part) bool { return q.node != nil && contains(q.node, p.node) }

// Tag returns the name of the element.
func (p Part) Tag() string { return p.node.Data }

// Text returns the text of p as a reader sees it, folded.
func (p Part) Text() string { return visible(p.node) }

// Label returns what p says when it is a button: its text or what stands for it.
func (p Part) Label() string { return buttonLabel(p.node) }

// Disabled reports whether p is a button that cannot be pressed.
func (p Part) Disabled() bool { return isDisabled(p.node) }

// Attr returns an attribute of p; "" without it.
func (p Part) Attr(name string) string { return attr(p.node, name) }

// Link returns the address of the link that p stands in; "" when it is in none.
func (p Part) Link() string {
	for n := p.node; n != nil; n = n.Parent {
		if n.Data == "a" && hasAttr(n, "href") {
			return attr(n, "href")
		}
	}
	return ""
}

// Where names p for evidence.
func (p Part) Where() string { return where(p.node) }
