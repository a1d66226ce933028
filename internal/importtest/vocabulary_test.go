package importtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// anotherSense are English words that two packages use in different senses, so that they
// have different words in Japanese.
var anotherSense = []string{
	"error",      // the level of a log line; how a look ends
	"offer",      // one of a list of offers; the offer that evidence chose
	"quantity",   // a line of its own; before a number in evidence
	"seen",       // acknowledged by a person; when the program looked
	"unclear",    // the name of a class; a sentence
	"unreadable", // a page; records of the store
}

// foreign are the packages whose Japanese is that of shops and of other tools.
var foreign = []string{"internal/fakeshop", "internal/migrate", "internal/sources"}

// The dashboard, alerts, evidence and commands use the same Japanese word where they use
// the same English one.
func TestOneVocabularyForAllPackages(t *testing.T) {
	said := map[string]translations{} // by the English word
	err := fs.WalkDir(os.DirFS("../.."), "internal", func(name string, d fs.DirEntry, err error) error {
		if d != nil && slices.Contains(foreign, name) {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), "../../"+name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if en, ja, ok := translation(n); ok {
				if said[en] == nil {
					said[en] = translations{}
				}
				said[en][ja] = append(said[en][ja], path.Dir(name))
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(said) < 200 {
		t.Fatalf("%d words were found in two languages: the tables have another form now", len(said))
	}
	for en, all := range said {
		if all.differ() != slices.Contains(anotherSense, en) {
			t.Errorf("%q is %v in Japanese, by package: want one word, or an entry in anotherSense", en, all)
		}
	}
}

// translations are the packages that have each Japanese word for an English one.
type translations map[string][]string

// differ reports whether two packages have no word in common. Several words of one package
// are often different parts of speech, and its own tests look after them.
func (ts translations) differ() bool {
	for _, one := range ts {
		for _, other := range ts {
			if !slices.ContainsFunc(one, func(p string) bool { return slices.Contains(other, p) }) {
				return true
			}
		}
	}
	return false
}

// translation returns the two texts of an entry of a table of words: {en, ja}, {ja, en}
// or en: ja.
func translation(n ast.Node) (en, ja string, ok bool) {
	var pair []ast.Expr
	switch n := n.(type) {
	case *ast.CompositeLit:
		pair = n.Elts
	case *ast.KeyValueExpr:
		pair = []ast.Expr{n.Key, n.Value}
	}
	if len(pair) != 2 {
		return "", "", false
	}
	x, xOK := textOf(pair[0])
	y, yOK := textOf(pair[1])
	switch {
	case !xOK || !yOK || isJapanese(x) == isJapanese(y):
		return "", "", false
	case isJapanese(x):
		x, y = y, x
	}
	return strings.ToLower(strings.Trim(x, " :.")), strings.Trim(y, " :：。"), true
}

func textOf(n ast.Expr) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

func isJapanese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
	})
}
