package readtest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// knownWrong returns the lines of a list of what is read wrongly so far.
func knownWrong(t *testing.T, name string) []string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.FieldsFunc(string(raw), func(r rune) bool { return r == '\n' })
}

// settleKnown compares the list with what is wrong now, or writes it anew.
func settleKnown(t *testing.T, name string, known, wrong []string) {
	t.Helper()
	slices.Sort(wrong)
	wrong = slices.Compact(wrong)
	if *update {
		text := strings.Join(wrong, "\n")
		if text != "" {
			text += "\n"
		}
		if err := os.WriteFile(filepath.Join("testdata", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, k := range known {
		if !slices.Contains(wrong, k) {
			t.Logf("testdata/%s: %q is right now: run go test ./internal/readtest -update", name, k)
		}
	}
}
