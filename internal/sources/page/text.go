package page

import (
	"bytes"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/text/unicode/norm"
)

// Fold brings text into the one form in which this package compares and reads
// it: NFKC (full-width digits and letters become ASCII, half-width kana become
// kana), runs of space become one space, format characters are dropped. Shops
// mix all of these in one price. Broken UTF-8 becomes U+FFFD.
func Fold(s string) string {
	s = strings.Trim(s, blanks) // texts of elements begin and end with lines
	if ok, _ := plain(s); ok {
		return s
	}
	return folded(s)
}

// foldBytes is Fold for a text in a buffer that is used again.
func foldBytes(b []byte) string {
	b = bytes.Trim(b, blanks)
	s := unsafe.String(unsafe.SliceData(b), len(b)) // not kept
	if ok, _ := plain(s); ok {
		return string(b)
	}
	return folded(s)
}

// folded is Fold for a text that it changes. What it returns is no part of s.
func folded(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := true // one stands before, or nothing
	for i := 0; i < len(s); {
		r, size := decode(s, i)
		switch traits := traitsOf(r); {
		case traits&composed != 0:
			c, usual := usualForm(r)
			if !usual {
				return composedText(s)
			}
			if c != ' ' {
				b.WriteByte(c)
			} else if !space {
				b.WriteByte(' ')
			}
			space = c == ' '
		case traits&blank != 0:
			if !space {
				b.WriteByte(' ')
			}
			space = true
		case traits&dropped == 0: // no zero-width space, soft hyphen, direction mark
			b.WriteString(s[i : i+size])
			space = false
		}
		i += size
	}
	return strings.TrimSuffix(b.String(), " ")
}

// usualForm returns the form in NFKC of those characters that pages have all the time: wide
// ones and wide spaces. They join with no character before them.
func usualForm(r rune) (c byte, usual bool) {
	switch {
	case r == '\u00a0', r == '\u3000':
		return ' ', true
	case r >= '！' && r <= '～':
		return byte(r - '！' + '!'), true
	}
	return 0, false
}

// composedText is folded for a text with characters that NFKC may change.
func composedText(s string) string {
	s = norm.NFKC.String(strings.ToValidUTF8(s, "\uFFFD"))
	folded := make([]byte, 0, len(s))
	for i, r := range s {
		switch traits := traitsOf(r); {
		case traits&blank != 0:
			if n := len(folded); n > 0 && folded[n-1] != ' ' {
				folded = append(folded, ' ')
			}
		case traits&dropped == 0:
			folded = append(folded, s[i:i+utf8.RuneLen(r)]...)
		}
	}
	return string(bytes.TrimSuffix(folded, []byte(" ")))
}

// plain reports whether Fold would return s as it is, as it does with most texts and
// attributes, and whether s has capital letters.
func plain(s string) (ok, capitals bool) {
	all, last := uint8(0), rune(' ')
	for i := 0; i < len(s); {
		r, size := decode(s, i)
		traits := traitsOf(r)
		if r == ' ' {
			if last == ' ' {
				return false, false
			}
		} else if traits&^capital != 0 {
			return false, false
		}
		all |= traits
		last = r
		i += size
	}
	return last != ' ' || s == "", all&capital != 0
}

// decode is utf8.DecodeRuneInString at i, quick for kana and kanji.
func decode(s string, i int) (r rune, size int) {
	c := s[i]
	if c < utf8.RuneSelf {
		return rune(c), 1
	}
	if c > 0xe0 && c < 0xea && i+2 < len(s) && s[i+1]&0xc0 == 0x80 && s[i+2]&0xc0 == 0x80 {
		return rune(c&0x0f)<<12 | rune(s[i+1]&0x3f)<<6 | rune(s[i+2]&0x3f), 3
	}
	return utf8.DecodeRuneInString(s[i:])
}

// What Fold must know of a character.
const (
	composed = 1 << iota // it may be another one in NFKC, or join with others
	blank                // it is white space
	dropped              // it is not written
	capital              // it is another one in lower case
)

// traits are those of the characters up to the kana, looked up.
var traits = func() (all [0x3100]uint8) {
	for i := range all {
		all[i] = findTraits(rune(i))
	}
	return all
}()

func findTraits(r rune) (found uint8) {
	s := string(r)
	if p := norm.NFKC.PropertiesString(s); !p.BoundaryBefore() || !norm.NFKC.IsNormalString(s) {
		found |= composed
	}
	switch {
	case unicode.IsSpace(r):
		found |= blank
	case unicode.Is(unicode.Cf, r) || unicode.IsControl(r):
		found |= dropped
	}
	if unicode.ToLower(r) != r {
		found |= capital
	}
	return found
}

// traitsOf returns the traits of a character. Kanji and Hangul have none; what else
// stands behind kana is left to NFKC.
func traitsOf(r rune) uint8 {
	switch {
	case int(r) < len(traits):
		return traits[r]
	case r >= 0x4e00 && r <= 0x9fff, r >= 0xac00 && r <= 0xd7a3:
		return 0
	case unicode.Is(unicode.Cf, r):
		return composed | dropped
	}
	return composed
}

// key is Fold in lower case: what phrases are looked up by.
func key(s string) string {
	ok, capitals := plain(s)
	switch {
	case !ok:
		return strings.ToLower(Fold(s))
	case capitals:
		return strings.ToLower(s)
	}
	return s
}

// clip shortens a quotation for evidence to at most n runes.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}

// quotation folds a text and clips it to what evidence may hold of a page.
func quotation(s string) string { return clip(Fold(s), 80) }

func quote(s string) string { return `"` + quotation(s) + `"` }

// isWordRune reports whether r can be part of a Latin, Cyrillic or Greek word,
// so that a short currency code or a word is not found inside a longer one.
func isWordRune(r rune) bool {
	return unicode.IsLetter(r) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// lexicon is a set of wordings to look for, by their first byte, and those that begin
// with a character of three bytes, of which kana and kanji are, by all of them: pages
// have thousands of short texts, and the lists hundreds of wordings.
type lexicon struct {
	all              []string
	byFirst, byThree [256][]string
	second           [256]uint64 // which second bytes those of byFirst have, see secondOf
	begins           [64]uint64  // bits of the characters that those of byThree begin with
}

// secondOf returns the bit of a second byte.
func secondOf(b byte) uint64 { return 1 << (b & 63) }

// three returns the place in byThree of what begins with a character of three bytes at i.
func three(s string, i int) (place byte, ok bool) {
	if s[i] < 0xe0 || len(s)-i < 3 {
		return 0, false
	}
	return s[i]*131 + s[i+1]*31 + s[i+2], true
}

// charBit returns the place of the character of three bytes at i among 4096 bits.
func charBit(s string, i int) (at int, bit uint64) {
	return int(s[i+1] & 0x3f), 1 << (s[i+2] & 0x3f)
}

func newLexicon(words ...string) *lexicon {
	l := &lexicon{all: words}
	for _, w := range words {
		if place, ok := three(w, 0); ok {
			l.byThree[place] = append(l.byThree[place], w)
			at, bit := charBit(w, 0)
			l.begins[at] |= bit
			continue
		}
		l.byFirst[w[0]] = append(l.byFirst[w[0]], w)
		if len(w) > 1 {
			l.second[w[0]] |= secondOf(w[1])
		} else {
			l.second[w[0]] = math.MaxUint64
		}
	}
	return l
}

// in reports whether any of the wordings stands in s.
func (l *lexicon) in(s string) bool { return l.index(s) >= 0 }

// index returns where the first of the wordings stands in s; -1 when none does.
func (l *lexicon) index(s string) int {
	for i := range len(s) {
		if s[i]&0xc0 == 0x80 {
			continue // inside a character
		}
		among := l.byFirst[s[i]]
		if place, ok := three(s, i); ok {
			if at, bit := charBit(s, i); l.begins[at]&bit == 0 {
				continue
			}
			among = l.byThree[place]
		} else if i+1 < len(s) && l.second[s[i]]&secondOf(s[i+1]) == 0 {
			continue
		}
		for _, w := range among {
			if strings.HasPrefix(s[i:], w) && standsApart(s, i, i+len(w)) {
				return i
			}
		}
	}
	return -1
}

// lastIndex returns where the last of the wordings stands in s; -1 when none does.
func (l *lexicon) lastIndex(s string) int {
	at := -1
	for i := l.index(s); i >= 0; i = l.index(s[at+1:]) {
		at += i + 1
	}
	return at
}

// standsApart reports whether the wording in s from one byte to another is not
// part of a longer word; that can only be where it is made of letters.
func standsApart(s string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:from])
	after, _ := utf8.DecodeRuneInString(s[to:])
	first, _ := utf8.DecodeRuneInString(s[from:to])
	last, _ := utf8.DecodeLastRuneInString(s[from:to])
	return !(isWordRune(first) && isWordRune(before)) && !(isWordRune(last) && isWordRune(after))
}
