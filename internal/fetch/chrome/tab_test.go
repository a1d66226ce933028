package chrome

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

var errOver = errors.New("over")

// Whatever a browser or a page does, Load returns, and says what happened.
func TestLoadEnds(t *testing.T) {
	const request = "http://shop.example/"
	tests := []struct {
		name string
		on   func(b *fakeBrowser)
		want string
	}{
		{"answer", func(b *fakeBrowser) {
			b.event("Fetch.requestPaused", paused(1, "Document", "main", request, ""))
			b.event("Fetch.requestPaused", paused(1, "Document", "main", request, `, "responseStatusCode": 200`))
		}, ""},
		{"silence", func(*fakeBrowser) {}, "over"},
		{"crash", func(b *fakeBrowser) { b.event("Inspector.targetCrashed", `{}`) }, "the page crashed in the browser"},
		{"tab closed", func(b *fakeBrowser) {
			b.send(`{"method": "Target.detachedFromTarget", "params": {"sessionId": "s"}}`)
		}, "the browser has closed the page"},
		{"gone", func(b *fakeBrowser) { b.CloseClientConnections(); _ = b.socket.CloseNow() }, "the connection to the browser was lost"},
		{"junk", func(b *fakeBrowser) { b.send(`{"id": `) }, "it sent what is no message"},
		{"flood", func(b *fakeBrowser) { b.send(strings.Repeat(" ", maxEscape<<16+2<<20)) }, "it sent more than we are willing to read"},
		{"half an event", func(b *fakeBrowser) {
			b.event("Fetch.requestPaused", `{"requestId": 7}`)
			b.event("Fetch.requestPaused", `{}`)
			b.event("Fetch.authRequired", `{}`)
		}, "over"},
		{"stranger's answer", func(b *fakeBrowser) {
			b.send(`{"id": 999999, "result": {}}`)
			b.event("Fetch.requestPaused", paused(1, "Document", "frame", request, `, "responseStatusCode": 200`))
		}, "over"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tab := openFake(t, startFake(t, onNavigate(tt.on)))
			ctx := t.Context()
			if tt.want == "over" {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeoutCause(ctx, 300*time.Millisecond, errOver)
				defer cancel()
			}
			_, err := tab.Load(ctx, request)
			if got := fmt.Sprint(err); err == nil && tt.want != "" || err != nil && !strings.Contains(got, tt.want) {
				t.Errorf("Load = %v, want %q", err, tt.want)
			}
		})
	}
}

// A page that asks for no end of things is answered to the end, and let through
// so far.
func TestManyRequests(t *testing.T) {
	const n = 5 * maxRequests
	b := startFake(t, onNavigate(func(b *fakeBrowser) {
		b.event("Fetch.requestPaused", paused(1, "Document", "main", "http://shop.example/", ""))
		for i := range n {
			b.event("Fetch.requestPaused", paused(2+i, "XHR", "main", "http://shop.example/api", ""))
		}
		b.event("Fetch.requestPaused", paused(2+n, "Image", "main", "http://shop.example/a.png", ""))
		b.event("Fetch.requestPaused", paused(1, "Document", "main", "http://shop.example/", `, "responseStatusCode": 404`))
	}))
	tab := openFake(t, b)
	a, err := tab.Load(t.Context(), "http://shop.example/")
	if err != nil || a.Status != 404 {
		t.Fatalf("Load = %+v, %v; want its 404", a, err)
	}
	tab.Close() // the browser has read all that was sent before
	if got, want := b.count("Fetch.continueRequest"), 1+maxRequests; got != want {
		t.Errorf("%d requests were let through, want %d", got, want)
	}
	if got, want := b.count("Fetch.failRequest"), n-maxRequests+1; got != want {
		t.Errorf("%d requests were refused, want %d", got, want)
	}
	if got := b.count("Target.disposeBrowserContext"); got != 1 {
		t.Errorf("the page's context was dropped %d times, want once", got)
	}
}

// A browser that cannot be reached or does not behave says so without its URL.
func TestOpenFails(t *testing.T) {
	refuse := func(method string) func(*fakeBrowser, string) (string, bool) {
		return func(_ *fakeBrowser, m string) (string, bool) { return `{}, "error": {"message": "no"}`, m == method }
	}
	tests := []struct {
		name string
		open func(t *testing.T) *fakeBrowser
		want string
	}{
		{"no browser", func(t *testing.T) *fakeBrowser {
			b := startFake(t, nil)
			b.Server.Close()
			return b
		}, "connection refused"},
		{"another server", func(t *testing.T) *fakeBrowser { return serving(t, 200, "<html>") }, "the answer is not a browser's"},
		{"no socket", func(t *testing.T) *fakeBrowser { return serving(t, 200, "{}") }, "the answer names no WebSocket"},
		{"forbidden", func(t *testing.T) *fakeBrowser { return serving(t, 403, "") }, "status 403"},
		{"no upgrade", func(t *testing.T) *fakeBrowser {
			return serving(t, 200, `{"webSocketDebuggerUrl": "ws://x/devtools?token=secret"}`)
		}, "open the WebSocket: status 200"},
		{"refuses a context", func(t *testing.T) *fakeBrowser { return startFake(t, refuse("Target.createBrowserContext")) }, `Target.createBrowserContext: the browser says "no"`},
		{"refuses the door", func(t *testing.T) *fakeBrowser { return startFake(t, refuse("Fetch.enable")) }, `Fetch.enable: the browser says "no"`},
		{"hangs", func(t *testing.T) *fakeBrowser {
			return startFake(t, func(_ *fakeBrowser, m string) (string, bool) { return "", m == "Target.attachToTarget" })
		}, "over"},
		{"never answers", hanging, "over"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := tt.open(t)
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errOver)
			defer cancel()
			if tt.want == "over" {
				ctx, cancel = context.WithTimeoutCause(t.Context(), 300*time.Millisecond, errOver)
				defer cancel()
			}
			tab, err := Open(ctx, options(b))
			if err == nil {
				tab.Close()
				t.Fatal("Open succeeded")
			}
			if !strings.Contains(err.Error(), tt.want) && !(tt.want == "over" && errors.Is(err, context.DeadlineExceeded)) {
				t.Errorf("Open = %v, want %q", err, tt.want)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("Open = %v: it tells the token", err)
			}
		})
	}
}

// serving is a browser whose HTTP door always gives one answer.
func serving(t *testing.T, status int, body string) *fakeBrowser {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return at(t, s.URL)
}

// hanging is a browser that takes connections and says nothing.
func hanging(t *testing.T) *fakeBrowser {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return at(t, "ws://"+l.Addr().String()+"/devtools/browser/1")
}

func at(t *testing.T, url string) *fakeBrowser {
	t.Helper()
	e, err := ParseEndpoint(url + "?token=secret")
	if err != nil {
		t.Fatal(err)
	}
	return &fakeBrowser{endpoint: e}
}

func TestParseEndpoint(t *testing.T) {
	for raw, want := range map[string]string{
		"http://127.0.0.1:9222": "127.0.0.1:9222", "http://localhost": "localhost:80", "wss://user:secret@b.example/x?token=secret": "b.example:443",
		"ws://[::1]:9222/devtools/browser/1": "[::1]:9222",
		"":                                   "", "127.0.0.1:9222": "", "ftp://secret.example": "", "http://": "", "http://secret\x00": "",
	} {
		e, err := ParseEndpoint(raw)
		if (err != nil) != (want == "") {
			t.Errorf("ParseEndpoint(%q) = %v, want an error: %t", raw, err, want == "")
			continue
		}
		if err != nil {
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("ParseEndpoint(%q) = %v: it repeats the URL", raw, err)
			}
			continue
		}
		if got := net.JoinHostPort(e.Address()); got != want {
			t.Errorf("ParseEndpoint(%q) dials %s, want %s", raw, got, want)
		}
	}
}

func TestNetError(t *testing.T) {
	for code, want := range map[string]string{
		"net::ERR_CONNECTION_REFUSED": "connection refused", "net::ERR_NAME_NOT_RESOLVED": "DNS: no such host",
		"net::ERR_CERT_DATE_INVALID": "TLS: cert date invalid", "net::ERR_EMPTY_RESPONSE": "the connection was closed without an answer",
		"net::ERR_CONNECTION_TIMED_OUT": "timeout while connecting", "": "",
	} {
		if got := (&NetError{code}).Error(); got != want {
			t.Errorf("NetError %q = %q, want %q", code, got, want)
		}
	}
}
