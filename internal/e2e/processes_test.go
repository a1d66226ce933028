package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// binaries builds the three programs once and returns their folder.
var binaries = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "sainyuka-e2e-")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-o", dir, "../../cmd/...").CombinedOutput()
	if err != nil {
		return "", &buildError{string(out), err}
	}
	return dir, nil
})

type buildError struct {
	output string
	error
}

func (e *buildError) Error() string { return e.error.Error() + ": " + e.output }

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := binaries(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// process is one of the programs, running.
type process struct {
	cmd    *exec.Cmd
	stdout output
	stderr output
	ended  chan struct{}
}

// start runs a program until the test ends.
func start(t testing.TB, name string, args ...string) *process {
	t.Helper()
	dir, err := binaries()
	if err != nil {
		t.Fatalf("build the programs: %v", err)
	}
	return startCommand(t, name, exec.Command(filepath.Join(dir, name), args...))
}

// startCommand runs a command, by the name that it has in the test's log.
func startCommand(t testing.TB, name string, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait()
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() || testing.Verbose() {
			t.Logf("log of %s:\n%s", name, p.stderr.String())
		}
	})
	return p
}

// kill ends the process as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// terminate asks the process to stop and returns its exit code.
func (p *process) terminate(t testing.TB) int {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatalf("ask the process to stop: %v", err)
	}
	return p.exitCode(t)
}

// exitCode waits for the process to end by itself.
func (p *process) exitCode(t testing.TB) int {
	t.Helper()
	select {
	case <-p.ended:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		t.Fatalf("the process did not end within %s; its log:\n%s", patience, p.stderr.String())
		return -1
	}
}

// A killed process is started again on the same folder: what it knew is still
// known, so that neither a second baseline nor a second alert comes of it.
func TestKilledAndStartedAgain(t *testing.T) {
	s := newSink(t)
	corner := newTown(t).shop("corner")
	config := settings{town: corner.town, sink: s, shops: []shop{corner}}.write(t)
	p := start(t, "sainyuka", "run", "-config", config)
	looks(t, []shop{corner}, 2)
	p.kill()
	corner.stockUp(stock.InStock) // while nobody looks

	p = start(t, "sainyuka", "run", "-config", config)
	first := s.wait(t, corner.id, 1)[0]
	if first.Data.Kind != stock.Restocked {
		t.Errorf("the first alert after the kill is %s, want restocked", first.Data.Kind)
	}
	p.kill()
	p = start(t, "sainyuka", "run", "-config", config)
	looks(t, []shop{corner}, 3)
	for _, e := range s.all()[1:] { // the push in flight at the kill may come again, under its own id
		if e.ID != first.ID {
			t.Errorf("an alert more than the restock: %v", describe(s.all()))
		}
	}
	if code := p.terminate(t); code != 0 {
		t.Errorf("run ended with code %d after SIGTERM, want 0", code)
	}
}

// A second process on the same folder says who holds it, and ends.
func TestSecondProcessOnOneFolder(t *testing.T) {
	s := newSink(t)
	corner := newTown(t).shop("corner")
	config := settings{town: corner.town, sink: s, shops: []shop{corner}}.write(t)
	first := start(t, "sainyuka", "run", "-config", config)
	dashboardOf(t, &first.stderr)
	second := start(t, "sainyuka", "run", "-config", config)
	if code := second.exitCode(t); code != 1 {
		t.Errorf("the second process ended with code %d, want 1", code)
	}
	if text := second.stderr.String(); !strings.Contains(text, "data") || strings.Contains(text, "panic") {
		t.Errorf("the second process says %q, want who holds the data directory", text)
	}
}

// The demo is the first thing that a newcomer sees.
func TestDemo(t *testing.T) {
	p := start(t, "sainyuka", "demo", "-for", "30s")
	eventually(t, "the first alert of the demo", func() bool {
		return strings.Contains(p.stdout.String(), "再入荷】") && strings.Contains(p.stdout.String(), "item.rakuten.co.jp")
	})
	if !strings.Contains(p.stdout.String(), "http://127.0.0.1:") {
		t.Errorf("the demo printed no address of its dashboard: %s", p.stdout.String())
	}
	if code := p.terminate(t); code != 0 {
		t.Errorf("the demo ended with code %d, want 0; it said:\n%s", code, p.stderr.String())
	}
}
