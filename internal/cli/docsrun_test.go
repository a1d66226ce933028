package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// manualConfig is a configuration like the one that the documents speak of.
const manualConfig = `language = "en"
[web]
listen = "127.0.0.1:0"
[fetch]
proxy = %[1]q
[[product]]
id = "switch2"
[[product.watch]]
url = "http://shop.example/switch2"
[[channel]]
id = "phone"
type = "ntfy"
url = "%[1]s/topic"
`

// endless are commands of documents that run until they are stopped, or ask a person: other
// tests run them.
var endless = []string{"run", "demo", "init"}

// inAFolderOfTheirOwn are commands that begin with an empty folder.
var inAFolderOfTheirOwn = []string{"restore", "init"}

// endsWith are the exit codes of commands that cannot do in a test what the document says.
var endsWith = map[string]int{
	"token revoke": exitFailed, // the token of the document is none of ours
	"setup":        exitUsage,  // there is no cluster
	"find":         exitFailed, // nor a key of an official API
}

var (
	shown       = regexp.MustCompile(`(?m)^\s*(?:\$ )?(?:sudo )?(?:(?:\./)?bin/|go run \./cmd/)?(sainyuka [a-z][-a-z]*\b.*)$`)
	inThisPlace = regexp.MustCompile(`\bID\b`) // where the document leaves the channel open
)

// shownCommands are the command lines in the fenced pieces of all documents, each once, with
// the document that it stands in.
func shownCommands(t *testing.T) (lines []string, in map[string]string) {
	in = map[string]string{}
	docs := documents(t)
	for _, path := range slices.Sorted(maps.Keys(docs)) {
		if path == "CHANGELOG.md" || strings.HasPrefix(path, "docs/decisions/") {
			continue // of their time
		}
		for _, block := range fence.FindAllStringSubmatch(docs[path], -1) {
			if block[1] != "" && block[1] != "sh" {
				continue
			}
			for _, m := range shown.FindAllStringSubmatch(block[2], -1) {
				if in[m[1]] == "" {
					in[m[1]] = path
					lines = append(lines, m[1])
				}
			}
		}
	}
	return lines, in
}

// Every command line of the documents runs as it stands, in the order in which it stands,
// beside a daemon, and ends as it shall.
func TestCommandsOfDocumentsRun(t *testing.T) {
	dir := t.TempDir()
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.Method == http.MethodPost {
			_, _ = io.WriteString(w, `{"id":"x"}`)
			return
		}
		_, _ = io.WriteString(w, `<title>Console</title><h1>Console</h1><p>¥1,980</p><button>Add to cart</button>`)
	}))
	t.Cleanup(service.Close)
	for name, text := range map[string]string{
		"config.toml": fmt.Sprintf(manualConfig, service.URL),
		"urls.txt":    "https://shop.example/1\n",
		"urls.yaml":   "name: Console\nurl: https://shop.example/2\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	daemon := exec.CommandContext(ctx, "sainyuka", "run", "-config", "config.toml", "-log-json")
	daemon.Dir, daemon.Cancel = dir, func() error { return daemon.Process.Signal(os.Interrupt) }
	var log bytes.Buffer
	daemon.Stderr = &log
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		stop()
		_ = daemon.Wait()
		for line := range bytes.Lines(log.Bytes()) {
			if !json.Valid(line) {
				t.Errorf("with -log-json the log has the line %q", line)
			}
		}
		if t.Failed() {
			t.Logf("the daemon's log:\n%s", &log)
		}
	}()
	for begin := time.Now(); ; {
		code, said := shell(t, dir, "sainyuka status")
		if code == exitOK {
			break
		}
		if time.Since(begin) > 3*time.Minute {
			t.Fatalf("the daemon is not ready: %s", said)
		}
	}

	lines, in := shownCommands(t)
	if len(lines) < 30 {
		t.Errorf("%d commands are shown, want at least 30", len(lines))
	}
	ran := 0
	for _, line := range lines {
		words := strings.Fields(line)
		if slices.Contains(endless, words[1]) && !strings.Contains(line, "-no-start") {
			continue
		}
		place := dir
		if slices.Contains(inAFolderOfTheirOwn, words[1]) {
			place = folderOfItsOwn(t, dir, words[1])
		}
		want := endsWith[words[1]]
		if len(words) > 2 && endsWith[words[1]+" "+words[2]] != 0 {
			want = endsWith[words[1]+" "+words[2]]
		}
		if code, said := shell(t, place, inThisPlace.ReplaceAllString(line, "phone")); code != want {
			t.Errorf("%s shows `%s`: it ends with %d, want %d:\n%s", in[line], line, code, want, said)
		}
		ran++
	}
	t.Logf("%d of %d commands were run", ran, len(lines))
}

// folderOfItsOwn is a new folder, with the copy for a restore.
func folderOfItsOwn(t *testing.T, dir, command string) string {
	t.Helper()
	place := t.TempDir()
	if command != "restore" {
		return place
	}
	for _, name := range []string{"config.toml", "sainyuka.zip"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(place, name), text, 0o600)
		}
		if err != nil {
			t.Fatalf("no document shows before restore how %s is made: %v", name, err)
		}
	}
	return place
}

// shell runs a line as a person does, who types a password where one is asked for.
func shell(t *testing.T, dir, line string) (code int, said string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", line)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader("a long password of mine\n")
	cmd.Env = append(os.Environ(), "LANG=C", "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", line, err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// named is a command that a sentence or a table names.
var named = regexp.MustCompile("`(?:(?:\\./)?bin/)?sainyuka ([a-z][-a-z]*)([^`]*)`")

// Every command that a sentence names exists, with the flags that it is named with.
func TestCommandsInSentences(t *testing.T) {
	known := append([]string{"run", "demo", "help", "man", "completion"}, names(Tools())...)
	for path, text := range documents(t) {
		if path == "CHANGELOG.md" || strings.HasPrefix(path, "docs/decisions/") {
			continue
		}
		for _, m := range named.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			switch {
			case !slices.Contains(known, m[1]):
				t.Errorf("%s names `sainyuka %s`, and there is no such command", path, m[1])
			case slices.Contains(names(Tools()), m[1]):
				checkFlags(t, path, m[1], strings.NewReplacer("[-", " -", `\|`, " ").Replace(m[2]))
			}
		}
	}
}

// Both READMEs have every command in their table.
func TestCommandsOfReadme(t *testing.T) {
	docs := documents(t)
	for _, path := range []string{"README.md", "README.ja.md"} {
		var table strings.Builder
		for line := range strings.Lines(docs[path]) {
			if strings.HasPrefix(line, "| `") {
				table.WriteString(line)
			}
		}
		for _, name := range append([]string{"run", "demo", "man", "completion"}, names(Tools())...) {
			if !regexp.MustCompile("`(sainyuka )?" + name + `\b`).MatchString(table.String()) {
				t.Errorf("the table of commands of %s has no %s", path, name)
			}
		}
	}
}

// Every document is in the table of contents of its language.
func TestTablesOfContents(t *testing.T) {
	docs := documents(t)
	for path := range docs {
		for _, dir := range []string{"docs/", "docs/ja/"} {
			name, ok := strings.CutPrefix(path, dir)
			if !ok || name == "README.md" || strings.Contains(name, "/") {
				continue
			}
			if !strings.Contains(docs[dir+"README.md"], "]("+name) {
				t.Errorf("%s is not in %sREADME.md", path, dir)
			}
		}
	}
}

// testOf names a test of ours and, behind it, the package that has it.
var testOf = regexp.MustCompile("`(Test[A-Za-z0-9]+)`(?:, `(Test[A-Za-z0-9]+)`)? in `(internal/[a-z/]+)`")

// The tests by which documents show something are there.
func TestTestsOfDocuments(t *testing.T) {
	found := 0
	for path, text := range documents(t) {
		for _, m := range testOf.FindAllStringSubmatch(text, -1) {
			var source strings.Builder
			files, _ := filepath.Glob(filepath.Join(root, m[3], "*_test.go"))
			for _, file := range files {
				code, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				source.Write(code)
			}
			for _, name := range m[1:3] {
				if name != "" && !strings.Contains(source.String(), "func "+name+"(") {
					t.Errorf("%s names %s, which %s does not have", path, name, m[3])
				}
				found++
			}
		}
	}
	if found < 20 {
		t.Errorf("documents name %d tests, want at least 20", found)
	}
}
