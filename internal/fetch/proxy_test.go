package fetch

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// proxyServer is an HTTP proxy on loopback that serves every absolute URL itself.
func proxyServer(t *testing.T, serve http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(serve)
	t.Cleanup(s.Close)
	return s
}

func TestProxy(t *testing.T) {
	var asked []string
	proxy := proxyServer(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.RequestURI)
		_, _ = io.WriteString(w, "from the proxy")
	})
	c := newClient(t, func(o *Options) { o.Proxy, o.AllowPrivate = proxy.URL, false })
	wantOutcome(t, get(t, c, "http://shop.example/item/"), "ok", "")
	if want := []string{"http://shop.example/robots.txt", "http://shop.example/item/"}; !slices.Equal(asked, want) {
		t.Errorf("the proxy was asked for %q, want %q", asked, want)
	}
	asked = nil
	for _, url := range []string{
		proxy.URL, "http://127.0.0.1/", "http://localhost/", "http://shop.localhost/", "http://LOCALHOST./",
		"http://169.254.169.254/latest", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://192.168.1.1:8080/", "http://１２７.０.０.１/",
	} {
		if p := get(t, c, url); p.Outcome != "error" || !strings.Contains(p.Reason.Text, " is refused (") {
			t.Errorf("Fetch(%s) = %s %q, want it refused", url, p.Outcome, p.Reason)
		}
	}
	if len(asked) != 0 {
		t.Errorf("the proxy was asked for %q, want nothing", asked)
	}
}

func TestProxyRefusesTunnel(t *testing.T) {
	proxy := proxyServer(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) })
	c := newClient(t, func(o *Options) { o.Proxy = strings.Replace(proxy.URL, "://", "://me:hunter2@", 1) })
	p := get(t, c, "https://shop.example/")
	wantOutcome(t, p, "error", "robots.txt of shop.example: the proxy refuses: 407 Proxy Authentication Required")
}

func TestProxyIsOnlyTheOneGiven(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, "http://127.0.0.1:9")
	}
	s := openShop(t, map[string]http.HandlerFunc{"/": says("text/plain", "direct")})
	if p := get(t, newClient(t), s.URL); string(p.Body) != "direct" {
		t.Errorf("Fetch = %s %q, want the page itself", p.Outcome, p.Reason)
	}
}

func TestProxyMustBeUsable(t *testing.T) {
	for _, proxy := range []string{"127.0.0.1:3128", "socks5://127.0.0.1:1080", "http://", "http://me:hunter2@host:port", "http://me:hunter2@h/path", "://me:hunter2@"} {
		_, err := New(Options{UserAgent: testAgent, Proxy: proxy})
		if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.HasPrefix(err.Error(), "proxy: ") {
			t.Errorf("New with proxy %q = %v, want an error that begins with proxy: and holds no password", proxy, err)
		}
	}
}

// A private address of the proxy that the user did not write as loopback is
// judged like any other.
func TestProxyGuard(t *testing.T) {
	tests := []struct {
		proxy string
		ok    bool
	}{
		{"http://127.0.0.1:3128", true},
		{"http://LOCALHOST:3128", true},
		{"http://[::1]:3128", true},
		{"http://127.0.0.1", true},
		{"http://proxy.example:3128", false},
		{"http://192.168.1.1:3128", false},
	}
	for _, tt := range tests {
		u, err := parseProxy(tt.proxy)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(dialGuard(Guard{}, u).AllowLoopback) == 1; got != tt.ok {
			t.Errorf("dialGuard(%s) excuses an address: %t, want %t", tt.proxy, got, tt.ok)
		}
	}
}
