package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Every fixed sentence of a failure is there in Japanese, with places for the same
// arguments, and the table has no other.
func TestEveryRefusalIsInJapanese(t *testing.T) {
	used := map[string]bool{}
	want := func(format string) {
		if used[format] = true; refusals[format] == "" {
			t.Errorf("%q has no words in Japanese: add it to refusals.go", format)
		}
	}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			for _, format := range saidBy(n) {
				want(format)
			}
			return true
		})
	}
	verb := regexp.MustCompile(`%[a-z]`)
	for en, ja := range refusals {
		if !used[en] {
			t.Errorf("refusals.go has %q, which nothing says", en)
		}
		if got, want := verb.FindAllString(ja, -1), verb.FindAllString(en, -1); !slices.Equal(got, want) {
			t.Errorf("%q has places for %v, want %v as in %q", ja, got, want, en)
		}
	}
}

// saidBy returns the sentences that a piece of code may answer with.
func saidBy(n ast.Node) []string {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && key.Name == "says" {
			return textOf(n.Value)
		}
	case *ast.CallExpr:
		f, ok := n.Fun.(*ast.Ident)
		if !ok || f.Name != "notFound" && f.Name != "accessError" {
			return nil
		}
		for _, what := range textOf(n.Args[len(n.Args)-1]) {
			return []string{"no such " + what}
		}
	case *ast.FuncDecl:
		if n.Name.Name != "check" {
			return nil
		}
		var all []string
		ast.Inspect(n, func(n ast.Node) bool {
			if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) == 2 {
				all = append(all, textOf(r.Results[0])...)
			}
			return true
		})
		return all
	}
	return nil
}

// textOf returns the text of a literal that says something.
func textOf(n ast.Node) []string {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return nil
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil || text == "" {
		return nil
	}
	return []string{text}
}
