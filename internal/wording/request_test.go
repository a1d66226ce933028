package wording

import (
	"strings"
	"testing"
)

func TestRequest(t *testing.T) {
	for name, tt := range map[string]struct {
		source string
		json   bool
		want   string // for the sample with every fact
		wrong  string // what the error says; "": none
	}{
		"texts as JSON":             {`{"text":{{json .Title}},"link":{{json .URL}}}`, true, `{"text":"【再入荷】Nintendo \"Switch\" 2 ¥49,980（楽天市場）","link":"https://shop.example/item?a=1&b=2"}`, ""},
		"a fact of the event":       {`{{.Event.data.offer.price.amount}}`, false, "", "nil pointer"},
		"a fact that may be absent": {`{{with .Event.data.offer.price}}{{.amount}}{{else}}none{{end}}`, false, "49980", ""},
		"quotes of its own":         {`{"text":"{{.Title}}"}`, true, "", "gives no JSON for an alert of kind restocked"},
		"an unknown field":          {`{{.Titel}}`, false, "", "can't evaluate field Titel"},
		"an unknown function":       {`{{upper .Title}}`, false, "", `function "upper" not defined`},
		"never anything":            {` {{/* nothing */}} `, false, "", "the body is empty"},
		"too long":                  {`{{range .Event.data}}` + strings.Repeat("x", 2000) + `{{end}}`, false, "", "the text is too long"},
	} {
		r, err := ParseRequest(tt.source, tt.json)
		if tt.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("%s: ParseRequest(%q) = %v, want an error with %q", name, tt.source, err, tt.wrong)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: ParseRequest(%q) = %v, want none", name, tt.source, err)
			continue
		}
		got, err := r.Body(sampleFields()[0])
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: Body = %q, %v, want %q", name, got, err, tt.want)
		}
	}
}
