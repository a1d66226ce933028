package htmltree

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// top returns the element that new nodes go into.
func (p *parser) top() *html.Node {
	if n := p.open.top(); n != nil {
		return n
	}
	return p.doc
}

// adopt makes n the last child of parent.
func adopt(parent, n *html.Node) {
	last := parent.LastChild
	if last != nil {
		last.NextSibling = n
	} else {
		parent.FirstChild = n
	}
	parent.LastChild = n
	n.Parent, n.PrevSibling = parent, last
}

// add puts a node into the top element; an element is open from then on.
func (p *parser) add(n *html.Node) {
	if p.fostering() {
		p.fosterParent(n)
	} else {
		adopt(p.top(), n)
	}
	if n.Type == html.ElementNode {
		p.push(n)
	}
}

func (p *parser) push(n *html.Node) {
	p.open = append(p.open, n)
	if len(p.open) > maxOpen {
		p.declined = true
	}
}

func (p *parser) newNode(kind html.NodeType, data string) *html.Node {
	n := p.arena.node()
	n.Type, n.Data = kind, data
	return n
}

// addElement adds the element of the current tag.
func (p *parser) addElement() *html.Node {
	n := p.newNode(html.ElementNode, p.tok.data)
	n.DataAtom = p.tok.atom
	n.Attr = p.arena.attributes(p.tok.attr)
	p.add(n)
	return n
}

// addVoid adds the element of the current tag, which holds nothing.
func (p *parser) addVoid() {
	p.addElement()
	p.open.pop()
	p.selfClosing = false
}

func (p *parser) addComment() { p.add(p.newNode(html.CommentNode, p.tok.data)) }

// fostering reports whether the next node goes before a table instead of into it.
func (p *parser) fostering() bool { return p.foster && inTableParts(p.top()) }

func inTableParts(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Table, atom.Tbody, atom.Tfoot, atom.Thead, atom.Tr:
		return true
	}
	return false
}

// fosterParent puts a node where one goes that may not be in a table.
func (p *parser) fosterParent(n *html.Node) {
	i, j := len(p.open)-1, len(p.open)-1
	for i >= 0 && p.open[i].DataAtom != atom.Table {
		i--
	}
	for j >= 0 && p.open[j].DataAtom != atom.Template {
		j--
	}
	if j >= 0 && (i < 0 || j > i) {
		adopt(p.open[j], n)
		return
	}
	var table, parent, prev *html.Node
	if i < 0 {
		parent = p.open[0]
		prev = parent.LastChild
	} else {
		table = p.open[i]
		if parent = table.Parent; parent == nil {
			parent = p.open[i-1]
		}
		prev = table.PrevSibling
	}
	if prev != nil && prev.Type == html.TextNode && n.Type == html.TextNode {
		p.join(prev, n.Data)
		return
	}
	parent.InsertBefore(n, table)
}

// addText adds a text to the node before it, if that is one, or as a node.
func (p *parser) addText(text string) {
	if text == "" {
		return
	}
	if p.fostering() {
		p.fosterParent(p.newNode(html.TextNode, text))
		return
	}
	if n := p.top().LastChild; n != nil && n.Type == html.TextNode {
		p.join(n, text)
		return
	}
	p.add(p.newNode(html.TextNode, text))
}

// join adds a text to the one of a node, when all is read: there may be more.
func (p *parser) join(n *html.Node, text string) {
	if p.joined == nil {
		p.joined = map[*html.Node][]byte{}
	}
	b, ok := p.joined[n]
	if !ok {
		b = []byte(n.Data)
		n.Data = ""
	}
	p.joined[n] = append(b, text...)
}

// clone returns an element like n that stands nowhere.
func (p *parser) clone(n *html.Node) *html.Node {
	p.copies += 1 + len(n.Attr)
	if p.copies > maxCopies {
		p.declined = true
	}
	m := p.newNode(n.Type, n.Data)
	m.DataAtom, m.Attr = n.DataAtom, p.arena.attributes(n.Attr)
	return m
}

// compareAttributes orders the attributes of one tag, of which no two have one name.
func compareAttributes(a, b html.Attribute) int { return strings.Compare(a.Key, b.Key) }

// addFormatting adds an element that is opened again in every block until it is closed,
// and notes it: three alike at most. Attributes are sorted, to be compared.
func (p *parser) addFormatting() {
	n := p.addElement()
	slices.SortFunc(n.Attr, compareAttributes)
	alike := 0
	for i := len(p.active) - 1; i >= 0 && p.active[i].Type != marker; i-- {
		m := p.active[i]
		if m.Namespace != "" || m.DataAtom != n.DataAtom || !slices.Equal(m.Attr, n.Attr) {
			continue
		}
		if alike++; alike >= 3 {
			p.active.remove(m)
		}
	}
	p.active = append(p.active, n)
}

func (p *parser) addMarker() { p.active = append(p.active, p.newNode(marker, "")) }

// clearActive forgets the active formatting elements up to the last marker.
func (p *parser) clearActive() {
	for {
		if len(p.active) == 0 {
			p.declined = true
			return
		}
		if n := p.active.pop(); len(p.active) == 0 || n.Type == marker {
			return
		}
	}
}

// reconstruct opens the active formatting elements again that are not open.
func (p *parser) reconstruct() {
	n := p.active.top()
	if n == nil || n.Type == marker || p.open.index(n) >= 0 {
		return
	}
	i := len(p.active) - 1
	for n.Type != marker && p.open.index(n) < 0 {
		if i == 0 {
			i = -1
			break
		}
		i--
		n = p.active[i]
	}
	for i++; i < len(p.active); i++ {
		c := p.clone(p.active[i])
		p.add(c)
		p.active[i] = c
	}
}

// copyAttributes adds to an element the attributes of the tag that it does not have.
func (p *parser) copyAttributes(n *html.Node) {
	has := make(map[string]bool, len(n.Attr))
	for _, a := range n.Attr {
		has[a.Key] = true
	}
	for _, a := range p.tok.attr {
		if !has[a.Key] {
			has[a.Key] = true
			n.Attr = append(n.Attr, a)
		}
	}
}
