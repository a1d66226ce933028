package page

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// visible returns the text below n as a reader sees it, folded: no scripts, no
// struck-out text, nothing that is hidden by its own attributes, and a space
// wherever an element begins or ends a line.
func visible(n *html.Node) string {
	var b strings.Builder
	writeVisible(&b, n)
	return Fold(b.String())
}

func writeVisible(b *strings.Builder, n *html.Node) {
	if b.Len() > 64<<10 {
		return
	}
	switch n.Type {
	case html.TextNode:
		b.WriteString(n.Data)
		return
	case html.ElementNode:
		if hidden(n) || struck(n) {
			return
		}
	case html.DocumentNode:
	default:
		return
	}
	line := !inline[n.DataAtom]
	if line {
		b.WriteByte('\n')
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		writeVisible(b, c)
	}
	if line {
		b.WriteByte('\n')
	}
}

// inline are the elements that do not begin a line of their own.
var inline = map[atom.Atom]bool{
	atom.A: true, atom.Abbr: true, atom.B: true, atom.Big: true, atom.Bdi: true, atom.Bdo: true, atom.Cite: true, atom.Code: true, atom.Data: true,
	atom.Em: true, atom.Font: true, atom.I: true, atom.Label: true, atom.Mark: true, atom.Small: true, atom.Span: true,
	atom.Strong: true, atom.Sub: true, atom.Sup: true, atom.Time: true, atom.U: true, atom.Var: true, atom.Wbr: true,
}

// hidden reports whether n is not drawn, as far as its own attributes tell.
func hidden(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Head, atom.Iframe, atom.Textarea, atom.Svg:
		return true
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			if styled(a.Val, "display", "none") || styled(a.Val, "visibility", "hidden") {
				return true
			}
		}
	}
	return false
}

// struck reports whether the text of n is crossed out.
func struck(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Del, atom.S, atom.Strike:
		return true
	}
	return styled(attr(n, "style"), "text-decoration", "line-through")
}

// styled reports whether a style attribute sets a property to a value.
func styled(style, property, value string) bool {
	for decl := range strings.SplitSeq(style, ";") {
		name, v, _ := strings.Cut(decl, ":")
		if strings.EqualFold(strings.TrimSpace(name), property) && strings.HasPrefix(strings.ToLower(strings.TrimSpace(v)), value) {
			return true
		}
	}
	return false
}
