package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// rungAndWaiting brings a town into a state that is worth a copy: one alert was
// sent, another waits because its receiver has trouble.
func rungAndWaiting(t *testing.T, s *sink, rung, waiting shop, log *output) event {
	t.Helper()
	looks(t, []shop{rung, waiting}, 2)
	rung.stockUp(stock.InStock)
	first := s.wait(t, rung.id, 1)[0]
	s.answer.Store(http.StatusServiceUnavailable)
	waiting.stockUp(stock.InStock)
	eventually(t, "an alert that waits", func() bool { return strings.Contains(log.String(), "alert delayed") })
	return first
}

// goesOn checks that after a restore the alert that waited comes once, that
// nothing comes again, and that what happens then is told as news.
func goesOn(t *testing.T, s *sink, rung, waiting shop, first event) {
	t.Helper()
	s.answer.Store(http.StatusOK)
	if e := s.wait(t, waiting.id, 1)[0]; e.Source != first.Source {
		t.Errorf("the alert that waited comes from %s, want %s: the epoch of before", e.Source, first.Source)
	}
	looks(t, []shop{rung, waiting}, 3)
	if n := len(s.all()); n != 2 {
		t.Errorf("%d alerts, want the one of before and the one that waited: %v", n, describe(s.all()))
	}
	rung.stockUp(stock.OutOfStock)
	looks(t, []shop{rung}, 2)
	rung.stockUp(stock.InStock)
	e := s.wait(t, rung.id, 2)[1]
	if e.Source != first.Source || numberOf(t, e) < numberOf(t, first)+100_000 {
		t.Errorf("after the restore a restock is %s of %s, want a number far from %s of %s", e.ID, e.Source, first.ID, first.Source)
	}
}

func numberOf(t *testing.T, e event) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.Split(e.ID, "_")[0], 10, 64)
	if err != nil {
		t.Fatalf("event id %s: %v", e.ID, err)
	}
	return n
}

// A copy of a running daemon, brought back after the machine is lost.
func TestBackupAndRestore(t *testing.T) {
	s, c := newSink(t), newTown(t)
	rung, waiting := c.shop("rung"), c.shop("waiting")
	shape := settings{town: c, sink: s, shops: []shop{rung, waiting}}
	config, file := shape.write(t), filepath.Join(t.TempDir(), "copy.zip")
	p := start(t, "sainyuka", "run", "-config", config)
	first := rungAndWaiting(t, s, rung, waiting, &p.stderr)
	tool(t, "backup", "-config", config, "-to", file)
	if said := refused(t, "restore", "-config", config, "-from", file); !strings.Contains(said, "in use") {
		t.Errorf("restore under a running daemon says %q, want who uses the folder", said)
	}
	p.kill()
	if said := refused(t, "restore", "-config", config, "-from", file); !strings.Contains(said, "-replace") {
		t.Errorf("restore over what is there says %q, want how to replace it", said)
	}
	tool(t, "backup", "-config", config, "-to", file) // of a stopped one

	config = shape.write(t) // another folder
	if out := tool(t, "restore", "-config", config, "-from", file); !strings.Contains(out, "are back") {
		t.Errorf("restore prints %q, want what it brought back", out)
	}
	start(t, "sainyuka", "run", "-config", config)
	goesOn(t, s, rung, waiting, first)
}

// The daemon is killed while it makes a copy: either there is a whole one, or
// none, and the copy of yesterday is still there.
func TestKilledDuringBackup(t *testing.T) {
	s, c := newSink(t), newTown(t)
	corner := c.shop("corner")
	config := settings{town: c, sink: s, shops: []shop{corner}}.write(t)
	p := start(t, "sainyuka", "run", "-config", config)
	looks(t, []shop{corner}, 1)
	file := filepath.Join(t.TempDir(), "copy.zip")
	yesterday := []byte("yesterday's")
	for range 3 {
		if err := os.WriteFile(file, yesterday, 0o600); err != nil {
			t.Fatal(err)
		}
		copying := start(t, "sainyuka", "backup", "-config", config, "-to", file)
		part := file + ".part"
		eventually(t, "the copy's beginning", func() bool {
			_, err := os.Stat(part)
			return err == nil || ended(copying)
		})
		p.kill()
		code := copying.exitCode(t)
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if whole := string(got) != string(yesterday); whole != (code == 0) {
			t.Errorf("backup ended with code %d and a new file: %v; it said %s", code, whole, copying.stderr.String())
		}
		if _, err := os.Stat(part); err == nil {
			t.Errorf("backup ended with code %d and left %s", code, part)
		}
		p = start(t, "sainyuka", "run", "-config", config)
		looks(t, []shop{corner}, 1)
	}
	tool(t, "backup", "-config", config, "-to", file)
	if n := len(s.all()); n != 0 {
		t.Errorf("%d alerts, want none: %v", n, describe(s.all()))
	}
}

func ended(p *process) bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// refused runs a tool that must fail and returns what it says.
func refused(t *testing.T, args ...string) string {
	t.Helper()
	code, said := failing(t, args...)
	if code != 1 {
		t.Errorf("sainyuka %s ends with %d and says %q, want 1", strings.Join(args, " "), code, said)
	}
	return said
}
