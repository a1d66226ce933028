package config

import (
	"bytes"
	"cmp"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// problem is one mistake of the file.
type problem struct {
	file string // relative to the configuration's folder; "" for the configuration itself
	line int
	key  string // full path, "" for mistakes of TOML's syntax
	what string
	ja   string // the same in Japanese
}

// problems collects the mistakes of one file, in any order.
type problems struct {
	all      []problem
	warnings []problem // what is well written and hardly meant
	broken   bool      // a syntax error hides a part of the file
}

// add notes what is wrong with a key.
func (l *problems) add(line int, key, format string, args ...any) {
	l.all = append(l.all, newProblem(line, key, saying{format, args}))
}

func newProblem(line int, key string, s saying) problem {
	return problem{line: line, key: key, what: s.in("en"), ja: s.in(inJapanese)}
}

// warn notes what is hardly meant about a key.
func (l *problems) warn(line int, key, format string, args ...any) {
	l.warnings = append(l.warnings, newProblem(line, key, saying{"warning: %s", []any{saying{format, args}}}))
}

// elsewhere notes what is wrong with a line of another file.
func (l *problems) elsewhere(file string, line int, what string) {
	l.all = append(l.all, problem{file: file, line: line, what: what, ja: what})
}

// missing notes that a key is not there, unless the line that it stands on may
// be one that could not be read.
func (l *problems) missing(line int, key, format string, args ...any) {
	if !l.broken {
		l.add(line, key, format, args...)
	}
}

// syntax notes that a line is not TOML.
func (l *problems) syntax(line int, what string, more ...saying) {
	l.broken = true
	p := newProblem(line, "", saying{"not TOML: %s", []any{strings.TrimPrefix(what, "toml: ")}})
	for _, m := range more {
		p.what, p.ja = p.what+m.in("en"), p.ja+m.in(inJapanese)
	}
	l.all = append(l.all, p)
}

// MistakesError is everything that is wrong with a file, a line each.
type MistakesError struct {
	Language string // that the file asks for; "": none
	file     string
	all      []problem
}

// Error says it in English.
func (e MistakesError) Error() string { return e.In("en") }

// In says it in a language, "ja" or "en".
func (e MistakesError) In(language string) string {
	return strings.Join(lines(e.all, e.file, language), "\n")
}

// err returns everything that is wrong as one error, a line each, in the file's
// order, other files behind it; nil when nothing is.
func (l *problems) err(file, language string) error {
	if len(l.all) == 0 {
		return nil
	}
	return MistakesError{language, file, l.all}
}

// lines writes problems in the file's order, other files behind it.
func lines(all []problem, file, language string) []string {
	slices.SortStableFunc(all, func(a, b problem) int { return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line)) })
	var out []string
	for _, p := range slices.Compact(all) {
		where := file
		switch {
		case filepath.IsAbs(p.file):
			where = p.file
		case p.file != "":
			where = filepath.Join(filepath.Dir(file), p.file)
		}
		where += ":" + strconv.Itoa(p.line)
		if p.key != "" {
			where += ": " + p.key
		}
		out = append(out, where+": "+p.in(language))
	}
	return out
}

func (p problem) in(language string) string {
	if language == inJapanese {
		return p.ja
	}
	return p.what
}

var bareKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// maxPath is longer than the path of any key that there is. Keys below a longer
// one are named by it, so that the work on endless dotted keys has a bound.
const maxPath = 1000

// join returns the full path of a key, written as TOML would: host."a.example".
func join(path, key string) string {
	if len(path) > maxPath {
		return path
	}
	if !bareKey.MatchString(key) {
		key = strconv.Quote(key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

var keyStart = regexp.MustCompile(`^\s*[A-Za-z0-9_."'-]+\s*=`)

func startsKey(line []byte) bool    { return keyStart.Match(line) }
func startsHeader(line []byte) bool { return bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte("[")) }

// near returns the known word that word was probably meant to be, or "".
func near(word string, known []string) string {
	best, least := "", 1+max(1, min(len(word)/3, 3))
	for _, k := range known {
		if d := distance(strings.ToLower(word), k); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts the letters to change, add, leave out, or swap with their
// neighbour to get from a to b.
func distance(a, b string) int {
	if len(a) > 64 {
		return len(a) // nobody mistypes that much, and the table below is quadratic
	}
	var before []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			change := row[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			next[j] = min(change, row[j]+1, next[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
