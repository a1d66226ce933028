package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/web"
)

// Whoever guesses by way of a proxy does not keep the owner out.
func TestGuessersBehindAProxy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := site(t, func(o *web.Options) {
			locked(o)
			o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
		})
		h := s.Handler()
		ask := func(peer, forwarded, password string) (int, time.Duration) {
			r := httptest.NewRequest("GET", "/api/v1/status", nil)
			r.Host, r.RemoteAddr = "localhost", peer
			r.Header.Set("Authorization", basic(password))
			if forwarded != "" {
				r.Header.Set("X-Forwarded-For", forwarded)
			}
			w, begin := httptest.NewRecorder(), time.Now()
			h.ServeHTTP(w, r)
			return w.Code, time.Since(begin)
		}
		owner := newBrowser(t, h, "http://localhost:8480")
		owner.from = "10.0.0.1:9"
		owner.signIn("/", "correct horse")
		for range 30 {
			ask("10.0.0.1:9", "198.51.100.7, 10.0.0.2", "guess")
		}
		for _, tt := range []struct {
			name, peer, forwarded string
			want                  int
			atOnce                bool
		}{
			{"the guesser's own address", "10.0.0.1:9", "198.51.100.7", 200, false},
			{"another address by the same proxy", "10.0.0.1:9", "198.51.100.8", 200, true},
			{"the proxy itself", "10.0.0.1:9", "", 200, true},
			{"an address that the guesser made up before its own", "10.0.0.1:9", "203.0.113.1, 198.51.100.7", 200, false},
		} {
			if code, took := ask(tt.peer, tt.forwarded, "correct horse"); code != tt.want || (took == 0) != tt.atOnce {
				t.Errorf("the right password from %s: %d after %v, want %d, at once %v", tt.name, code, took, tt.want, tt.atOnce)
			}
		}
		for range 30 {
			ask("192.0.2.1:9", "198.51.100.9", "guess")
		}
		if code, took := ask("192.0.2.2:9", "198.51.100.9", "correct horse"); code != 200 || took != 0 {
			t.Errorf("an address that a stranger put into X-Forwarded-For: %d after %v, want 200 at once", code, took)
		}
		begin := time.Now()
		if w := owner.send("GET", "/", nil); w.Code != 200 || time.Since(begin) != 0 {
			t.Errorf("a signed-in browser while others guess: %d after %v, want 200 at once", w.Code, time.Since(begin))
		}
	})
}

func TestAProxyLetsPeopleIn(t *testing.T) {
	for _, tt := range []struct {
		name, peer, header, value, path string
		trusted                         []netip.Prefix
		want                            int
	}{
		{"this machine's proxy", "127.0.0.1:9", "", "", "/", nil, 200},
		{"past it", "192.0.2.1:9", "", "", "/", nil, 403},
		{"past it, with a name", "192.0.2.1:9", "X-Forwarded-User", "me", "/", nil, 403},
		{"a trusted proxy", "10.0.0.1:9", "", "", "/", []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}, 200},
		{"this machine, when another is trusted", "127.0.0.1:9", "", "", "/", []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}, 403},
		{"a button in an alert", "192.0.2.1:9", "", "", "/do/static/style.css", nil, 200},
		{"a name", "127.0.0.1:9", "X-Forwarded-User", "me", "/settings", nil, 200},
	} {
		s, _ := site(t, func(o *web.Options) { o.Auth, o.TrustedProxies = web.AuthProxy, tt.trusted })
		r := httptest.NewRequest("GET", tt.path, nil)
		r.Host, r.RemoteAddr = "localhost", tt.peer
		if tt.header != "" {
			r.Header.Set(tt.header, tt.value)
		}
		w := httptest.NewRecorder()
		if s.Handler().ServeHTTP(w, r); w.Code != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, w.Code, tt.want)
		}
	}
	s, _ := site(t, func(o *web.Options) { o.Auth, o.AuthHeader = web.AuthProxy, "X-Forwarded-User" })
	for name, want := range map[string]int{"": 401, "花子": 200} {
		r := httptest.NewRequest("GET", "/settings", nil)
		r.Host, r.RemoteAddr = "localhost", "127.0.0.1:9"
		r.Header.Set("X-Forwarded-User", name)
		w := httptest.NewRecorder()
		if s.Handler().ServeHTTP(w, r); w.Code != want || !strings.Contains(w.Body.String(), name) {
			t.Errorf("the proxy names %q: %d, want %d and the name on the page", name, w.Code, want)
		}
	}
}

// Below a path, whether the proxy takes it off or not, everything leads there.
func TestBelowAPath(t *testing.T) {
	s, _ := site(t, func(o *web.Options) { o.Password, o.PublicURL = "correct horse", "https://box.example/stock" })
	h := s.Handler()
	b := newBrowser(t, h, "https://box.example")
	if w := b.send("GET", "/stock", nil); w.Header().Get("Location") != "/stock/" {
		t.Errorf("GET /stock leads to %q, want /stock/", w.Header().Get("Location"))
	}
	for _, prefix := range []string{"/stock", ""} { // as the proxy passes it on
		b := newBrowser(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.URL.Path = prefix + strings.TrimPrefix(r.URL.Path, "/stock")
			h.ServeHTTP(w, r)
		}), "https://box.example")
		if w := b.press("/stock/dead", "/stock/signin", url.Values{"password": {"correct horse"}}); w.Code != 303 || w.Header().Get("Location") != "/stock/dead" {
			t.Fatalf("prefix %q: sign in: %d to %q, want 303 below /stock/", prefix, w.Code, w.Header().Get("Location"))
		}
		for _, page := range []string{"/stock/", "/stock/dead", "/stock/alerts", "/stock/settings"} {
			doc := document(t, b.send("GET", page, nil))
			for _, attr := range []string{"href", "src", "action"} {
				for _, e := range doc.Find("[" + attr + "]").EachIter() {
					to := e.AttrOr(attr, "")
					if strings.Contains(to, "://") {
						continue // a shop's page
					}
					if to = b.resolve(page, to); !strings.HasPrefix(to, "/stock/") {
						t.Errorf("prefix %q: %s has %s=%q, want it below /stock/", prefix, page, attr, to)
					} else if attr != "action" {
						if w := b.send("GET", to, nil); w.Code != 200 {
							t.Errorf("prefix %q: GET %s = %d, want 200", prefix, to, w.Code)
						}
					}
				}
			}
		}
		const manifestPath = "/stock/static/app.webmanifest"
		w := b.send("GET", manifestPath, nil)
		var manifest struct {
			StartURL string `json:"start_url"`
			Scope    string
			Icons    []struct{ Src string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &manifest); err != nil || len(manifest.Icons) == 0 {
			t.Fatalf("prefix %q: the manifest is %s (%v), want one with icons", prefix, w.Body, err)
		}
		for link, want := range map[string]string{manifest.StartURL: "/stock/", manifest.Scope: "/stock/", manifest.Icons[0].Src: "/stock/static/icon-192.png"} {
			if got := b.resolve(manifestPath, link); got != want {
				t.Errorf("prefix %q: the manifest's %q leads to %s, want %s", prefix, link, got, want)
			}
		}
		if w := b.press("/stock/dead", "/redrive", nil); w.Code != 303 || b.resolve("/stock/dead/12/redrive", w.Header().Get("Location")) != "/stock/dead" {
			t.Errorf("prefix %q: a button: %d to %q, want 303 to /stock/dead", prefix, w.Code, w.Header().Get("Location"))
		}
	}
}
