package page

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// marks are what the id and class of an element say that it is for.
type marks uint8

const (
	otherThings marks = 1 << iota // it shows other products, or the cart
	aboutStock                    // it tells the stock
	pressable                     // it is used as a button
)

// Parts of ids and classes in lower case, without the hyphens that shops put into
// them or not.
var markNames = []struct {
	mark  marks
	parts []string
}{
	{otherThings, []string{
		"recommend", "related", "similar", "alsobought", "alsoviewed", "alsolike", "crossell", "crosssell", "upsell", "lastviewed", "recently", "history",
		"minicart", "minibasket", "modal", "popup", "comparelist", "comparebox", "comparetable", "comparebar", "compareitem", "comparison", "frequently", "bundle",
		"sponsor", "suggest", "carousel", "swiper", "slick", "wishlist", "accessor", "footer", "breadcrumb", "osusume", "kanren", "otheritem", "otherproduct", "replacement", "alternativ", "successor", "ranking", "checkeditem", "newsletter", "review", "comment", "question",
	}},
	{aboutStock, []string{"availab", "stock", "zaiko", "soldout", "inventory", "dostupn", "verfügbar", "verfuegbar", "disponib"}},
	{pressable, pressableParts},
}

var pressableParts = []string{"buy", "cart", "basket", "order", "purchase", "btn", "button", "warenkorb", "panier", "koszyk", "kosik", "kup"}

// clickable reports whether an address is the cart's.
func clickable(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf {
			return containsAny(strings.ToLower(s), pressableParts)
		}
		for _, part := range pressableStarts[c|0x20] {
			if len(s)-i >= len(part) && strings.EqualFold(s[i:i+len(part)], part) {
				return true
			}
		}
	}
	return false
}

// pressableStarts are pressableParts by their first letter.
var pressableStarts = byFirstByte(pressableParts)

// markParts are the parts of markNames by their first byte.
var markParts = func() (by [256][]markPart) {
	for _, mn := range markNames {
		for _, part := range mn.parts {
			by[part[0]] = append(by[part[0]], markPart{part, mn.mark})
		}
	}
	return by
}()

// markSeconds are bits of the second bytes of the parts by their first one.
var markSeconds = func() (bits [256]uint64) {
	for first, parts := range markParts {
		for _, p := range parts {
			bits[first] |= secondOf(p.part[1])
		}
	}
	return bits
}()

type markPart struct {
	part string
	mark marks
}

// marksOf returns what an id or class says that its element is for.
func marksOf(name string) (got marks) {
	var room [256]byte
	plain := room[:0]
	for i := range len(name) {
		switch c := name[i]; {
		case c >= utf8.RuneSelf:
			return marksIn([]byte(joined.Replace(strings.ToLower(name))))
		case c == '-' || c == '_':
		case c >= 'A' && c <= 'Z':
			plain = append(plain, c|0x20)
		default:
			plain = append(plain, c)
		}
	}
	return marksIn(plain)
}

func marksIn(plain []byte) (got marks) {
	for i, c := range plain {
		if i+1 == len(plain) || markSeconds[c]&secondOf(plain[i+1]) == 0 {
			continue
		}
		for _, p := range markParts[c] {
			if got&p.mark == 0 && bytes.HasPrefix(plain[i:], []byte(p.part)) {
				got |= p.mark
			}
		}
	}
	return got
}

func containsAny(s string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

var joined = strings.NewReplacer("-", "", "_", "")

// is reports whether the id or class of n has the mark.
func (d *Document) is(n *html.Node, m marks) bool {
	own := note(n)
	if own.Bits&knowsMarks == 0 {
		found := marks(0)
		if c := d.classOf(n); c != nil {
			if !c.marked {
				c.marks, c.marked = marksOf(c.text), true
			}
			found = c.marks
		}
		if id := attr(n, "id"); id != "" {
			found |= marksOf(id)
		}
		own.Bits |= knowsMarks | uint32(found)*hasOtherThings
	}
	return own.Bits&(uint32(m)*hasOtherThings) != 0
}

// other reports whether n is called after a part of the page that does not speak of
// its product.
func (d *Document) other(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Body, atom.Html:
		return false
	case atom.Form:
		return d.announced(n)
	}
	return d.is(n, otherThings) || d.announced(n)
}

// elsewhere reports whether n stands in a part of the page that does not speak of
// its product.
func (d *Document) elsewhere(n *html.Node) bool {
	p := n.Parent
	if p == nil {
		return false
	}
	if noted(p, knowsAway) {
		return noted(p, isAway)
	}
	away := p.Type == html.ElementNode && (frame(p) || d.other(p)) || d.elsewhere(p)
	if d.othersFound {
		note(p).Bits |= knowsAway
		if away {
			note(p).Bits |= isAway
		}
	}
	return away
}
