package crashlab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A disk that fills under a box at work, and is freed again: it goes on looking,
// loses nothing, tells nothing twice and comes back without a hand.
func TestBoxOnAFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=160m"); err != nil {
		t.Logf("no rights to mount a file system that can be filled (%v): natsd's own test of the watchdog has to do", err)
		return
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	t.Parallel()
	l := newLab(t, 24)
	dir := filepath.Join(disk, "data")
	box := l.begin("box", "sainyuka", "run", "-data-dir", dir)
	// While the disk is full a page flips less often than eight times, which is how
	// many changes of a watch are kept one by one.
	stop := l.flip(float64(len(l.street.pages)) / 10)
	l.looked(2, anybody)

	l.step("the disk fills")
	ballast := filepath.Join(disk, "ballast")
	fill(t, ballast)
	said := len(box.log.String())
	eventually(t, "word that the engine cannot write", func() bool { return box.metric(t, "sainyuka_engine_healthy") == 0 })
	l.step("the engine says so")
	l.looked(3, anybody)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	freed, heard := time.Now(), len(l.receiver.heard())
	l.step("the disk is freed")
	eventually(t, "a healthy engine", func() bool { return box.metric(t, "sainyuka_engine_healthy") == 1 })
	healthy := time.Since(freed)
	eventually(t, "an alert", func() bool { return len(l.receiver.heard()) > heard })
	t.Logf("healthy %s and first alert %s after the disk was freed", healthy.Round(time.Millisecond), time.Since(freed).Round(time.Millisecond))
	noise(t, box.log.String()[said:])

	stop()
	l.looked(2, anybody)
	box.terminate(t)
	l.auditFolder(dir)
	box = l.begin("box", "sainyuka", "run", "-data-dir", dir)
	l.told()
	l.looked(1, anybody)
	box.terminate(t)
	l.auditFolder(dir)
	l.verdict()
}

var (
	message = regexp.MustCompile(`level=(WARN|ERROR) msg=("(?:[^"\\]|\\.)*"|\S+)`)
	numbers = regexp.MustCompile(`[0-9]+`)
)

// noise wants what is said of one trouble to be said once or twice, and not per
// watch or alert.
func noise(t *testing.T, log string) {
	t.Helper()
	count := map[string]int{}
	for _, m := range message.FindAllStringSubmatch(log, -1) {
		count[m[1]+" "+numbers.ReplaceAllString(m[2], "N")]++
	}
	var lines []string
	for line, n := range count {
		lines = append(lines, fmt.Sprintf("%4d x %s", n, line))
	}
	slices.Sort(lines)
	t.Logf("the log of the trouble:\n%s", strings.Join(lines, "\n"))
}

// fill writes until the file system has no room left.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 4<<10)
	for {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			return
		} else if err != nil {
			t.Fatalf("fill %s: %v", path, err)
		}
	}
}
