package importtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
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
	"search",     // what a button does; a page of a search
	"seen",       // acknowledged by a person; when the program looked
	"unreadable", // a page; records of the store
}

// The dashboard, alerts, evidence and commands use the same Japanese word where they use
// the same English one.
func TestOneVocabularyForAllPackages(t *testing.T) {
	said := map[string]map[string]string{} // English, Japanese, where
	err := fs.WalkDir(os.DirFS("../.."), "internal", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, "../../"+name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if en, ja, ok := translation(n); ok {
				if said[en] == nil {
					said[en] = map[string]string{}
				}
				said[en][ja] = fmt.Sprintf("%s:%d", name, set.Position(n.Pos()).Line)
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
		if !slices.Contains(anotherSense, en) && packagesOf(all) > 1 {
			t.Errorf("%q has more than one word in Japanese: %v", en, all)
		}
	}
}

// packagesOf counts the packages of different words. Those of one package are often
// different parts of speech, and its own tests look after them.
func packagesOf(words map[string]string) int {
	if len(words) == 1 {
		return 1
	}
	packages := map[string]bool{}
	for _, where := range words {
		packages[where[:strings.LastIndex(where, "/")]] = true
	}
	return len(packages)
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
