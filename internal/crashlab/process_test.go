package crashlab

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a laboratory waits for what must happen; far longer than
// it takes, so that a busy machine does not fail a test.
const patience = 2 * time.Minute

// built is where programs are put; "": nowhere yet.
var built string

// programs builds the three programs once and returns their folder.
var programs = sync.OnceValues(func() (string, error) { return build("as-they-are", cmds+"/...") })

// cmds is where the programs are.
const cmds = "../../cmd"

// build builds packages into a folder of built and returns its path.
func build(folder, packages string, flags ...string) (string, error) {
	dir := filepath.Join(built, folder)
	args := slices.Concat([]string{"build", "-o", dir + string(filepath.Separator)}, flags, []string{packages})
	out, err := exec.Command("go", args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return dir, nil
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "sainyuka-crashlab-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "make a folder for the programs:", err)
		os.Exit(1)
	}
	built = dir
	code := m.Run()
	os.RemoveAll(built)
	os.Exit(code)
}

// process is one of the programs, running.
type process struct {
	name  string
	cmd   *exec.Cmd
	log   tail
	ended chan struct{}
}

// start starts a program as it is.
func start(t testing.TB, name, program string, args ...string) *process {
	t.Helper()
	dir, err := programs()
	if err != nil {
		t.Fatalf("build the programs: %v", err)
	}
	return launch(t, name, nil, filepath.Join(dir, program), args...)
}

// launch starts a program, which ends with the test at the latest.
func launch(t testing.TB, name string, env []string, path string, args ...string) *process {
	t.Helper()
	p := &process{name: name, cmd: exec.Command(path, args...), ended: make(chan struct{})}
	p.cmd.Stderr, p.cmd.Env = &p.log, append(os.Environ(), env...)
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait()
	}()
	t.Cleanup(func() {
		select {
		case <-p.ended: // its log is no longer news
			return
		default:
		}
		p.signal(syscall.SIGCONT)
		p.kill()
		if t.Failed() {
			t.Logf("the log of %s:\n%s", name, p.log.String())
		}
	})
	return p
}

// kill ends the process as a power cut would.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.ended
}

// signal sends a signal; to a process that has ended it is nothing.
func (p *process) signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

// terminate asks the process to stop and returns how long that took.
func (p *process) terminate(t testing.TB) time.Duration {
	t.Helper()
	began := time.Now()
	p.signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(patience):
		t.Fatalf("%s did not end within %s of SIGTERM", p.name, patience)
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("%s ended with code %d after SIGTERM, want 0", p.name, code)
	}
	return time.Since(began)
}

// alive fails the test when the process has ended by itself.
func (p *process) alive(t testing.TB) {
	t.Helper()
	select {
	case <-p.ended:
		t.Fatalf("%s ended by itself, %s; its log:\n%s", p.name, p.cmd.ProcessState, p.log.String())
	default:
	}
}

var pagesLine = regexp.MustCompile(`(?:dashboard|metrics)=(http://[^/\s]+)/`)

// address waits until the process tells where it listens.
func (p *process) address(t testing.TB) string {
	t.Helper()
	var m []string
	eventually(t, p.name+" to say where it listens", func() bool {
		p.alive(t)
		m = pagesLine.FindStringSubmatch(p.log.String())
		return m != nil
	})
	return m[1]
}

// eventually waits until ok holds.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited %s in vain for %s", patience, what)
		}
	}
}

// tail keeps the beginning and the end of a log.
type tail struct {
	mu   sync.Mutex
	head []byte
	rest []byte
}

const keptLog = 512 << 10

func (l *tail) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(p)
	if room := keptLog - len(l.head); room > 0 {
		take := min(room, len(p))
		l.head, p = append(l.head, p[:take]...), p[take:]
	}
	l.rest = append(l.rest, p...)
	if len(l.rest) > 4*keptLog {
		l.rest = append([]byte("..."), l.rest[len(l.rest)-2*keptLog:]...)
	}
	return n, nil
}

func (l *tail) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(bytes.Join([][]byte{l.head, l.rest}, nil))
}
