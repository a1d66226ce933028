package htmltree

import (
	"slices"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// stack is a stack of nodes.
type stack []*html.Node

// marker is the type of the nodes that part the active formatting elements.
const marker = html.NodeType(99)

func (s *stack) pop() *html.Node {
	i := len(*s) - 1
	n := (*s)[i]
	*s = (*s)[:i]
	return n
}

func (s *stack) top() *html.Node {
	if i := len(*s); i > 0 {
		return (*s)[i-1]
	}
	return nil
}

func (s *stack) index(n *html.Node) int {
	for i := len(*s) - 1; i >= 0; i-- {
		if (*s)[i] == n {
			return i
		}
	}
	return -1
}

func (s *stack) contains(a atom.Atom) bool {
	for _, n := range *s {
		if n.DataAtom == a && n.Namespace == "" {
			return true
		}
	}
	return false
}

func (s *stack) insert(i int, n *html.Node) {
	*s = append(*s, nil)
	copy((*s)[i+1:], (*s)[i:])
	(*s)[i] = n
}

func (s *stack) remove(n *html.Node) {
	i := s.index(n)
	if i < 0 {
		return
	}
	copy((*s)[i:], (*s)[i+1:])
	*s = (*s)[:len(*s)-1]
}

// scope is how far up the stack of open elements is looked.
type scope uint8

const (
	defaultScope scope = iota
	listScope
	buttonScope
	tableScope
)

// find returns where the highest open element of one of the names is that is in scope;
// -1 when there is none.
func (p *parser) find(s scope, names ...atom.Atom) int {
	for i := len(p.open) - 1; i >= 0; i-- {
		n := p.open[i]
		a := n.DataAtom
		if n.Namespace != "" {
			if s != tableScope && endsForeignScope(n) {
				return -1
			}
			continue
		}
		if slices.Contains(names, a) {
			return i
		}
		switch a {
		case atom.Html, atom.Table, atom.Template:
			return -1
		case atom.Applet, atom.Caption, atom.Td, atom.Th, atom.Marquee, atom.Object, atom.Select:
			if s != tableScope {
				return -1
			}
		case atom.Ol, atom.Ul:
			if s == listScope {
				return -1
			}
		case atom.Button:
			if s == buttonScope {
				return -1
			}
		}
	}
	return -1
}

func endsForeignScope(n *html.Node) bool {
	switch n.Namespace {
	case "math":
		switch n.DataAtom {
		case atom.AnnotationXml, atom.Mi, atom.Mn, atom.Mo, atom.Ms, atom.Mtext:
			return true
		}
	case "svg":
		switch n.DataAtom {
		case atom.Desc, atom.ForeignObject, atom.Title:
			return true
		}
	}
	return false
}

func (p *parser) inScope(s scope, name atom.Atom) bool { return p.find(s, name) >= 0 }

// popUntil closes all down to the highest element of one of the names, if it is in
// scope.
func (p *parser) popUntil(s scope, names ...atom.Atom) bool {
	i := p.find(s, names...)
	if i < 0 {
		return false
	}
	p.open = p.open[:i]
	return true
}

// clearTo closes all down to an element of one of the names.
func (p *parser) clearTo(names ...atom.Atom) {
	for i := len(p.open) - 1; i >= 0; i-- {
		a := p.open[i].DataAtom
		if a == atom.Html || a == atom.Template || slices.Contains(names, a) {
			p.open = p.open[:i+1]
			return
		}
	}
}

// closeImplied closes the elements whose end tags may be left out, up to one of the
// given name.
func (p *parser) closeImplied(except string) {
	i := len(p.open) - 1
loop:
	for ; i >= 0; i-- {
		n := p.open[i]
		switch n.DataAtom {
		case atom.Dd, atom.Dt, atom.Li, atom.Optgroup, atom.Option, atom.P, atom.Rb, atom.Rp, atom.Rt, atom.Rtc:
			if except != "" && n.Data == except {
				break loop
			}
		default:
			break loop
		}
	}
	p.open = p.open[:i+1]
}

// special reports whether an element has rules of its own.
func special(n *html.Node) bool {
	switch n.Namespace {
	case "":
		switch n.DataAtom {
		case atom.Address, atom.Applet, atom.Area, atom.Article, atom.Aside, atom.Base, atom.Basefont, atom.Bgsound, atom.Blockquote, atom.Body, atom.Br, atom.Button,
			atom.Caption, atom.Center, atom.Col, atom.Colgroup, atom.Dd, atom.Details, atom.Dir, atom.Div, atom.Dl, atom.Dt, atom.Embed, atom.Fieldset, atom.Figcaption, atom.Figure,
			atom.Footer, atom.Form, atom.Frame, atom.Frameset, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Head, atom.Header, atom.Hgroup, atom.Hr, atom.Html,
			atom.Iframe, atom.Img, atom.Input, atom.Keygen, atom.Li, atom.Link, atom.Listing, atom.Main, atom.Marquee, atom.Menu, atom.Meta, atom.Nav, atom.Noembed, atom.Noframes,
			atom.Noscript, atom.Object, atom.Ol, atom.P, atom.Param, atom.Plaintext, atom.Pre, atom.Script, atom.Section, atom.Select, atom.Source, atom.Style, atom.Summary,
			atom.Table, atom.Tbody, atom.Td, atom.Template, atom.Textarea, atom.Tfoot, atom.Th, atom.Thead, atom.Title, atom.Tr, atom.Track, atom.Ul, atom.Wbr, atom.Xmp:
			return true
		}
	case "math":
		switch n.Data {
		case "mi", "mo", "mn", "ms", "mtext", "annotation-xml":
			return true
		}
	case "svg":
		switch n.Data {
		case "foreignObject", "desc", "title":
			return true
		}
	}
	return false
}
