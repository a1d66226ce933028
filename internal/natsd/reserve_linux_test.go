package natsd

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// TestAFullDiskWithAReserve fills a real file system, twice: what is written after the first
// time goes to the room of the reserve.
func TestAFullDiskWithAReserve(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=400m"); err != nil {
		t.Logf("no rights to mount a file system (%v): only the tests of the reserve itself run", err)
		return
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })

	ctx := within(t)
	o := testOptions(t, filepath.Join(dir, "data"))
	o.Sync, o.HealthEvery, o.Reserve = "always", 100*time.Millisecond, 32*mib
	s := mustStart(t, o)
	_, js := mustConnect(t, s)
	if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "S", Subjects: []string{"s.>"}}); err != nil {
		t.Fatalf("create stream: %v", err)
	}
	until(t, "a whole reserve", func() bool { return s.reserve.held() == 32*mib })
	stored := publish(ctx, t, js, "s.a")

	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast)
	until(t, "word that the disk is full", s.DiskFull)
	for range 100 {
		stored = publish(ctx, t, js, "s.a")
	}
	fill(t, filepath.Join(dir, "more"))
	until(t, "the engine says that it cannot write", func() bool {
		_, _ = js.PublishAsync("s.a", make([]byte, 32<<10))
		return s.Healthy() != nil
	})
	for _, file := range []string{"ballast", "more"} {
		if err := os.Remove(filepath.Join(dir, file)); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "the engine is healthy again", func() bool { return s.Healthy() == nil })
	if got := publish(ctx, t, js, "s.a"); got <= stored {
		t.Errorf("after the restart a publish gave sequence %d, acknowledged before: %d", got, stored)
	}
}
