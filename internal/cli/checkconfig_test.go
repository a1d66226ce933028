package cli

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/app"
)

// check-config names the pages that their shops have moved to https for good, as the
// daemon has found that runs by the configuration, with the lines that they stand on.
func TestCheckConfigNamesMovedPages(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "config.toml")
	text := fmt.Sprintf("data_dir = %q\nlanguage = \"ja\"\n[[product]]\nid = \"w\"\n[[product.watch]]\nurl = \"http://shop.test/w\"\n[[product.watch]]\nurl = \"http://shop.test/v\"\n[[channel]]\nid = \"log\"\ntype = \"log\"\n", dir)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	check := func() string {
		t.Helper()
		var stdout, stderr bytes.Buffer
		env := Env{Program: "sainyuka", Version: "test", Stdout: &stdout, Stderr: &stderr}
		if code := Main(t.Context(), env, Tools(), []string{"check-config", "-config", config}); code != exitOK {
			t.Fatalf("check-config: exit code %d, %s", code, &stderr)
		}
		return stderr.String()
	}
	if got := check(); strings.Contains(got, "https") {
		t.Errorf("without a daemon: %s", got)
	}
	ln, err := net.Listen("unix", filepath.Join(dir, app.SocketName))
	if err != nil {
		t.Fatal(err)
	}
	path := app.MovedPath
	daemon := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, `{"moved":{"http://shop.test/w":"https://shop.test/w"}}`)
	})}
	go daemon.Serve(ln) //nolint:errcheck // it ends with the test
	defer daemon.Close()
	for lang, says := range map[string]string{"en": "the shop has moved this page to https for good: write https://shop.test/w", "ja": "https://shop.test/w と書いてください"} {
		t.Setenv("LANG", lang)
		got := check()
		if !strings.Contains(got, config+":6: url: ") || !strings.Contains(got, says) || strings.Contains(got, "/v") {
			t.Errorf("LANG=%s: %s\nwant line 6 and %q", lang, got, says)
		}
	}
	path = "/nowhere" // a daemon that does not say
	if got := check(); strings.Contains(got, "https") {
		t.Errorf("a daemon that does not say: %s", got)
	}
}
