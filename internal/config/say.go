package config

import (
	"fmt"
	"strconv"
	"strings"
)

// inJapanese is the language whose messages stand in the table japanese. English is
// written where a mistake is found.
const inJapanese = "ja"

// phrase is a part of a message that has words of its own.
type phrase interface{ in(language string) string }

// saying is a message, or a part of one: an English format with its arguments, of
// which phrases are said in the language of the whole. It is an error, too.
type saying struct {
	format string
	args   []any
}

// sayf makes an error of a message. Its format must be a literal that stands in the
// table japanese.
func sayf(format string, args ...any) error { return saying{format, args} }

func (s saying) Error() string { return s.in("en") }

func (s saying) in(language string) string {
	format := s.format
	if ja, ok := japanese[format]; ok && language == inJapanese {
		format = ja
	}
	args := make([]any, len(s.args))
	for i, a := range s.args {
		args[i] = a
		if p, ok := a.(phrase); ok {
			args[i] = p.in(language)
		}
	}
	return fmt.Sprintf(format, args...)
}

// choices are alternatives: a, b or c.
type choices []string

func (c choices) String() string { return c.in("en") }

func (c choices) in(language string) string {
	words, comma, or := []string(c), ", ", " or "
	if language == inJapanese {
		comma, or = "、", "または"
		words = make([]string, len(c))
		for i, w := range c {
			words[i] = term(w).in(language)
		}
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], comma) + or + words[last]
}

// term is a word of ours, such as the name of a form.
type term string

func (t term) in(language string) string {
	return saying{format: strings.ReplaceAll(string(t), "%", "%%")}.in(language)
}

// hint ends the message about an unknown word. The zero hint says nothing.
type hint struct {
	format string
	words  choices
}

func (h hint) String() string { return h.in("en") }

func (h hint) in(language string) string {
	if h.format == "" {
		return ""
	}
	list := h.words.in(language)
	if language != inJapanese && h.format == hintThere {
		list = strings.ReplaceAll(list, " or ", " and ")
	}
	return saying{h.format, []any{list}}.in(language)
}

// The hints about an unknown word.
const (
	hintMeant = "; did you mean %s?"
	hintThere = "; there is %s"
	hintTop   = "; %s belongs to the top level, above the first [table]"
)

// quoted lists words: "a", "b" or "c".
func quoted(words []string) choices {
	var all choices
	for _, w := range words {
		all = append(all, strconv.Quote(w))
	}
	return all
}
