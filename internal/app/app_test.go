package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/fakeshop"
	"github.com/sainyuka/sainyuka/internal/natstest"
	"github.com/sainyuka/sainyuka/internal/ops"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// patience is how long a test waits for what must happen, on a machine that is
// busy with other things.
const patience = 3 * time.Minute

// box is an App on a street of shops, as a process would run it.
type box struct {
	*App
	dir    string
	street *fakeshop.Street
	hook   *hook
	conn   *nats.Conn
	stdout *buffer
	log    *buffer

	stop  context.CancelFunc
	ended chan error
}

// hook is a receiver of alerts.
type hook struct {
	*httptest.Server
	mu    sync.Mutex
	came  int
	hangs chan struct{} // not nil: it answers when this is closed, or its caller leaves
}

func (h *hook) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	h.mu.Lock()
	h.came++
	hangs := h.hangs
	h.mu.Unlock()
	if hangs != nil {
		select {
		case <-hangs:
		case <-r.Context().Done():
		}
	}
}

func (h *hook) calls() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.came
}

type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// newBox returns a box that does not run yet. Its configuration is that of text
// after some edits, pairs of what is there and what shall.
func newBox(t *testing.T, roles Roles, edits ...string) *box {
	t.Helper()
	b := &box{dir: t.TempDir(), street: fakeshop.New(), hook: &hook{}, stdout: &buffer{}, log: &buffer{}}
	b.hook.Server = httptest.NewServer(b.hook)
	t.Cleanup(b.hook.Close)
	shops := httptest.NewServer(b.street)
	t.Cleanup(shops.Close)
	t.Cleanup(b.street.Close)
	b.set(itemURL, stock.OutOfStock)
	b.write(t, b.text(shops.URL))
	for i := 0; i+1 < len(edits); i += 2 {
		b.edit(t, edits[i], edits[i+1])
	}
	b.build(t, roles, func() (*config.Config, error) { return config.Load(b.path()) })
	return b
}

// build makes the app of a configuration.
func (b *box) build(t *testing.T, roles Roles, load func() (*config.Config, error)) {
	t.Helper()
	b.conn = connectTo(t)
	cfg, err := load()
	if err != nil {
		t.Fatalf("load the configuration: %v", err)
	}
	b.App, err = New(Options{
		Config: cfg, Load: load, Roles: roles, Conn: b.conn, Version: "test", Stdout: b.stdout,
		Logger: slog.New(slog.NewTextHandler(b.log, nil)), Registry: ops.NewRegistry("test"),
	})
	if err != nil {
		t.Fatalf("make an app: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("its log:\n%s", b.log)
		}
	})
}

func connectTo(t *testing.T) *nats.Conn {
	t.Helper()
	conn, err := natstest.Server(t, t.TempDir()).Connect(bus.ClientOptions(slog.New(slog.DiscardHandler))...)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	t.Cleanup(conn.Close)
	return conn
}

func (b *box) path() string { return filepath.Join(b.dir, "config.toml") }

func (b *box) text(proxy string) string {
	return fmt.Sprintf(`language = "ja"
[web]
listen = "127.0.0.1:0"
[fetch]
proxy = %q
[alerts]
receipts = false
[host."shop.example"]
every = "100ms"
[[product]]
id = "vane"
[[product.watch]]
url = %q
interval = "1s"
min_interval = "100ms"
[[channel]]
id = "screen"
type = "log"
[[channel]]
id = "hook"
type = "webhook"
url = %q
`, proxy, itemURL, b.hook.URL)
}

func (b *box) write(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(b.path(), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// edit replaces a part of the configuration.
func (b *box) edit(t *testing.T, old, now string) {
	t.Helper()
	text, err := os.ReadFile(b.path())
	if err != nil || !strings.Contains(string(text), old) {
		t.Fatalf("edit the configuration: %v: %q is not in\n%s", err, old, text)
	}
	b.write(t, strings.Replace(string(text), old, now, 1))
}

func (b *box) set(url string, a stock.Availability) {
	b.street.Set(url, fakeshop.Item{Title: "風見鶏", Price: stock.Yen(1980), Availability: a})
}

// run begins to work, until end is called or the test ends.
func (b *box) run(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	b.stop, b.ended = cancel, make(chan error, 1)
	go func() { b.ended <- b.Run(ctx) }()
	t.Cleanup(func() { cancel() })
}

// end stops it and returns how Run ended.
func (b *box) end(t *testing.T) error {
	t.Helper()
	b.stop()
	select {
	case err := <-b.ended:
		return err
	case <-time.After(patience):
		t.Fatalf("Run did not return within %s of its end", patience)
		return nil
	}
}

// ready waits until readyz says so.
func (b *box) ready(t *testing.T) {
	t.Helper()
	eventually(t, "readiness", func() bool { return b.get(t, "/readyz") == "ok\n" })
}

func (b *box) get(t *testing.T, path string) string {
	t.Helper()
	resp, err := http.Get("http://" + b.Addr() + path)
	if err != nil {
		t.Fatalf("get %s: %v", path, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("get %s: %v", path, err)
	}
	return string(body)
}

// looked waits for n more looks at a page.
func (b *box) looked(t *testing.T, n int) {
	t.Helper()
	asked := func() (sum int) {
		for _, r := range b.street.Requests("shop.example") {
			if strings.HasPrefix(r.Path, "/item/") {
				sum++
			}
		}
		return sum
	}
	want := asked() + n
	eventually(t, fmt.Sprintf("%d more looks", n), func() bool { return asked() >= want })
}

func (b *box) reloadedOK() bool { return testutil.ToFloat64(b.reloaded.ok) == 1 }

func eventually(t *testing.T, what string, yes func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for !yes() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
