package chrome

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// fakeBrowser answers commands as a browser does, as far as a tab needs it, and
// misbehaves where a test wants it to.
type fakeBrowser struct {
	*httptest.Server
	endpoint Endpoint
	// on answers one command, if it wants to; its result is sent as it is.
	on func(b *fakeBrowser, method string) (result string, handled bool)

	mu     sync.Mutex
	socket *websocket.Conn
	asked  map[string]int // commands by method
}

func startFake(t *testing.T, on func(b *fakeBrowser, method string) (string, bool)) *fakeBrowser {
	t.Helper()
	b := &fakeBrowser{on: on, asked: make(map[string]int)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /json/version", func(w http.ResponseWriter, _ *http.Request) {
		// The host is not the one that was dialled: it must not matter.
		fmt.Fprint(w, `{"Browser": "Fake/1", "webSocketDebuggerUrl": "ws://elsewhere.example/devtools/browser/1"}`)
	})
	mux.HandleFunc("GET /devtools/browser/1", b.serve)
	b.Server = httptest.NewServer(mux)
	t.Cleanup(b.Close)
	var err error
	if b.endpoint, err = ParseEndpoint(b.URL + "/?token=secret"); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *fakeBrowser) serve(w http.ResponseWriter, r *http.Request) {
	socket, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer socket.CloseNow()
	socket.SetReadLimit(-1)
	b.mu.Lock()
	b.socket = socket
	b.mu.Unlock()
	for {
		_, raw, err := socket.Read(r.Context())
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(raw, &m) != nil {
			return
		}
		b.mu.Lock()
		b.asked[m.Method]++
		b.mu.Unlock()
		if result, ok := b.result(m.Method); ok {
			b.send(fmt.Sprintf(`{"id": %d, "sessionId": %q, "result": %s}`, m.ID, m.SessionID, result))
		}
	}
}

// result is a browser's answer to a command, as short as it can be.
func (b *fakeBrowser) result(method string) (result string, ok bool) {
	if b.on != nil {
		if result, handled := b.on(b, method); handled {
			return result, result != ""
		}
	}
	switch method {
	case "Target.createBrowserContext":
		return `{"browserContextId": "c"}`, true
	case "Target.createTarget":
		return `{"targetId": "main"}`, true
	case "Target.attachToTarget":
		return `{"sessionId": "s"}`, true
	case "Page.navigate":
		return "", false // until the page is there
	}
	return `{}`, true
}

func (b *fakeBrowser) send(text string) {
	b.mu.Lock()
	socket := b.socket
	b.mu.Unlock()
	_ = socket.Write(context.Background(), websocket.MessageText, []byte(text)) // a test that ends closes it
}

// event is one event of the page.
func (b *fakeBrowser) event(method, params string) {
	b.send(fmt.Sprintf(`{"sessionId": "s", "method": %q, "params": %s}`, method, params))
}

// count returns how often a command came.
func (b *fakeBrowser) count(method string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.asked[method]
}

func paused(id int, kind, frame, url, more string) string {
	return fmt.Sprintf(`{"requestId": "r%d", "resourceType": %q, "frameId": %q, "request": {"url": %q, "method": "GET", "headers": {}}%s}`,
		id, kind, frame, url, more)
}

func options(b *fakeBrowser) Options {
	return Options{
		Endpoint: b.endpoint, Client: &http.Client{Timeout: 20 * time.Second}, UserAgent: "sainyuka/1 (+x)", MaxBody: 1 << 16,
		Allow: func(context.Context, string) bool { return true },
	}
}

func openFake(t *testing.T, b *fakeBrowser) *Tab {
	t.Helper()
	tab, err := Open(t.Context(), options(b))
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(tab.Close)
	return tab
}

// onNavigate runs does when a page is asked for.
func onNavigate(does func(b *fakeBrowser)) func(*fakeBrowser, string) (string, bool) {
	return func(b *fakeBrowser, method string) (string, bool) {
		if method != "Page.navigate" {
			return "", false
		}
		go does(b)
		return "", true
	}
}
