package fetch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestVisitor(t *testing.T) {
	page, err := parseTarget("http://shop.example/item/")
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]int{}
	v := &visitor{
		target: page, rules: parseRobots([]byte("User-agent: *\nDisallow: /private"), "sainyuka"),
		hosts: []string{"api.shop.example", "*.cdn.example", "inside.example", "10.0.0.1"}, judged: map[string]bool{},
		check: func(_ context.Context, host string) error {
			asked[host]++
			if host == "inside.example" || host == "10.0.0.1" {
				return errors.New("private")
			}
			return nil
		},
	}
	for url, want := range map[string]bool{
		"http://shop.example/api?x=1": true, "http://SHOP.example:80/api": true, "https://shop.example/api": true,
		"http://shop.example/private/api": false, "http://shop.example:81/api": false, "http://api.shop.example.evil.example/": false,
		"https://api.shop.example/v2/private": true, "https://a.cdn.example/x.js": true, "https://a.b.cdn.example/x.js": true,
		"https://cdn.example/x.js": false, "https://evilcdn.example/x.js": false, "https://other.example/": false,
		"http://inside.example/": false, "http://10.0.0.1/": false, "http://127.0.0.1/": false,
		"data:text/javascript,1": false, "file:///etc/passwd": false, "ws://shop.example/": false, "http://user@shop.example/": false, "": false,
	} {
		for range 2 {
			if got := v.may(t.Context(), url); got != want {
				t.Errorf("a page of shop.example may ask for %q: %t, want %t", url, got, want)
			}
		}
	}
	for host, n := range asked {
		if n != 1 {
			t.Errorf("%s was looked up %d times for one page, want once", host, n)
		}
	}
}

// The browser dials by itself: what a name leads to is looked up before.
func TestGuardResolves(t *testing.T) {
	for host, want := range map[string]string{
		"127.0.0.1": "loopback", "[::1]:80": "loopback", "localhost": "loopback", "10.1.2.3:81": "private", "169.254.169.254": "link-local",
		"no..name": "look up no..name",
	} {
		err := Guard{}.checkResolved(t.Context(), host)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("checkResolved(%s) = %v, want it refused: %s", host, err, want)
		}
	}
	for _, host := range []string{"192.0.3.1", "[2606:4700::1]:443"} {
		if err := (Guard{}).checkResolved(t.Context(), host); err != nil {
			t.Errorf("checkResolved(%s) = %v, want nil", host, err)
		}
	}
}

// A browser that hangs keeps nobody waiting but those who need it, and them for a
// while only.
func TestHungBrowser(t *testing.T) {
	hung, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer hung.Close()
	pages := map[string]http.HandlerFunc{"/": says("text/html", "x")}
	s, other := openShop(t, pages), openShop(t, pages)
	c := newClient(t, func(o *Options) { o.BrowserURL = "http://" + hung.Addr().String() + "/?token=secret" })
	drawn := make(chan stock.Page, 1)
	look, leave := context.WithCancel(t.Context())
	defer leave()
	go func() { drawn <- c.Fetch(look, stock.Request{URL: s.URL + "/", Draw: &stock.Drawing{}}) }()
	if _, err := hung.Accept(); err != nil {
		t.Fatal(err)
	}
	wantOutcome(t, get(t, c, other.URL+"/"), stock.OK, "")
	// Who waits for the browser leaves when his time is over.
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	p := c.Fetch(ctx, stock.Request{URL: other.URL + "/", Draw: &stock.Drawing{}})
	wantOutcome(t, p, stock.Failed, "timeout: the time for this look was over")
	leave()
	wantOutcome(t, <-drawn, stock.Failed, "the browser of fetch.browser_url: cancelled")
	c.browser.client.Timeout = 200 * time.Millisecond
	p = c.Fetch(t.Context(), stock.Request{URL: s.URL + "/", Draw: &stock.Drawing{}})
	wantOutcome(t, p, stock.Failed, "the browser of fetch.browser_url: no answer within 200ms")
	if got := s.paths(); len(got) != 0 {
		t.Errorf("without a browser the shop was asked for %v", got)
	}
}

func TestBrowserURL(t *testing.T) {
	for _, raw := range []string{"127.0.0.1:9222", "ftp://me:secret@127.0.0.1", "http://"} {
		if _, err := New(Options{UserAgent: testAgent, BrowserURL: raw}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("New with browser %q: %v, want an error without the URL", raw, err)
		}
	}
	// Only an address that the user wrote literally as loopback is dialled there.
	s := openShop(t, map[string]http.HandlerFunc{"/json/version": says("application/json", "{}")})
	c, err := New(Options{UserAgent: testAgent, BrowserURL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.browser.client.Get(s.URL + "/json/version"); err != nil {
		t.Errorf("the browser on loopback cannot be asked: %v", err)
	}
	elsewhere := openShop(t, nil)
	if _, err := c.browser.client.Get(elsewhere.URL); err == nil {
		t.Error("another server on loopback was asked")
	}
}
