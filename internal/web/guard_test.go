package web_test

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

func basic(password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte("anyone:"+password))
}

func locked(o *web.Options) { o.Password = "correct horse" }

func TestPasswordGuardsAllButTheOperationsPages(t *testing.T) {
	s, _ := site(t, locked)
	h := s.Handler()
	for _, tt := range []struct {
		target, password string
		want             int
	}{
		{"/", "", 401},
		{"/", "wrong", 401},
		{"/", "correct horse", 200},
		{"/dead", "", 401},
		{"/static/style.css", "", 401},
		{"/nosuch", "", 401},
		{"/api/v1/products", "", 401},
		{"/api/v1/products", "correct horse", 200},
		{"/api/v1/openapi.json", "", 401},
		{"/metrics", "", 200},
		{"/healthz", "", 200},
		{"/readyz", "", 200},
		{"/metrics/x", "", 401},
	} {
		var header []string
		if tt.password != "" {
			header = []string{"Authorization", basic(tt.password)}
		}
		w := do(h, "GET", tt.target, header...)
		if w.Code != tt.want {
			t.Errorf("GET %s with password %q = %d, want %d", tt.target, tt.password, w.Code, tt.want)
		}
		if asks := w.Header().Get("WWW-Authenticate") != ""; asks != (tt.want == 401) {
			t.Errorf("GET %s with password %q: asks for one: %v", tt.target, tt.password, asks)
		}
	}
	if w := do(s.Control(), "GET", "/api/v1/products"); w.Code != 200 {
		t.Errorf("the control socket answers %d without password, want 200", w.Code)
	}
}

func TestGuessingIsLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := site(t, locked)
		h := s.Handler()
		ask := func(from, password string) *httptest.ResponseRecorder {
			r := httptest.NewRequest("GET", "/api/v1/status", nil)
			r.Host, r.RemoteAddr = "localhost", from
			r.Header.Set("Authorization", basic(password))
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w
		}
		for i := range 10 {
			if w := ask("192.0.2.1:"+strconv.Itoa(1000+i), "guess"); w.Code != 401 {
				t.Fatalf("guess %d = %d, want 401", i, w.Code)
			}
		}
		begin := time.Now()
		if w := ask("192.0.2.1:2000", "guess"); w.Code != 429 || w.Header().Get("Retry-After") == "" {
			t.Errorf("the eleventh guess: %d, want 429 with Retry-After", w.Code)
		}
		if w := ask("192.0.2.1:2000", "correct horse"); w.Code != 200 {
			t.Errorf("the right password from the same address: %d, want 200: the owner may have it too", w.Code)
		}
		if took := time.Since(begin); took < 2*time.Second {
			t.Errorf("two passwords after ten wrong ones were looked at within %v, want a pause before each", took)
		}
		begin = time.Now()
		if w := ask("192.0.2.2:2000", "correct horse"); w.Code != 200 || time.Since(begin) != 0 {
			t.Errorf("another address: %d after %v, want 200 at once", w.Code, time.Since(begin))
		}
		time.Sleep(time.Minute)
		begin = time.Now()
		if w := ask("192.0.2.1:2000", "correct horse"); w.Code != 200 || time.Since(begin) != 0 {
			t.Errorf("a minute later: %d after %v, want 200 at once", w.Code, time.Since(begin))
		}
		for i := range 10 {
			ask("[2001:db8::"+strconv.Itoa(i+1)+"]:1", "guess")
		}
		if w := ask("[2001:db8::ffff]:1", "guess"); w.Code != 429 {
			t.Errorf("an eleventh address of a guessing network: %d, want 429", w.Code)
		}
	})
}

// However many guess at once, an address gets few looks at the password.
func TestGuessesAtOnceWaitForOneAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := site(t, locked)
		h := s.Handler()
		codes := make(chan int, 500)
		begin := time.Now()
		var g sync.WaitGroup
		for range 500 {
			g.Go(func() { codes <- do(h, "GET", "/api/v1/status", "Authorization", basic("guess")).Code })
		}
		g.Wait()
		close(codes)
		looked := 0
		for code := range codes {
			if code == 401 {
				looked++
			}
		}
		if took := time.Since(begin); looked > 20 || took > 10*time.Second {
			t.Errorf("500 guesses at once: %d were answered as wrong, after %v, want at most 20 within 10 s", looked, took)
		}
	})
}

// ownForm returns the header fields by which a browser shows that it sends a form of
// our own pages.
func ownForm(t *testing.T, h http.Handler) []string {
	t.Helper()
	w := do(h, "GET", "/settings", "Accept", "text/html")
	token := document(t, w).Find("form input[name=csrf]").AttrOr("value", "")
	if cookies := w.Result().Cookies(); token == "" || len(cookies) != 1 {
		t.Fatalf("the page's forms have the token %q, and it sets the cookies %v, want one of each", token, cookies)
	}
	return []string{"Cookie", w.Result().Cookies()[0].String(), "X-CSRF-Token", token}
}

func TestOtherSitesCanChangeNothing(t *testing.T) {
	s, store := site(t, func(o *web.Options) { o.PublicURL = "https://sainyuka.example" })
	h, id := s.Handler(), "12_phone_abcdefgh23456777"
	form := ownForm(t, h)
	for _, tt := range []struct {
		name   string
		header []string
		want   int
	}{
		{"fetch metadata", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"same site, other origin", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"origin", []string{"Origin", "https://evil.example"}, 403},
		{"null origin", []string{"Origin", "null"}, 403},
		{"own origin", append([]string{"Origin", "http://127.0.0.1:8480"}, form...), 404},
		{"public address behind a proxy", append([]string{"Origin", "https://sainyuka.example"}, form...), 404},
		{"no browser", nil, 404},
	} {
		for _, request := range []struct{ method, target string }{{"POST", "/dead/x/redrive"}, {"POST", "/api/v1/dead/x/redrive"}, {"DELETE", "/api/v1/dead/x"}} {
			if w := do(h, request.method, request.target, tt.header...); w.Code != tt.want {
				t.Errorf("%s: %s %s = %d, want %d", tt.name, request.method, request.target, w.Code, tt.want)
			}
		}
	}
	for _, target := range []string{"/", "/dead", "/dead/" + id + "/redrive", "/dead/" + id + "/discard", "/api/v1/dead", "/api/v1/dead/" + id, "/api/v1/dead/" + id + "/redrive", "/api/v1/products"} {
		do(h, "GET", target)
		do(h, "HEAD", target)
	}
	if len(store.done) != 0 || len(store.dead) != 2 {
		t.Errorf("a GET or another site's request changed the store: %v", store.done)
	}
}

// A page of another site can load a picture or a frame from here without a word of the
// user. None of these may make the dashboard ask a shop.
func TestOtherSitesMakeNobodyAskShops(t *testing.T) {
	var asked int
	s, _ := site(t, func(o *web.Options) {
		o.Editor = &editor{entry: web.ProductEntry{ID: "kettle", Revision: 7, Origin: "web", Table: []byte(`{"name":"Kettle"}`)}}
		o.Preview = func(ctx context.Context, ask stock.LookRequest) (web.Preview, error) {
			asked++
			return lookAt(ctx, ask)
		}
		o.Elsewhere = func(_ context.Context, jan, words string) (web.Found, error) {
			asked++
			return web.NewFound(jan, words), nil
		}
	})
	h := s.Handler()
	from := func(site, mode, dest string, more ...string) []string {
		return append([]string{"Sec-Fetch-Site", site, "Sec-Fetch-Mode", mode, "Sec-Fetch-Dest", dest}, more...)
	}
	for _, tt := range []struct {
		name   string
		header []string
		asks   bool
	}{
		{"a picture", from("cross-site", "no-cors", "image"), false},
		{"a picture of the same site", from("same-site", "no-cors", "image"), false},
		{"a script that fetches", from("cross-site", "cors", "empty"), false},
		{"a frame", from("cross-site", "navigate", "iframe"), false},
		{"a page loaded in advance", from("cross-site", "navigate", "document", "Sec-Purpose", "prefetch"), false},
		{"no mode", []string{"Sec-Fetch-Site", "cross-site"}, false},
		{"the bookmarklet on a shop's page", from("cross-site", "navigate", "document"), true},
		{"a link, by a browser that names no destination", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, true},
		{"the share of a phone", from("none", "navigate", "document"), true},
		{"our own page", from("same-origin", "navigate", "document"), true},
		{"our own script", from("same-origin", "cors", "empty"), true},
		{"no browser", nil, true},
	} {
		for _, target := range []string{
			"/add?url=https://shop.example/robot", "/mend?url=https://shop.example/robot&again=1",
			"/watches/" + stock.WatchID("kettle", "https://small.example/kettle") + "/mend",
			"/products/kettle/elsewhere", "/api/v1/elsewhere?jan=4902370553024",
		} {
			for _, method := range []string{"GET", "HEAD"} {
				asked = 0
				w := do(h, method, target, tt.header...)
				want := 403
				if tt.asks {
					want = 200
				}
				if w.Code != want || (asked > 0) != tt.asks {
					t.Errorf("%s: %s %s = %d and asks %d shops, want %d and that it asks: %v", tt.name, method, target, w.Code, asked, want, tt.asks)
				}
			}
		}
		if w := do(h, "GET", "/", tt.header...); w.Code != 200 {
			t.Errorf("%s: GET / = %d, want 200: it asks no shop", tt.name, w.Code)
		}
	}
}

func TestOnlyOurNamesAreAnsweredOnLoopback(t *testing.T) {
	s, _ := site(t, func(o *web.Options) { o.PublicURL = "https://sainyuka.example:8443/" })
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(srv.Close)
	for host, want := range map[string]int{
		"127.0.0.1:8480": 200, "localhost": 200, "LOCALHOST:1": 200, "[::1]:8480": 200, "sainyuka.example": 200, "Sainyuka.Example:8443": 200,
		"evil.example": 403, "127.0.0.1.evil.example": 403, "localhost.evil.example:8480": 403, "": 403,
	} {
		r := httptest.NewRequest("GET", "/api/v1/products", nil)
		r.Host = host
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("Host %q = %d, want %d", host, w.Code, want)
		}
	}
	// The same over a real connection, where the local address is known.
	for host, want := range map[string]int{"evil.example": 403, "127.0.0.1": 200} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL+"/api/v1/products", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		resp, err := srv.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("Host %q over loopback = %d %s, want %d", host, resp.StatusCode, body, want)
		}
	}
	r := httptest.NewRequest("GET", "/api/v1/products", nil)
	r.Host = "any.name.example"
	w := httptest.NewRecorder()
	if s.Control().ServeHTTP(w, r); w.Code != 200 {
		t.Errorf("the control socket answers %d to another name, want 200", w.Code)
	}
}

func TestEveryAnswerCarriesThePolicy(t *testing.T) {
	s, _ := site(t, locked)
	h := s.Handler()
	for _, target := range []string{"/", "/dead", "/nosuch", "/static/style.css", "/static/../web.go", "/api/v1/products", "/watches/" + stock.WatchID("kettle", "https://small.example/kettle")} {
		for _, password := range []string{"", "correct horse"} {
			header := do(h, "GET", target, "Authorization", basic(password)).Header()
			csp := header.Get("Content-Security-Policy")
			for _, part := range []string{"default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
				if !strings.Contains(csp, part) {
					t.Errorf("%s: Content-Security-Policy %q lacks %q", target, csp, part)
				}
			}
			if strings.Contains(csp, "unsafe") || header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Referrer-Policy") != "same-origin" {
				t.Errorf("%s: headers %v", target, header)
			}
		}
	}
}

func TestStaticFilesAreKeptByTheNameOfTheirContent(t *testing.T) {
	s, _ := site(t, nil)
	h := s.Handler()
	doc := document(t, do(h, "GET", "/"))
	for _, file := range []string{doc.Find("link[rel=stylesheet]").AttrOr("href", ""), doc.Find("script").AttrOr("src", "")} {
		w := do(h, "GET", strings.TrimPrefix(file, "."))
		if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Body.Len() == 0 {
			t.Errorf("GET %s = %d, Cache-Control %q, %d bytes", file, w.Code, w.Header().Get("Cache-Control"), w.Body.Len())
		}
	}
	for _, file := range []string{"/static/", "/static/nosuch", "/static/..%2fweb.go", "/static/%2e%2e/web.go"} {
		if w := do(h, "GET", file); w.Code == 200 {
			t.Errorf("GET %s = 200, want none", file)
		}
	}
}
