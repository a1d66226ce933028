package importtest

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// A test that finds nothing in a good tree proves little: here is a bad one.
func TestFaultsAreFound(t *testing.T) {
	rules := map[string]rule{
		"cmd/shop": {own: []string{"app"}},
		"app":      {own: []string{"stock"}, libraries: []string{"example.org/lib"}},
		"stock":    {},
		"pure":     {pure: true},
		"bare":     {},
		"long":     {},
	}
	for _, tt := range []struct {
		name, file, text string
		want             []string
	}{
		{"fine", "internal/app/a.go", source("app", module+"/internal/stock", "fmt", "example.org/lib/below"), nil},
		{"upwards", "internal/stock/a.go", source("stock", module+"/internal/app"), []string{"internal/stock/a.go: may not import app"}},
		{"of its own name", "internal/app/a.go", source("app", module+"/internal/app"), []string{"internal/app/a.go: may not import app"}},
		{"another binary", "cmd/shop/a.go", source("main", module+"/cmd/other"), []string{"cmd/shop/a.go: may not import cmd/other"}},
		{"library", "internal/stock/a.go", source("stock", "example.org/lib"), []string{"internal/stock/a.go: may not import example.org/lib"}},
		{"library with the same beginning", "internal/app/a.go", source("app", "example.org/library"), []string{"internal/app/a.go: may not import example.org/library"}},
		{"engine", "internal/app/a.go", source("app", module+"/internal/natsd"), []string{"internal/app/a.go: may not import natsd"}},
		{"engine in a test", "internal/app/a_test.go", source("app", module+"/internal/natsd"), nil},
		{"itself in an outer test", "internal/stock/a_test.go", source("stock_test", module+"/internal/stock", "pgregory.net/rapid"), nil},
		{"upwards in a test", "internal/stock/a_test.go", source("stock_test", module+"/internal/app"), []string{"internal/stock/a_test.go: may not import app"}},
		{"library in a test", "internal/stock/a_test.go", source("stock", "example.org/lib"), []string{"internal/stock/a_test.go: may not import example.org/lib"}},
		{"side effects", "internal/pure/a.go", source("pure", "net/http", "strings"), []string{"internal/pure/a.go: may not import net/http: the package is pure"}},
		{"side effects in a test", "internal/pure/a_test.go", source("pure", "os"), nil},
		{"both clocks at once", "internal/app/a.go", source("app", "time") + "var _ = time.Since\n", []string{"internal/app/a.go: may not use time.Since: it mixes the wall clock and the monotonic one, see package clock"}},
		{"both clocks by another name", "internal/app/a.go", "// Package app is one.\npackage app\n\nimport t \"time\"\n\nvar _ = t.Now()\n", []string{"internal/app/a.go: may not use time.Now: it mixes the wall clock and the monotonic one, see package clock"}},
		{"both clocks in a test", "internal/app/a_test.go", source("app", "time") + "var _ = time.Now()\n", nil},
		{"a timer", "internal/app/a.go", source("app", "time") + "var _ = time.NewTimer\n", nil},
		{"not in the map", "internal/util/a.go", source("util"), []string{`internal/util/a.go: package "util" is not in the package map: add it to allow, and to the design`}},
		{"below one in the map", "internal/app/util/a.go", source("util"), []string{`internal/app/util/a.go: package "app/util" is not in the package map: add it to allow, and to the design`}},
		{"no comment", "internal/bare/a.go", "package bare\n", []string{"internal/bare: no file has a package comment: say what the package does and what it does not"}},
		{"too long", "internal/long/a.go", source("long") + strings.Repeat("\n", 400), []string{"internal/long/a.go: 402 lines, want at most 400"}},
		{"long test", "internal/long/a_test.go", source("long") + strings.Repeat("\n", 400), nil},
		{"not code of ours", "internal/app/testdata/a.go", "package x\n", nil},
	} {
		tree := fstest.MapFS{
			"go.mod":                   {Data: []byte("module " + module)},
			"internal/tools/go.mod":    {Data: []byte("module tools")},
			"internal/tools/tools.go":  {Data: []byte("package tools\n\nimport \"example.org/anything\"\n")},
			"internal/stock/stock.go":  {Data: []byte(source("stock"))},
			tt.file:                    {Data: []byte(tt.text)},
			"internal/app/doc_here.go": {Data: []byte(source("app"))},
		}
		if diff := cmp.Diff(tt.want, check(t, tree, rules)); diff != "" {
			t.Errorf("%s: faults (-want +got):\n%s", tt.name, diff)
		}
	}
}

// source returns a Go file.
func source(name string, imports ...string) string {
	lines := []string{"// Package " + name + " is made up.", "package " + name}
	for _, path := range imports {
		lines = append(lines, `import "`+path+`"`)
	}
	return strings.Join(lines, "\n") + "\n"
}
