package bus

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/natsd"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// writerDir, when set, makes the test binary a process that appends until it
// is killed.
const writerDir = "SAINYUKA_TEST_WRITER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(writerDir); dir != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeUntilKilled runs an engine and appends to two watches, and prints each
// record that was acknowledged. It ends when its parent does.
func writeUntilKilled(dir string) error {
	s, err := natsd.Start(natsd.Options{Dir: dir, Sync: "1m"})
	if err != nil {
		return err
	}
	nc, err := s.Connect()
	if err != nil {
		return err
	}
	ctx := context.Background()
	b, err := Open(ctx, Options{Conn: nc, MemoryLeases: true})
	if err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // the parent's end of the pipe closes with it
		os.Exit(1)
	}()
	for i := 0; ; i++ {
		tid := "w" + strconv.Itoa(i%2)
		_, last, err := b.Last(ctx, tid)
		if err != nil {
			return err
		}
		c := change(tid, stock.Restocked)
		c.Watcher = strconv.FormatUint(last, 10) // the record that this one follows
		seq, err := b.Append(ctx, c, last)
		if err != nil {
			return err
		}
		if _, err := fmt.Println(seq, tid, last); err != nil {
			return err
		}
	}
}

func TestAKilledProcessLosesNothingThatWasAcknowledged(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var acked []string
	for round := range 3 {
		cmd := exec.Command(exe)
		cmd.Env = append(os.Environ(), writerDir+"="+dir)
		cmd.Stderr = t.Output()
		if _, err := cmd.StdinPipe(); err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; n < 50+37*round && lines.Scan(); n++ {
			acked = append(acked, lines.Text())
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // what was acknowledged before the kill took effect
			if strings.Count(lines.Text(), " ") == 2 {
				acked = append(acked, lines.Text())
			}
		}
		var killed *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &killed) {
			t.Fatalf("the writer ended with %v, want that it was killed", err)
		}
	}
	if len(acked) < 50+87+124 {
		t.Fatalf("only %d records were acknowledged", len(acked))
	}

	ctx := within(t)
	b, _ := newBusIn(t, dir)
	info, err := b.Journal.obs.Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	stored := make(map[string]bool)
	prev := make(map[string]uint64)
	for seq := info.State.FirstSeq; seq <= info.State.LastSeq; seq++ {
		m, err := b.Journal.obs.GetMsg(ctx, seq)
		if err != nil {
			t.Fatalf("record %d: %v", seq, err)
		}
		tid := strings.TrimPrefix(m.Subject, "obs.")
		c, err := decodeChange(m.Data)
		if err != nil {
			t.Fatalf("record %d: %v", seq, err)
		}
		if c.Watcher != strconv.FormatUint(prev[tid], 10) {
			t.Errorf("record %d of %s follows %s, want %d: one was lost or doubled", seq, tid, c.Watcher, prev[tid])
		}
		prev[tid] = seq
		stored[fmt.Sprint(seq, " ", tid, " ", c.Watcher)] = true
	}
	for _, line := range acked {
		if !stored[line] {
			t.Errorf("record %q was acknowledged and is not there", line)
		}
	}
	t.Logf("%d records acknowledged, %d stored", len(acked), len(stored))
}
