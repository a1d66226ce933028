package wording

import (
	"strings"
	"testing"
	"time"
)

// A template that would run for ever is a mistake on its line, found at once.
func TestEndlessTemplates(t *testing.T) {
	for _, tt := range []struct{ source, want string }{
		{"{{define \"title\"}}x{{end}}\n{{define \"body\"}}\n{{range 1000000000000}}{{end}}x{{end}}", "line 3: "},
		{"{{define \"body\"}}{{range 100000}}{{range 100000}}{{end}}{{end}}x{{end}}", "line 1: "},
		{"{{define \"body\"}}{{if true}}{{with 1}}{{range $i := 1000000000}}{{end}}{{end}}{{end}}x{{end}}", "line 1: "},
		{"{{define \"x\"}}{{range 1000000000}}{{end}}{{end}}{{define \"body\"}}{{template \"x\"}}x{{end}}", "line 1: "},
		{"{{define \"a\"}}{{end}}" + twice("b", "a") + twice("c", "b") + twice("d", "c") + twice("e", "d") + twice("body", "e"), "line 1: "},
	} {
		began := time.Now()
		_, wrong := Parse(tt.source, []string{"ntfy", "email"}, []string{"restocked", "weekly"})
		if len(wrong) == 0 || !strings.HasPrefix(wrong[0].Error(), tt.want) || !strings.Contains(wrong[0].What, "too many steps") {
			t.Errorf("Parse(%.80q) = %v, want a mistake %s... of too many steps", tt.source, wrong, tt.want)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("Parse(%.80q) took %s, want seconds at most", tt.source, took)
		}
	}
	if _, err := ParseRequest("{{range 1000000000000}}{{end}}x", false); err == nil || !strings.Contains(err.Error(), "too many steps") {
		t.Errorf("ParseRequest of an endless loop = %v, want too many steps", err)
	}
	set, wrong := Parse("{{define \"body\"}}{{range 100}}x{{end}}{{range .Lines}}{{.}}{{end}}{{end}}", []string{"ntfy"}, []string{"restocked"})
	if len(wrong) > 0 {
		t.Fatalf("a template with loops of a usual length: %v", wrong)
	}
	for range 1000 { // each text counts for itself
		if text, err := set.Body(Alert{Lines: []string{"y"}}); err != nil || text != strings.Repeat("x", 100)+"y" {
			t.Fatalf("Body = %q, %v", text, err)
		}
	}
}

// twice is a template that uses another one many times.
func twice(name, other string) string {
	return "{{define \"" + name + "\"}}" + strings.Repeat("{{template \""+other+"\"}}", 10) + "{{end}}"
}
