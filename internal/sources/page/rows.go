package page

import (
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// row is one product of a list: the elements that speak of it and no other.
type row struct {
	link    rowLink
	nodes   []*html.Node // one, or a heading with what follows it in a flat list
	listing stock.Listing
}

// rows returns the rows of the page's list in their order. Which links lead to its
// products is told by what comes of them: a row has a title, and a price or the
// word that it is sold out.
func (d *Document) rows() []row {
	if d.listed != nil {
		return *d.listed
	}
	var chosen []row
	for _, f := range d.rowFamilies() {
		for _, r := range f {
			if len(chosen) < maxListings && fits(chosen, r, len(f)) {
				chosen = append(chosen, r)
			}
		}
	}
	d.listed = &chosen
	return chosen
}

// rowFamilies returns the rows that each family of links gives, the family that
// gives most first.
func (d *Document) rowFamilies() [][]row {
	var all [][]row
	best := 0
	for _, links := range families(d.rowLinks()) {
		var found []row
		for _, r := range d.spread(links) {
			if d.readRow(&r) {
				found = append(found, r)
			}
		}
		if len(found) == 0 {
			continue
		}
		all = append(all, found)
		if i := len(all) - 1; len(found) > len(all[best]) {
			best = i
		}
	}
	if best > 0 {
		all[0], all[best] = all[best], all[0]
	}
	return all
}

// fits reports whether a row of another family belongs to the list: it overlaps
// none of the chosen rows and is drawn like them.
func fits(chosen []row, r row, siblings int) bool {
	if len(chosen) == 0 {
		return true
	}
	alike := false
	for _, c := range chosen {
		if c.link.id == r.link.id {
			return false
		}
		for _, a := range c.nodes {
			for _, b := range r.nodes {
				if a == b || contains(a, b) || contains(b, a) {
					// Rows of one family never overlap, but for a card in a card.
					return false
				}
				alike = alike || a.Parent == b.Parent || sameShape(a, b)
			}
		}
	}
	return alike || siblings > 1 && chosen[0].link.family() == r.link.family()
}

// spread returns, for every product that the links lead to, the largest part of
// the page that leads to no other of them.
func (d *Document) spread(links []rowLink) []row {
	targets := map[*html.Node]string{} // the one product that an element leads to; "*" for several
	count := map[string]bool{}
	for _, l := range links {
		count[l.id] = true
		for p := l.node; p != nil; p = p.Parent {
			if t, ok := targets[p]; !ok {
				targets[p] = l.id
			} else if t != l.id {
				targets[p] = "*"
			}
		}
	}
	var rows []row
	taken := map[string]int{}
	for _, l := range links {
		card := d.climb(l, targets, len(count) == 1)
		if at, again := taken[l.id]; again {
			if had := rows[at].nodes[0]; !contains(had, card) && d.layout().size(card) > d.layout().size(had) {
				rows[at].link, rows[at].nodes = l, d.withRest(card, targets, l.id) // the first link was only a picture's
			}
			continue
		}
		if d.layout().size(card) > maxBox {
			continue
		}
		taken[l.id] = len(rows)
		rows = append(rows, row{link: l, nodes: d.withRest(card, targets, l.id)})
	}
	return rows
}

// climb returns the part of the page around a link that leads to its product
// alone. Where the list has one product only nothing else bounds it, so that it
// ends where a card ends.
func (d *Document) climb(l rowLink, targets map[*html.Node]string, only bool) *html.Node {
	size := d.layout().size
	card := l.node
	for p := card.Parent; p != nil && targets[p] == l.id; p = card.Parent {
		switch p.DataAtom {
		case atom.Body, atom.Html, atom.Main:
			return card
		}
		if only {
			priced := len(d.rowPrices([]*html.Node{card})) > 0
			if priced && (rowEnds[card.DataAtom] || rowLists[p.DataAtom] || size(p) > 3*size(card)+200 || holdsHeading(p)) {
				return card
			}
		}
		card = p
	}
	return card
}

var (
	rowEnds  = map[atom.Atom]bool{atom.Li: true, atom.Tr: true, atom.Article: true}
	rowLists = map[atom.Atom]bool{atom.Ul: true, atom.Ol: true, atom.Table: true, atom.Tbody: true, atom.Section: true}
)

// holdsHeading reports whether the page's own heading stands in n.
func holdsHeading(n *html.Node) bool {
	for c := range below(n) {
		if c.DataAtom == atom.H1 {
			return true
		}
	}
	return false
}

// maxRest bounds what follows a link of a flat list and still speaks of it.
const maxRest = 4

// withRest returns a card with the elements behind it that lead nowhere, in a list
// whose products have no element of their own.
func (d *Document) withRest(card *html.Node, targets map[*html.Node]string, id string) []*html.Node {
	nodes := []*html.Node{card}
	if card.Parent == nil || targets[card.Parent] != "*" || len(d.rowPrices(nodes)) > 0 {
		return nodes
	}
	for n := card.NextSibling; n != nil && len(nodes) <= maxRest; n = n.NextSibling {
		if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" {
			nodes = append(nodes, n)
		}
		if n.Type != html.ElementNode || n.DataAtom == atom.Br {
			continue
		}
		if t, leads := targets[n]; leads && t != id || rowEnds[n.DataAtom] || d.layout().size(n) > maxLine {
			break
		}
		nodes = append(nodes, n)
	}
	return nodes
}
