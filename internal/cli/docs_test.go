package cli

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/config"
)

const root = "../.."

// documents returns the text of every document, by its path from the root.
func documents(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && (name == ".git" || name == "testdata" || name == "node_modules"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".md"):
			return nil
		}
		text, err := os.ReadFile(path)
		rel, _ := filepath.Rel(root, path)
		all[filepath.ToSlash(rel)] = string(text)
		return err
	})
	if err != nil || len(all) < 20 {
		t.Fatalf("find the documents: %d, %v, want at least 20", len(all), err)
	}
	return all
}

var (
	fence   = regexp.MustCompile("(?ms)^[ \t]*```([a-z]*)\n(.*?)^[ \t]*```")
	link    = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ +(.*)$`)
	notSlug = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors are the names by which the headings of a document are linked to.
func anchors(text string) []string {
	var all []string
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		name := strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")
		all = append(all, name)
	}
	return all
}

// Every link of a document to a file of ours leads somewhere, to the heading too.
func TestLinksOfDocuments(t *testing.T) {
	docs := documents(t)
	for path, text := range docs {
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			to := path
			if target != "" {
				to = filepath.ToSlash(filepath.Join(filepath.Dir(path), target))
			}
			if _, err := os.Stat(filepath.Join(root, to)); err != nil {
				t.Errorf("%s links to %s, which is not there", path, m[1])
				continue
			}
			if doc, ok := docs[to]; ok && anchor != "" && !slices.Contains(anchors(doc), anchor) {
				t.Errorf("%s links to %s, and %s has no such heading", path, m[1], to)
			}
		}
	}
}

// runsElsewhere are the commands of the programs that are not tools.
var runsElsewhere = []string{"run", "demo", "help"}

var command = regexp.MustCompile(`(?m)^\s*(?:[$#] )?(?:sudo )?(?:(?:\./)?bin/|go run \./cmd/)?sainyuka ([a-z][-a-z]*)(.*)$`)

// Every command that a document shows exists, and has the flags that it is given.
func TestCommandsOfDocuments(t *testing.T) {
	known := append([]string{}, runsElsewhere...)
	for _, c := range Tools() {
		known = append(known, c.Name)
	}
	for path, text := range documents(t) {
		if path == "CHANGELOG.md" || strings.HasPrefix(path, "docs/decisions/") {
			continue // of their time
		}
		for _, block := range fence.FindAllStringSubmatch(text, -1) {
			for _, m := range command.FindAllStringSubmatch(block[2], -1) {
				if !slices.Contains(known, m[1]) {
					t.Errorf("%s shows `sainyuka %s`, and there is no such command", path, m[1])
					continue
				}
				if !slices.Contains(runsElsewhere, m[1]) {
					checkFlags(t, path, m[1], m[2])
				}
			}
		}
	}
}

var flagOf = regexp.MustCompile(`(?:^|\s)--?([a-z][-a-z]*)`)

func checkFlags(t *testing.T, path, name, rest string) {
	t.Helper()
	rest, _, _ = strings.Cut(rest, "#")
	rest, _, _ = strings.Cut(rest, "|")
	var help bytes.Buffer
	Main(t.Context(), Env{Program: "sainyuka", Stdout: &help, Stderr: &help}, Tools(), []string{name, "-h"})
	for _, f := range flagOf.FindAllStringSubmatch(rest, -1) {
		if !regexp.MustCompile(`(?m)^\s+-` + f[1] + `\b`).MatchString(help.String()) {
			t.Errorf("%s shows `sainyuka %s%s`, and the command has no flag -%s", path, name, rest, f[1])
		}
	}
}

// Every piece of configuration that a document shows is TOML, and has no key that
// is not known. Pieces are completed by what they leave out.
func TestConfigurationsOfDocuments(t *testing.T) {
	for path, text := range documents(t) {
		if path == "CHANGELOG.md" || strings.HasPrefix(path, "docs/decisions/") {
			continue
		}
		for i, block := range fence.FindAllStringSubmatch(text, -1) {
			if block[1] != "toml" {
				continue
			}
			file := filepath.Join(t.TempDir(), fmt.Sprintf("%d.toml", i))
			if err := os.WriteFile(file, []byte(completed(block[2])), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := config.Load(file)
			if err == nil {
				continue
			}
			for line := range strings.Lines(err.Error()) {
				if strings.Contains(line, "unknown key") || strings.Contains(line, "TOML") || strings.Contains(line, "unknown type") {
					t.Errorf("%s shows a configuration that is wrong: %s in\n%s", path, strings.TrimSpace(line), block[2])
				}
			}
		}
	}
}

// indented is how a piece within a list stands.
var indented = regexp.MustCompile(`(?m)^ {2,4}`)

// completed puts the tables around a piece that it leaves out.
func completed(piece string) string {
	piece = indented.ReplaceAllString(piece, "")
	first := strings.TrimSpace(piece)
	switch {
	case strings.Contains(piece, "[[product.watch]]") && !strings.Contains(piece, "[[product]]"):
		piece = "[[product]]\nid = \"completed\"\n" + piece
	case strings.Contains(piece, "[channel.") && !strings.Contains(piece, "[[channel]]"):
		piece = "[[channel]]\nid = \"completed\"\ntype = \"log\"\n" + piece
	case !strings.HasPrefix(first, "[") && !strings.HasPrefix(first, "#"):
		return "" // keys without their table: which one it is the text around it says
	}
	return piece
}
