package htmltree

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// endFormatting deals with the end tag of a formatting element, which may stand in
// another element than the start tag: the adoption agency algorithm of the standard,
// whose step numbers are those of the comments.
func (p *parser) endFormatting(a atom.Atom, name string) {
	if n := p.open.top(); n.Data == name && p.active.index(n) < 0 { // 1, 2
		p.open.pop()
		return
	}
	for range 8 { // 3 to 5
		if !p.adoptionStep(a, name) {
			return
		}
	}
}

// adoptionStep is one turn of the outer loop. It reports whether another one follows.
func (p *parser) adoptionStep(a atom.Atom, name string) bool {
	element := p.activeElement(a) // 6
	if element == nil {
		p.endOther(a, name)
		return false
	}
	at := p.open.index(element) // 7
	if at < 0 {
		p.active.remove(element)
		return false
	}
	if !p.inScope(defaultScope, a) { // 8
		return false
	}
	block := firstSpecial(p.open[at:]) // 10, 11
	if block == nil {
		p.open = p.open[:at]
		p.active.remove(element)
		return false
	}
	ancestor := p.open[at-1] // 12
	last, bookmark := p.adoptInner(element, block)
	if last.Parent != nil { // 15
		last.Parent.RemoveChild(last)
	}
	if inTableParts(ancestor) {
		p.fosterParent(last)
	} else {
		adopt(ancestor, last)
	}
	c := p.clone(element) // 16 to 18
	reparent(c, block)
	adopt(block, c)
	if old := p.active.index(element); old >= 0 && old < bookmark { // 19
		bookmark--
	}
	p.active.remove(element)
	p.active.insert(bookmark, c)
	p.open.remove(element) // 20
	p.open.insert(p.open.index(block)+1, c)
	return true
}

// activeElement returns the last active formatting element of a name.
func (p *parser) activeElement(a atom.Atom) *html.Node {
	for i := len(p.active) - 1; i >= 0 && p.active[i].Type != marker; i-- {
		if p.active[i].DataAtom == a {
			return p.active[i]
		}
	}
	return nil
}

func firstSpecial(nodes []*html.Node) *html.Node {
	for _, n := range nodes {
		if special(n) {
			return n
		}
	}
	return nil
}

// adoptInner is the inner loop, steps 13 and 14.
func (p *parser) adoptInner(element, block *html.Node) (last *html.Node, bookmark int) {
	bookmark = p.active.index(element)
	last = block
	x := p.open.index(block)
	for turn := 1; ; turn++ {
		x--
		n := p.open[x]
		if n == element {
			return last, bookmark
		}
		if i := p.active.index(n); turn > 3 && i >= 0 {
			p.active.remove(n)
			if i <= bookmark {
				bookmark--
			}
			continue
		}
		if p.active.index(n) < 0 {
			p.open.remove(n)
			continue
		}
		c := p.clone(n)
		p.active[p.active.index(n)] = c
		p.open[p.open.index(n)] = c
		if last == block {
			bookmark = p.active.index(c) + 1
		}
		if last.Parent != nil {
			last.Parent.RemoveChild(last)
		}
		adopt(c, last)
		last = c
	}
}
