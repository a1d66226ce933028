package fetch

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// The user's key is the permission to ask an official API, so robots.txt is not
// asked; and what may hold the key is named by the watch instead.
func TestOfficialAPI(t *testing.T) {
	s := openShop(t, map[string]http.HandlerFunc{
		"/robots.txt": robotsTxt("User-agent: *\nDisallow: /"),
		"/search":     says("application/json", `{"count":0}`),
		"/broken":     answers(500, "no"),
		"/moved":      sends("http://elsewhere.example/search"),
	})
	c := newClient(t)
	for _, tt := range []struct {
		path    string
		outcome stock.Outcome
		reason  string
	}{
		{"/search?key=hunter2", stock.OK, ""},
		{"/broken?key=hunter2", stock.Failed, "500 Internal Server Error"},
		{"/moved?key=hunter2", stock.WrongProduct, "redirects to elsewhere.example: watch that URL"},
		{"/%zz?key=hunter2", stock.Failed, `the URL does not parse: invalid URL escape "%zz"`},
	} {
		p := c.Fetch(t.Context(), stock.Request{URL: s.URL + tt.path, Header: http.Header{"Accesskey": {"hunter2"}}, API: "rakuten-api:?jan=1"})
		wantOutcome(t, p, tt.outcome, tt.reason)
		if p.URL != "rakuten-api:?jan=1" {
			t.Errorf("Fetch(%s): the page's URL = %q, want the name of the request", tt.path, p.URL)
		}
		p.Header = nil // the server's
		if text := fmt.Sprintf("%+v", p); strings.Contains(text, "hunter2") {
			t.Errorf("Fetch(%s) = %s, want no key in it", tt.path, text)
		}
	}
	if got, want := s.paths(), []string{"/search?key=hunter2", "/broken?key=hunter2", "/moved?key=hunter2"}; !slices.Equal(got, want) || len(s.seen()) != len(want) {
		t.Errorf("the server was asked for %q in %d requests, want %q and no robots.txt", got, len(s.seen()), want)
	}
}
