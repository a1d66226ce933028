package pattern

import (
	"strings"
	"unsafe"
)

// Any is many expressions and words of which a text is asked at once whether it may hold
// one.
type Any struct{ texts *texts } // nil: nothing is known of one of them

// NewAny returns what tells of words and expressions.
func NewAny(words []string, all ...*Regexp) *Any {
	a := &Any{newTexts(false, true)}
	for _, w := range words {
		a.texts.add(w, 0)
	}
	for _, r := range all {
		if r.texts == nil || r.texts.fold {
			return &Any{}
		}
		for _, of := range r.texts.byFirst {
			for _, t := range of {
				a.texts.add(t.text, 0)
			}
		}
	}
	return a
}

// MayBytes is May for a text in bytes.
func (a *Any) MayBytes(b []byte) bool { return a.May(unsafe.String(unsafe.SliceData(b), len(b))) }

// May is false only where s has none of the words and no match of an expression. Of words
// alone it is true only where s has one.
func (a *Any) May(s string) bool {
	if a.texts == nil {
		return true
	}
	for i := range len(s) {
		if s[i]&0xc0 == 0x80 || !a.texts.begins(s, i) { // no text begins inside of a character
			continue
		}
		for _, t := range a.texts.byFirst[s[i]] {
			if strings.HasPrefix(s[i:], t.text) {
				return true
			}
		}
	}
	return false
}
