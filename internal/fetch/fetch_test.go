package fetch

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/japanese"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestFetch(t *testing.T) {
	s := openShop(t, map[string]http.HandlerFunc{"/item/": says("text/html; charset=utf-8", "在庫あり")})
	p := get(t, newClient(t), s.URL+"/item/?a=b#buy")
	wantOutcome(t, p, stock.OK, "")
	if string(p.Body) != "在庫あり" || p.Charset != "utf-8" || p.Status != 200 {
		t.Errorf("got body %q, charset %q, status %d", p.Body, p.Charset, p.Status)
	}
	if want := s.URL + "/item/?a=b"; p.FinalURL != want {
		t.Errorf("FinalURL = %q, want %q", p.FinalURL, want)
	}
	if p.FetchedAt.IsZero() {
		t.Error("FetchedAt is not set")
	}
	visits := s.seen()
	if len(visits) != 2 || visits[0].path != "/robots.txt" || visits[1].path != "/item/?a=b" {
		t.Fatalf("the shop saw %+v, want robots.txt and then the page", visits)
	}
	want := http.Header{
		"User-Agent": {testAgent}, "Accept-Encoding": {"zstd, br, gzip"}, "Accept-Language": {"ja,en;q=0.5"},
		"Accept": {"text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8"},
	}
	for _, v := range visits {
		for name, values := range v.header {
			if len(values) != 1 || values[0] != want.Get(name) {
				t.Errorf("GET %s: sent %s: %q, want %q", v.path, name, values, want[name])
			}
		}
		if len(v.header) != len(want) {
			t.Errorf("GET %s: sent %v, want %v", v.path, v.header, want)
		}
	}
}

// A status other than 200 brings its page along: a shop's "sold out for good" may
// well be a 404.
func TestFetchKeepsBodies(t *testing.T) {
	euc := string(encode(t, japanese.EUCJP, "この商品は販売終了しました"))
	tests := []struct {
		status  int
		header  []string
		outcome stock.Outcome
		reason  string
		wait    time.Duration
	}{
		{403, nil, stock.Blocked, "403 Forbidden", 0},
		{404, nil, stock.NotFound, "404 Not Found", 0},
		{410, nil, stock.NotFound, "410 Gone", 0},
		{429, []string{"Retry-After", "90"}, stock.RateLimited, "429 Too Many Requests", 90 * time.Second},
		{500, nil, stock.Failed, "500 Internal Server Error", 0},
		{503, []string{"Retry-After", "999999999"}, stock.RateLimited, "503 Service Unavailable", 24 * time.Hour},
	}
	c := newClient(t)
	for _, tt := range tests {
		header := append(tt.header, "Content-Type", "text/html; charset=EUC-JP", "X-Shop", "1")
		s := openShop(t, map[string]http.HandlerFunc{"/": answers(tt.status, euc, header...)})
		p := get(t, c, s.URL+"/")
		wantOutcome(t, p, tt.outcome, tt.reason)
		if string(p.Body) != "この商品は販売終了しました" || p.Charset != "euc-jp" || p.Header.Get("X-Shop") != "1" || p.Status != tt.status {
			t.Errorf("status %d: body %q in %s, header %v", p.Status, p.Body, p.Charset, p.Header)
		}
		if p.RetryAfter != tt.wait {
			t.Errorf("status %d: RetryAfter %s, want %s", tt.status, p.RetryAfter, tt.wait)
		}
	}
}

func TestFetchSendsTheCallersHeader(t *testing.T) {
	s := openShop(t, map[string]http.HandlerFunc{"/": says("application/json", "{}")})
	c := newClient(t)
	given := http.Header{
		"Accept": {"application/json"}, "x-api-key": {"k"}, "Referer": {"https://sainyuka.example/"},
		"User-Agent": {"Mozilla/5.0"}, "Accept-Encoding": {"br"}, "If-None-Match": {"*"}, "Range": {"bytes=0-1"},
		"Host": {"shop.example"}, "Connection": {"close"}, exchangeHeader: {"1"},
	}
	before := given.Clone()
	p := c.Fetch(t.Context(), stock.Request{URL: s.URL + "/", Header: given})
	wantOutcome(t, p, stock.OK, "")
	sent := s.seen()[1].header
	for name, want := range map[string]string{
		"Accept": "application/json", "X-Api-Key": "k", "Referer": "https://sainyuka.example/", "User-Agent": testAgent,
		"Accept-Encoding": acceptEncoding[0], "If-None-Match": "", "Range": "", "Connection": "", exchangeHeader: "",
	} {
		if got := sent.Get(name); got != want {
			t.Errorf("sent %s: %q, want %q", name, got, want)
		}
	}
	if len(s.seen()[0].header["X-Api-Key"]) != 0 {
		t.Error("the key was sent with the request for robots.txt")
	}
	for name := range before {
		if strings.Join(before[name], "") != strings.Join(given[name], "") {
			t.Errorf("the caller's own %s was changed to %q", name, given[name])
		}
	}
}

// versioned is a page with validators, which answers conditional requests.
type versioned struct {
	etag, body string
	modified   string
}

func (v *versioned) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", v.etag)
	if v.modified != "" {
		w.Header().Set("Last-Modified", v.modified)
	}
	if v.etag != "" && r.Header.Get("If-None-Match") == v.etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write([]byte(v.body))
}

func TestConditionalRequests(t *testing.T) {
	item := &versioned{etag: `W/"1"`, body: "sold out", modified: "Sun, 22 Nov 2020 10:00:00 GMT"}
	s := openShop(t, map[string]http.HandlerFunc{
		"/item/": item.ServeHTTP,
		"/short": sends("/item/"),
		"/304":   answers(http.StatusNotModified, ""),
	})
	c := newClient(t)
	url := s.URL + "/item/"
	look := func(when string, outcome stock.Outcome, body string, condition string) {
		t.Helper()
		p := get(t, c, url)
		wantOutcome(t, p, outcome, "")
		visits := s.seen()
		if got := visits[len(visits)-1].header.Get("If-None-Match"); string(p.Body) != body || got != condition {
			t.Errorf("%s: asked with %q, got %q; want %q and %q", when, got, p.Body, condition, body)
		}
	}
	look("first look", stock.OK, "sold out", "")
	look("second look", stock.NotModified, "", `W/"1"`)
	visits := s.seen()
	if got := visits[len(visits)-1].header.Get("If-Modified-Since"); got != item.modified {
		t.Errorf("asked with the date %q, want %q", got, item.modified)
	}
	item.etag, item.body = `W/"2"`, "in stock"
	look("after a change", stock.OK, "in stock", `W/"1"`)
	look("again", stock.NotModified, "", `W/"2"`)
	c.Forget(url)
	look("after Forget", stock.OK, "in stock", "")

	s.pages["/item/"] = answers(http.StatusNotFound, "")
	wantOutcome(t, get(t, c, url), stock.NotFound, "404 Not Found")
	s.pages["/item/"] = item.ServeHTTP
	look("after a 404", stock.OK, "in stock", "")

	url = s.URL + "/short"
	look("through a redirect", stock.OK, "in stock", "")
	look("through a redirect again", stock.NotModified, "", `W/"2"`)
	s.pages["/short"] = sends("/other")
	s.pages["/other"] = says("text/plain", "another page")
	look("led to another page", stock.OK, "another page", "")
	s.pages["/short"] = sends("/item/")
	look("led back: the last page read was another", stock.OK, "in stock", "")

	wantOutcome(t, get(t, c, s.URL+"/304"), stock.Failed, "304 Not Modified, but nothing was asked conditionally")
}

// A cut answer is no new version to ask against.
func TestCutAnswerKeepsValidators(t *testing.T) {
	item := &versioned{etag: `"1"`, body: "sold out"}
	s := openShop(t, map[string]http.HandlerFunc{"/": item.ServeHTTP})
	c := newClient(t)
	wantOutcome(t, get(t, c, s.URL+"/"), stock.OK, "")
	s.pages["/"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"2"`)
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("in st"))
	}
	wantOutcome(t, get(t, c, s.URL+"/"), stock.Failed, "the answer was cut off")
	s.pages["/"] = item.ServeHTTP
	wantOutcome(t, get(t, c, s.URL+"/"), stock.NotModified, "")
}

// The body of a page stays as it is, whatever is fetched afterwards.
func TestBodyBelongsToTheCaller(t *testing.T) {
	pages := make(map[string]http.HandlerFunc)
	bodies := make(map[string]string)
	for i, letter := range "abcdefgh" {
		body := strings.Repeat(string(letter), 5000)
		path := fmt.Sprintf("/%d", i)
		bodies[path], pages[path] = body, encoded("gzip", compress(t, "gzip", []byte(body)), true)
	}
	s := openShop(t, pages)
	c := newClient(t)
	got := make(map[string][]byte)
	for path := range bodies {
		got[path] = get(t, c, s.URL+path).Body
	}
	for path, body := range bodies {
		if string(got[path]) != body {
			t.Errorf("the body of %s was overwritten: it begins with %.10q", path, got[path])
		}
	}
}
