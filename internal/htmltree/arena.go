package htmltree

import (
	"slices"
	"sync"

	"golang.org/x/net/html"
)

// arena makes nodes and attributes many at a time, in blocks that are used again for the
// next page.
type arena struct {
	nodes blocks[node]
	attrs blocks[html.Attribute]
}

const (
	nodesAtOnce = 512
	attrsAtOnce = 1024
	// mostBlocks bounds what is kept for the next page; that of one with a hundred
	// thousand nodes is garbage.
	mostBlocks = 128
)

var arenas = sync.Pool{New: func() any { return &arena{} }}

func newArena() *arena { return arenas.Get().(*arena) }

// release keeps the blocks for the next page, without what they held of this one.
func (a *arena) release() {
	large := func(list []html.Attribute) bool { return len(list) > attrsAtOnce } // of one tag
	if len(a.nodes.all) > mostBlocks || len(a.attrs.all) > mostBlocks || slices.ContainsFunc(a.attrs.all, large) {
		return
	}
	a.nodes.reset()
	a.attrs.reset()
	arenas.Put(a)
}

func (a *arena) node() *html.Node { return &a.nodes.take(1, nodesAtOnce)[0].Node }

// attributes returns a copy of a list, which can be appended to.
func (a *arena) attributes(all []html.Attribute) []html.Attribute {
	if len(all) == 0 {
		return nil
	}
	list := a.attrs.take(len(all), attrsAtOnce)
	copy(list, all)
	return list
}

// blocks are where things of a kind come from.
type blocks[T any] struct {
	all  [][]T
	at   int // the block that things are taken from
	used int // of that block
}

// take returns n things that are zero. A block has room for so many at least.
func (b *blocks[T]) take(n, room int) []T {
	for b.at < len(b.all) && len(b.all[b.at])-b.used < n {
		b.at, b.used = b.at+1, 0
	}
	if b.at == len(b.all) {
		b.all = append(b.all, make([]T, max(room, n)))
	}
	taken := b.all[b.at][b.used : b.used+n : b.used+n]
	b.used += n
	return taken
}

func (b *blocks[T]) reset() {
	for i := range b.all[:min(b.at+1, len(b.all))] {
		clear(b.all[i])
	}
	b.at, b.used = 0, 0
}
