package fetch

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// colly applies the environment over its options; none of it may reach us.
func TestEnvironmentChangesNothing(t *testing.T) {
	cache := t.TempDir()
	for name, value := range map[string]string{
		"ALLOWED_DOMAINS": "elsewhere.example", "DISALLOWED_DOMAINS": "127.0.0.1", "CACHE_DIR": cache, "DETECT_CHARSET": "yes",
		"DISABLE_COOKIES": "no", "IGNORE_ROBOTSTXT": "yes", "FOLLOW_REDIRECTS": "yes", "MAX_BODY_SIZE": "3", "MAX_DEPTH": "-1",
		"MAX_REQUESTS": "1", "PARSE_HTTP_ERROR_RESPONSE": "no", "TRACE_HTTP": "yes", "USER_AGENT": "Mozilla/5.0",
	} {
		t.Setenv("COLLY_"+name, value)
	}
	var n atomic.Int32
	s := openShop(t, map[string]http.HandlerFunc{
		"/robots.txt": robotsTxt("User-agent: *\nDisallow: /cart"),
		"/item/": func(w http.ResponseWriter, _ *http.Request) {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
			fmt.Fprintf(w, "look %d", n.Add(1))
		},
		"/away":  sends("http://shop.example/"),
		"/error": answers(500, "page"),
	})
	c := newClient(t)
	for i := range 3 {
		p := get(t, c, s.URL+"/item/")
		if want := fmt.Sprintf("look %d", i+1); p.Outcome != stock.OK || string(p.Body) != want {
			t.Errorf("look %d: %s %q, body %q; want %q", i, p.Outcome, p.Reason, p.Body, want)
		}
	}
	wantOutcome(t, get(t, c, s.URL+"/away"), stock.WrongProduct, "redirects to shop.example: watch that URL")
	if p := get(t, c, s.URL+"/cart"); p.Outcome != stock.Disallowed {
		t.Errorf("Fetch(/cart) = %s %q, want disallowed", p.Outcome, p.Reason)
	}
	if p := get(t, c, s.URL+"/error"); p.Status != 500 || string(p.Body) != "page" {
		t.Errorf("Fetch(/error) = status %d, body %q; want 500 and its page", p.Status, p.Body)
	}
	for _, v := range s.seen() {
		if v.header.Get("User-Agent") != testAgent || v.header.Get("Cookie") != "" {
			t.Errorf("GET %s with %v: want our name and no cookie", v.path, v.header)
		}
	}
}

// The shop sees two requests no closer than the gap, whatever they are for and
// however many ask at once.
func TestArrivalsKeepTheGap(t *testing.T) {
	const gap = 40 * time.Millisecond
	s := openShop(t, map[string]http.HandlerFunc{
		"/robots.txt": robotsTxt(""),
		"/a":          sends("/b"),
		"/b":          says("text/plain", "ok"),
		"/slow":       answers(404, strings.Repeat("not here ", 1000)),
	})
	c := newClient(t, func(o *Options) { o.Every = func(string) time.Duration { return gap } })
	var wg sync.WaitGroup
	for i := range 9 {
		wg.Go(func() { get(t, c, s.URL+[]string{"/a", "/b", "/slow"}[i%3]) })
	}
	wg.Wait()
	visits := s.seen()
	if len(visits) != 1+9+3 {
		t.Errorf("the shop saw %d requests, want 13: robots.txt, 9 pages and 3 hops", len(visits))
	}
	wantGaps(t, visits, gap)
}

func wantGaps(t *testing.T, visits []visit, gap time.Duration) {
	t.Helper()
	for i := 1; i < len(visits); i++ {
		if got := visits[i].at.Sub(visits[i-1].at); got < gap {
			t.Errorf("%s came %s after %s, want at least %s", visits[i].path, got, visits[i-1].path, gap)
		}
	}
}

// net/http sends a request again when a kept connection breaks. The server has
// seen the first one, so that the second keeps the gap like any other.
func TestRepeatedRequestKeepsTheGap(t *testing.T) {
	const gap = 100 * time.Millisecond
	var n atomic.Int32
	s := openShop(t, map[string]http.HandlerFunc{
		"/": func(w http.ResponseWriter, _ *http.Request) {
			if n.Add(1) == 2 {
				panic(http.ErrAbortHandler) // on the connection that the first look used
			}
			_, _ = io.WriteString(w, "ok")
		},
	})
	c := newClient(t, func(o *Options) { o.Every = func(string) time.Duration { return gap } })
	wantOutcome(t, get(t, c, s.URL+"/"), stock.OK, "")
	wantOutcome(t, get(t, c, s.URL+"/"), stock.OK, "")
	if got := len(s.seen()); got != 4 {
		t.Errorf("the shop saw %d requests, want 4: robots.txt, a page, one that it dropped and its repetition", got)
	}
	wantGaps(t, s.seen(), gap)
}

// With more than a hundred hosts asked in turn, each keeps its connection.
func TestConnectionsAreKept(t *testing.T) {
	const hosts, rounds = 120, 3
	var opened atomic.Int32
	shops := make([]*shop, hosts)
	for i := range shops {
		s := newShop(map[string]http.HandlerFunc{"/": says("text/plain", "ok"), "/gone": answers(404, "not here")})
		s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				opened.Add(1)
			}
		}
		s.Start()
		t.Cleanup(s.Close)
		shops[i] = s
	}
	c := newClient(t)
	for range rounds {
		for _, s := range shops {
			wantOutcome(t, get(t, c, s.URL+"/"), stock.OK, "")
			wantOutcome(t, get(t, c, s.URL+"/gone"), stock.NotFound, "404 Not Found")
		}
	}
	if got := opened.Load(); got != hosts {
		t.Errorf("%d connections to %d hosts in %d rounds, want one each", got, hosts, rounds)
	}
}

func TestHTTP2AndTLS(t *testing.T) {
	var protos sync.Map
	s := newShop(map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, r *http.Request) {
		protos.Store(r.Proto, true)
		encoded("zstd", compress(t, "zstd", []byte(page)), true)(w, r)
	}})
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	c := newClient(t)
	trust(c, s)
	for range 2 {
		p := get(t, c, s.URL+"/")
		if wantOutcome(t, p, stock.OK, ""); string(p.Body) != page {
			t.Errorf("body %q, want %q", p.Body, page)
		}
	}
	if _, ok := protos.Load("HTTP/2.0"); !ok {
		t.Error("HTTP/2 was not used")
	}
	p := get(t, newClient(t), s.URL+"/")
	if p.Outcome != stock.Failed || !strings.Contains(p.Reason.Text, "TLS: x509: certificate signed by unknown authority") {
		t.Errorf("with an unknown certificate: %s %q, want a TLS error", p.Outcome, p.Reason)
	}
	p = get(t, newClient(t), strings.Replace(openShop(t, nil).URL, "http:", "https:", 1))
	if p.Outcome != stock.Failed || !strings.Contains(p.Reason.Text, "TLS: ") {
		t.Errorf("https to a server without: %s %q, want a TLS error", p.Outcome, p.Reason)
	}
}

// rawServer answers every connection by one function of its own, after it has
// read the request's head.
func rawServer(t *testing.T, answer func(conn net.Conn)) (url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				request, err := http.ReadRequest(bufio.NewReader(conn))
				if err != nil {
					return
				}
				if request.URL.Path == "/robots.txt" {
					_, _ = io.WriteString(conn, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
					return
				}
				answer(conn)
			}()
		}
	}()
	return "http://" + listener.Addr().String() + "/"
}

func TestNetworkFaults(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	tests := []struct{ name, url, reason string }{
		{"nobody listens", "http://" + closed.Addr().String() + "/", "robots.txt of " + closed.Addr().String() + ": connection refused"},
		{"closes at once", rawServer(t, func(net.Conn) {}), "the connection was closed without an answer"},
		{"resets", rawServer(t, func(conn net.Conn) { _ = conn.(*net.TCPConn).SetLinger(0) }), "connection reset"},
		{"speaks something else", rawServer(t, func(conn net.Conn) { _, _ = io.WriteString(conn, "hello\r\n\r\n") }), `malformed HTTP response "hello"`},
		{"header too large", rawServer(t, func(conn net.Conn) {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nX-Long: "+strings.Repeat("a", 2*maxHeaderBytes)+"\r\n\r\n")
		}), "server response headers exceeded 262144 bytes; aborted"},
		{"refused address", "http://0.0.0.0/", "0.0.0.0 is refused (unspecified address)"},
		{"not http", "ftp://shop.example/", `only http and https URLs can be asked, not "ftp"`},
		{"user", "http://me:hunter2@shop.example/", "the URL holds a user name or password: not allowed"},
	}
	c := newClient(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := get(t, c, tt.url)
			if p.Outcome != stock.Failed || !strings.HasSuffix(p.Reason.Text, tt.reason) {
				t.Errorf("Fetch(%s) = %s %q, want error %q", tt.url, p.Outcome, p.Reason, tt.reason)
			}
			if p.URL != tt.url || p.FetchedAt.IsZero() {
				t.Errorf("page of %q at %s, want the URL as asked and a time", p.URL, p.FetchedAt)
			}
		})
	}
}

func TestPrivateAddressIsRefused(t *testing.T) {
	s := openShop(t, nil)
	c := newClient(t, func(o *Options) { o.AllowPrivate = false })
	wantOutcome(t, get(t, c, s.URL), stock.Failed, "127.0.0.1 is refused (loopback address); fetch.allow_private_addresses = true would allow it")
	p := get(t, c, strings.Replace(s.URL, "127.0.0.1", "localhost", 1))
	wantOutcome(t, p, stock.Failed, "localhost is refused (loopback address); fetch.allow_private_addresses = true would allow it")
	if n := len(s.seen()); n != 0 {
		t.Errorf("the server saw %d requests", n)
	}
}

func TestTimeouts(t *testing.T) {
	stuck := make(chan struct{})
	defer close(stuck)
	head := "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
	tests := map[string]string{
		"no answer":      rawServer(t, func(net.Conn) { <-stuck }),
		"half an answer": rawServer(t, func(conn net.Conn) { _, _ = io.WriteString(conn, head+"sold"); <-stuck }),
	}
	for name, url := range tests {
		c := newClient(t, func(o *Options) { o.Timeout = 300 * time.Millisecond })
		c.robots.store(strings.TrimSuffix(url, "/"), robotsEntry{until: clock.In(time.Hour)})
		p := get(t, c, url)
		if p.Outcome != stock.Failed || p.Reason.Text != "timeout after 300ms" || p.Body != nil {
			t.Errorf("%s: %s %q with %d bytes, want a time-out", name, p.Outcome, p.Reason, len(p.Body))
		}
	}
}

// The caller's context ends a look wherever it is: in the queue, before the
// answer, in the body.
func TestCancel(t *testing.T) {
	reached := make(chan struct{})
	stuck := make(chan struct{})
	defer close(stuck)
	url := rawServer(t, func(conn net.Conn) {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nsold")
		close(reached)
		<-stuck
	})
	c := newClient(t)
	ctx, cancel := context.WithCancel(t.Context())
	pages := make(chan stock.Page)
	go func() { pages <- c.Fetch(ctx, stock.Request{URL: url}) }()
	<-reached
	queued, leave := context.WithCancel(t.Context())
	go func() { pages <- c.Fetch(queued, stock.Request{URL: url}) }()
	leave()
	wantOutcome(t, <-pages, stock.Failed, "cancelled")
	cancel()
	wantOutcome(t, <-pages, stock.Failed, "cancelled")
	wantOutcome(t, c.Fetch(ctx, stock.Request{URL: url}), stock.Failed, "cancelled")
}

func TestHoldKeepsFetchWaiting(t *testing.T) {
	s := openShop(t, map[string]http.HandlerFunc{"/": says("text/plain", "ok")})
	c := newClient(t)
	c.Hold(strings.ToUpper(s.host(t)), clock.After(time.Hour))
	if wait := clock.Until(c.NextRequest(s.host(t))); wait < 50*time.Minute {
		t.Errorf("next request in %s, want an hour", wait)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	wantOutcome(t, c.Fetch(ctx, stock.Request{URL: s.URL}), stock.Failed, "timeout: the time for this look was over")
	if n := len(s.seen()); n != 0 {
		t.Errorf("the server saw %d requests during the hold", n)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, agent := range []string{"", "/1.0", "sainyuka/1.0\r\nX: y", "再入荷"} {
		if _, err := New(Options{UserAgent: agent}); err == nil {
			t.Errorf("New with user agent %q: no error", agent)
		}
	}
	c, err := New(Options{UserAgent: testAgent})
	if err != nil {
		t.Fatal(err)
	}
	if c.timeout != 15*time.Second || c.maxBody != 8<<20 || c.every("shop.example") != 2*time.Second {
		t.Errorf("defaults: %s, %d bytes, every %s; want 15s, 8 MiB, 2s", c.timeout, c.maxBody, c.every("shop.example"))
	}
}

// A repeated attempt waits, and stops waiting when its context ends.
func TestRepeatedAttemptRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		x := &exchange{ctx: ctx, gap: time.Minute}
		got := x.trace().GotConn
		start := time.Now()
		for i, want := range []time.Duration{0, time.Minute, 90 * time.Second, 90 * time.Second} {
			if got(httptrace.GotConnInfo{}); time.Since(start) != want {
				t.Errorf("attempt %d goes after %s, want %s", i+1, time.Since(start), want)
			}
		}
	})
}

func TestRoundTripWithoutAnExchange(t *testing.T) {
	c := newClient(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:1/", bytes.NewReader(nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.transport.RoundTrip(request); err == nil {
		t.Error("a request that no exchange asked for was sent")
	}
}

// NextRequest returns the earliest moment at which host may be asked again.
func (c *Client) NextRequest(host string) clock.Instant { return c.gate.next(hostKey(host)) }
