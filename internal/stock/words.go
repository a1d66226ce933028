package stock

import (
	"strconv"
	"strings"
)

// Language is a language that reasons and evidence can be read in.
type Language string

// The languages.
const (
	English  Language = "en"
	Japanese Language = "ja"
)

// words are one text in every language. {0} to {9} in it stand for arguments.
type words struct{ en, ja string }

// In returns the text in a language, English where that is not known.
func (w words) In(l Language) string {
	if l == Japanese {
		return w.ja
	}
	return w.en
}

// fill puts the arguments into the places of a text. An argument that a record of
// another version lacks leaves its place empty.
func fill(text string, args []string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(text, '{')
		if i < 0 || i+2 >= len(text) || text[i+2] != '}' {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:i])
		if n, err := strconv.Atoi(text[i+1 : i+2]); err == nil && n < len(args) {
			b.WriteString(args[n])
		}
		text = text[i+3:]
	}
}

func spaced(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}
