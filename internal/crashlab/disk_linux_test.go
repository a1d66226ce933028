package crashlab

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A disk that fills under a box at work: restocks are told in the room that was kept for
// this. When that is filled too, it goes on looking, and when the disk is freed it has lost
// nothing, tells nothing twice and comes back without a hand.
func TestBoxOnAFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=400m"); err != nil {
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
	stop := l.flip(float64(len(l.shops.pages)) / 10)
	l.looked(2, anybody)
	eventually(t, "room that is kept for a full disk", func() bool { return box.metric(t, "sainyuka_store_reserve_bytes") >= 32<<20 })

	l.step("the disk fills")
	ballast, more := filepath.Join(disk, "ballast"), filepath.Join(disk, "more")
	fill(t, ballast)
	filled := time.Now()
	said := len(box.log.String())
	eventually(t, "the use of that room", func() bool { return box.metric(t, "sainyuka_store_reserve_bytes") == 0 })
	l.restockIsTold()
	t.Logf("a restock on a full disk was told %s after it was full", time.Since(filled).Round(time.Millisecond))
	for range 3 {
		l.restockIsTold()
	}

	l.step("the disk fills again")
	fill(t, more)
	eventually(t, "word that the engine cannot write", func() bool { return box.metric(t, "sainyuka_engine_healthy") == 0 })
	l.step("the engine says so")
	l.looked(3, anybody)
	for _, file := range []string{ballast, more} {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
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

// restockIsTold waits until something that came back in stock from now on was told by every
// channel.
func (l *lab) restockIsTold() {
	l.Helper()
	before := map[string]int{}
	for _, p := range l.shops.pages {
		p.mu.Lock()
		before[p.url] = p.flip
		p.mu.Unlock()
	}
	eventually(l, "a restock that every channel tells", func() bool {
		by := map[string]int{}
		for _, a := range l.receiver.heard() {
			if a.kind == stock.Restocked && a.flip > before[a.page] {
				by[a.id[:strings.Index(a.id, "_")]]++
			}
		}
		return slices.Contains(slices.Collect(maps.Values(by)), len(channels))
	})
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
