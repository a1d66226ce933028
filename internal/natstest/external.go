package natstest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// patience is for a machine that is busy with other tests.
const patience = 30 * time.Second

// External starts a stock nats-server with JetStream as a process of its own
// and returns its URL. The server is built from this module's own dependency,
// once for all test runs.
func External(t testing.TB) string {
	t.Helper()
	bin, err := stockServer()
	if err != nil {
		t.Fatalf("build nats-server: %v", err)
	}
	dir := t.TempDir()
	conf := filepath.Join(dir, "nats.conf")
	text := fmt.Sprintf("host: 127.0.0.1\nport: -1\nserver_name: test\nports_file_dir: %q\njetstream { store_dir: %q, max_file_store: 4GB }\n", dir, dir)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatalf("write configuration of nats-server: %v", err)
	}
	cmd := exec.Command(bin, "-c", conf)
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", bin, err)
	}
	t.Cleanup(func() { end(cmd) })
	url, err := portsOf(filepath.Join(dir, fmt.Sprintf("%s_%d.ports", filepath.Base(bin), cmd.Process.Pid)))
	if err != nil {
		t.Fatalf("wait for nats-server: %v", err)
	}
	return url
}

// end stops a process, gently first.
func end(cmd *exec.Cmd) {
	_ = cmd.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	_ = cmd.Wait()
}

// portsOf reads the file in which the server says where it listens.
func portsOf(path string) (string, error) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for {
		var ports struct {
			NATS []string `json:"nats"`
		}
		if b, err := os.ReadFile(path); err == nil && json.Unmarshal(b, &ports) == nil && len(ports.NATS) > 0 {
			return ports.NATS[0], nil
		}
		select {
		case <-tick.C:
		case <-deadline:
			return "", fmt.Errorf("no ports in %s after %s", path, patience)
		}
	}
}

// stockServer builds the server into the user's cache, under its version.
var stockServer = sync.OnceValues(func() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		base = os.TempDir()
	}
	dir := filepath.Join(base, "sainyuka-natstest")
	bin := filepath.Join(dir, "nats-server-"+server.VERSION)
	if _, err := os.Stat(bin); err == nil {
		return bin, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	part, err := os.MkdirTemp(dir, "build")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(part)
	built := filepath.Join(part, "nats-server")
	out, err := exec.Command("go", "build", "-o", built, "github.com/nats-io/nats-server/v2").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return bin, os.Rename(built, bin) // whole or not at all, for tests that run at once
})
