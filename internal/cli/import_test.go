package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/config"
)

const onlyLog = "\n[[channel]]\nid = \"log\"\ntype = \"log\"\n"

// What import prints is a configuration as soon as a channel stands below it.
func TestImportedListsAreInOrder(t *testing.T) {
	files, err := filepath.Glob("../migrate/testdata/in/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("lists of other tools: %v, %v, want some", files, err)
	}
	for _, file := range files {
		var stdout, stderr bytes.Buffer
		env := Env{Program: "sainyuka", Stdout: &stdout, Stderr: &stderr}
		if code := Main(t.Context(), env, Tools(), []string{"import", file}); code != exitOK {
			t.Errorf("import %s: exit %d (%s), want 0", file, code, &stderr)
			continue
		}
		if got := stderr.String(); !strings.Contains(got, " products, ") {
			t.Errorf("import %s says %q, want how many products", file, got)
		}
		path := filepath.Join(t.TempDir(), "config.toml")
		if err := os.WriteFile(path, append(stdout.Bytes(), onlyLog...), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := config.Load(path); err != nil {
			t.Errorf("import %s: the configuration that it prints has mistakes: %v\n%s", file, err, &stdout)
		}
	}
}

func TestImportRefuses(t *testing.T) {
	prose := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(prose, []byte("Dear all"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"import"}, exitUsage, "import needs one FILE"},
		{[]string{"import", filepath.Join(t.TempDir(), "absent")}, exitUsage, "cannot read"},
		{[]string{"import", prose}, exitFailed, "neither a list of addresses"},
	} {
		var stderr bytes.Buffer
		code := Main(t.Context(), Env{Program: "sainyuka", Stdout: &bytes.Buffer{}, Stderr: &stderr}, Tools(), tt.args)
		if code != tt.code || !strings.Contains(stderr.String(), tt.says) {
			t.Errorf("%v: exit %d, %q, want %d and %q", tt.args, code, &stderr, tt.code, tt.says)
		}
	}
}
