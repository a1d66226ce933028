package config

import (
	"bytes"
	"errors"
	"slices"
	"sort"

	"github.com/pelletier/go-toml/v2/unstable"
)

// form is what a value of the file looks like. Its zero value is no form.
type form uint8

const (
	formText form = 1 + iota
	formInteger
	formDecimal
	formBool
	formMoment // dates and times: TOML has them, no setting uses them
	formList
	formTable
)

func (f form) String() string { return f.in("en") }

func (f form) in(language string) string { return formNames[f].in(language) }

var formNames = [...]term{"nothing", "a text in quotes", "a whole number", "a decimal number", "true or false", "a date", "a list", "a table"}

// node is one value of the file and the line that it stands on.
type node struct {
	form  form
	array bool // a list made by [[header]]: a later header adds to it
	head  bool // a table that had its own [header]: it may have no second one
	line  int
	text  string  // of a text what stands between the quotes, of other scalars the characters as written
	items []*node // of a list
	keys  *table  // of a table
}

func newTable(line int) *node {
	return &node{form: formTable, line: line, keys: new(table)}
}

// treeBuilder reads a document expression by expression.
type treeBuilder struct {
	data   []byte
	breaks []int // offsets of the line feeds
	base   int   // where in data the parser started
	next   int   // the line from which on the next expression stands
	parser unstable.Parser
	list   *problems
	root   *node
	here   *node             // the table that key = value lines belong to
	path   string            // of here
	names  map[string]string // of keys: most are there once for each product
	cuts   cuts
}

// maxSyntaxErrors bounds the work on a file that is not TOML at all.
const maxSyntaxErrors = 20

// parseTree reads a document and says where its products stand. Mistakes of syntax go
// to the list, and reading goes on behind them where a new line starts in an obvious way.
func parseTree(data []byte, list *problems) (*node, cuts) {
	data = slices.Clip(data) // the parser finds offsets by comparing capacities
	b := &treeBuilder{data: data, list: list, root: newTable(1), next: 1, names: map[string]string{}}
	b.here = b.root
	b.breaks = make([]int, 0, bytes.Count(data, []byte("\n")))
	for i, c := range data {
		if c == '\n' {
			b.breaks = append(b.breaks, i)
		}
	}
	b.parser.Reset(data)
	for range maxSyntaxErrors {
		for b.parser.NextExpression() {
			b.add(b.parser.Expression())
		}
		if !b.recover(b.parser.Error()) {
			break
		}
	}
	return b.root, b.cuts
}

// recover notes a syntax error and sets the parser behind it. It reports
// whether there is anything left to read.
func (b *treeBuilder) recover(err error) bool {
	if err == nil {
		return false
	}
	at := len(b.data)
	if p, ok := errors.AsType[*unstable.ParserError](err); ok && p.Highlight != nil {
		at = b.base + int(b.parser.Range(p.Highlight).Offset)
	}
	begin, found := b.beginning(), b.lineAt(at)
	var noticed saying
	if begin != found {
		noticed = saying{" (noticed on line %d)", []any{found}}
	}
	b.list.syntax(begin, err.Error(), noticed, typing(string(b.lineText(begin))))
	b.next = b.resume(begin, found)
	if b.next > b.lines() {
		return false
	}
	b.base = b.lineStart(b.next)
	b.parser.Reset(slices.Clip(b.data[b.base:]))
	return true
}

// add puts one expression into the tree.
func (b *treeBuilder) add(e *unstable.Node) {
	end := e.Raw
	switch e.Kind {
	case unstable.Table, unstable.ArrayTable:
		end = b.header(e)
	case unstable.KeyValue:
		b.keyValue(b.here, b.path, e)
	}
	b.next = b.lineAt(b.base+int(end.Offset+end.Length)-1) + 1
}

// header enters the table that a [header] or [[header]] names, and returns where
// its name ends.
func (b *treeBuilder) header(e *unstable.Node) (end unstable.Range) {
	t, path := b.root, ""
	for it := e.Key(); it.Next(); {
		key := it.Node()
		name, line := b.name(key), b.line(key)
		if t == b.root {
			b.cuts.header(b.lineStart(line), line, name == "product", e.Kind == unstable.ArrayTable && it.IsLast())
		}
		end = key.Raw
		if !it.IsLast() {
			t, path = b.step(t, path, name, line)
			continue
		}
		if e.Kind == unstable.ArrayTable {
			t, path = b.append(t, path, name, line)
			continue
		}
		made := t.keys.get(name) == nil
		t, path = b.step(t, path, name, line)
		if t.head {
			b.list.add(line, path, "this table is there twice (first on line %d)", t.line)
		}
		if made || !t.head {
			t.head, t.line = true, line
		}
	}
	b.here, b.path = t, path
	return end
}

// append adds a table to the list that a [[header]] names.
func (b *treeBuilder) append(t *node, path, name string, line int) (*node, string) {
	path = join(path, name)
	have := t.keys.get(name)
	switch {
	case have == nil:
		have = &node{form: formList, line: line, array: true}
		t.keys.set(name, have)
	case !have.array:
		b.list.add(line, path, "is set twice (first on line %d)", have.line)
		have = &node{form: formList, line: line, array: true} // read on, for the mistakes in it
	}
	item := newTable(line)
	item.head = true
	have.items = append(have.items, item)
	return item, index(path, len(have.items)-1)
}

// step goes down to the table called name, the last one when name is a list of
// tables, and makes it when it is not there.
func (b *treeBuilder) step(t *node, path, name string, line int) (*node, string) {
	path = join(path, name)
	next := t.keys.get(name)
	switch {
	case next == nil:
		next = newTable(line)
		t.keys.set(name, next)
	case next.array:
		return next.items[len(next.items)-1], index(path, len(next.items)-1)
	case next.form != formTable:
		b.list.add(line, path, "is set twice (first on line %d)", next.line)
		next = newTable(line)
	}
	return next, path
}

// keyValue sets a `key = value` or `a.b = value` in the table t.
func (b *treeBuilder) keyValue(t *node, path string, e *unstable.Node) {
	for it := e.Key(); it.Next(); {
		key := it.Node()
		name, line := b.name(key), b.line(key)
		if !it.IsLast() {
			t, path = b.step(t, path, name, line)
			continue
		}
		path = join(path, name)
		if first := t.keys.get(name); first != nil {
			b.list.add(line, path, "is set twice (first on line %d)", first.line)
			continue
		}
		t.keys.set(name, b.value(path, line, e.Value()))
	}
}

// value turns the parser's value into a node. line is where its key stands.
func (b *treeBuilder) value(path string, line int, v *unstable.Node) *node {
	n := &node{line: line, text: string(v.Data)}
	switch v.Kind {
	case unstable.String:
		n.form = formText
	case unstable.Integer:
		n.form = formInteger
	case unstable.Float:
		n.form = formDecimal
	case unstable.Bool:
		n.form = formBool
	case unstable.Array:
		n.form = formList
		for it := v.Children(); it.Next(); {
			item := it.Node()
			at := line
			if item.Raw.Length > 0 { // lists have no position of their own
				at = b.line(item)
			}
			n.items = append(n.items, b.value(index(path, len(n.items)), at, item))
		}
	case unstable.InlineTable:
		n.form, n.keys = formTable, new(table)
		for it := v.Children(); it.Next(); {
			b.keyValue(n, path, it.Node())
		}
	default:
		n.form = formMoment
	}
	return n
}

// name is the name of a key.
func (b *treeBuilder) name(key *unstable.Node) string {
	name, ok := b.names[string(key.Data)]
	if !ok {
		name = string(key.Data)
		b.names[name] = name
	}
	return name
}

func (b *treeBuilder) line(n *unstable.Node) int { return b.lineAt(b.base + int(n.Raw.Offset)) }

// lineAt returns the line, from 1, of an offset. The end of the file belongs to
// its last line.
func (b *treeBuilder) lineAt(offset int) int {
	offset = max(0, min(offset, len(b.data)-1))
	return 1 + sort.SearchInts(b.breaks, offset)
}

// beginning returns the line on which the expression stands that the parser
// stumbled over.
func (b *treeBuilder) beginning() int {
	line := b.next
	for ; line < b.lines(); line++ {
		if text := bytes.TrimSpace(b.lineText(line)); len(text) > 0 && text[0] != '#' {
			break
		}
	}
	return min(line, b.lines())
}

// resume returns the line from which on to read again after a mistake, found on
// one line in an expression that begins on another: the next line that starts
// like a header or like `key =`. Behind a broken header the keys that follow
// belong to nobody knows which table: only the next header counts.
func (b *treeBuilder) resume(begin, found int) int {
	wantHeader := startsHeader(b.lineText(begin))
	if found == b.lines() {
		found = begin // a value without an end: what it seems to hold are lines of their own
	}
	for line := max(found, begin+1); line <= b.lines(); line++ {
		text := b.lineText(line)
		if startsHeader(text) || !wantHeader && startsKey(text) {
			return line
		}
	}
	return b.lines() + 1
}

// lines returns how many lines there are; a line feed ends one, so that there is
// none behind the last.
func (b *treeBuilder) lines() int {
	n := len(b.breaks)
	if n == 0 || b.breaks[n-1] != len(b.data)-1 {
		n++
	}
	return n
}

func (b *treeBuilder) lineStart(line int) int {
	if line == 1 {
		return 0
	}
	return b.breaks[line-2] + 1
}

func (b *treeBuilder) lineText(line int) []byte {
	end := len(b.data)
	if line <= len(b.breaks) {
		end = b.breaks[line-1]
	}
	return b.data[b.lineStart(line):end]
}
