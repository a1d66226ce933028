package cli

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/app"
)

// inspect reads a page with the trust that the running daemon has in its host, shows it,
// and resets it.
func TestInspectKnowsWhatTheDaemonLearned(t *testing.T) {
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, unclear)
	}))
	defer shop.Close()
	at, err := url.Parse(shop.URL)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	ln, err := net.Listen("unix", filepath.Join(dir, app.SocketName))
	if err != nil {
		t.Fatal(err)
	}
	var asked []string
	daemon := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path)
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		fmt.Fprintf(w, `{"host":%q,"methods":[{"method":"buy-box","trusted":true,"watches":[]},{"method":"json-ld","trusted":false,"since":"2026-11-01T10:00:00Z","watches":[]}]}`, at.Host)
	})}
	go daemon.Serve(ln) //nolint:errcheck // it ends with the test
	defer daemon.Close()
	config := filepath.Join(dir, "config.toml")
	text := fmt.Sprintf("data_dir = %q\n[fetch]\nallow_private_addresses = true\n[[product]]\nid = \"w\"\n[[product.watch]]\nurl = %q\n[[channel]]\nid = \"log\"\ntype = \"log\"\n", dir, shop.URL+"/w")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	path := " /api/v1/hosts/" + at.Host + "/trust"
	for _, tt := range []struct {
		name  string
		args  []string
		says  []string
		never string
		asked string
	}{
		{"with the daemon's configuration", []string{"-config", config}, []string{"availability  OutOfStock", "not trusted   json-ld on " + at.Host + " since 2026-11-01T10:00:00Z"}, "buy-box on", "GET" + path},
		{"in JSON", []string{"-config", config, "-json"}, []string{`"availability": "OutOfStock"`, `"trust": {`, `"trusted": false`}, "", "GET" + path},
		{"reset", []string{"-config", config, "-reset-trust"}, []string{"host " + at.Host + ": all its evidence counts again"}, "", "DELETE" + path},
	} {
		asked = nil
		var stdout, stderr bytes.Buffer
		env := Env{Program: "sainyuka", Version: "test", Stdout: &stdout, Stderr: &stderr}
		if code := Main(t.Context(), env, Tools(), append([]string{"inspect", "-url", shop.URL + "/w"}, tt.args...)); code != exitOK {
			t.Fatalf("%s: ends with %d and says %q, want 0", tt.name, code, stderr.String())
		}
		for _, want := range tt.says {
			if !strings.Contains(stdout.String(), want) {
				t.Errorf("%s: prints %q, want %q in it", tt.name, stdout.String(), want)
			}
		}
		if tt.never != "" && strings.Contains(stdout.String(), tt.never) {
			t.Errorf("%s: prints %q, want no %q in it", tt.name, stdout.String(), tt.never)
		}
		if got := strings.Join(asked, ","); got != tt.asked {
			t.Errorf("%s: the daemon was asked %q, want %q", tt.name, got, tt.asked)
		}
	}
}
