package app

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/fakeshop"
	"github.com/sainyuka/sainyuka/internal/ops"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// What Run started has ended when it returns.
func TestNothingIsLeftRunning(t *testing.T) {
	b := newBox(t, Watch|Notify)
	before := ours()
	b.run(t)
	b.ready(t)
	b.looked(t, 2)
	b.set(itemURL, stock.InStock)
	eventually(t, "an alert", func() bool { return strings.Contains(b.stdout.String(), "再入荷】") && b.hook.calls() > 0 })
	for range 3 { // each makes the channels anew
		if err := b.Reload(); err != nil {
			t.Fatalf("reload: %v", err)
		}
	}
	if during := ours(); len(during) <= len(before) {
		t.Fatalf("while it runs it has %d goroutines and before it had %d: the test sees none of them", len(during), len(before))
	}
	if err := b.end(t); err != nil {
		t.Errorf("Run ended with %v, want nil", err)
	}
	eventually(t, "the end of all goroutines", func() bool { return len(ours()) <= len(before) })
}

// ours returns the stacks of the goroutines that this module started or is in,
// but for those of the test, its shops and its engine.
func ours() []string {
	buf := make([]byte, 4<<20)
	stacks := strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n")
	return slices.DeleteFunc(stacks, func(s string) bool {
		return !strings.Contains(s, "sainyuka/internal/") || strings.Contains(s, "testing.tRunner") ||
			strings.Contains(s, "internal/fakeshop") || strings.Contains(s, "internal/natsd")
	})
}

// A channel and a shop that never answer do not hold up a stop: Run would say so.
func TestStopWhileEverythingHangs(t *testing.T) {
	t.Parallel()
	b := newBox(t, Watch|Notify)
	b.hook.hangs = make(chan struct{})
	t.Cleanup(func() { close(b.hook.hangs) })
	b.run(t)
	b.ready(t)
	b.looked(t, 2)
	b.set(itemURL, stock.InStock)
	eventually(t, "a push that hangs", func() bool { return b.hook.calls() > 0 })
	b.street.Fail(itemURL, fakeshop.Hang())
	b.looked(t, 1)
	if err := b.end(t); err != nil {
		t.Errorf("Run ended with %v, want nil", err)
	}
}

// While NATS is away the process lives, says what it waits for, and stops.
func TestStopWhileNATSIsAway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	conn, err := nats.Connect("nats://127.0.0.1:1", bus.ClientOptions(slog.New(slog.DiscardHandler))...)
	if err != nil {
		t.Fatalf("connect in the background: %v", err)
	}
	t.Cleanup(conn.Close)
	cfg := &config.Config{DataDir: dir, Language: "en", Web: config.Web{Listen: "127.0.0.1:0"}}
	a, err := New(Options{
		Config: cfg, Load: func() (*config.Config, error) { return cfg, nil }, Roles: Watch | Notify, Conn: conn,
		Version: "test", Stdout: io.Discard, Logger: slog.New(slog.DiscardHandler), Registry: ops.NewRegistry("test"),
	})
	if err != nil {
		t.Fatalf("make an app: %v", err)
	}
	b := &box{App: a}
	b.run(t)
	if got := b.get(t, "/healthz"); got != "ok\n" {
		t.Errorf("/healthz says %q, want ok", got)
	}
	if got := b.get(t, "/readyz"); !strings.Contains(got, "waiting for NATS") {
		t.Errorf("/readyz says %q, want that it waits for NATS", got)
	}
	if err := a.Reload(); err == nil || !strings.Contains(err.Error(), "waiting for NATS") {
		t.Errorf("reload says %v, want that it waits for NATS", err)
	}
	if err := b.end(t); err != nil {
		t.Errorf("Run ended with %v, want nil", err)
	}
}

// Streams that were made anew under a running process end it: nothing that it
// knows holds for them.
func TestReplacedStreamsEndTheProcess(t *testing.T) {
	t.Parallel()
	b := newBox(t, Notify)
	b.run(t)
	b.ready(t)
	js, err := b.conn.JetStream()
	if err == nil {
		err = js.DeleteStream("OBS")
	}
	if err != nil {
		t.Fatalf("delete the stream: %v", err)
	}
	if _, err := bus.Open(t.Context(), bus.Options{Conn: b.conn}); err != nil {
		t.Fatalf("make it anew: %v", err)
	}
	select {
	case err := <-b.ended:
		if !errors.Is(err, bus.ErrReplaced) {
			t.Errorf("Run ended with %v, want ErrReplaced", err)
		}
	case <-t.Context().Done():
	}
}

func TestDataDir(t *testing.T) {
	dir := t.TempDir()
	watcher, err := openDataDir(dir, Watch)
	if err != nil {
		t.Fatalf("a watcher opens a new folder: %v", err)
	}
	notifier, err := openDataDir(dir, Notify)
	if err != nil {
		t.Fatalf("a notifier beside it: %v", err)
	}
	if _, err := openDataDir(dir, Watch); err == nil || !strings.Contains(err.Error(), "another watcher uses") {
		t.Errorf("a second watcher: %v, want that another one uses the folder", err)
	}
	ids := map[string]string{}
	for role, d := range map[string]*dataDir{"watcher": watcher, "notifier": notifier} {
		if ids[role], err = d.id(role); err != nil || !validID(ids[role]) {
			t.Errorf("id of the %s: %q, %v", role, ids[role], err)
		}
		d.close()
	}
	again, err := openDataDir(dir, Watch|Notify)
	if err != nil {
		t.Fatalf("both roles in one process, after the others have gone: %v", err)
	}
	defer again.close()
	if got, err := again.id("watcher"); err != nil || got != ids["watcher"] {
		t.Errorf("the watcher's id is %q, %v; want %q as before", got, err, ids["watcher"])
	}
	if err := os.WriteFile(filepath.Join(dir, "watcher.id"), []byte("shard.*\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := again.id("watcher"); err != nil || !validID(got) || got == ids["watcher"] {
		t.Errorf("in place of an id that cannot be a key: %q, %v; want a new one", got, err)
	}
}

// The tools' socket is for the owner alone; where there can be none, all else
// works.
func TestControlSocket(t *testing.T) {
	t.Parallel()
	b := newBox(t, Notify)
	b.run(t)
	b.ready(t)
	info, err := os.Stat(filepath.Join(b.dir, "data", SocketName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the control socket: %v, %v; want mode 0600", info, err)
	}
	long := &dataDir{path: filepath.Join(t.TempDir(), strings.Repeat("x", maxSocketPath))}
	if _, err := long.listen(); err == nil || !strings.Contains(err.Error(), "at most 103") {
		t.Errorf("a socket with too long a path: %v, want the limit", err)
	}

	other := newBox(t, Notify)
	if err := os.MkdirAll(filepath.Join(other.dir, "data", SocketName, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	other.run(t)
	other.ready(t)
	if !strings.Contains(other.log.String(), "cannot reach this process") {
		t.Errorf("its log does not say that the tools cannot reach it:\n%s", other.log)
	}
}

// The address that is taken is named, and what New took before is given back.
func TestAddressTaken(t *testing.T) {
	b := newBox(t, Notify)
	b.run(t)
	b.ready(t)
	dir := t.TempDir()
	cfg := &config.Config{DataDir: dir, Web: config.Web{Listen: b.Addr()}}
	_, err := New(Options{Config: cfg, Roles: Notify, Logger: slog.New(slog.DiscardHandler), Registry: ops.NewRegistry("test")})
	if err == nil || !strings.Contains(err.Error(), "web.listen") || !strings.Contains(err.Error(), b.Addr()) {
		t.Errorf("New on a taken address: %v, want the address and its key", err)
	}
	d, err := openDataDir(dir, Notify)
	if err != nil {
		t.Errorf("the folder after New failed: %v, want it free", err)
	} else {
		d.close()
	}
	if resp, err := http.Get("http://" + b.Addr() + "/healthz"); err != nil {
		t.Errorf("the first process: %v, want it untouched", err)
	} else {
		resp.Body.Close()
	}
}

// Pages that could not be read before a restart are shown so before they are looked
// at again.
func TestTroubleOutlivesARestart(t *testing.T) {
	t.Parallel()
	b := newBox(t, Watch|Notify)
	b.street.Fail(itemURL, fakeshop.Status(http.StatusForbidden))
	b.run(t)
	b.ready(t)
	inTrouble := func() bool { return strings.Contains(b.get(t, "/"), `id="trouble"`) }
	eventually(t, "the page among those that cannot be read", inTrouble)
	if err := b.end(t); err != nil {
		t.Fatalf("Run ended with %v, want nil", err)
	}
	notifier := b.again(t, Notify) // nobody looks at any page
	notifier.run(t)
	notifier.ready(t)
	eventually(t, "the page among those that cannot be read, after a restart", func() bool {
		return strings.Contains(notifier.get(t, "/"), `id="trouble"`)
	})
	if page := notifier.get(t, "/"); !strings.Contains(page, "ブロックされています") || strings.Contains(page, "まだ見ていません") {
		t.Errorf("the dashboard after a restart says nothing of the shop's refusal, or that it was not looked at:\n%s", page)
	}
}

// again returns a box with the configuration and the bus of b, which has ended.
func (b *box) again(t *testing.T, roles Roles) *box {
	t.Helper()
	b.Close()
	load := func() (*config.Config, error) { return config.Load(b.path()) }
	cfg, err := load()
	if err != nil {
		t.Fatalf("load the configuration: %v", err)
	}
	next := &box{dir: b.dir, street: b.street, hook: b.hook, conn: b.conn, stdout: &buffer{}, log: b.log}
	next.App, err = New(Options{
		Config: cfg, Load: load, Roles: roles, Conn: b.conn, Version: "test", Stdout: next.stdout,
		Logger: slog.New(slog.NewTextHandler(b.log, nil)), Registry: ops.NewRegistry("test"),
	})
	if err != nil {
		t.Fatalf("make an app: %v", err)
	}
	return next
}

// Who looks at the dashboard while the roles are still being started reads nothing that is
// still written: the race detector says so.
func TestTheDashboardAnswersWhileTheRolesStart(t *testing.T) {
	t.Parallel()
	b := newBox(t, Watch|Notify)
	b.run(t)
	eventually(t, "the page of health", func() bool { return strings.Contains(b.get(t, "/health"), "shop.example") })
}

// The page of health says what only the metrics know: how often each host was asked, and how
// long alerts take.
func TestThePageOfHealthHasWhatIsMeasured(t *testing.T) {
	t.Parallel()
	b := newBox(t, Watch|Notify)
	b.run(t)
	b.ready(t)
	b.looked(t, 2)
	b.set(itemURL, stock.InStock)
	eventually(t, "an alert", func() bool { return b.hook.calls() > 0 })
	for _, want := range []string{"開始からのリクエスト数", "ページの取得から届くまで、平均"} {
		eventually(t, want, func() bool { return strings.Contains(b.get(t, "/health"), want) })
	}
}
