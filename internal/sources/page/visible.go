package page

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/sainyuka/sainyuka/internal/pattern"
)

// visible returns the text below n as a reader sees it, folded: no scripts, no
// struck-out text, nothing that is hidden by its own attributes, and a space
// wherever an element begins or ends a line. Numbers of two elements stay two
// numbers, and small digits behind a number are its cents.
func visible(n *html.Node) string { return visibleText{}.of(n) }

// numberBreak stands in the text of numberText between digits of two elements: a
// space there might group the digits of one number. It is a private character, which
// no page means anything by.
const numberBreak = "\uE000"

// numberText is visible for reading amounts: digits of two elements are two numbers,
// unless each element holds one digit, as counters are drawn.
func numberText(n *html.Node) string { return visibleText{apart: true}.of(n) }

// drawnText is visible without what is there for screen readers only.
func (d *Document) drawnText(n *html.Node) string { return visibleText{drawn: d}.of(n) }

// visibleText is a text while it is written.
type visibleText struct {
	buf        []byte
	apart      bool      // keep the digits of two elements apart
	drawn      *Document // whose texts for screen readers only are left out; nil: none are
	lastSingle bool      // the text node before was one digit
}

// of returns the text below n, folded.
func (w visibleText) of(n *html.Node) string {
	if text, only := w.only(n); only {
		return Fold(text)
	}
	var room [256]byte // most texts are shorter
	w.buf = room[:0]
	w.add(n)
	return foldBytes(w.buf)
}

// only returns the text below n where it is one text node, as it mostly is.
func (w *visibleText) only(n *html.Node) (text string, only bool) {
	for n.Type == html.ElementNode {
		if w.skips(n) || n.FirstChild == nil {
			return "", true
		}
		if n = n.FirstChild; n.NextSibling != nil {
			return "", false
		}
	}
	return n.Data, n.Type == html.TextNode
}

// onlyText returns the text that an element holds in one text node, alone or in one
// element; "" when it holds something else.
func onlyText(n *html.Node) string {
	text, only := (&visibleText{}).only(n)
	if !only {
		return ""
	}
	return text
}

// skips reports whether the text of an element is left out.
func (w *visibleText) skips(n *html.Node) bool {
	return noted(n, isHidden|isStruck) || w.drawn != nil && w.drawn.classed(n, spokenOnly)
}

// maxVisible bounds the text of one element.
const maxVisible = 64 << 10

func (w *visibleText) add(n *html.Node) {
	if len(w.buf) > maxVisible {
		return
	}
	switch n.Type {
	case html.TextNode:
		w.separate(n)
		w.buf = append(w.buf, n.Data...)
		return
	case html.ElementNode:
		if w.skips(n) {
			return
		}
	case html.DocumentNode:
	default:
		return
	}
	if cents, ok := w.centsOf(n); ok && w.addCents(cents) {
		return
	}
	line := !isInline(n.DataAtom)
	if line {
		w.buf = append(w.buf, '\n')
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.add(c)
	}
	if line {
		w.buf = append(w.buf, '\n')
	}
}

// separate writes what keeps the digits of the text node n and the text before it
// from being one number.
func (w *visibleText) separate(n *html.Node) {
	if len(w.buf) == 0 || len(n.Data) == 0 {
		return
	}
	adjacent := isDigit(w.buf[len(w.buf)-1]) && isDigit(n.Data[0])
	switch {
	case !w.apart && adjacent:
		w.buf = append(w.buf, ' ')
	case w.apart && adjacent && oneDigit(n) && len(w.number()) > 0 && w.lastSingle:
	case w.apart && len(w.number()) > 0 && isDigit(firstInk(n.Data)):
		w.buf = append(w.buf, numberBreak...)
	}
	w.lastSingle = oneDigit(n)
}

// oneDigit reports whether a text node is one digit that is drawn by itself, or the
// sign between groups of them.
func oneDigit(n *html.Node) bool {
	return len(n.Data) == 1 && (isDigit(n.Data[0]) || n.Data[0] == ',' || n.Data[0] == '.') && n.Parent != nil && n.Parent.FirstChild == n && n.NextSibling == nil && n.Parent.DataAtom != atom.Sup
}

// firstInk returns the first byte of a text that is not blank.
func firstInk(s string) byte {
	if s = strings.TrimLeft(s, blanks); s == "" {
		return 0
	}
	return s[0]
}

var centsName = pattern.MustCompile(`(?i)cent|frac|decimal|dec\b|kop|grosz|haler|minor|\bsup`)

// isCents reports whether n is drawn or called as the small digits of a price.
func isCents(n *html.Node) bool {
	return n.DataAtom == atom.Sup || n.DataAtom == atom.Small || centsName.MatchString(attr(n, "class"))
}

// centsOf returns the text of n if it is two digits that are drawn or called as
// cents, or stand right behind a number.
func (w *visibleText) centsOf(n *html.Node) (string, bool) {
	if len(w.number()) == 0 {
		return "", false
	}
	s := strings.TrimSpace(firstText(n))
	if len(s) != 2 || !isDigit(s[0]) || !isDigit(s[1]) || strings.TrimSpace(textOf(n)) != s {
		return "", false
	}
	return s, isDigit(w.buf[len(w.buf)-1]) && isInline(n.DataAtom) || isCents(n)
}

// firstText returns the first text below n that is not blank, if it is short.
func firstText(n *html.Node) string {
	for c := range below(n) {
		if c.Type == html.TextNode && (len(c.Data) > 40 || strings.TrimSpace(c.Data) != "") {
			return c.Data
		}
	}
	return ""
}

// number returns the written number that the text ends with, spaces aside; none
// if it ends with anything else.
func (w *visibleText) number() []byte {
	to := len(w.buf)
	for to > 0 && isBlank(w.buf[to-1]) {
		to--
	}
	if to == 0 || !isDigit(w.buf[to-1]) {
		return nil
	}
	from := to
	for from > 0 && (isDigit(w.buf[from-1]) || w.buf[from-1] == '.' || w.buf[from-1] == ',') {
		from--
	}
	return w.buf[from:to]
}

// addCents writes cents behind the whole number that the text ends with. It
// reports whether there is one.
func (w *visibleText) addCents(cents string) bool {
	number := w.number()
	if len(number) == 0 {
		return false
	}
	point := byte('.')
	if bytes.IndexByte(number, '.') >= 0 {
		point = ','
	}
	w.buf = append(append(bytes.TrimRight(w.buf, blanks), point), cents...)
	return true
}

const blanks = " \t\r\n"

func isBlank(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' }

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// isInline reports whether an element does not begin a line of its own.
func isInline(a atom.Atom) bool {
	switch a {
	case atom.A, atom.Abbr, atom.B, atom.Big, atom.Bdi, atom.Bdo, atom.Cite, atom.Code, atom.Data,
		atom.Em, atom.Font, atom.I, atom.Label, atom.Mark, atom.Small, atom.Span,
		atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.U, atom.Var, atom.Wbr:
		return true
	}
	return false
}

// hidden reports whether n is not drawn, as far as its own attributes tell.
func hidden(n *html.Node) bool { return noted(n, isHidden) }

// hidingClasses are the names that style sheets everywhere give to what is not
// drawn.
var hidingClasses = map[string]bool{
	"hidden": true, "hide": true, "is-hidden": true, "u-hidden": true, "js-hidden": true, "ng-hide": true, "d-none": true, "displaynone": true,
	"display-none": true, "no-display": true, "aok-hidden": true, "a-hidden": true, "uk-hidden": true, "is-hide": true,
}

// hiddenByClass reports whether a class attribute hides its element on every
// screen: "hidden md:block" and "d-none d-md-flex" hide it on small ones only.
func hiddenByClass(classes string) bool {
	if !mayHide(classes) {
		return false
	}
	hides := strings.TrimSpace(classes) == "none"
	for name := range strings.FieldsSeq(classes) {
		if shownAgain.MatchString(name) {
			return false
		}
		hides = hides || hidingClasses[strings.ToLower(name)]
	}
	return hides
}

// mayHide reports whether a part of every class that hides stands in the classes: "hid",
// "none" or "no-d".
func mayHide(classes string) bool {
	for i := 2; i < len(classes); i += int(hidingSkips[classes[i]]) {
		switch classes[i-2 : i+1] {
		case "hid", "non", "no-":
			return true
		}
	}
	return false
}

// hidingSkips are how far behind a character the last one of such a part may stand.
var hidingSkips = func() (skips [256]uint8) {
	for i := range skips {
		skips[i] = 3
	}
	for _, part := range []string{"hid", "non", "no-"} {
		for i := range 2 {
			skips[part[i]] = min(skips[part[i]], uint8(2-i))
		}
	}
	return skips
}()

var shownAgain = pattern.MustCompile(`^(d-)?(xs|sm|md|lg|xl|xxl|2xl|print|desktop|mobile|tablet)[:-](block|flex|grid|table|inline\S*|contents)`)

// spoken reports whether n or a near ancestor is there for screen readers only,
// which are also told what is the case at times and not now.
func (d *Document) spoken(n *html.Node) bool {
	for p, i := n, 0; p != nil && i < 3; p, i = p.Parent, i+1 {
		if d.classed(p, spokenOnly) {
			return true
		}
	}
	return false
}

// undrawn reports whether n is the badge of a state that the block around it does
// not have: style sheets draw "price__badge--sold-out" in "price--sold-out" only,
// and the default themes of the largest shop system send every badge.
func (d *Document) undrawn(n *html.Node) bool {
	if !d.classed(n, badgeOfState) {
		return false
	}
	for p := n.Parent; p != nil; p = p.Parent {
		if strings.Contains(attr(p, "class"), "price--sold-out") {
			return false
		}
	}
	return true
}

var stateBadge = pattern.MustCompile(`(^|\s)price__badge--?sold-out(\s|$)`)

var spokenClass = pattern.MustCompile(`(?i)(^|\s)(clipped|clip|sr-only|visually-?hidden|screen-?reader\S*|offscreen|a11y\S*|u-audible|vh)(\s|$)`)

// struck reports whether the text of n is crossed out.
func struck(n *html.Node) bool { return noted(n, isStruck) }

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
