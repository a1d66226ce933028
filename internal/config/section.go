package config

import (
	"iter"
	"slices"
	"strconv"
	"strings"
)

// reader is what all sections of one file share.
type reader struct {
	list     *problems
	folder   string // of the file, absolute
	env      func(name string) (value string, set bool)
	language string          // that the file asks for; "": none
	top      []string        // keys of the top level, once that is read
	asked    map[string]bool // every key that was looked for, as product[].watch[].url; nil: nobody wants to know
}

// section is one table of the file while it is read. Taking a key makes it
// known; what is left when the reader is done with the section is unknown.
type section struct {
	r     *reader
	node  *node // nil when the file has no such table: all its keys are at their defaults
	path  string
	line  int
	known []string
}

// usualKeys is about how many keys a section can have: a product or a watch.
const usualKeys = 32

func (r *reader) section(n *node, path string, line int) *section {
	s := &section{r: r, node: n, path: path, line: line, known: make([]string, 0, usualKeys)}
	if n != nil {
		s.line = n.line
	}
	return s
}

// has reports whether the key is in the file.
func (s *section) has(key string) bool { return s.node != nil && s.node.keys.get(key) != nil }

// lineOf returns the line of a key, the section's when the key is not there.
func (s *section) lineOf(key string) int {
	if s.has(key) {
		return s.node.keys.get(key).line
	}
	return s.line
}

// errorf notes what is wrong with a key.
func (s *section) errorf(key, format string, args ...any) {
	s.r.list.add(s.lineOf(key), join(s.path, key), format, args...)
}

// warn notes what is hardly meant about a key.
func (s *section) warn(key, format string, args ...any) {
	s.r.list.warn(s.lineOf(key), join(s.path, key), format, args...)
}

// take returns the value of a key when it has one of the forms, nil otherwise;
// a value of another form is a mistake.
func (s *section) take(key string, forms ...form) *node {
	n := s.takeAny(key)
	if n == nil || slices.Contains(forms, n.form) {
		return n
	}
	var names choices
	for _, f := range forms {
		names = append(names, f.String())
	}
	s.errorf(key, "must be %s, not %s", names, n.form)
	return nil
}

// takeAny returns the value of a key whatever its form, nil when there is none.
func (s *section) takeAny(key string) *node {
	if !slices.Contains(s.known, key) {
		s.known = append(s.known, key)
	}
	if s.r.asked != nil {
		s.r.asked[join(generic(s.path), key)] = true
	}
	if s.node == nil {
		return nil
	}
	return s.node.keys.get(key)
}

// table returns the section below a key, an empty one when it is not there.
func (s *section) table(key string) *section {
	n := s.takeAny(key)
	path := join(s.path, key)
	switch {
	case n == nil:
	case n.array:
		s.errorf(key, "is one table: write [%s], with single brackets", generic(path))
		n = n.items[0] // read on, for the mistakes in it
	case n.form != formTable:
		s.errorf(key, "must be a table: write [%s], and its keys below", path)
		n = nil
	}
	return s.r.section(n, path, s.line)
}

// tables returns the sections of a list of tables, [[key]].
func (s *section) tables(key string) []*section { return slices.Collect(s.each(key)) }

// each returns the sections of a list of tables one by one. The list is used up by it:
// what is read of a large one need not stand beside it.
func (s *section) each(key string) iter.Seq[*section] {
	n := s.takeAny(key)
	path := join(s.path, key)
	if n == nil {
		return func(func(*section) bool) {}
	}
	header := "[[" + withIndex(path, "") + "]]"
	items := n.items
	switch n.form {
	case formList:
	case formTable:
		s.errorf(key, "is a list of tables: write %s, with double brackets", header)
		items = []*node{n}
	default:
		s.errorf(key, "must be a list of tables: write %s, and its keys below", header)
	}
	return func(yield func(*section) bool) {
		for i, item := range items {
			items[i] = nil
			if item.form != formTable {
				s.r.list.add(item.line, index(path, i), "must be a table: write %s, and its keys below", header)
				continue
			}
			if !yield(s.r.section(item, index(path, i), item.line)) {
				return
			}
		}
	}
}

// done reports the keys that nobody took.
func (s *section) done() {
	if s.node == nil {
		return
	}
	for _, key := range s.node.keys.names() {
		if slices.Contains(s.known, key) {
			continue
		}
		var end hint
		if slices.Contains(s.r.top, key) {
			end = hint{hintTop, quoted([]string{key})}
		} else if meant := near(key, s.known); meant != "" {
			end = hint{hintMeant, quoted([]string{meant})}
		}
		s.errorf(key, "unknown key%s", end)
	}
}

// generic turns the path of a section into that of its kind: product[3] into
// product[], host."a.example" into host.*, shop.rakuten.bonus[0] into
// shop.*.bonus[].
func generic(path string) string {
	kind := withIndex(path, "[]")
	for _, named := range []string{"host.", "shop."} {
		if rest, ok := strings.CutPrefix(kind, named); ok {
			return named + "*" + behindName(rest)
		}
	}
	return kind
}

// withIndex replaces each index of a path.
func withIndex(path, by string) string {
	var b strings.Builder
	for rest := path; rest != ""; {
		before, after, found := strings.Cut(rest, "[")
		b.WriteString(before)
		if !found {
			break
		}
		b.WriteString(by)
		_, rest, _ = strings.Cut(after, "]")
	}
	return b.String()
}

// behindName cuts the first key, quoted or not, from the path of a section.
func behindName(path string) string {
	from := 0
	if quoted, err := strconv.QuotedPrefix(path); err == nil {
		from = len(quoted)
	}
	if i := strings.IndexByte(path[from:], '.'); i >= 0 {
		return path[from+i:]
	}
	return ""
}
