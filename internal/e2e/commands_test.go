package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/cli"
)

// command runs a tool and returns its exit code and what it printed.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = cli.Main(t.Context(), cli.Env{Program: "sainyuka", Version: "test", Stdout: &out, Stderr: &errs}, cli.Tools(), args)
	return code, out.String(), errs.String()
}

// The commands that operators expect speak to the daemon that runs, and say so when
// none does.
func TestCommandsForOperators(t *testing.T) {
	corner := newTown(t).shop("corner")
	config := settings{town: corner.town, sink: newSink(t), shops: []shop{corner}}.write(t)
	for _, args := range [][]string{{"status"}, {"reload"}} {
		if code, _, says := command(t, append(args, "-config", config)...); code != 1 || !strings.Contains(says, "no daemon answers") {
			t.Errorf("%v before the start: exit %d, %q, want 1 and that none runs", args, code, says)
		}
	}
	d := startDaemon(t, config)
	address := strings.TrimPrefix(d.address(t), "http://")
	eventually(t, "readiness by `sainyuka healthcheck`", func() bool {
		code, _, _ := command(t, "healthcheck", "-listen", address)
		return code == 0
	})
	looks(t, []shop{corner}, 1)
	eventually(t, "one page that is out of stock in `sainyuka status`", func() bool {
		_, says, _ := command(t, "status", "-config", config)
		return strings.Contains(says, "ready, version test\n1 products, 1 pages: 1 out of stock\n")
	})
	code, says, _ := command(t, "status", "-config", config, "-json")
	var s struct {
		Ready    bool
		Products int
	}
	if err := json.Unmarshal([]byte(says), &s); code != 0 || err != nil || !s.Ready || s.Products != 1 {
		t.Errorf("status -json: exit %d, %q (%v), want ready with one product", code, says, err)
	}

	if code, says, errs := command(t, "reload", "-config", config); code != 0 || says != "configuration reloaded\n" {
		t.Errorf("reload: exit %d, %q, %q, want 0", code, says, errs)
	}
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	other := bytes.Replace(text, []byte("[web]\n"), []byte("[web]\npublic_url = \"http://127.0.0.1:1/\"\n"), 1)
	if err := os.WriteFile(config, other, 0o600); err != nil || bytes.Equal(other, text) {
		t.Fatalf("change [web]: %v", err)
	}
	if code, _, errs := command(t, "reload", "-config", config); code != 1 || !strings.Contains(errs, "needs a restart") {
		t.Errorf("reload of a changed [web]: exit %d, %q, want 1 and that it needs a restart", code, errs)
	}
	d.stop()
	if code, _, says := command(t, "healthcheck", "-listen", address); code != 1 || !strings.Contains(says, "no daemon answers") {
		t.Errorf("healthcheck after the end: exit %d, %q, want 1", code, says)
	}
}
