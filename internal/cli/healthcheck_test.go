package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHealthCheck(t *testing.T) {
	for _, tt := range []struct {
		name           string
		status         int
		says           string
		code           int
		stdout, stderr string
	}{
		{"ready, a channel in trouble", 200, "ok\nchannel phone: refused\n", 0, "ok\nchannel phone: refused\n", ""},
		{"not ready", 503, "waiting for NATS\n", 1, "", "sainyuka: not ready: waiting for NATS\n"},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/readyz" {
				t.Errorf("%s: asked for %s, want /readyz", tt.name, r.URL.Path)
			}
			w.WriteHeader(tt.status)
			fmt.Fprint(w, tt.says)
		}))
		config := filepath.Join(t.TempDir(), "config.toml")
		text := "[web]\nlisten = \"" + s.Listener.Addr().String() + "\"\n[[product]]\nid = \"p\"\n[[product.watch]]\nurl = \"https://shop.test/i/1\"\n[[channel]]\nid = \"log\"\ntype = \"log\"\n"
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		env := Env{Program: "sainyuka", Stdout: &stdout, Stderr: &stderr}
		code := Main(t.Context(), env, Tools(), []string{"healthcheck", "-config", config})
		s.Close()
		if code != tt.code || stdout.String() != tt.stdout || stderr.String() != tt.stderr {
			t.Errorf("%s: exit %d, %q, %q; want %d, %q, %q", tt.name, code, &stdout, &stderr, tt.code, tt.stdout, tt.stderr)
		}
		stdout.Reset()
		stderr.Reset()
		code = Main(t.Context(), env, Tools(), []string{"healthcheck", "-config", config})
		if code != 1 || !strings.Contains(stderr.String(), "no daemon answers") {
			t.Errorf("%s, after its end: exit %d, %q; want 1 and that no daemon answers", tt.name, code, &stderr)
		}
	}
}

func TestWhereADaemonIsReached(t *testing.T) {
	for listen, want := range map[string]string{
		":8480": "127.0.0.1:8480", "0.0.0.0:8480": "127.0.0.1:8480", "[::]:8480": "[::1]:8480",
		"127.0.0.1:1": "127.0.0.1:1", "192.0.2.1:80": "192.0.2.1:80", "box.example:80": "box.example:80",
	} {
		if got := reachable(listen); got != want {
			t.Errorf("reachable(%q) = %q, want %q", listen, got, want)
		}
	}
}
