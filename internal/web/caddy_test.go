package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/web"
)

// proxied is a reverse proxy in front of the dashboard, which listens on loopback.
func proxied(t *testing.T, change func(*web.Options), wrap func(next http.Handler) http.Handler) (address string, direct string) {
	t.Helper()
	s, _ := site(t, change)
	behind := httptest.NewServer(s.Handler())
	t.Cleanup(behind.Close)
	to, err := url.Parse(behind.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.SetXForwarded()
		r.Out.Host = r.In.Host // as Caddy passes it on
	}}
	front := httptest.NewServer(wrap(proxy))
	t.Cleanup(front.Close)
	return front.URL, behind.URL
}

func get(t *testing.T, address string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "box.example"
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}

// The second set-up of docs/deploy/Caddyfile: the proxy asks for the password, names
// who came in, leaves /do/ open and drops a name that a visitor sent.
func TestAProxyThatAsksForThePassword(t *testing.T) {
	front, _ := proxied(t, func(o *web.Options) {
		o.PublicURL, o.Auth, o.AuthHeader = "https://box.example", web.AuthProxy, "X-Forwarded-User"
	}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Del("X-Forwarded-User")
			if !strings.HasPrefix(r.URL.Path, "/do/") {
				user, password, _ := r.BasicAuth()
				if user != "me" || password != "the proxy's own" {
					w.Header().Set("WWW-Authenticate", "Basic")
					w.WriteHeader(http.StatusUnauthorized)
					return
				}
				r.Header.Set("X-Forwarded-User", user)
			}
			next.ServeHTTP(w, r)
		})
	})
	login := []string{"Authorization", "Basic bWU6dGhlIHByb3h5J3Mgb3du", "Accept", "text/html"}
	if code, body := get(t, front+"/settings", login...); code != 200 || !strings.Contains(body, "<strong>me</strong>") {
		t.Errorf("with the proxy's password: %d, want 200 and the name that the proxy gives", code)
	}
	if code, _ := get(t, front+"/settings", "X-Forwarded-User", "me"); code != 401 {
		t.Errorf("with a name of one's own: %d, want 401", code)
	}
	if code, _ := get(t, front+"/do/static/style.css"); code != 200 {
		t.Errorf("below /do/ without a password: %d, want 200", code)
	}
	if code, body := get(t, front+"/do/forged", "Accept", "text/html"); code != 404 {
		t.Errorf("a forged button: %d %.100s, want 404 and no question for a password", code, body)
	}
}

// The first: the proxy only passes on, and sainyuka asks. Whoever guesses by way of it is
// known by its own address.
func TestAProxyThatOnlyPassesOn(t *testing.T) {
	front, _ := proxied(t, func(o *web.Options) {
		o.PublicURL, o.Password = "https://box.example", "correct horse"
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	}, func(next http.Handler) http.Handler { return next })
	if code, body := get(t, front+"/", "Accept", "text/html"); code != 401 || !strings.Contains(body, `type="password"`) {
		t.Errorf("without a session: %d, want 401 and the page to sign in on", code)
	}
	if code, _ := get(t, front+"/api/v1/status", "Authorization", basic("correct horse")); code != 200 {
		t.Errorf("with the password: %d, want 200", code)
	}
}

// The third: below a path, taken off by the proxy or left on.
func TestAProxyBelowAPath(t *testing.T) {
	for _, strip := range []string{"/stock", ""} {
		front, _ := proxied(t, func(o *web.Options) { o.PublicURL, o.Password = "https://box.example/stock", "correct horse" },
			func(next http.Handler) http.Handler { return http.StripPrefix(strip, next) })
		code, body := get(t, front+"/stock/settings", "Authorization", basic("correct horse"), "Accept", "text/html")
		if code != 200 || !strings.Contains(body, `action="/stock/`) {
			t.Errorf("%q taken off: %d, want 200 and forms that lead below /stock/", strip, code)
		}
	}
}
