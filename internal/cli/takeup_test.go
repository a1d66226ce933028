package cli

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/natsd"
)

// A channel that was given up before the daemon was stopped is taken up again by
// a test that works: the next daemon sends to it.
func TestATestThatWorksTakesAChannelUpAgain(t *testing.T) {
	hook := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer hook.Close()
	path := filepath.Join(t.TempDir(), "config.toml")
	text := fmt.Sprintf("[[product]]\nid = \"a\"\n[[product.watch]]\nurl = \"https://shop.example/a\"\n[[channel]]\nid = \"hook\"\ntype = \"webhook\"\nurl = %q\n", hook.URL)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := loadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	env := Env{Program: "sainyuka", Version: "v1", Stdout: &out, Stderr: &out, StartEngine: func(dir string, log *slog.Logger, reg prometheus.Registerer) (Engine, error) {
		return natsd.Start(natsd.Options{Dir: dir, Logger: log, Registerer: reg})
	}}
	on := func(do func(b *bus.Bus)) {
		t.Helper()
		b, done, err := openBus(t.Context(), env, cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer done()
		do(b)
	}
	const key = "off.hook.abcdefghijklmnop"
	on(func(b *bus.Bus) {
		if _, err := b.People.PutFact(t.Context(), key, []byte(`{"reason":"gone"}`), 0); err != nil {
			t.Fatal(err)
		}
	})
	if err := testAlert(t.Context(), env, []string{"-config", path, "-channel", "hook"}); err != nil {
		t.Fatalf("test-alert: %v\n%s", err, &out)
	}
	on(func(b *bus.Bus) {
		if f, err := b.People.Fact(t.Context(), key); err != nil || f.Rev != 0 {
			t.Errorf("after a test that worked the recipient is disabled still: %+v, %v", f, err)
		}
	})
}
