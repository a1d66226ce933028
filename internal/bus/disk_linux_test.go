package bus

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/natsd"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// TestAFullDiskLosesNothing fills a real file system under a writer. Without
// the rights to mount one there is nothing to fill; natsd's own tests, which
// need none, then have to do.
func TestAFullDiskLosesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64m"); err != nil {
		t.Logf("no rights to mount a file system: %v", err)
		return
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	s, err := natsd.Start(natsd.Options{
		Dir: filepath.Join(dir, "data"), MaxStore: 256 << 20, HealthEvery: 100 * time.Millisecond, Logger: testLogger(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	b := mustOpen(t, mustConnect(t, s))
	ctx := within(t)
	acked := map[uint64]bool{mustAppend(t, b, change("w", stock.Baseline), 0): true}
	write := func() error {
		_, last, err := b.Last(ctx, "w") // after any error the stream is the truth
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
		defer cancel()
		seq, err := b.Append(ctx, change("w", stock.Restocked), last)
		if err == nil {
			acked[seq] = true
		}
		return err
	}

	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast)
	eventually(ctx, t, "a full disk", func() error {
		if err := write(); err != nil && s.Healthy() != nil {
			return nil
		}
		return errors.New("it is not full")
	})
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	eventually(ctx, t, "a record after the disk was full", write)
	for seq := range acked {
		if _, err := b.Journal.obs.GetMsg(ctx, seq); err != nil {
			t.Errorf("record %d was acknowledged and is gone: %v", seq, err)
		}
	}
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
