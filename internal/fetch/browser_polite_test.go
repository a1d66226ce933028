package fetch

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func testBrowserRobots(t *testing.T, b *chromium) {
	s := openShop(t, map[string]http.HandlerFunc{
		"/robots.txt": robotsTxt("User-agent: *\nDisallow: /private"),
		"/item/":      shopPage(`<script>fetch("/private/api")</script>`),
		"/state":      says("text/plain", "ok"),
	})
	c := browserClient(t, b.url)
	wantOutcome(t, draw(t, c, s.URL+"/private/item"), stock.Disallowed, "robots.txt of "+s.host(t)+` says "Disallow: /private"`)
	wantOutcome(t, draw(t, c, s.URL+"/item/"), stock.OK, "")
	if got, want := s.paths(), []string{"/item/", "/state"}; !slices.Equal(got, want) {
		t.Errorf("the browser asked for %v, want %v: what robots.txt forbids is not for scripts either", got, want)
	}
}

// The gap counts from the end of a page, so that the shop never sees two pages
// closer together, however they are fetched.
func testBrowserGap(t *testing.T, b *chromium) {
	const gap = 400 * time.Millisecond
	s := openShop(t, map[string]http.HandlerFunc{"/item/": shopPage(""), "/plain": says("text/html", "x"), "/state": says("text/plain", "ok")})
	c := browserClient(t, b.url, func(o *Options) { o.Every = func(string) time.Duration { return gap } })
	for _, look := range []func(){
		func() { draw(t, c, s.URL+"/item/") }, func() { get(t, c, s.URL+"/plain") }, func() { draw(t, c, s.URL+"/item/") }, func() { get(t, c, s.URL+"/plain") },
	} {
		look()
	}
	var last visit
	for _, v := range s.seen() {
		if since := v.at.Sub(last.at); v.path != "/state" && since < gap-time.Millisecond {
			t.Errorf("GET %s came %s after GET %s, want at least %s", v.path, since, last.path, gap)
		}
		last = v
	}
	if got, want := len(s.seen()), 7; got != want {
		t.Errorf("the shop was asked %d times, want %d", got, want)
	}
}

func testBrowserGuard(t *testing.T, b *chromium) {
	s := openShop(t, map[string]http.HandlerFunc{"/item/": shopPage("")})
	c := browserClient(t, b.url, func(o *Options) { o.AllowPrivate = false })
	p := draw(t, c, s.URL+"/item/")
	if p.Outcome != stock.Failed || !strings.Contains(p.Reason.Text, "127.0.0.1 is refused (loopback address)") {
		t.Errorf("Fetch(%s) = %s, %q; want it refused as loopback", s.URL, p.Outcome, p.Reason)
	}
	if got := s.seen(); len(got) != 0 {
		t.Errorf("the browser asked loopback for %v", got)
	}
}

func testBrowserProxy(t *testing.T, b *chromium) {
	var asked []string
	proxy := openShop(t, nil)
	proxy.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, ok := proxyAuth(r); !ok || user != "me" || password != "secret" {
			answers(407, "", "Proxy-Authenticate", `Basic realm="proxy"`)(w, r)
			return
		}
		proxy.mu.Lock()
		asked = append(asked, r.URL.String())
		proxy.mu.Unlock()
		switch r.URL.Path {
		case "/item/":
			shopPage("")(w, r)
		case "/state":
			says("text/plain", "ok")(w, r)
		default:
			http.NotFound(w, r)
		}
	})
	c := browserClient(t, b.url, func(o *Options) {
		o.Proxy, o.AllowPrivate = strings.Replace(proxy.URL, "http://", "http://me:secret@", 1), false
	})
	wantOutcome(t, draw(t, c, "http://shop.example/item/"), stock.OK, "")
	want := []string{"http://shop.example/robots.txt", "http://shop.example/item/", "http://shop.example/state"}
	if !slices.Equal(asked, want) {
		t.Errorf("the proxy was asked for %v, want %v", asked, want)
	}
}

func proxyAuth(r *http.Request) (user, password string, ok bool) {
	return (&http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}).BasicAuth()
}

// A browser that dies is trouble of the pages that need it alone, until it is
// there again.
func TestBrowserRestart(t *testing.T) {
	port := freePort(t)
	b := startChromium(t, port)
	loading := make(chan struct{}, 1)
	s := openShop(t, map[string]http.HandlerFunc{
		"/slow": shopPage(""), "/plain": says("text/html", "x"), "/good": says("text/html", "<p id=drawn>x"),
		"/state": func(_ http.ResponseWriter, r *http.Request) { loading <- struct{}{}; <-r.Context().Done() },
	})
	c := browserClient(t, "http://127.0.0.1:"+port+"/?token=secret")
	go func() { <-loading; b.stop() }()
	wantOutcome(t, draw(t, c, s.URL+"/slow"), stock.Failed, "the connection to the browser was lost")
	b.stop()
	wantOutcome(t, draw(t, c, s.URL+"/good"), stock.Failed, "the browser of fetch.browser_url: connection refused")
	wantOutcome(t, get(t, c, s.URL+"/plain"), stock.OK, "")
	startChromium(t, port)
	wantOutcome(t, draw(t, c, s.URL+"/good"), stock.OK, "")
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
