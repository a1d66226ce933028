package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A process that may open no file more goes on as soon as it may: what restocked meanwhile
// is told, and what restocks later too.
func TestNoFileMoreForAWhile(t *testing.T) {
	s := newSink(t)
	corner := newTown(t).shop("corner")
	p := start(t, "sainyuka", "run", "-config", settings{town: corner.town, sink: s, shops: []shop{corner}}.write(t))
	dashboard := strings.TrimSuffix(dashboardOf(t, &p.stderr), "/")
	looks(t, []shop{corner}, 2)

	before := mayOpen(t, p, openFiles(t, p)-4) // fewer than are open: nothing can be opened
	corner.stockUp(stock.InStock)
	var idle []net.Conn
	defer func() {
		for _, c := range idle {
			c.Close()
		}
	}()
	eventually(t, "word that there are no files", func() bool {
		if c, err := net.Dial("tcp", strings.TrimPrefix(dashboard, "http://")); err == nil {
			idle = append(idle, c)
		}
		return strings.Contains(p.stderr.String(), "too many open files")
	})
	mayOpen(t, p, before)
	first := s.wait(t, corner.id, 1)[0]
	if first.Data.Kind != stock.Restocked {
		t.Errorf("the alert of the restock while there were no files is %s, want %s", first.Data.Kind, stock.Restocked)
	}
	corner.stockUp(stock.OutOfStock)
	looks(t, []shop{corner}, 3)
	corner.stockUp(stock.InStock)
	s.wait(t, corner.id, 2)
	eventually(t, "readiness", func() bool {
		resp, err := http.Get(dashboard + "/readyz")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	if code := p.terminate(t); code != 0 {
		t.Errorf("it ended with code %d after SIGTERM, want 0", code)
	}
}

func openFiles(t *testing.T, p *process) int {
	t.Helper()
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

// mayOpen sets how many files a process may have open, and returns how many it was.
func mayOpen(t *testing.T, p *process, files int) (before int) {
	t.Helper()
	prlimit := func(args ...string) string {
		said, err := exec.Command("prlimit", append([]string{"--pid", strconv.Itoa(p.cmd.Process.Pid)}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("prlimit %v: %v: %s", args, err, said)
		}
		return strings.TrimSpace(string(said))
	}
	before, err := strconv.Atoi(prlimit("--nofile", "--output=SOFT", "--noheadings"))
	if err != nil {
		t.Fatal(err)
	}
	prlimit(fmt.Sprintf("--nofile=%d:", files))
	return before
}

// doctor examines the store of a running daemon through it, and mends it there.
func TestDoctorBesideADaemon(t *testing.T) {
	s := newSink(t)
	corner := newTown(t).shop("corner")
	config := settings{town: corner.town, sink: s, shops: []shop{corner}}.write(t)
	p := start(t, "sainyuka", "run", "-config", config)
	looks(t, []shop{corner}, 2)
	for _, args := range [][]string{{}, {"-repair"}} {
		said := tool(t, append([]string{"doctor", "-json", "-config", config}, args...)...)
		var answer struct {
			OK       bool
			Findings []struct{ Code, Store string }
		}
		if err := json.Unmarshal([]byte(said), &answer); err != nil || !answer.OK {
			t.Errorf("doctor %v says %q (%v), want that all is well", args, said, err)
		}
	}
	corner.stockUp(stock.InStock)
	if e := s.wait(t, corner.id, 1)[0]; e.Data.Kind != stock.Restocked {
		t.Errorf("after the examination an alert is %s, want %s", e.Data.Kind, stock.Restocked)
	}
	if log := p.stderr.String(); strings.Contains(log, "level=ERROR") {
		t.Error("the daemon's log has errors, want none")
	}
}
