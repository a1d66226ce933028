package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A mistake in the user's own texts is told with their file and line, beside those
// of the configuration.
func TestMistakesOfTemplates(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "config.toml")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(file, "[alerts]\ntemplate_file = \"my.tmpl\"\nflap_limit = -1\n"+read(t, "testdata/good/least.toml"))
	write(filepath.Join(dir, "my.tmpl"), "{{define \"title\"}}{{.What}}{{end}}\n\n{{define \"body\"}}\n{{.Prize}}{{end}}\n")
	_, err := Load(file)
	if err == nil {
		t.Fatal("Load of a template that asks for .Prize: no error")
	}
	lines := strings.Split(err.Error(), "\n")
	tmpl := filepath.Join(dir, "my.tmpl")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], file+":3: alerts.flap_limit: ") || !strings.HasPrefix(lines[1], tmpl+":4: ") || !strings.Contains(lines[1], "Prize") {
		t.Errorf("Load = %v\nwant line 3 of %s and line 4 of %s", err, file, tmpl)
	}
}
