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
	return fillBy(text, func(place string) string {
		if n, err := strconv.Atoi(place); err == nil && n < len(args) {
			return args[n]
		}
		return ""
	})
}

// fillBy puts what arg returns for its name into each place of a text.
func fillBy(text string, arg func(place string) string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		place, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return b.String()
		}
		b.WriteString(arg(place))
		text = after
	}
}

// hasCause reports whether a text has a place for a cause.
func hasCause(text string) bool { return strings.Contains(text, "{c}") }

func spaced(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}
