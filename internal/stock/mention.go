package stock

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Mentioned reports whether a text that somebody else wrote, such as a headline
// of a feed, speaks of the product: by its JAN, or by all words of one of its
// keywords. Without keywords the name is the only one.
func (p Product) Mentioned(text string) bool {
	text = fold(text)
	if p.JAN != "" && hasWord(text, p.JAN) {
		return true
	}
	keywords := p.Keywords
	if len(keywords) == 0 {
		keywords = []string{p.Name}
	}
	return slices.ContainsFunc(keywords, func(k string) bool {
		words := strings.Fields(fold(k))
		return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !hasWord(text, w) })
	})
}

// fold makes texts alike that differ in width and case only.
func fold(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

// hasWord reports whether a text has a word that is not part of a longer one:
// "2" is in "switch2", but not in "12". Japanese knows no such ends of words.
func hasWord(text, word string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		i += at
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		first, size := utf8.DecodeRuneInString(word)
		after, _ := utf8.DecodeRuneInString(text[i+len(word):])
		last, _ := utf8.DecodeLastRuneInString(word)
		if !joined(before, first) && !joined(last, after) {
			return true
		}
		at = i + size
	}
}

// joined reports whether two neighbours belong to one word or number.
func joined(a, b rune) bool {
	letter := func(r rune) bool { return unicode.In(r, unicode.Latin) }
	return letter(a) && letter(b) || unicode.IsDigit(a) && unicode.IsDigit(b)
}
