package e2e

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Whoever reads the alerts of a daemon's standard output may end: the daemon goes on, and
// tells by its other channels.
func TestTheReaderOfStandardOutputEnds(t *testing.T) {
	s := newSink(t)
	corner := newTown(t).shop("corner")
	config := settings{town: corner.town, sink: s, shops: []shop{corner}, more: "[[channel]]\nid = \"out\"\ntype = \"log\"\n"}.write(t)
	dir, err := binaries()
	if err != nil {
		t.Fatalf("build the programs: %v", err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.Command(filepath.Join(dir, "sainyuka"), "run", "-config", config), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = w, &p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait()
	}()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("log:\n%s", p.stderr.String())
		}
	})
	looks(t, []shop{corner}, 2)
	corner.stockUp(stock.InStock)
	s.wait(t, corner.id, 1)
	if line, err := bufio.NewReader(r).ReadString('\n'); err != nil {
		t.Fatalf("standard output has %q, %v, want the alert", line, err)
	}
	r.Close()
	for n := 2; n < 4; n++ {
		corner.stockUp(stock.OutOfStock)
		looks(t, []shop{corner}, 3)
		corner.stockUp(stock.InStock)
		s.wait(t, corner.id, n)
	}
	if code := p.terminate(t); code != 0 {
		t.Errorf("it ended with code %d after SIGTERM, want 0", code)
	}
}
