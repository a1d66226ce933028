package importtest

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module   = "github.com/sainyuka/sainyuka"
	maxLines = 400
)

// The files are read by the test itself, not by a `go list` that it starts, so
// that go's test cache notices when one changes.
func TestPackageMap(t *testing.T) {
	for _, fault := range check(t, os.DirFS("../.."), allow) {
		t.Error(fault)
	}
}

// check returns what is wrong with the module in a tree.
func check(t *testing.T, tree fs.FS, allow map[string]rule) []string {
	t.Helper()
	c := checker{tree: tree, allow: allow, seen: map[string]bool{}}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return c.enter(name)
		case strings.HasSuffix(name, ".go"):
			return c.file(name)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("read the module: %v", err)
	}
	for _, dir := range slices.Sorted(maps.Keys(c.seen)) {
		if !c.seen[dir] {
			c.fault(dir, "no file has a package comment: say what the package does and what it does not")
		}
	}
	return c.faults
}

type checker struct {
	tree   fs.FS
	allow  map[string]rule
	seen   map[string]bool // package folder: has it a package comment?
	faults []string
}

func (c *checker) fault(where, format string, args ...any) {
	c.faults = append(c.faults, where+": "+fmt.Sprintf(format, args...))
}

// enter skips the folders that go skips, and modules of their own.
func (c *checker) enter(dir string) error {
	base := path.Base(dir)
	if dir != "." && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || base == "vendor") {
		return fs.SkipDir
	}
	if _, err := fs.Stat(c.tree, path.Join(dir, "go.mod")); err == nil && dir != "." {
		return fs.SkipDir
	}
	return nil
}

// file checks one file.
func (c *checker) file(name string) error {
	text, err := fs.ReadFile(c.tree, name)
	if err != nil {
		return err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		return err
	}
	dir, isTest := path.Dir(name), strings.HasSuffix(name, "_test.go")
	if lines := bytes.Count(text, []byte("\n")); !isTest && lines > maxLines {
		c.fault(name, "%d lines, want at most %d", lines, maxLines)
	}
	if !strings.HasSuffix(parsed.Name.Name, "_test") {
		c.seen[dir] = c.seen[dir] || parsed.Doc != nil
	}
	r, known := c.allow[short(dir)]
	if !known {
		c.fault(name, "package %q is not in the package map: add it to allow, and to the design", short(dir))
		return nil
	}
	c.imports(name, r, parsed.Imports, isTest)
	if !isTest && !slices.ContainsFunc(bothClocks, func(root string) bool { return within(short(dir), []string{root}) }) {
		c.clocks(name, parsed)
	}
	return nil
}

// mixed are the functions of the standard library that go by whichever clock the
// values happen to have; package clock has what takes their place.
var mixed = map[string][]string{
	"time":    {"Now", "Since", "Until"},
	"context": {"WithDeadline", "WithDeadlineCause"},
}

// clocks checks that a file asks no clock but by package clock, whose types keep
// the wall clock and the monotonic one apart.
func (c *checker) clocks(name string, file *ast.File) {
	local := map[string]string{} // the package that a name in the file stands for
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil || mixed[imported] == nil {
			continue
		}
		local[imported] = imported
		if spec.Name != nil {
			delete(local, imported)
			local[spec.Name.Name] = imported
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && slices.Contains(mixed[local[id.Name]], sel.Sel.Name) {
			c.fault(name, "may not use %s.%s: it mixes the wall clock and the monotonic one, see package clock", local[id.Name], sel.Sel.Name)
		}
		return true
	})
}

// imports checks what one file imports.
func (c *checker) imports(name string, r rule, specs []*ast.ImportSpec, isTest bool) {
	own, libraries := r.own, r.libraries
	if !r.pure {
		own = slices.Concat(own, everybody)
	}
	if isTest {
		own = slices.Concat(own, testPackages, r.beside, []string{short(path.Dir(name))})
		libraries = slices.Concat(libraries, r.tests, testLibraries)
	}
	for _, spec := range specs {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			c.fault(name, "import %s: %v", spec.Path.Value, err)
			continue
		}
		ours, isOurs := strings.CutPrefix(imported, module+"/")
		switch {
		case isOurs:
			if !slices.Contains(own, short(ours)) {
				c.fault(name, "may not import %s", short(ours))
			}
		case isStandard(imported):
			if r.pure && !isTest && within(imported, impure) {
				c.fault(name, "may not import %s: the package is pure", imported)
			}
		case !within(imported, libraries):
			c.fault(name, "may not import %s", imported)
		}
	}
}

// short returns a package's name in the map.
func short(dir string) string { return strings.TrimPrefix(dir, "internal/") }

// isStandard reports whether a path is of the standard library: its first
// element has no dot.
func isStandard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".")
}

// within reports whether a path is one of those, or below one.
func within(imported string, roots []string) bool {
	return slices.ContainsFunc(roots, func(root string) bool {
		return imported == root || strings.HasPrefix(imported, root+"/")
	})
}
