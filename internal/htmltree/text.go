package htmltree

import (
	"strings"

	"golang.org/x/net/html"
)

// nameEnds are the characters that end the name of a tag, or with "=" of an attribute.
var nameEnds = [256]bool{' ': true, '\t': true, '\n': true, '\r': true, '\f': true, '/': true, '>': true}

func nameEnd(s string, i int) int {
	for i < len(s) && !nameEnds[s[i]] {
		i++
	}
	return i
}

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func skipSpace(s string, i int) int {
	for i < len(s) && space(s[i]) {
		i++
	}
	return i
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// lower returns s with the letters of ASCII in lower case: s itself where it has no
// others.
func lower(s string) string {
	for i := range len(s) {
		if s[i] >= 'A' && s[i] <= 'Z' {
			b := []byte(s)
			for j := i; j < len(b); j++ {
				if b[j] >= 'A' && b[j] <= 'Z' {
					b[j] |= 0x20
				}
			}
			return string(b)
		}
	}
	return s
}

// containsFold reports whether a text in lower case stands in s in any case.
func containsFold(s, lower string) bool {
	for i := 0; i+len(lower) <= len(s); i++ {
		n := strings.IndexByte(s[i:], lower[0])
		if n < 0 {
			return false
		}
		if i += n; i+len(lower) <= len(s) && strings.EqualFold(s[i:i+len(lower)], lower) {
			return true
		}
	}
	return false
}

const whitespace = " \t\r\n\f"

// unescapeText replaces the character references in a text.
func unescapeText(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	return html.UnescapeString(s)
}

// unescapeValue replaces the character references in the value of an attribute, of
// which fewer are known than in a text.
func unescapeValue(s string) string {
	i := strings.IndexByte(s, '&')
	if i < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for rest := s; ; {
		b.WriteString(rest[:i])
		rest = rest[i:]
		char, n := reference(rest)
		if n == 0 {
			return unescapeRare(s)
		}
		b.WriteString(char)
		rest = rest[n:]
		if i = strings.IndexByte(rest, '&'); i < 0 {
			b.WriteString(rest)
			return b.String()
		}
	}
}

// usual are the references that nearly all values have, if any.
var usual = []struct{ name, char string }{
	{"&amp;", "&"}, {"&quot;", `"`}, {"&lt;", "<"}, {"&gt;", ">"}, {"&#39;", "'"}, {"&#039;", "'"}, {"&#x27;", "'"}, {"&apos;", "'"}, {"&nbsp;", "\u00a0"}, {"&#34;", `"`}, {"&#x2F;", "/"}, {"&#47;", "/"}, {"&#10;", "\n"},
}

// reference returns what the ampersand at the beginning of s stands for, and how much of
// s that is: 0 when it is not known here.
func reference(s string) (char string, n int) {
	for _, u := range usual {
		if strings.HasPrefix(s, u.name) {
			return u.char, len(u.name)
		}
	}
	if len(s) > 1 && s[1] == '#' {
		return "", 0
	}
	i := 1
	for i < len(s) && (letter(s[i]) || s[i]-'0' <= 9) {
		i++
	}
	if i == 1 || i < len(s) && s[i] == '=' {
		return "&", 1
	}
	return "", 0
}

// unescapeRare has golang.org/x/net/html replace the references of a value.
func unescapeRare(s string) string {
	quote := `"`
	if strings.Contains(s, quote) {
		quote = "'"
		if strings.Contains(s, quote) { // a value without quotes of its own, and both in it
			s = strings.ReplaceAll(s, "'", "&#39;")
		}
	}
	z := html.NewTokenizer(strings.NewReader("<a b=" + quote + s + quote + ">"))
	z.Next()
	_, value, _ := z.TagAttr()
	return string(value)
}
