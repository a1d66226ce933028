package page

import (
	"strings"

	"github.com/sainyuka/sainyuka/internal/htmltree"
	"github.com/sainyuka/sainyuka/internal/pattern"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What is noted at the nodes of a page: most of it by the one walk of Document.index, for
// an element and all below it. The bits whose names begin with "knows" say that others
// were found out when they were asked for.
const (
	isHidden     = 1 << iota // not drawn, as far as the element's own attributes tell
	isConcealed              // it, or what it stands in, is hidden
	isStruck                 // its text is crossed out
	drawsDigits              // digits can be seen in it
	holdsBlock               // it is no leaf: it holds another element than inline ones and pictures
	holdsMore                // it holds more than a button does, see deep
	holdsField               // see plainBox
	isRoleButton             // by its attribute role
	isOnClick                // it has an attribute onclick
	isActive                 // that, or tabindex
	knowsMarks
	hasOtherThings // this and the next two are the marks, in their order
	hasAboutStock
	hasPressable
	knowsLeads
	isLeading   // see leadsAway
	isAnnounced // see announced
	knowsAway
	isAway
)

func note(n *html.Node) *htmltree.Note { return htmltree.NoteOf(n) }

func noted(n *html.Node, bits uint32) bool { return note(n).Bits&bits != 0 }

// class is what is known of a value of class attributes: a page has thousands of elements
// and some hundred different classes, so that each is judged once.
type class struct {
	text   string
	hides  bool
	marks  marks
	marked bool        // marks are known
	known  classTraits // which of the traits are known
	has    classTraits
}

// classTraits are what the names in a class say, found out when it is asked for.
type classTraits uint8

const (
	spokenOnly    classTraits = 1 << iota // for screen readers only
	badgeOfState                          // see undrawn
	filtersPrices                         // one chooses things by price
)

// classNames find the traits.
var classNames = map[classTraits]*pattern.Regexp{spokenOnly: spokenClass, badgeOfState: stateBadge, filtersPrices: filterName}

// classed reports whether the class of an element has a trait.
func (d *Document) classed(n *html.Node, trait classTraits) bool {
	c := d.classOf(n)
	if c == nil {
		return false
	}
	if c.known&trait == 0 {
		c.known |= trait
		if classNames[trait].MatchString(c.text) {
			c.has |= trait
		}
	}
	return c.has&trait != 0
}

// classOf returns the class of an element; nil when it has none.
func (d *Document) classOf(n *html.Node) *class {
	if i := note(n).Class; i > 0 {
		return &d.classes[i-1]
	}
	return nil
}

// noteClass returns the number of a class, from 1 on.
func (d *Document) noteClass(text string) int32 {
	recent := &d.recent[recentPlace(text)]
	if *recent > 0 && d.classes[*recent-1].text == text {
		return *recent
	}
	i, known := d.numbers[text]
	if !known {
		text = strings.Clone(text) // it is kept longer than the page
		d.classes = append(d.classes, class{text: text, hides: hiddenByClass(text)})
		i = int32(len(d.classes))
		d.numbers[text] = i
	}
	*recent = i
	return i
}

// recentPlace returns the place of a text among 256.
func recentPlace(s string) uint8 {
	if s == "" {
		return 0
	}
	return uint8(len(s))*31 + s[0] + s[len(s)/2]*7 + s[len(s)-1]*13
}

// index collects in one walk what the readers look for below n, and notes at each element
// what is asked of it again and again. drawn says that a text there can be seen.
func (d *Document) index(n *html.Node, drawn bool) {
	own := note(n)
	own.At, d.last = d.last, d.last+1
	concealed := own.Bits & isConcealed
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			d.indexText(c, own, drawn)
			continue
		}
		d.indexElement(c)
		below := note(c)
		if below.Bits |= concealed; below.Bits&isHidden != 0 {
			below.Bits |= isConcealed
		}
		if below.Bits&isConcealed == 0 && d.mayBePressed(c) {
			d.pressables = append(d.pressables, c)
		}
		d.index(c, drawn && below.Bits&isHidden == 0 && c.DataAtom != atom.Select)
		own.Size += below.Size
		own.Bits |= below.Bits&(drawsDigits|holdsBlock|holdsMore|holdsField) | heldAs(c.DataAtom)
	}
	own.End = d.last
}

// indexText notes at an element what a text in it, or a comment, adds.
func (d *Document) indexText(c *html.Node, own *htmltree.Note, drawn bool) {
	at := note(c)
	at.At, d.last = d.last, d.last+1
	at.End = d.last
	at.Bits |= own.Bits & isConcealed
	if len(c.Data) > 200 {
		own.Bits |= holdsMore
	}
	if drawn && c.Type == html.TextNode {
		own.Size += int32(len(strings.TrimSpace(c.Data)))
		if own.Bits&drawsDigits == 0 && holdsDigit(c.Data) {
			own.Bits |= drawsDigits
		}
	}
}

// indexElement notes what an element's own name and attributes say.
func (d *Document) indexElement(c *html.Node) {
	var bits uint32
	switch c.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Head, atom.Iframe, atom.Textarea, atom.Svg:
		bits = isHidden
	case atom.Del, atom.S, atom.Strike:
		bits = isStruck
	}
	scope, prop := false, false
	own := note(c)
	for _, a := range c.Attr {
		switch a.Key {
		case "class":
			if own.Class = d.noteClass(a.Val); d.classes[own.Class-1].hides {
				bits |= isHidden
			}
		case "style":
			bits |= styleBits(a.Val)
		case "hidden":
			bits |= isHidden
		case "role":
			if a.Val == "button" {
				bits |= isRoleButton
			}
		case "onclick":
			bits |= isOnClick | isActive
		case "tabindex":
			bits |= isActive
		case "itemscope":
			scope = true
		case "itemprop":
			prop = true
		}
	}
	own.Bits |= bits
	switch {
	case scope && !prop:
		d.items = append(d.items, c)
	case prop && len(d.props) < maxLines:
		d.props = append(d.props, c)
	}
	d.indexNamed(c)
}

// indexNamed collects the elements that the readers look for by their name.
func (d *Document) indexNamed(c *html.Node) {
	switch c.DataAtom {
	case atom.Html:
		d.lang = strings.ToLower(attr(c, "lang"))
	case atom.Script:
		d.scripts = append(d.scripts, c)
	case atom.Meta:
		d.metas = append(d.metas, c)
	case atom.Link:
		if strings.EqualFold(attr(c, "rel"), "canonical") && d.canonical == "" {
			d.canonical = strings.TrimSpace(attr(c, "href"))
		}
	case atom.Title:
		if d.title == "" && c.Namespace == "" {
			d.title = Fold(textOf(c))
		}
	case atom.Form:
		if hasAttr(c, "data-product_variations") && len(d.variations) < 4 {
			d.variations = append(d.variations, c)
		}
	case atom.H1, atom.H2:
		if len(d.headlines) < 21 {
			d.headlines = append(d.headlines, c)
		}
	}
	switch c.DataAtom {
	case atom.H1:
		d.headings = append(d.headings, c)
	case atom.H2:
		if len(d.subheadings) < 20 {
			d.subheadings = append(d.subheadings, c)
		}
	case atom.H3, atom.H4:
		if len(d.minor) < 20 {
			d.minor = append(d.minor, c)
		}
	}
}

// heldAs returns what an element makes of those that it stands in.
func heldAs(a atom.Atom) uint32 {
	switch a {
	case atom.Span, atom.I, atom.B, atom.Strong, atom.Em, atom.Img, atom.Br, atom.Svg:
		return 0
	case atom.Button, atom.Input, atom.Form, atom.H1, atom.H2, atom.H3, atom.H4, atom.Table, atom.Ul, atom.Select:
		return holdsBlock | holdsMore | holdsField
	}
	if isInline(a) {
		return holdsMore
	}
	return holdsBlock | holdsMore
}

// styleBits returns what a style attribute says of whether its element is drawn.
func styleBits(style string) (bits uint32) {
	if !mayStyle(style) {
		return 0
	}
	if styled(style, "display", "none") || styled(style, "visibility", "hidden") {
		bits = isHidden
	}
	if styled(style, "text-decoration", "line-through") {
		bits |= isStruck
	}
	return bits
}

// mayStyle reports whether the begin of "none", "hidden" or "line-through" stands in a
// style.
func mayStyle(style string) bool {
	for i := 1; i < len(style); i++ {
		switch [2]byte{style[i-1] | 0x20, style[i] | 0x20} {
		case [2]byte{'n', 'o'}, [2]byte{'h', 'i'}, [2]byte{'l', 'i'}:
			return true
		}
	}
	return false
}

// contains reports whether child stands in n.
func contains(n, child *html.Node) bool {
	at := note(child).At
	return note(n).At < at && at < note(n).End
}

// byID returns the first element with an id; nil when there is none.
func (d *Document) byID(id string) *html.Node {
	if d.ids == nil {
		d.ids = map[string]*html.Node{}
		for n := range below(d.HTML.Nodes[0]) {
			if id := attr(n, "id"); id != "" && d.ids[id] == nil {
				d.ids[id] = n
			}
		}
	}
	return d.ids[id]
}
