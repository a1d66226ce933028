package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A reload takes up a good file; a bad one is named in the log and changes nothing.
func TestReload(t *testing.T) {
	s, c := newSink(t), newTown(t)
	first, second := c.shop("first"), c.shop("second")
	before := settings{town: c, sink: s, shops: []shop{first}}
	config := before.write(t)
	d := startDaemon(t, config)
	looks(t, []shop{first}, 2)

	rewrite(t, config, before.text()+"bogus = true\n")
	d.reload <- syscall.SIGHUP
	eventually(t, "the mistake in the log", func() bool { return strings.Contains(d.stderr.String(), "bogus") })
	if got := metric(t, d.address(t), "sainyuka_config_last_reload_successful"); got != "0" {
		t.Errorf("after a bad reload the metric is %s, want 0", got)
	}
	looks(t, []shop{first}, 2)

	rewrite(t, config, settings{town: c, sink: s, shops: []shop{first, second}}.text())
	d.reload <- syscall.SIGHUP
	looks(t, []shop{first, second}, 2)
	if got := metric(t, d.address(t), "sainyuka_config_last_reload_successful"); got != "1" {
		t.Errorf("after a good reload the metric is %s, want 1", got)
	}
	ring(t, s, []shop{first, second}, 1)
}

func rewrite(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A refused alert becomes a dead letter that the command line can list and
// redrive, through the running daemon.
func TestDeadLetters(t *testing.T) {
	s, c := newSink(t), newTown(t)
	corner := c.shop("corner")
	config := settings{town: c, sink: s, shops: []shop{corner}}.write(t)
	d := startDaemon(t, config)
	looks(t, []shop{corner}, 2)
	s.answer.Store(http.StatusRequestEntityTooLarge)
	corner.stockUp(stock.InStock)
	var list string
	eventually(t, "a line of `dead list`", func() bool {
		list = tool(t, "dead", "list", "-config", config)
		return list != ""
	})
	fields := strings.Fields(list) // ID CHANNEL PRODUCT KIND AGE TRIES REASON
	if len(fields) < 7 || fields[1] != "hook" || fields[2] != "corner" || fields[3] != "restocked" || fields[5] != "1" {
		t.Fatalf("dead list prints %q, want ID hook corner restocked AGE 1 REASON", list)
	}
	s.answer.Store(http.StatusOK)
	tool(t, "dead", "redrive", fields[0], "-config", config)
	if got := s.wait(t, "corner", 1)[0].ID; got != fields[0] {
		t.Errorf("the redriven alert has id %s, want %s", got, fields[0])
	}
	eventually(t, "an empty list", func() bool { return tool(t, "dead", "list", "-config", config) == "" })
	d.stop()
	if got := tool(t, "dead", "list", "-config", config, "-json"); strings.TrimSpace(got) != "[]" {
		t.Errorf("without a daemon dead list -json prints %q, want []", got)
	}
}

// Without a daemon the tools open the folder themselves: what is redriven is sent
// by the next one.
func TestDeadLettersOfAStoppedDaemon(t *testing.T) {
	s, c := newSink(t), newTown(t)
	corner, other := c.shop("corner"), c.shop("other")
	config := settings{town: c, sink: s, shops: []shop{corner, other}}.write(t)
	d := startDaemon(t, config)
	looks(t, []shop{corner, other}, 2)
	s.answer.Store(http.StatusBadRequest) // of the message, not of the recipient: each letter is tried
	for _, p := range []shop{corner, other} {
		p.stockUp(stock.InStock)
	}
	lines := func() []string {
		return strings.FieldsFunc(tool(t, "dead", "list", "-config", config), func(r rune) bool { return r == '\n' })
	}
	eventually(t, "two dead letters", func() bool { return len(lines()) == 2 })
	d.stop()
	s.answer.Store(http.StatusOK)
	ids := map[string]string{} // by product
	for _, line := range lines() {
		fields := strings.Fields(line) // ID CHANNEL PRODUCT KIND AGE TRIES REASON
		if len(fields) < 7 || fields[1] != "hook" || fields[3] != "restocked" || fields[5] != "1" {
			t.Fatalf("dead list prints %q, want ID hook PRODUCT restocked AGE 1 REASON", line)
		}
		ids[fields[2]] = fields[0]
	}
	tool(t, "dead", "discard", ids["other"], "-config", config)
	tool(t, "dead", "redrive", ids["corner"], "-config", config)
	if left := lines(); len(left) != 0 {
		t.Errorf("dead list prints %q after redrive and discard, want nothing", left)
	}
	startDaemon(t, config)
	if got := s.wait(t, "corner", 1)[0].ID; got != ids["corner"] {
		t.Errorf("the redriven alert has id %s, want %s", got, ids["corner"])
	}
	looks(t, []shop{corner, other}, 2)
	if n := len(s.all()); n != 1 {
		t.Errorf("%d alerts, want the redriven one alone: %v", n, describe(s.all()))
	}
}

// tool runs one of sainyuka's tools and returns what it printed.
func tool(t *testing.T, args ...string) string {
	t.Helper()
	dir, err := binaries()
	if err != nil {
		t.Fatalf("build the programs: %v", err)
	}
	cmd := exec.Command(filepath.Join(dir, "sainyuka"), args...)
	cmd.Stderr = t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("sainyuka %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// Every series of the contract is there from the start, before anything happened.
func TestOperations(t *testing.T) {
	s, c := newSink(t), newTown(t)
	corner := c.shop("corner")
	d := startDaemon(t, settings{town: c, sink: s, shops: []shop{corner}}.write(t))
	url := d.address(t)
	eventually(t, "readiness", func() bool { code, _ := get(t, url+"/readyz"); return code == http.StatusOK })
	if code, body := get(t, url+"/healthz"); code != http.StatusOK {
		t.Errorf("/healthz answers %d %s, want 200", code, body)
	}
	_, text := get(t, url+"/metrics")
	id := stock.WatchID("corner", corner.url)
	for _, series := range []string{
		`sainyuka_checks_total{outcome="ok",source="page"}`,
		`sainyuka_checks_total{outcome="blocked",source="page"}`,
		`sainyuka_check_duration_seconds_count{source="page"}`,
		`sainyuka_last_good_check_timestamp_seconds{product="corner",watch="` + id + `"}`,
		`sainyuka_watch_availability{availability=`,
		`sainyuka_watch_info{host="corner.example",product="corner",source="page",watch="` + id + `"} 1`,
		`sainyuka_changes_total{kind="restocked",source="page"}`,
		`sainyuka_alerts_total{channel="hook",outcome="sent"}`,
		`sainyuka_alerts_total{channel="hook",outcome="suppressed"}`,
		`sainyuka_alert_latency_seconds_count{channel="hook"}`,
		`sainyuka_outbox_depth{channel="hook"} 0`,
		`sainyuka_outbox_oldest_seconds{channel="hook"} 0`,
		`sainyuka_dead_letters_total{channel="hook"} 0`,
		`sainyuka_host_backoff_seconds{host="corner.example"}`,
		`sainyuka_leases `,
		`sainyuka_config_last_reload_successful 1`,
		`sainyuka_engine_healthy 1`,
		`sainyuka_build_info{`,
	} {
		if !strings.Contains(text, "\n"+series) {
			t.Errorf("/metrics has no series %s", series)
		}
	}
	var products struct {
		Products []struct {
			ID string `json:"id"`
		} `json:"products"`
	}
	if _, body := get(t, url+"/api/v1/products"); json.Unmarshal([]byte(body), &products) != nil || len(products.Products) != 1 {
		t.Errorf("/api/v1/products answers %s, want the one product", body)
	}
	if code, body := get(t, url+"/"); code != http.StatusOK || !strings.Contains(body, "風見鶏モデル R") {
		t.Errorf("the dashboard answers %d without the product's name", code)
	}
}

func get(t *testing.T, url string) (code int, body string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatalf("get %s: %v", url, err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("get %s: %v", url, err)
	}
	return resp.StatusCode, string(b)
}

// metric returns the value of a series without labels.
func metric(t *testing.T, url, name string) string {
	t.Helper()
	_, text := get(t, url+"/metrics")
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// A terminal that is closed ends a tool, though it would have a daemon reload.
func TestHangUpEndsATool(t *testing.T) {
	dir, err := binaries()
	if err != nil {
		t.Fatalf("build the programs: %v", err)
	}
	cmd := exec.Command(filepath.Join(dir, "sainyuka"), "inspect", "-file", "-")
	if _, err := cmd.StdinPipe(); err != nil { // never written to: the tool waits for its page
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start the tool: %v", err)
	}
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatalf("hang up: %v", err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case <-done:
	case <-time.After(patience):
		_ = cmd.Process.Kill()
		t.Fatal("the tool goes on after SIGHUP")
	}
	if state, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || state.Signal() != syscall.SIGHUP {
		t.Errorf("the tool ended with %v, want SIGHUP", cmd.ProcessState)
	}
}
