package htmltree

import (
	"unsafe"

	"golang.org/x/net/html"
)

// Note is room at each node of a tree for what its reader finds out about the node, so
// that it needs no table of nodes. It is zero at first.
type Note struct {
	Bits    uint32
	Class   int32 // which of the reader's classes the element has
	Size    int32
	At, End int32 // places in the order of the page: of the node, and behind all below it
}

// node is a node with its note.
type node struct {
	html.Node
	note Note
}

// NoteOf returns the note of a node, which must be of a Tree: the nodes that other
// parsers make have none.
func NoteOf(n *html.Node) *Note {
	return &(*node)(unsafe.Pointer(n)).note // the html.Node is the first field
}

// Copy returns a tree like the one that another parser made.
func Copy(root *html.Node) *Tree {
	t := &Tree{HasTemplate: true, arena: newArena()}
	t.Root = t.arena.copied(root)
	return t
}

func (a *arena) copied(n *html.Node) *html.Node {
	m := a.node()
	m.Type, m.DataAtom, m.Data, m.Namespace, m.Attr = n.Type, n.DataAtom, n.Data, n.Namespace, n.Attr
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		adopt(m, a.copied(c))
	}
	return m
}
