package fetch

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// maxProlog is how far into a page its <meta charset> is looked for. The
// standard says 1 KiB; pages with much before it exist.
const maxProlog = 4 << 10

// Decode returns raw as UTF-8, and the WHATWG name of the charset that it was
// in. It believes, in this order: a byte order mark; text that can only be
// UTF-8; the contentType header; the page's <meta> element or XML declaration;
// and where those are silent or plainly wrong, whichever of UTF-8, EUC-JP,
// Shift_JIS and ISO-2022-JP fits. What no charset explains becomes U+FFFD.
//
// The result is always valid UTF-8. It may share memory with raw.
func Decode(raw []byte, contentType string) (text []byte, name string) {
	return decode(raw, contentType, newMemory)
}

// newMemory is where a text goes that is kept for as long as it may be.
func newMemory(n int64) []byte { return make([]byte, 0, n) }

// decode is Decode. A text in the declared charset goes into what memory gives, when that
// is not UTF-8.
func decode(raw []byte, contentType string, memory func(n int64) []byte) (text []byte, name string) {
	if text, name, ok := decodeMarked(raw); ok {
		return text, name
	}
	if plainlyUTF8(raw) {
		return raw, "utf-8"
	}
	declared, ok := declaredCharset(raw, contentType)
	if !ok {
		return guess(raw).result()
	}
	r := read(raw, declared, memory)
	if r.bad == 0 || r.bad*20 <= foreign(raw) {
		return r.result()
	}
	// More than one in twenty of the bytes that matter is not in the charset: the
	// declaration is wrong if another charset explains them all.
	if other := guess(raw); other.bad == 0 {
		return other.result()
	}
	return r.result()
}

// named is an encoding with its WHATWG name.
type named struct {
	name string
	enc  encoding.Encoding // nil for UTF-8
}

var utf8Charset = named{name: "utf-8"}

// lookup finds a charset by one of its labels. What pages call "cp932" has many
// names, of which the standard does not know all.
func lookup(label string) (named, bool) {
	label = strings.ToLower(strings.TrimSpace(label))
	switch label {
	case "cp932", "ms-kanji", "shift_jisx0213", "shift_jis-2004", "sjis-win":
		label = "shift_jis"
	case "eucjp", "euc_jp", "eucjp-win", "eucjp-ms":
		label = "euc-jp"
	}
	enc, name := charset.Lookup(label)
	switch name {
	case "", "replacement", "x-user-defined":
		return named{}, false
	case "utf-8":
		return utf8Charset, true
	}
	return named{name, enc}, true
}

// decodeMarked decodes text with a byte order mark.
func decodeMarked(raw []byte) (text []byte, name string, ok bool) {
	switch {
	case bytes.HasPrefix(raw, []byte{0xEF, 0xBB, 0xBF}):
		text, name = read(raw[3:], utf8Charset, newMemory).result()
	case bytes.HasPrefix(raw, []byte{0xFE, 0xFF}):
		text, name = read(raw[2:], named{"utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}, newMemory).result()
	case bytes.HasPrefix(raw, []byte{0xFF, 0xFE}):
		text, name = read(raw[2:], named{"utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}, newMemory).result()
	default:
		return nil, "", false
	}
	return text, name, true
}

// plainlyUTF8 reports whether raw is valid UTF-8 with so much Japanese in it that
// no text of another charset would look like it by chance, whatever is declared.
func plainlyUTF8(raw []byte) bool {
	const enough = 4
	if !utf8.Valid(raw) {
		return false
	}
	found := 0
	for i := 0; i+2 < len(raw); i++ {
		if i += asciiRun(raw[i:]); i+2 >= len(raw) {
			return false
		}
		// The lead bytes of U+3000..U+9FFF, and of U+F000..U+FFFF for half and full width.
		if c := raw[i]; c >= 0xE3 && c <= 0xE9 || c == 0xEF {
			if found++; found == enough {
				return true
			}
			i += 2
		}
	}
	return false
}

// declaredCharset returns what the header says, else what the page says of itself.
func declaredCharset(raw []byte, contentType string) (named, bool) {
	if c, ok := lookup(charsetIn([]byte(contentType))); ok {
		return c, true
	}
	c, ok := lookup(prologCharset(raw[:min(len(raw), maxProlog)]))
	if strings.HasPrefix(c.name, "utf-16") {
		return utf8Charset, true // who could read this far is not looking at UTF-16
	}
	return c, ok
}

// reading is a text as one charset reads it.
type reading struct {
	text []byte
	name string
	bad  int // bytes or characters that the charset does not have
	kana int // full-width kana and Japanese punctuation, which real text has a lot of
}

func (r reading) result() ([]byte, string) { return r.text, r.name }

// replacement is U+FFFD in UTF-8.
var replacement = []byte("\uFFFD")

func read(raw []byte, c named, memory func(n int64) []byte) reading {
	if c.enc == nil {
		bad := invalidUTF8(raw)
		if bad == 0 {
			return reading{text: raw, name: c.name}
		}
		return reading{text: bytes.ToValidUTF8(raw, replacement), name: c.name, bad: bad}
	}
	text := memory(int64(len(raw) + len(raw)/4 + 16)) // two bytes become three, of which most pages have few
	if p := pairsOf(c.name); p != nil {
		if text, ok := p.decode(text, raw); ok {
			return reading{text: text, name: c.name}
		}
	}
	text, _, err := transform.Append(c.enc.NewDecoder(), text[:0], raw)
	if err != nil {
		// Decoders replace what they cannot read. Should one stop all the same, the
		// rest is lost, and counts as bad.
		text = bytes.ToValidUTF8(text, replacement)
		return reading{text: text, name: c.name, bad: len(raw)}
	}
	return reading{text: text, name: c.name, bad: bytes.Count(text, replacement)}
}

func invalidUTF8(raw []byte) (bad int) {
	if utf8.Valid(raw) {
		return 0
	}
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		if r == utf8.RuneError && size == 1 {
			bad++
		}
		raw = raw[size:]
	}
	return bad
}

// foreign counts the bytes that are not ASCII: those that tell charsets apart.
func foreign(raw []byte) (n int) {
	for _, c := range raw {
		if c >= utf8.RuneSelf {
			n++
		}
	}
	return n
}

// guess reads raw in the charset that fits best: the one with the fewest bad
// characters, and among equals the one that gives the most kana. EUC-JP taken
// for Shift_JIS rarely has invalid bytes; it reads as half-width kana throughout.
func guess(raw []byte) reading {
	if bytes.Contains(raw, []byte("\x1b$")) {
		if c, ok := lookup("iso-2022-jp"); ok {
			if r := read(raw, c, newMemory); r.bad == 0 {
				return r
			}
		}
	}
	best := read(raw, utf8Charset, newMemory)
	if best.bad == 0 {
		return best
	}
	for _, label := range []string{"euc-jp", "shift_jis"} {
		c, ok := lookup(label)
		if !ok {
			continue
		}
		r := read(raw, c, newMemory)
		r.kana = countKana(r.text)
		if r.bad < best.bad || r.bad == best.bad && r.kana > best.kana {
			best = r
		}
	}
	return best
}

// countKana counts the characters of U+3000..U+30FF.
func countKana(text []byte) (n int) {
	for i := 0; i+2 < len(text); i++ {
		if text[i] == 0xE3 && text[i+1] >= 0x80 && text[i+1] <= 0x83 {
			n++
			i += 2
		}
	}
	return n
}
