package page

import (
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/pattern"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// HasProduct reports whether the page describes a product with an offer to
// machines, so that it cannot be a notice in the place of one.
func (d *Document) HasProduct() bool {
	for _, f := range []Finding{d.JSONLD(), d.Microdata()} {
		if o := f.Offer(); o.Price.Known() || o.Availability.Group() != 0 {
			return true
		}
	}
	return false
}

// Has reports whether an element matches the CSS selector.
func (d *Document) Has(selector string) bool { return d.HTML.Find(selector).Length() > 0 }

// Short reports whether the visible text of the page has at most n runes.
func (d *Document) Short(n int) bool {
	if d.text == nil && longerThan(n, d.HTML.Nodes[0]) {
		return false
	}
	return utf8.RuneCountInString(d.Text()) <= n
}

// longerThan reports whether the visible text below an element is known to have more than
// most runes, before it is folded.
func longerThan(most int, n *html.Node) bool {
	c := plainCount{missing: most + 1, left: maxVisible}
	c.add(n)
	return c.missing <= 0
}

// plainCount counts the characters of the visible text that folding leaves as they are.
type plainCount struct {
	missing int // so many more, at most, are counted
	left    int // bytes of the text that may still be looked at
}

func (p *plainCount) add(n *html.Node) {
	for c := n.FirstChild; c != nil && p.missing > 0 && p.left > 0; c = c.NextSibling {
		p.left -= 2 + len(c.Data) // with the lines around it
		switch {
		case c.Type == html.TextNode && p.left > 0:
			for i := 0; i < len(c.Data); {
				r, size := decode(c.Data, i)
				if traitsOf(r)&^capital == 0 {
					p.missing--
				}
				i += size
			}
		case c.Type == html.ElementNode && !noted(c, isHidden|isStruck):
			p.add(c)
		}
	}
}

// Text returns the visible text of the page, folded; of a very long page only
// the beginning.
func (d *Document) Text() string {
	if d.text == nil {
		s := visible(d.HTML.Nodes[0])
		d.text = &s
	}
	return *d.text
}

// Statements returns the texts that say what the page as a whole is: its title
// and headings, and the whole text when it is no longer than short.
func (d *Document) Statements(short int) []string {
	all := []string{d.title}
	if d.Short(short) {
		all = append(all, d.Text())
	}
	for _, h := range d.headlines {
		if t := Fold(textOf(h)); t != "" && utf8.RuneCountInString(t) <= 80 {
			all = append(all, t)
		}
	}
	return all
}

// maxLines bounds the lines that are looked at; a notice stands near the top.
const maxLines = 300

// Lines returns the short texts of the page that stand alone in their element
// and not in its frame (navigation, footer, side).
func (d *Document) Lines() []string {
	var all []string
	var visit func(n *html.Node)
	visit = func(n *html.Node) {
		for c := n.FirstChild; c != nil && len(all) < maxLines; c = c.NextSibling {
			switch {
			case c.Type == html.TextNode && n.DataAtom != atom.A && n.DataAtom != atom.Option:
				if t := strings.TrimSpace(c.Data); len(t) >= 12 && len(t) <= 240 {
					all = append(all, Fold(t))
				}
			case c.Type == html.ElementNode && !hidden(c) && !frame(c):
				visit(c)
			}
		}
	}
	visit(d.HTML.Nodes[0])
	return all
}

// frame reports whether n is a part of the page that is the same on all pages,
// or that speaks of other things than the page does.
func frame(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Footer, atom.Nav, atom.Dialog:
		return true
	case atom.Aside:
		return !buyingSide.MatchString(attr(n, "class") + " " + attr(n, "id"))
	case atom.Header:
		return !productHeader(n)
	}
	return false
}

// buyingSide are names of a side column that holds the order form.
var buyingSide = pattern.MustCompile(`(?i)buy|price|purchase|order|\bcart|pdp|product[-_]*(info|detail|summary|main|aside|side|form|buy)`)

// productHeader reports whether a header element is the product's and not the
// page's: it stands inside the content, or is called after the product.
func productHeader(n *html.Node) bool {
	for p := n; p != nil; p = p.Parent {
		switch p.DataAtom {
		case atom.Main, atom.Article, atom.Section:
			return true
		case atom.Body, atom.Html:
			return false
		}
		if strings.Contains(strings.ToLower(attr(p, "class")), "product") {
			return true
		}
	}
	return false
}
