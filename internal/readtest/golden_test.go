package readtest

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var readings = flag.String("readings", "", "a folder for all that TestObservationsStay reads, to compare two versions by diff")

// TestObservationsStay holds every fact, reason and piece of evidence of every page at
// hand against testdata/observations.txt, a line with a hash for each page, so that a
// change that is to make reading cheaper changes nothing that is read. A change of what
// is read writes the lines anew by -update.
func TestObservationsStay(t *testing.T) {
	got := observations(t)
	file := filepath.Join("testdata", "observations.txt")
	raw, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	want := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		if name, hash, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			want[name] = hash
		}
	}
	if *update {
		maps.Copy(want, got)
		var b strings.Builder
		for _, name := range slices.Sorted(maps.Keys(want)) {
			fmt.Fprintf(&b, "%s\t%s\n", name, want[name])
		}
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if got[name] != want[name] {
			t.Errorf("%s is read otherwise than before: hash %s, want %q; -readings DIR shows it, -update takes it for right", name, got[name], want[name])
		}
	}
	t.Logf("%d readings", len(got))
}

// observations returns the hash of what is read of each page, as the page of a shop
// that nobody knows and, where its address is known, as that shop's.
func observations(t *testing.T) map[string]string {
	t.Helper()
	got := map[string]string{}
	add := func(name, url string, body []byte) {
		var all []byte
		for _, u := range []string{"https://shop.example/item/1", url} {
			if u == "" {
				continue
			}
			text, err := json.Marshal(read(u, body))
			if err != nil {
				t.Fatal(err)
			}
			all = append(append(all, text...), '\n')
		}
		sum := sha256.Sum256(all)
		got[name] = hex.EncodeToString(sum[:8])
		if *readings == "" {
			return
		}
		if err := os.WriteFile(filepath.Join(*readings, strings.ReplaceAll(name, "/", "_")), all, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range glob(t, "../sources/testdata/*.txtar") {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		urls := map[string]string{}
		for _, f := range a.Files {
			if name, ok := strings.CutSuffix(f.Name, ".want"); ok {
				urls[name] = fieldOf(f.Data, "url")
			}
		}
		for _, f := range a.Files {
			if name, ok := strings.CutSuffix(f.Name, ".html"); ok {
				add(filepath.Base(file)+"/"+f.Name, urls[name], f.Data)
			}
		}
	}
	for _, file := range append(glob(t, "../sources/testdata/fuzz/*/*"), glob(t, "../sources/page/testdata/fuzz/*/*")...) {
		for i, body := range fuzzed(t, file) {
			add(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file)+"/"+strconv.Itoa(i), "", body)
		}
	}
	urls := knownURLs(t)
	for _, file := range append(glob(t, shared+"/pages/*/*.html*"), glob(t, shared+"/cases/*.html")...) {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, ".gz") {
			z, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if body, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		name := filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file)
		add(name, urls[name], body)
	}
	return got
}

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// fieldOf returns a value of a file of lines "name: value".
func fieldOf(text []byte, name string) string {
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// fuzzed returns the byte strings of a file of the fuzzer's.
func fuzzed(t *testing.T, file string) (bodies [][]byte) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		quoted, ok := strings.CutPrefix(strings.TrimSpace(line), "[]byte(")
		if !ok {
			continue
		}
		s, err := strconv.Unquote(strings.TrimSuffix(quoted, ")"))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		bodies = append(bodies, []byte(s))
	}
	return bodies
}

// knownURLs returns the addresses of the shared pages that their indexes name.
func knownURLs(t *testing.T) map[string]string {
	t.Helper()
	urls := map[string]string{}
	for name, file := range map[string]string{"japan": "expect.tsv", "found": "INDEX.tsv"} {
		raw, _ := os.ReadFile(filepath.Join(shared, "pages", name, file))
		for line := range strings.Lines(string(raw)) {
			if row := strings.Split(strings.TrimSpace(line), "\t"); len(row) > 1 && strings.HasPrefix(row[1], "http") {
				urls[name+"/"+row[0]] = row[1]
			}
		}
	}
	var truths map[string]struct{ URL string }
	if raw, err := os.ReadFile(filepath.Join(shared, "pages", "benchmark", "truth.json")); err == nil {
		if err := json.Unmarshal(raw, &truths); err != nil {
			t.Fatal(err)
		}
	}
	for id, truth := range truths {
		urls["benchmark/"+id+".html.gz"] = truth.URL
	}
	raw, _ := os.ReadFile(filepath.Join(shared, "cases", "expect.jsonl"))
	for line := range bytes.Lines(raw) {
		var c struct{ File, URL string }
		if err := json.Unmarshal(line, &c); err == nil {
			urls["cases/"+c.File] = c.URL
		}
	}
	return urls
}
