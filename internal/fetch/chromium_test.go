package fetch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// chromiumFlags start a browser that shows no window and tells nobody of itself.
var chromiumFlags = []string{
	"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
	"--disable-background-networking", "--disable-component-update", "--disable-sync",
	"--disable-features=LocalNetworkAccessChecks", // or no test's page may ask another test's server
}

// chromium is a browser of this test's own.
type chromium struct {
	url  string // of its DevTools
	stop func() // ends it, at the latest with the test
}

// startChromium starts a real browser that listens on a port, "0" for any. Where there is none a developer's test is
// skipped; what must pass everywhere, see .ci/run, has one installed.
func startChromium(t *testing.T, port string) *chromium {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("chromium: %v; install Debian's package of that name", err)
		}
		t.Skip("no chromium here: install Debian's package of that name to test the browser")
	}
	profile := t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	cmd := exec.CommandContext(ctx, path, append(chromiumFlags, "--user-data-dir="+profile, "--remote-debugging-port="+port)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // its children end with it
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	var says bytes.Buffer
	cmd.Stderr = &says
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatalf("start %s: %v", path, err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = cmd.Wait() }()
	b := &chromium{stop: func() { cancel(); <-done }}
	t.Cleanup(func() {
		b.stop()
		if t.Failed() && testing.Verbose() {
			t.Logf("chromium said:\n%s", says.Bytes())
		}
	})
	if port == "0" {
		port = portOf(t, filepath.Join(profile, "DevToolsActivePort"), done)
	}
	b.url = "http://127.0.0.1:" + port
	await(t, done, func() bool {
		answer, err := http.Get(b.url + "/json/version")
		if err == nil {
			answer.Body.Close()
		}
		return err == nil
	})
	return b
}

// portOf waits until the browser has written down where it listens.
func portOf(t *testing.T, file string, done <-chan struct{}) (port string) {
	t.Helper()
	await(t, done, func() bool {
		raw, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("read where chromium listens: %v", err)
		}
		var whole bool
		port, _, whole = strings.Cut(string(raw), "\n")
		return whole
	})
	return port
}

// await waits until the browser is so far.
func await(t *testing.T, done <-chan struct{}, ready func() bool) {
	t.Helper()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for !ready() {
		select {
		case <-poll.C:
		case <-done:
			t.Fatal("chromium ended before it listened")
		case <-t.Context().Done():
			t.Fatal("the test ended before chromium listened")
		}
	}
}

// tabs returns how many pages the browser has open.
func (b *chromium) tabs(t *testing.T) int {
	t.Helper()
	answer, err := http.Get(b.url + "/json/list")
	if err != nil {
		t.Fatalf("ask the browser for its tabs: %v", err)
	}
	defer answer.Body.Close()
	var tabs []struct {
		URL string `json:"url"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&tabs); err != nil {
		t.Fatalf("read the browser's tabs: %v", err)
	}
	return len(tabs)
}
