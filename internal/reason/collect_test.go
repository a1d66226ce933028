package reason

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing"
)

// collector finds the texts of reasons in code: whatever is put into a field or a
// variable named Reason, reason or why, what errors say, and what the functions
// that are called for one of these return. It goes by names, not by types, which
// finds rather too much.
type collector struct {
	fset  *token.FileSet
	files []*ast.File
	funcs map[string][]*ast.FuncDecl
	taken map[string]bool   // functions whose results are reasons
	queue []string          // those not looked at yet
	found map[string]string // text to its place
}

// reasons returns the texts in the folders below internal, with their places.
func reasons(t *testing.T, folders ...string) map[string]string {
	t.Helper()
	c := &collector{fset: token.NewFileSet(), funcs: map[string][]*ast.FuncDecl{}, taken: map[string]bool{}, found: map[string]string{}}
	for _, folder := range folders {
		c.parse(t, os.DirFS(".."), folder)
	}
	for _, f := range c.files {
		ast.Inspect(f, c.visit)
	}
	for len(c.queue) > 0 {
		name := c.queue[0]
		c.queue = c.queue[1:]
		for _, f := range c.funcs[name] {
			c.returns(f.Body)
		}
	}
	if len(c.found) < 100 {
		t.Fatalf("found %d texts of reasons in %v: the collector no longer sees them", len(c.found), folders)
	}
	return c.found
}

func (c *collector) parse(t *testing.T, root fs.FS, folder string) {
	t.Helper()
	err := fs.WalkDir(root, folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(c.fset, path, text, 0)
		if err != nil {
			return err
		}
		c.files = append(c.files, f)
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Body != nil {
				c.funcs[d.Name.Name] = append(c.funcs[d.Name.Name], d)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("read the code in %s: %v", folder, err)
	}
}

// visit looks for the places that hold reasons.
func (c *collector) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, to := range n.Lhs {
			if holdsReason(to) {
				c.collect(n.Rhs[min(i, len(n.Rhs)-1)])
			}
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			switch {
			case i >= len(n.Values):
			case holdsReason(name), name.Name == "wordings", name.Name == "advice", name.Name == "needsBrowser", name.Name == "mayBeDrawn":
				c.collect(n.Values[i])
			}
		}
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && key.Name == "shell" { // a function: its results are
			c.returns(n.Value)
		} else if holdsReason(n.Key) {
			c.collect(n.Value)
		}
	case *ast.CompositeLit:
		if kind, ok := n.Type.(*ast.Ident); ok && kind.Name == "verdict" {
			c.collect(n)
		}
	case *ast.CallExpr:
		f, ok := n.Fun.(*ast.SelectorExpr)
		if ok && len(n.Args) > 0 && (f.Sel.Name == "Errorf" || f.Sel.Name == "New") && c.told(n) {
			c.collect(n.Args[0])
		}
	case *ast.FuncDecl:
		if name := n.Name.Name; n.Body != nil && strings.HasPrefix(strings.ToLower(name), "why") {
			c.take(name)
		} else if name == "plainReason" { // most of its texts stand in a table
			c.collect(n.Body)
		}
	}
	return true
}

// told reports whether n is in a package whose errors become reasons.
func (c *collector) told(n ast.Node) bool {
	path := c.fset.Position(n.Pos()).Filename
	return strings.HasPrefix(path, "fetch/") || strings.HasPrefix(path, "sources/")
}

func holdsReason(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return strings.EqualFold(e.Sel.Name, "reason")
	case *ast.Ident:
		return strings.EqualFold(e.Name, "reason") || e.Name == "why"
	}
	return false
}

// take marks a function of ours: what it returns is collected.
func (c *collector) take(name string) {
	if len(c.funcs[name]) > 0 && !c.taken[name] {
		c.taken[name] = true
		c.queue = append(c.queue, name)
	}
}

func (c *collector) returns(body ast.Node) {
	ast.Inspect(body, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok {
			for _, e := range r.Results {
				c.collect(e)
			}
		}
		return true
	})
}

// collect takes every text in n, and the functions and constants that it names.
func (c *collector) collect(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				if text, err := strconv.Unquote(n.Value); err == nil {
					c.found[text] = c.fset.Position(n.Pos()).String()
				}
			}
		case *ast.CallExpr:
			if callee, ok := n.Fun.(*ast.Ident); ok {
				c.take(callee.Name)
			} else if callee, ok := n.Fun.(*ast.SelectorExpr); ok {
				if callee.Sel.Name == "MustCompile" {
					return false // what is looked for, not what is said
				}
				c.take(callee.Sel.Name)
			}
		case *ast.Ident:
			if n.Obj != nil && n.Obj.Kind == ast.Con {
				if spec, ok := n.Obj.Decl.(*ast.ValueSpec); ok {
					for _, v := range spec.Values {
						c.collect(v)
					}
				}
			}
		}
		return true
	})
}
