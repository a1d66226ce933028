// Package htmltree parses HTML into the tree that golang.org/x/net/html makes of it, for
// a quarter of the time and a hundredth of the allocations: from a text in memory, of
// which names, attributes and texts are parts, with nodes from arenas. Its reader has
// room at each node for a Note.
//
// The rules of the tree are those of golang.org/x/net/html, from which they were taken
// (see LICENSE in this folder). What is rare in pages of shops is left to that package:
// Parse gives ErrRare then. A fuzz target compares the two trees.
package htmltree

import (
	"errors"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	// maxOpen is how deep elements may stand in each other, as in golang.org/x/net/html.
	maxOpen = 512
	// maxCopies is how many elements and attributes may be made that are not in the text. A
	// formatting element that is never closed is copied into every block after it, so that
	// a page of a megabyte can need gigabytes; pages of shops need a few hundred copies.
	maxCopies = 300_000
)

var (
	// ErrRare says that a text has something that is left to golang.org/x/net/html.
	ErrRare = errors.New("the page has elements that are not parsed here")
	// ErrCostly says that the tree would be far larger than the text. That of
	// golang.org/x/net/html would be as large.
	ErrCostly = errors.New("too many elements are never closed")
)

// Tree is a parsed page.
type Tree struct {
	Root        *html.Node
	HasTemplate bool // whether a template element may be in it
	arena       *arena
}

// Release lets the memory of the tree's nodes be used for another one: none of them may
// be looked at any more. A tree that is never released is garbage like any other.
func (t *Tree) Release() {
	a := t.arena
	t.Root, t.arena = nil, nil
	a.release()
}

// Parse returns the tree of a text, or ErrRare, also for a text that is nested too deep, or
// ErrCostly.
func Parse(text string) (*Tree, error) {
	if strings.IndexByte(text, 0) >= 0 {
		return nil, ErrRare
	}
	if strings.IndexByte(text, '\r') >= 0 {
		text = newlines.Replace(text)
	}
	p := &parser{text: text, framesetOK: true, im: initialIM, arena: newArena()}
	p.doc = p.arena.node()
	p.doc.Type = html.DocumentNode
	p.run()
	if p.declined {
		p.arena.release()
		if p.copies > maxCopies {
			return nil, ErrCostly
		}
		return nil, ErrRare
	}
	for n, b := range p.joined {
		n.Data = string(b)
	}
	return &Tree{p.doc, p.hasTemplate, p.arena}, nil
}

// newlines makes all ends of lines one character, as is done with every text and value.
var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// tokenType is what a token is.
type tokenType uint8

const (
	endOfText tokenType = iota
	textToken
	startTag
	endTag
	commentToken
	doctypeToken
)

// token is the piece of the text that is being dealt with.
type token struct {
	kind tokenType
	atom atom.Atom
	data string // the text, or the name of a tag
	attr []html.Attribute
}

// parser builds the tree. Its fields are those of the standard.
type parser struct {
	text string
	at   int // where the next token begins

	tok            token
	selfClosing    bool   // the token is a tag like <br/>, and nobody has taken notice
	rawTag         string // the next token is text up to the end tag of this name
	doc            *html.Node
	open           stack // open elements
	active         stack // active formatting elements
	head, form     *html.Node
	framesetOK     bool
	templates      []mode
	im, originalIM mode
	foster         bool // new elements in a table go before it
	quirks         bool
	declined       bool
	copies         int                   // elements and attributes that are not in the text
	joined         map[*html.Node][]byte // text nodes of several texts
	hasTemplate    bool
	arena          *arena
	seen           map[string]bool // names of attributes of a tag with many
}

// mode is an insertion mode: it deals with the token, and reports whether it is done.
type mode func(*parser) bool

func (p *parser) run() {
	for !p.declined {
		p.next()
		p.step()
		if p.tok.kind == endOfText {
			return
		}
	}
}

// step deals with the current token.
func (p *parser) step() {
	for !p.declined {
		done := false
		if p.inForeignContent() {
			done = p.foreignContent()
		} else {
			done = p.im(p)
		}
		if done {
			break
		}
	}
	p.selfClosing = false
}

// implied deals with a tag as if it stood in the text.
func (p *parser) implied(kind tokenType, a atom.Atom) {
	tok, selfClosing := p.tok, p.selfClosing
	p.tok, p.selfClosing = token{kind: kind, atom: a, data: a.String()}, false
	p.step()
	p.tok, p.selfClosing = tok, selfClosing
}
