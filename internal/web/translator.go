package web

import (
	"cmp"
	"maps"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// allOf joins tables of words.
func allOf(tables ...map[string][2]string) map[string][2]string {
	all := map[string][2]string{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}

// sharedWords are those that package stock has for all readers.
func sharedWords() map[string][2]string {
	shared := map[string][2]string{}
	for _, a := range stock.Availabilities() {
		shared["availability."+a.String()] = [2]string{a.In(stock.Japanese), a.In(stock.English)}
	}
	return shared
}

// translator finds words of one language.
type translator int

const (
	japanese translator = iota
	english
)

func newTranslator(language string) translator {
	if language == "en" {
		return english
	}
	return japanese
}

// lang is the language as HTML names it.
func (t translator) lang() string { return [...]string{"ja", "en"}[t] }

// say returns the word for a key. A key that nobody knows (a kind of a newer
// version in an old record) is shown as it is.
func (t translator) say(key string) string {
	return cmp.Or(words[key][t], key)
}

// kind returns a kind's name, the one that alerts give it.
func (t translator) kind(k stock.Kind) string {
	if t == japanese {
		return k.Info().JA
	}
	return k.Info().EN
}

// reason returns why something is so. Reasons are written in English.
// language is the reader's, for reasons and evidence.
func (t translator) language() stock.Language {
	if t == japanese {
		return stock.Japanese
	}
	return stock.English
}

// name returns the word for a member of a kind: name("outcome", "blocked"). A
// member that nobody knows is shown as it is.
func (t translator) name(kind, member string) string {
	return cmp.Or(words[kind+"."+member][t], member)
}
