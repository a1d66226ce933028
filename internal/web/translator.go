package web

import (
	"cmp"
	"maps"

	"github.com/sainyuka/sainyuka/internal/board"
	"github.com/sainyuka/sainyuka/internal/guard"
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

// sharedWords are those that the packages below have for all readers.
func sharedWords() map[string][2]string {
	shared := map[string][2]string{}
	share := func(key string, in func(stock.Language) string) {
		shared[key] = [2]string{in(stock.Japanese), in(stock.English)}
	}
	for _, a := range stock.Availabilities() {
		share("availability."+a.String(), a.In)
	}
	for _, m := range stock.Methods() {
		share("method."+string(m), m.In)
	}
	for _, m := range stock.SaleModes() {
		share("mode."+string(m), m.In)
	}
	for _, c := range board.Classes() {
		share("count_"+string(c), c.In)
	}
	for _, r := range guard.Reasons() {
		share("held."+string(r), r.In)
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

// Word says a value that the API has as a code as the dashboard does: kind is
// "availability", "condition", "method", "mode", "outcome", "doubt", "leans" or "step".
func Word(l stock.Language, kind, code string) string {
	if kind == "condition" {
		return cmp.Or(stock.ConditionIn(l, code), code)
	}
	return newTranslator(string(l)).name(kind, code)
}
