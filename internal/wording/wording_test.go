package wording

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	types = []string{"log", "email"}
	kinds = []string{"restocked", "gone"}
)

func TestParseAndTell(t *testing.T) {
	const file = `{{/* my texts */}}
{{define "price"}}{{with .Effective}}{{.}}{{else}}{{or .Price "?"}}{{end}}{{end}}
{{define "title"}}{{.What}}: {{.Product}} {{template "price" .}}{{end}}
{{define "body email"}}
{{range .Others}}{{.Name}} {{.Availability}} {{.Price}}
{{end}}{{join .Lines "\n"}}
{{end}}
`
	s, wrong := Parse(file, types, kinds)
	if len(wrong) > 0 {
		t.Fatalf("Parse = %v, want a set", wrong)
	}
	a := Alert{What: "再入荷", Product: "Switch", Price: "¥1", Type: "log", Lines: []string{"a", "b"}, Others: []Shop{{Name: "Yahoo!", Availability: "In stock", Price: "¥2"}}}
	for _, tt := range []struct{ channel, title, body string }{
		{"log", "再入荷: Switch ¥1", ""},
		{"email", "再入荷: Switch ¥1", "Yahoo! In stock ¥2\na\nb"},
	} {
		a.Type = tt.channel
		title, err := s.Title(a)
		body, err2 := s.Body(a)
		if title != tt.title || body != tt.body || err != nil || err2 != nil {
			t.Errorf("to %s: %q (%v), %q (%v), want %q, %q", tt.channel, title, err, body, err2, tt.title, tt.body)
		}
	}
	same, _ := Parse(file, types, kinds)
	other, _ := Parse(file+" ", types, kinds)
	if !s.Equal(same) || s.Equal(other) || s.Equal(nil) || !(*Set)(nil).Equal(nil) {
		t.Error("two sets are equal when their files are")
	}
	if b, err := json.Marshal(s); err != nil || !strings.Contains(string(b), "my texts") {
		t.Errorf("JSON of a set = %s, %v, want its file", b, err)
	}
}

// What the manual shows can be copied.
func TestExampleOfTheManual(t *testing.T) {
	manual, err := os.ReadFile("../../docs/templates.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(manual), "```gotmpl\n")
	example, _, found := strings.Cut(rest, "```")
	if _, wrong := Parse(example, types, kinds); !found || len(wrong) > 0 {
		t.Errorf("the example of docs/templates.md: %v\n%s", wrong, example)
	}
}

func TestMistakes(t *testing.T) {
	for _, tt := range []struct {
		name, file string
		want       []Mistake
	}{
		{"nothing", "", []Mistake{{1, `there is neither {{define "title"}} nor {{define "body"}}`}}},
		{"only a part of one's own", `{{define "x"}}{{end}}`, []Mistake{{1, `there is neither {{define "title"}} nor {{define "body"}}`}}},
		{"syntax", "{{define \"title\"}}\n{{if}}\n{{end}}{{end}}", []Mistake{{2, "missing value for if"}}},
		{"no end", "{{define \"title\"}}\n\nx", []Mistake{{3, "unexpected EOF"}}},
		{"a fact that there is not", "{{define \"body\"}}\n{{.Prize}}\n{{end}}", []Mistake{{2, `executing "body" at <.Prize>: can't evaluate field Prize in type wording.Alert`}}},
		{"of a list", "{{define \"body\"}}{{range .Others}}\n{{.Prize}}{{end}}{{end}}", []Mistake{{2, `executing "body" at <.Prize>: can't evaluate field Prize in type wording.Shop`}}},
		{"what is not always there", `{{define "title"}}{{(index .Others 0).Name}}{{end}}`, []Mistake{{1, `executing "title" at <index .Others 0>: error calling index: reflect: slice index out of range`}}},
		{"in one channel's alone", `{{define "title"}}x{{end}}{{define "title email"}}{{.Prize}}{{end}}`, []Mistake{{1, `executing "title email" at <.Prize>: can't evaluate field Prize in type wording.Alert`}}},
		{"in one kind's alone", `{{define "title"}}{{if eq .Kind "gone"}}{{.Prize}}{{end}}{{end}}`, []Mistake{{1, `executing "title" at <.Prize>: can't evaluate field Prize in type wording.Alert`}}},
		{"an unknown channel", "{{define \"body\"}}x{{end}}\n{{define \"body emial\"}}x{{end}}", []Mistake{{2, `"body emial": there is no type of channel "emial"`}}},
		{"an unknown function", `{{define "body"}}{{upper .Shop}}{{end}}`, []Mistake{{1, `function "upper" not defined`}}},
		{"text outside", "{{define \"body\"}}x{{end}}\nhello\n", []Mistake{{2, `text outside of {{define "title"}} ... {{end}} and {{define "body"}} ... {{end}} is never used`}}},
		{"without an end of its own", `{{define "body"}}{{template "body" .}}{{end}}`, []Mistake{{1, `executing "body": it takes too many steps`}}},
		{"too long", `{{define "body"}}{{range .Marks}}{{printf "%99999d" 1}}{{end}}{{end}}`, []Mistake{{1, "the text is too long"}}},
	} {
		s, got := Parse(tt.file, types, kinds)
		if diff := cmp.Diff(tt.want, got); diff != "" || s != nil {
			t.Errorf("%s: mistakes (-want +got):\n%s", tt.name, diff)
		}
	}
}
