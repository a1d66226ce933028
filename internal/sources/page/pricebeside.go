package page

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxLabel bounds the text beside a price that may be its label.
const maxLabel = 40

// labelRank returns what the texts around the price tag n make of its amount: what stands
// before it on its line or in the cell or line before, and what follows it. It is asked
// when they say nothing.
func labelRank(n *html.Node, hint string) rank {
	for range 3 {
		before, same := textBefore(n, hint)
		after := textAfter(n)
		about := asked
		switch {
		case same || before == "" && after != "":
			about = judge(before, before, after, true)
		case before != "": // a line of its own may say whose price the next one is, not that it is none
			if a := judge(before, before, "", true); a > bare {
				about = a
			}
			if a := judge("", "", after, true); after != "" && a < asked {
				about = min(a, about)
			}
		}
		p := n.Parent
		if about != asked || before != "" || p == nil || !isInline(p.DataAtom) && !holdsLabel[p.DataAtom] {
			return about
		}
		n = p
	}
	return asked
}

// holdsLabel are the blocks whose one price may have its label before them.
var holdsLabel = map[atom.Atom]bool{
	atom.Div: true, atom.P: true, atom.Dd: true, atom.Td: true, atom.Li: true, atom.Span: true,
}

// labelling are the elements that are labels of what follows them.
var labelling = map[atom.Atom]bool{atom.Dt: true, atom.Th: true, atom.Td: true, atom.Legend: true, atom.Label: true}

// textBefore returns the text right before n in its parent, if that is a short one
// without an amount of its own. same is set when it stands on n's line or in an element
// that is there to label.
func textBefore(n *html.Node, hint string) (text string, same bool) {
	for c := n.PrevSibling; c != nil; c = c.PrevSibling {
		s, block := "", false
		switch {
		case c.Type == html.TextNode:
			s = Fold(c.Data)
		case c.Type == html.ElementNode && c.DataAtom == atom.Br:
			return text, true
		case c.Type == html.ElementNode && struck(c):
			return text, text != "" // the amount that the one before was
		case c.Type != html.ElementNode || hidden(c) || c.DataAtom == atom.Input || c.DataAtom == atom.Img:
			continue
		case c.DataAtom == atom.H1 || c.DataAtom == atom.H2 || c.DataAtom == atom.Button || c.DataAtom == atom.Select:
			return text, text != ""
		default:
			block = !isInline(c.DataAtom) && !labelling[c.DataAtom]
			if !block || text == "" {
				if longerThan(maxLabel, c) {
					return text, text != ""
				}
				s = visible(c)
			}
			if s != "" && crossedOut(c) {
				return text, text != ""
			}
		}
		switch {
		case s == "" && !block:
			continue
		case block && text != "", utf8.RuneCountInString(s) > maxLabel, hasMoney(s, hint):
			return text, text != ""
		case block:
			return s, false
		}
		text = strings.TrimSpace(s + " " + text)
		if labelling[c.DataAtom] || utf8.RuneCountInString(text) > maxLabel {
			return text, true
		}
	}
	return text, text != ""
}

// textAfter returns the text that follows n on its line.
func textAfter(n *html.Node) string {
	for c := n.NextSibling; c != nil; c = c.NextSibling {
		s := ""
		switch {
		case c.Type == html.TextNode:
			s = Fold(c.Data)
		case c.Type == html.ElementNode && isInline(c.DataAtom) && !hidden(c) && !struck(c):
			s = visible(c)
		case c.Type == html.ElementNode && !hidden(c):
			return ""
		}
		if s != "" {
			return clip(s, maxLabel)
		}
	}
	return ""
}

// hasMoney reports whether a text names an amount of money.
func hasMoney(s, hint string) bool {
	if namesMoney(s) {
		for _, a := range amountsOf(s, hint) {
			if a.money {
				return true
			}
		}
	}
	return false
}

// crossedOut reports whether something below n is crossed out.
func crossedOut(n *html.Node) bool {
	for c := range below(n) {
		if c.Type == html.ElementNode && struck(c) {
			return true
		}
	}
	return false
}
