// Package wording compiles a user's own templates for alerts, and tries them on
// samples of every kind of alert before one of them has to be told.
//
// It is pure: it reads no file, knows no language, and decides nothing about an
// alert; whoever tells one fills in what a template may speak of, and has a text
// of its own for when a template fails.
package wording

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
)

// Alert is what a template can speak of. Its texts are in the user's language,
// harmless and short; what is not known is empty.
type Alert struct {
	Kind     string // "restocked"
	What     string // the same in words
	Language string // "ja" or "en"
	Channel  string // id
	Type     string // of the channel: "email"

	Title string   // of the text that is used without a template
	Lines []string // of its body

	Product   string
	ProductID string
	Shop      string
	URL       string // to open; "" when there is none

	Status       string // whether and how it can be bought, in words
	Availability string // "InStock"
	Group        string // "now", "later", "no" or "unknown"
	Quantity     int64  // units left; 0: not said

	Price       string // "¥49,980"
	Effective   string
	ListPrice   string
	Shipping    string
	Points      int64
	Reckoning   string // how the effective price came about
	Comparison  string // with the list price
	PriceChange string // from the one before

	Seller    string // with its condition and variant
	Condition string // "new", "used", "refurbished"
	Item      string // what the shop calls it, where that differs
	Before    string // what it was, and for how long
	News      string // a sentence about kinds that are not about an offer
	LateNote  string // when the alert is late: how late, and what is so now
	Late      bool
	Test      bool

	Warnings []string
	Marks    []string // what the warnings are about, for conditions: "far_below_list_price"
	Others   []Shop
	Evidence []string
	Seen     string // when
}

// Shop is what another of the user's watches of the product says.
type Shop struct {
	Name         string
	Availability string // in words
	Price        string
	Effective    string
}

// Set is a file of templates: "title" and "body", and "title TYPE" and "body
// TYPE" for one type of channel.
type Set struct {
	source string
	tmpl   *template.Template
}

// Mistake is something wrong with a line of a file of templates.
type Mistake struct {
	Line int
	What string
}

func (m Mistake) Error() string { return fmt.Sprintf("line %d: %s", m.Line, m.What) }

// maxText is more than any channel takes.
const maxText = 16 << 10

// fileName is how text/template calls the file in its errors.
const fileName = "file"

// Parse compiles a file of templates and tries them on samples of every kind.
// types are those of channels. The mistakes are none when the set is good.
func Parse(source string, types, kinds []string) (*Set, []Mistake) {
	tmpl, err := template.New(fileName).Funcs(template.FuncMap{"join": strings.Join}).Parse(strings.TrimPrefix(source, "\ufeff"))
	if err != nil {
		return nil, []Mistake{mistake(err)}
	}
	s := &Set{source: source, tmpl: tmpl}
	if wrong := s.names(types); len(wrong) > 0 {
		return nil, wrong
	}
	counted(tmpl)
	if wrong := s.try(types, kinds); len(wrong) > 0 {
		return nil, wrong
	}
	return s, nil
}

// position finds where an error of text/template is.
var position = regexp.MustCompile(`(?s)^template: ` + fileName + `:(\d+)(?::\d+)?: (.*)$`)

func mistake(err error) Mistake {
	m := position.FindStringSubmatch(err.Error())
	if m == nil {
		return Mistake{1, err.Error()}
	}
	line, _ := strconv.Atoi(m[1])
	what := strings.Replace(m[2], " at <"+stepName+">: error calling "+stepName, "", 1)
	return Mistake{line, strings.ReplaceAll(what, fileName+":", "line ")}
}

// names checks that there is something to use, and nothing that never will be.
func (s *Set) names(types []string) []Mistake {
	var wrong []Mistake
	used := false
	for _, t := range s.tmpl.Templates() {
		if t.Tree == nil {
			continue
		}
		part, channel, special := strings.Cut(t.Name(), " ")
		switch isPart := part == "title" || part == "body"; {
		case t.Name() == fileName:
			if text := strings.TrimSpace(t.Root.String()); text != "" {
				wrong = append(wrong, Mistake{s.lineOf(text), `text outside of {{define "title"}} ... {{end}} and {{define "body"}} ... {{end}} is never used`})
			}
		case isPart && special && !slices.Contains(types, channel):
			wrong = append(wrong, Mistake{s.lineOf(strconv.Quote(t.Name())), fmt.Sprintf("%q: there is no type of channel %q", t.Name(), channel)})
		case isPart:
			used = true
		}
	}
	if !used && len(wrong) == 0 {
		return []Mistake{{1, `there is neither {{define "title"}} nor {{define "body"}}`}}
	}
	return sorted(wrong)
}

// lineOf returns the line on which a text begins.
func (s *Set) lineOf(text string) int {
	first, _, _ := strings.Cut(text, "\n")
	i := strings.Index(s.source, first)
	return 1 + strings.Count(s.source[:max(i, 0)], "\n")
}

// maxMistakes is as many as anybody reads.
const maxMistakes = 10

// try executes everything for every sample.
func (s *Set) try(types, kinds []string) []Mistake {
	var wrong []Mistake
	for a := range samples(types, kinds) {
		for _, f := range []func(Alert) (string, error){s.Title, s.Body} {
			_, err := f(a)
			if err == nil {
				continue
			}
			m := mistake(err)
			if !slices.Contains(wrong, m) {
				wrong = append(wrong, m)
			}
			if len(wrong) == maxMistakes || tooLong(m.What) {
				return sorted(wrong)
			}
		}
	}
	return sorted(wrong)
}

// tooLong reports whether a mistake is one that takes long to reach.
func tooLong(what string) bool {
	return strings.Contains(what, "maximum template depth") || strings.Contains(what, errTooManySteps.Error())
}

func sorted(m []Mistake) []Mistake {
	slices.SortStableFunc(m, func(a, b Mistake) int { return a.Line - b.Line })
	return m
}

// Title returns the title of an alert, "" when the set has none for it.
func (s *Set) Title(a Alert) (string, error) { return s.execute("title", a) }

// Body returns the text below the title, "" when the set has none for it.
func (s *Set) Body(a Alert) (string, error) { return s.execute("body", a) }

func (s *Set) execute(part string, a Alert) (string, error) {
	t := s.tmpl.Lookup(part + " " + a.Type)
	if t == nil {
		t = s.tmpl.Lookup(part)
	}
	if t == nil {
		return "", nil
	}
	t, err := stepping(t)
	if err != nil {
		return "", err
	}
	var b bounded
	if err := t.Execute(&b, a); err != nil {
		return "", err
	}
	return strings.TrimSpace(b.String()), nil
}

// bounded is a builder that fails when it holds more than any channel takes.
type bounded struct{ strings.Builder }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxText {
		return 0, errors.New("the text is too long")
	}
	return b.Builder.Write(p)
}

// MarshalText returns the file, which is all that a set means.
func (s *Set) MarshalText() ([]byte, error) { return []byte(s.source), nil }

// Equal reports whether two sets are of the same file.
func (s *Set) Equal(other *Set) bool {
	return s == other || s != nil && other != nil && s.source == other.source
}
