package crashlab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// clockVariable names the file from which a program with a clock that can be set
// reads by how many seconds its wall clock is off.
const clockVariable = "SAINYUKA_CRASHLAB_CLOCK"

// clockReader is added to package main of the program.
const clockReader = `package main

import (
	"os"
	"strconv"
	"time"
)

func init() {
	read := func() {
		text, err := os.ReadFile(os.Getenv("` + clockVariable + `"))
		if err != nil {
			panic(err)
		}
		if n, err := strconv.ParseInt(string(text), 10, 64); err == nil { // else it is being written
			time.FakeOffset = n
		}
	}
	read()
	go func() {
		for {
			time.Sleep(20 * time.Millisecond)
			read()
		}
	}()
}
`

// clockProgram builds sainyuka once with a wall clock that can be set: its time.Now
// adds an offset to its wall part alone, as a step of the machine's
// clock does; the monotonic part stays. Go asks the kernel itself, without the
// library that others put in between.
var clockProgram = sync.OnceValues(func() (string, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("find the source of package time: %w", err)
	}
	original := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	text, err := os.ReadFile(original)
	if err != nil {
		return "", fmt.Errorf("read the source of package time: %w", err)
	}
	const reads = "\tsec, nsec, mono := runtimeNow()\n"
	if n := bytes.Count(text, []byte(reads)); n != 1 {
		return "", fmt.Errorf("%s reads the clock in %d places, want 1: this test needs to learn of another version", original, n)
	}
	text = bytes.Replace(text, []byte(reads), []byte(reads+"\tsec += FakeOffset\n"), 1)
	text = append(text, "\n// FakeOffset is by how many seconds the wall clock is off.\nvar FakeOffset int64\n"...)
	changed, reader, overlay := filepath.Join(built, "time.go"), filepath.Join(built, "clock.go"), filepath.Join(built, "overlay.json")
	main, err := filepath.Abs(filepath.Join(cmds, "sainyuka", "zz_crashlab_clock.go"))
	if err != nil {
		return "", err
	}
	replace := map[string]string{original: changed, main: reader}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	for path, text := range map[string][]byte{changed: text, reader: []byte(clockReader), overlay: list} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return "", err
		}
	}
	return build("clock", cmds+"/sainyuka", "-overlay", overlay)
})

// wallClock is the wall clock of all programs of a lab.
type wallClock struct {
	t    testing.TB
	path string
	off  time.Duration
}

// newWallClock gives a lab's programs a clock that can be set. The test may not
// be parallel with others that do the same.
func newWallClock(l *lab) *wallClock {
	l.Helper()
	w := &wallClock{t: l, path: filepath.Join(l.TempDir(), "clock")}
	l.build = clockProgram
	l.env = append(l.env, clockVariable+"="+w.path)
	w.set(0)
	return w
}

// set makes the clock be off by some amount.
func (w *wallClock) set(off time.Duration) {
	w.t.Helper()
	w.off = off
	next := w.path + ".next"
	if err := os.WriteFile(next, []byte(strconv.FormatInt(int64(off/time.Second), 10)), 0o600); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Rename(next, w.path); err != nil {
		w.t.Fatal(err)
	}
}

// step sets the clock by some amount.
func (w *wallClock) step(by time.Duration) { w.set(w.off + by) }

// in1970 makes the clock begin where one begins that nobody has set.
func (w *wallClock) in1970() { w.set(-time.Since(time.Unix(60, 0))) }
