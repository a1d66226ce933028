package page

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/sainyuka/sainyuka/internal/pattern"
)

// orderWords are the words of which the text of every button that orders has one.
var orderWords = slices.Concat(cartPhrases.all, preorderLabels.all, addVerbs, orderVerbs, aheadTexts)

// Texts are searched for them as they are, or without spaces, which some shops put between
// any two letters: then the words have none either.
var (
	orderTexts     = pattern.NewAny(orderWords)
	orderTextsBare = pattern.NewAny(withoutSpaces(orderWords))
)

func withoutSpaces(words []string) []string {
	bare := make([]string, len(words))
	for i, w := range words {
		bare[i] = strings.ReplaceAll(w, " ", "")
	}
	return bare
}

// mayOrder reports whether buyLabel may find in a folded lower-case text that its button
// orders. Most texts of a page have none of its words.
func mayOrder(s string) bool {
	if orderTexts.May(s) {
		return true
	}
	return strings.IndexByte(s, ' ') >= 0 && (hasHan(s) || spaced(s)) && orderTexts.May(strings.ReplaceAll(s, " ", ""))
}

// maxLabelText is more than what a button says has in bytes.
const maxLabelText = 200

// quiet reports whether the text below an element is known not to be that of a button that
// orders, before it is folded or copied: it is too long, or it has none of the words, whatever
// its spaces are. A text that folding might change is not known.
func quiet(n *html.Node) bool {
	if noted(n, isHidden|isStruck) {
		return false
	}
	var room [maxLabelText + 64]byte
	text, known := bareText(room[:0], n)
	return known && len(text) > 0 && (len(text) == cap(text) || !orderTextsBare.MayBytes(text))
}

// bareText appends the text below n that can be seen, in lower case and without spaces, as
// far as there is room. It is not known where one that cannot be seen is beside it.
func bareText(text []byte, n *html.Node) (_ []byte, known bool) {
	for c := n.FirstChild; c != nil && len(text) < cap(text); c = c.NextSibling {
		known = true
		switch {
		case c.Type == html.TextNode:
			text, known = appendBare(text, c.Data)
		case c.Type == html.ElementNode && noted(c, isHidden|isStruck):
			known = strings.Trim(textOf(c), blanks) == ""
		case c.Type == html.ElementNode:
			text, known = bareText(text, c)
		}
		if !known {
			return text, false
		}
	}
	return text, true
}

// appendBare appends s in lower case and without spaces, as far as there is room. It is
// not known how a character that folding changes or leaves out is read.
func appendBare(text []byte, s string) (_ []byte, known bool) {
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = decode(s, i)
			if traitsOf(r) == 0 {
				if len(text)+size > cap(text) {
					return text[:cap(text)], true
				}
				text = append(text, s[i:i+size]...)
				i += size
				continue
			}
			c, usual := usualForm(r)
			if !usual {
				return text, false
			}
			r = rune(c)
		}
		i += size
		switch c := bareASCII[r]; {
		case c == ' ':
		case c == 0:
			return text, false
		case len(text) == cap(text):
			return text, true
		default:
			text = append(text, c)
		}
	}
	return text, true
}

// bareASCII are the characters of ASCII as appendBare writes them: a space for those that
// it leaves out, 0 for those that it does not know.
var bareASCII = func() (as [utf8.RuneSelf]byte) {
	for c := range as {
		switch t := findTraits(rune(c)); {
		case t&blank != 0:
			as[c] = ' '
		case t == capital:
			as[c] = byte(c) | 0x20
		case t == 0:
			as[c] = byte(c)
		}
	}
	return as
}()
