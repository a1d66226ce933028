// Package pattern is regular expressions that first look for the texts of which every
// match holds one: most texts of a page hold none of them, and to see that costs a
// hundredth of what the expression costs. Of one that is made of alternatives only those
// are tried whose texts are there.
//
// What a Regexp finds is what package regexp finds by the same expression.
package pattern

import (
	"math"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"unicode/utf8"
)

// Regexp is a regular expression with the texts that its matches hold.
type Regexp struct {
	expression string
	once       sync.Once
	compiled   *regexp.Regexp // see whole
	texts      *texts         // nil: nothing is known of its matches
	branches   []branch       // the alternatives that it is made of
	sure       bool           // where may has found something, there is a match
}

// MustCompile is regexp.MustCompile.
func MustCompile(expression string) *Regexp {
	r := &Regexp{expression: expression}
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		r.whole() // panics
	}
	fold := folds(tree)
	parts := alternatives(tree)
	if len(parts) > mostBranches {
		return r
	}
	all, branches := newTexts(fold, false), make([]branch, len(parts))
	for i, part := range parts {
		part = part.Simplify()
		need := needs(part, fold)
		if !useful(need) {
			return r
		}
		for _, text := range need {
			all.add(text, uint8(i))
		}
		b := &branches[i]
		b.of, b.at, b.literal = expression, i, !fold && literal(part)
	}
	r.texts, r.branches, r.sure = all, branches, len(parts) > 1 || branches[0].literal
	if len(parts) == 1 { // which r is itself
		branches[0].literal = true
	}
	return r
}

// whole is the expression compiled, when a text is there that may hold a match: most
// processes never meet one of most expressions.
func (r *Regexp) whole() *regexp.Regexp {
	r.once.Do(func() { r.compiled = regexp.MustCompile(r.expression) })
	return r.compiled
}

// MatchString is that of regexp.
func (r *Regexp) MatchString(s string) bool {
	may, sure := r.look(s)
	return may && (sure || r.whole().MatchString(s))
}

// Text is a text that several expressions are tried on.
type Text struct{ text, low string }

// NewText returns the text s for MatchText.
func NewText(s string) Text { return Text{s, strings.ToLower(s)} }

// MatchText is MatchString.
func (r *Regexp) MatchText(t Text) bool {
	if r.texts == nil || !r.texts.fold || beyondASCII(t.text) {
		return r.MatchString(t.text)
	}
	return r.matches(t.text, t.low) && (r.sure || r.whole().MatchString(t.text))
}

// look reports whether s may have a match, and whether that is sure.
func (r *Regexp) look(s string) (may, sure bool) {
	switch {
	case r.texts == nil, r.texts.fold && beyondASCII(s): // letters beyond ASCII may be other cases of those of ASCII
		return true, false
	case r.texts.fold:
		return r.matches(s, strings.ToLower(s)), r.sure
	}
	return r.matches(s, s), r.sure
}

// matches reports whether one of the alternatives matches s, of which low is the form in
// which texts are looked for: only those are tried whose texts it holds.
func (r *Regexp) matches(s, low string) bool {
	var tried [mostBranches / 64]uint64
	for i := range len(low) {
		if !r.texts.begins(low, i) {
			continue
		}
		for _, t := range r.texts.byFirst[low[i]] {
			if tried[t.branch/64]&(1<<(t.branch%64)) != 0 || !strings.HasPrefix(low[i:], t.text) {
				continue
			}
			if r.branches[t.branch].matchString(s) {
				return true
			}
			tried[t.branch/64] |= 1 << (t.branch % 64)
		}
	}
	return false
}

// FindString is that of regexp.
func (r *Regexp) FindString(s string) string {
	if !r.may(s) {
		return ""
	}
	return r.whole().FindString(s)
}

// FindStringIndex is that of regexp.
func (r *Regexp) FindStringIndex(s string) []int {
	if !r.may(s) {
		return nil
	}
	return r.whole().FindStringIndex(s)
}

// FindStringSubmatch is that of regexp.
func (r *Regexp) FindStringSubmatch(s string) []string {
	if !r.may(s) {
		return nil
	}
	return r.whole().FindStringSubmatch(s)
}

// FindAllString is that of regexp.
func (r *Regexp) FindAllString(s string, n int) []string {
	if !r.may(s) {
		return nil
	}
	return r.whole().FindAllString(s, n)
}

// FindAllStringSubmatchIndex is that of regexp.
func (r *Regexp) FindAllStringSubmatchIndex(s string, n int) [][]int {
	if !r.may(s) {
		return nil
	}
	return r.whole().FindAllStringSubmatchIndex(s, n)
}

// String is the expression.
func (r *Regexp) String() string { return r.expression }

// SubexpNames is that of regexp.
func (r *Regexp) SubexpNames() []string { return r.whole().SubexpNames() }

// ReplaceAllString is that of regexp.
func (r *Regexp) ReplaceAllString(s, by string) string {
	if !r.may(s) {
		return s
	}
	return r.whole().ReplaceAllString(s, by)
}

// ReplaceAllStringFunc is that of regexp.
func (r *Regexp) ReplaceAllStringFunc(s string, by func(string) string) string {
	if !r.may(s) {
		return s
	}
	return r.whole().ReplaceAllStringFunc(s, by)
}

// may reports whether s may have a match: it is false only where there is none.
func (r *Regexp) may(s string) bool {
	may, _ := r.look(s)
	return may
}

// mostBranches is how many alternatives an expression may have of which each is tried by
// itself.
const mostBranches = 256

// branch is one of the alternatives of an expression, which is compiled when a text is
// found that its matches hold.
type branch struct {
	of       string // the whole expression
	at       int    // its place among the alternatives
	literal  bool   // to find one of its texts is enough
	once     sync.Once
	compiled *regexp.Regexp
}

func (b *branch) matchString(s string) bool {
	if b.literal {
		return true
	}
	b.once.Do(b.compile)
	return b.compiled.MatchString(s)
}

// compile parses the whole expression again: to write an alternative as text for each of thousands
// would take half a second of every start, and their trees megabytes.
func (b *branch) compile() {
	tree, err := syntax.Parse(b.of, syntax.Perl)
	if err != nil {
		panic(err) // it was parsed before
	}
	b.compiled = regexp.MustCompile(alternatives(tree)[b.at].Simplify().String())
}

// texts are looked for by their first bytes.
type texts struct {
	byFirst [256][]text
	second  [256]uint64 // bits of the second bytes of those of one or two bytes
	three   []uint64    // bits of the first three bytes of the others; their number is a power of two
	fold    bool        // they are in lower case, and what is searched may not be
}

// text is a text that every match of a branch holds, if it does not hold another one.
type text struct {
	text   string
	branch uint8
}

// newTexts returns no texts, with room for some hundreds of them or, with many, thousands.
func newTexts(fold, many bool) *texts {
	t := &texts{fold: fold, three: make([]uint64, 64)}
	if many {
		t.three = make([]uint64, 1024)
	}
	return t
}

func (t *texts) add(s string, branch uint8) {
	t.byFirst[s[0]] = append(t.byFirst[s[0]], text{s, branch})
	switch len(s) {
	case 1:
		t.second[s[0]] = math.MaxUint64
	case 2:
		t.second[s[0]] |= 1 << (s[1] & 63)
	default:
		at, bit := t.place(s, 0)
		t.three[at] |= bit
	}
}

// begins reports whether one of the texts may begin at a place of s.
func (t *texts) begins(s string, i int) bool {
	second := t.second[s[i]]
	if i+1 == len(s) {
		return second == math.MaxUint64
	}
	if second&(1<<(s[i+1]&63)) != 0 {
		return true
	}
	if i+2 == len(s) {
		return false
	}
	at, bit := t.place(s, i)
	return t.three[at]&bit != 0
}

// place returns the place of three bytes among the bits.
func (t *texts) place(s string, i int) (at int, bit uint64) {
	n := uint(s[i])*131 + uint(s[i+1])*31 + uint(s[i+2])
	return int(n/64) & (len(t.three) - 1), 1 << (n % 64)
}

func beyondASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return true
		}
	}
	return false
}
