package e2e

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Without NATS a process lives, says that it is not ready and why, and can be
// measured: an orchestrator that restarted it would mend nothing.
func TestBeforeNATS(t *testing.T) {
	s, c := newSink(t), newTown(t)
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "nats://" + nobody.Addr().String()
	nobody.Close()
	config := settings{town: c, sink: s, shops: []shop{c.shop("corner")}, nats: closed}.write(t)
	for _, role := range []string{"watcher", "notifier"} {
		p := start(t, role, "-config", config)
		url := dashboardOf(t, &p.stderr)
		for path, want := range map[string]int{
			"/healthz": http.StatusOK, "/metrics": http.StatusOK,
			"/readyz": http.StatusServiceUnavailable, "/": http.StatusServiceUnavailable,
		} {
			if code, body := get(t, url+path); code != want {
				t.Errorf("%s without NATS: %s answers %d %q, want %d", role, path, code, body, want)
			}
		}
		eventually(t, role+": why it waits, in the log", func() bool {
			return strings.Contains(p.stderr.String(), nobody.Addr().String())
		})
		if code := p.terminate(t); code != 0 {
			t.Errorf("%s ended with code %d after SIGTERM, want 0", role, code)
		}
	}
	if code, said := failing(t, "dead", "list", "-config", config); code != 1 || !strings.Contains(said, nobody.Addr().String()) {
		t.Errorf("dead list without NATS ends with %d and says %q, want 1 and why", code, said)
	}
}

// Whatever is wrong with how a program was called is told with exit code 2.
func TestWrongUsage(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none.toml")
	empty := filepath.Join(t.TempDir(), "empty.toml")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		says string
	}{
		{nil, "usage"},
		{[]string{"bogus"}, "bogus"},
		{[]string{"demo", "-bogus"}, "bogus"},
		{[]string{"demo", "street"}, "street"},
		{[]string{"run", "more"}, "more"},
		{[]string{"run", "--config", none}, none},
		{[]string{"run", "-config", empty}, empty + ":1: "},
		{[]string{"run", "-config", empty, "more"}, "more"},
		{[]string{"check-config", "--config", empty}, empty + ":1: "},
		{[]string{"inspect"}, "-url"},
		{[]string{"test-alert"}, "config.toml"},
		{[]string{"dead"}, "list"},
		{[]string{"dead", "redrive", "-config", empty}, "ID"},
		{[]string{"version", "--bogus"}, "bogus"},
	} {
		if code, said := failing(t, tt.args...); code != 2 || !strings.Contains(said, tt.says) {
			t.Errorf("sainyuka %s: ends with %d and says %q, want 2 and something about %q", strings.Join(tt.args, " "), code, said, tt.says)
		}
	}
}

// failing runs one of sainyuka's tools and returns its exit code and what it
// said on its standard error.
func failing(t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	p := start(t, "sainyuka", args...)
	code = p.exitCode(t)
	return code, p.stderr.String()
}
