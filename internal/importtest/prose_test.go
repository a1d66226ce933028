package importtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// What a reason or evidence says in words is for people. What decides looks at codes,
// facts and outcomes: a text that is put differently must change nothing. Only package
// stock, which has the words, may compare them or cut them apart.
func TestNothingDecidesByProse(t *testing.T) {
	err := fs.WalkDir(os.DirFS("../.."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "internal/stock/") {
			return err
		}
		text, err := os.ReadFile("../../" + name)
		if err != nil {
			return err
		}
		for _, fault := range proseFaults(t, name, string(text)) {
			t.Error(fault)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A test that finds nothing in a good tree proves little.
func TestDecisionsByProseAreFound(t *testing.T) {
	for _, tt := range []struct {
		code string
		want int
	}{
		{`if c.Problem.Text == "blocked" {}`, 1},
		{`if "x" != look.Reason.Text {}`, 1},
		{`if p.Reason.String() == other {}`, 1},
		{`_, why, _ := strings.Cut(news.Reason.Text, ": ")`, 1},
		{`if strings.HasPrefix(e.Sentence(), "availability") {}`, 1},
		{`switch e.Said { case "x": }`, 1},
		{`if p.Reason.Text == "" {}`, 0},
		{`show(p.Reason.Text, e.Sentence())`, 0},
		{`if p.Reason.Code == stock.ReasonOther {}`, 0},
		{`if e.Text == want {}`, 0}, // the page's own text
	} {
		if got := proseFaults(t, "a.go", "package a\n\nfunc f() {\n"+tt.code+"\n}\n"); len(got) != tt.want {
			t.Errorf("%s: faults %q, want %d", tt.code, got, tt.want)
		}
	}
}

// proseFaults lists where a file compares or cuts the words of a reason or evidence.
func proseFaults(t *testing.T, name, text string) (faults []string) {
	t.Helper()
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	fault := func(n ast.Node, what string) {
		faults = append(faults, fmt.Sprintf("%s: %s the words of a reason or evidence: decide by its code, fact or outcome", set.Position(n.Pos()), what))
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			compares := (n.Op == token.EQL || n.Op == token.NEQ) && (prose(n.X) || prose(n.Y))
			if compares && !empty(n.X) && !empty(n.Y) {
				fault(n, "compares")
			}
		case *ast.SwitchStmt:
			if n.Tag != nil && prose(n.Tag) {
				fault(n, "switches by")
			}
		case *ast.CallExpr:
			if fn, ok := n.Fun.(*ast.SelectorExpr); ok && lastName(fn.X) == "strings" && fn.Sel.Name != "Builder" && len(n.Args) > 0 && prose(n.Args[0]) {
				fault(n, "takes apart")
			}
		}
		return true
	})
	return faults
}

// prose reports whether an expression is such a text, by the names that stock gives it.
func prose(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		owner := lastName(e.X)
		return e.Sel.Name == "Said" || e.Sel.Name == "Text" && (owner == "Reason" || owner == "Problem" || owner == "Cause")
	case *ast.CallExpr:
		fn, ok := e.Fun.(*ast.SelectorExpr)
		return ok && (fn.Sel.Name == "Sentence" || fn.Sel.Name == "String" && lastName(fn.X) == "Reason")
	}
	return false
}

func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func empty(e ast.Expr) bool {
	lit, ok := e.(*ast.BasicLit)
	return ok && lit.Value == `""`
}
