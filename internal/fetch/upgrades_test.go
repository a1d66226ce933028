package fetch

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A page that has moved to https for good is asked there, by one request. When that
// does not answer any more, the address is asked as it is written.
func TestMoveToHTTPSIsRemembered(t *testing.T) {
	secure := newShop(map[string]http.HandlerFunc{"/": says("text/plain", "secure")})
	secure.StartTLS()
	t.Cleanup(secure.Close)
	var status, plainAsked atomic.Int64
	status.Store(http.StatusMovedPermanently)
	plain := openShop(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, _ *http.Request) {
		plainAsked.Add(1)
		if status.Load() == http.StatusOK {
			_, _ = io.WriteString(w, "plain")
			return
		}
		w.Header().Set("Location", secure.URL+"/")
		w.WriteHeader(int(status.Load()))
	}})
	c := newClient(t)
	trust(c, secure)
	ask := func(body string, requests int64) {
		t.Helper()
		plainAsked.Store(0)
		if p := get(t, c, plain.URL+"/"); string(p.Body) != body || plainAsked.Load() != requests {
			t.Fatalf("the page is %q (%s) after %d requests to the plain shop, want %q after %d", p.Body, p.Reason, plainAsked.Load(), body, requests)
		}
	}
	if to := c.Moved(plain.URL + "/"); to != "" {
		t.Errorf("before it was asked, the page has moved to %s", to)
	}
	ask("secure", 1)
	ask("secure", 0)
	if to := c.Moved(plain.URL + "/"); to != secure.URL+"/" {
		t.Errorf("the page has moved to %q, want %s/", to, secure.URL)
	}
	secure.Close()
	if p := get(t, c, plain.URL+"/"); p.Outcome != stock.Failed {
		t.Fatalf("with the secure shop gone: %s, want an error", p.Outcome)
	}
	status.Store(http.StatusOK)
	ask("plain", 1)

	c = newClient(t)
	status.Store(http.StatusFound) // for now, not for good
	for range 2 {
		plainAsked.Store(0)
		if get(t, c, plain.URL+"/"); plainAsked.Load() != 1 {
			t.Errorf("a redirect for now: %d requests to the plain shop, want 1 each time", plainAsked.Load())
		}
	}
}

// Shops behind a proxy keep a connection each, as many as are asked at a time.
func TestConnectionsToAProxyAreKept(t *testing.T) {
	const shops = 8
	var opened atomic.Int64
	arrived := make(chan struct{}, shops)
	together := make(chan struct{})
	proxy := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "robots.txt") {
			arrived <- struct{}{}
			<-together
		}
		_, _ = io.WriteString(w, "page")
	}))
	proxy.Config.ConnState = countNew(&opened)
	proxy.Start()
	t.Cleanup(proxy.Close)
	c := newClient(t, func(o *Options) { o.Proxy = proxy.URL })
	round := func() {
		done := make(chan stock.Page, shops)
		for i := range shops {
			go func() {
				done <- c.Fetch(t.Context(), stock.Request{URL: "http://shop" + string(rune('a'+i)) + ".example/"})
			}()
		}
		for range shops {
			<-arrived
		}
		for range shops {
			together <- struct{}{}
		}
		for range shops {
			if p := <-done; p.Outcome != stock.OK {
				t.Fatalf("a page by the proxy: %s (%s)", p.Outcome, p.Reason)
			}
		}
	}
	round()
	before := opened.Load()
	round()
	if got := opened.Load() - before; got != 0 {
		t.Errorf("the second round opened %d connections, want none: those of the first are kept", got)
	}
}
