package natsd

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAFullDiskWithAReserve fills a real file system, twice: what is written after the first
// time goes to the room of the reserve.
func TestAFullDiskWithAReserve(t *testing.T) {
	dir, s, js := startOnADisk(t, "400m", 32*mib)
	if s == nil {
		return
	}
	ctx := within(t)
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
