package fetch

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const (
	oldDate   = "Sun, 22 Nov 2026 10:00:00 GMT"
	laterDate = "Sun, 22 Nov 2026 12:00:00 GMT"
)

func asked(v *validators, url, reached string) string {
	h := http.Header{}
	v.ask(url, reached, h)
	return strings.TrimSpace(h.Get("If-None-Match") + " " + h.Get("If-Modified-Since"))
}

func TestValidators(t *testing.T) {
	tests := []struct {
		name   string
		answer http.Header
		want   string
	}{
		{"none", http.Header{}, ""},
		{"etag", http.Header{"Etag": {`"a"`}}, `"a"`},
		{"of what Apache packs", http.Header{"Etag": {`"a-gzip"`}}, `"a-gzip", "a"`},
		{"of what Apache packs by brotli", http.Header{"Etag": {`W/"a-br"`}}, `W/"a-br", W/"a"`},
		{"a suffix alone", http.Header{"Etag": {`"-gzip"`}}, `"-gzip"`},
		{"weak etag", http.Header{"Etag": {`W/"a"`}}, `W/"a"`},
		{"date", http.Header{"Last-Modified": {oldDate}, "Date": {laterDate}}, oldDate},
		{"both", http.Header{"Etag": {`"a"`}, "Last-Modified": {oldDate}, "Date": {laterDate}}, `"a" ` + oldDate},
		{"made this very second", http.Header{"Last-Modified": {laterDate}, "Date": {laterDate}}, ""},
		{"made in the future", http.Header{"Last-Modified": {laterDate}, "Date": {oldDate}}, ""},
		{"no date to compare with", http.Header{"Last-Modified": {oldDate}}, ""},
		{"no date at all", http.Header{"Last-Modified": {"yesterday"}, "Date": {laterDate}}, ""},
		{"too long", http.Header{"Etag": {strings.Repeat("x", maxValidatorBytes+1)}}, ""},
	}
	for _, tt := range tests {
		v := newValidators(10)
		v.store("u", "u", tt.answer)
		if got := asked(v, "u", "u"); got != tt.want {
			t.Errorf("%s: asked with %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestValidatorsOfRedirects(t *testing.T) {
	v := newValidators(10)
	v.store("a", "b", http.Header{"Etag": {"1"}})
	if got := asked(v, "a", "b"); got != "1" {
		t.Errorf("the same way again: asked with %q, want 1", got)
	}
	for _, way := range [][2]string{{"a", "a"}, {"a", "c"}, {"b", "b"}} {
		if got := asked(v, way[0], way[1]); got != "" {
			t.Errorf("%s for %s: asked with %q, want nothing", way[1], way[0], got)
		}
	}
	v.store("a", "c", http.Header{"Etag": {"2"}})
	if got := asked(v, "a", "b"); got != "" {
		t.Errorf("after another page was read: asked the first one with %q, want nothing", got)
	}
}

func TestValidatorsForget(t *testing.T) {
	v := newValidators(10)
	v.store("a", "a", http.Header{"Etag": {"1"}})
	v.forget("a")
	v.forget("b")
	if got := asked(v, "a", "a"); got != "" {
		t.Errorf("asked with %q after forget, want nothing", got)
	}
	v.store("a", "a", http.Header{"Etag": {"1"}})
	v.store("a", "a", http.Header{})
	if got := asked(v, "a", "a"); got != "" {
		t.Errorf("asked with %q after an answer without validators, want nothing", got)
	}
}

func TestValidatorsAreBounded(t *testing.T) {
	v := newValidators(3)
	for i := range 100 {
		url := fmt.Sprint(i)
		v.store(url, url, http.Header{"Etag": {url}})
		asked(v, "0", "0") // stays because it is used
	}
	if len(v.byURL) != 3 || v.recent.Len() != 3 {
		t.Errorf("%d URLs are kept, want 3", len(v.byURL))
	}
	for url, want := range map[string]string{"0": "0", "97": "", "98": "98", "99": "99"} {
		if got := asked(v, url, url); got != want {
			t.Errorf("%s: asked with %q, want %q", url, got, want)
		}
	}
}
