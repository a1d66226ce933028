package importtest

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The table of packages in docs/architecture.md has a row for every package of the
// map; one below another may be named by its last word.
func TestArchitectureNamesEveryPackage(t *testing.T) {
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| package | one line |")
	table, _, _ = strings.Cut(table, "\n\n")
	named := map[string]bool{}
	for _, m := range regexp.MustCompile("`(?:internal/)?([a-z0-9/<>]+)`").FindAllStringSubmatch(table, -1) {
		named[m[1]] = true
	}
	for name := range allow {
		last := name[strings.LastIndexByte(name, '/')+1:]
		parent := strings.TrimSuffix(name, last)
		if !named[name] && !named[last] && !named[parent+"<name>"] && !named[parent+"<shop>"] {
			t.Errorf("docs/architecture.md: the table of packages has no row for %s", name)
		}
	}
}

// The files that docs/architecture.md names are there.
func TestArchitectureNamesFilesThatExist(t *testing.T) {
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile("`(internal/[a-z0-9/]+\\.go)`").FindAllStringSubmatch(string(text), -1)
	if len(names) < 8 {
		t.Fatalf("found %d names of files, want at least 8", len(names))
	}
	for _, m := range names {
		if _, err := os.Stat("../../" + m[1]); err != nil {
			t.Errorf("docs/architecture.md names %s: %v", m[1], err)
		}
	}
}

// docs/dependencies.md has a line for every library that go.mod requires directly.
func TestEveryDependencyIsExplained(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	direct := regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(string(mod), -1)
	if len(direct) < 20 {
		t.Fatalf("found %d direct dependencies in go.mod, want at least 20", len(direct))
	}
	for _, m := range direct {
		if !strings.Contains(string(text), m[1]) {
			t.Errorf("docs/dependencies.md does not say why %s is needed", m[1])
		}
	}
}
