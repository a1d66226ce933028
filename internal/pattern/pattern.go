// Package pattern is regular expressions that first look for the texts of which every
// match holds one: most texts of a page hold none of them, and to see that costs a
// hundredth of what the expression costs.
//
// What a Regexp finds is what package regexp finds by the same expression.
package pattern

import (
	"math"
	"regexp"
	"regexp/syntax"
	"unicode/utf8"
)

// Regexp is a regular expression with the texts that its matches hold.
type Regexp struct {
	*regexp.Regexp
	texts *texts // nil: nothing is known of its matches
}

// MustCompile is regexp.MustCompile.
func MustCompile(expression string) *Regexp {
	r := &Regexp{Regexp: regexp.MustCompile(expression)}
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return r
	}
	fold := folds(tree)
	if need := needs(tree.Simplify(), fold); useful(need) {
		r.texts = newTexts(need, fold)
	}
	return r
}

// MatchString is that of regexp.
func (r *Regexp) MatchString(s string) bool { return r.may(s) && r.Regexp.MatchString(s) }

// FindString is that of regexp.
func (r *Regexp) FindString(s string) string {
	if !r.may(s) {
		return ""
	}
	return r.Regexp.FindString(s)
}

// FindStringIndex is that of regexp.
func (r *Regexp) FindStringIndex(s string) []int {
	if !r.may(s) {
		return nil
	}
	return r.Regexp.FindStringIndex(s)
}

// FindStringSubmatch is that of regexp.
func (r *Regexp) FindStringSubmatch(s string) []string {
	if !r.may(s) {
		return nil
	}
	return r.Regexp.FindStringSubmatch(s)
}

// FindAllStringSubmatchIndex is that of regexp.
func (r *Regexp) FindAllStringSubmatchIndex(s string, n int) [][]int {
	if !r.may(s) {
		return nil
	}
	return r.Regexp.FindAllStringSubmatchIndex(s, n)
}

// ReplaceAllString is that of regexp.
func (r *Regexp) ReplaceAllString(s, by string) string {
	if !r.may(s) {
		return s
	}
	return r.Regexp.ReplaceAllString(s, by)
}

// ReplaceAllStringFunc is that of regexp.
func (r *Regexp) ReplaceAllStringFunc(s string, by func(string) string) string {
	if !r.may(s) {
		return s
	}
	return r.Regexp.ReplaceAllStringFunc(s, by)
}

// may reports whether s may have a match: it is false only where there is none.
func (r *Regexp) may(s string) bool { return r.texts == nil || r.texts.in(s) }

// texts are looked for by their first byte.
type texts struct {
	byFirst [256][]string
	second  [256]uint64 // bits of the second bytes of those in byFirst
	fold    bool        // they are in lower case, and what is searched may not be
}

func newTexts(all []string, fold bool) *texts {
	t := &texts{fold: fold}
	for _, s := range all {
		t.byFirst[s[0]] = append(t.byFirst[s[0]], s)
		if len(s) > 1 && (!fold || s[1] < utf8.RuneSelf) {
			t.second[s[0]] |= bitOf(s[1])
		} else {
			t.second[s[0]] = math.MaxUint64
		}
	}
	return t
}

// in reports whether one of the texts may be in s.
func (t *texts) in(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if t.fold {
			if c >= utf8.RuneSelf {
				return true // letters beyond ASCII may be other cases of those of ASCII
			}
			c = lower(c)
		}
		if i+1 < len(s) && !t.follows(c, s[i+1]) {
			continue
		}
		for _, text := range t.byFirst[c] {
			if t.at(s, i, text) {
				return true
			}
		}
	}
	return false
}

// follows reports whether next may stand behind c, in lower case, in one of the texts.
func (t *texts) follows(c, next byte) bool {
	if t.fold {
		if next >= utf8.RuneSelf {
			return true
		}
		next = lower(next)
	}
	return t.second[c]&bitOf(next) != 0
}

func bitOf(b byte) uint64 { return 1 << (b & 63) }

func (t *texts) at(s string, i int, text string) bool {
	if len(s)-i < len(text) {
		return t.fold && beyondASCII(s[i:])
	}
	if !t.fold {
		return s[i:i+len(text)] == text
	}
	for j := 1; j < len(text); j++ {
		if c := s[i+j]; c >= utf8.RuneSelf || lower(c) != text[j] {
			return c >= utf8.RuneSelf
		}
	}
	return true
}

func beyondASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}
