package natsd

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// TestAFullDisk fills a real file system. Mounting one needs rights; without
// them TestTheWatchdogRestartsWhenThereIsSpaceAgain has to do.
func TestAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=48m"); err != nil {
		t.Logf("no rights to mount a file system (%v): only the watchdog's own test runs", err)
		return
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })

	ctx := within(t)
	o := testOptions(t, filepath.Join(dir, "data"))
	o.Sync, o.HealthEvery = "always", 100*time.Millisecond
	s := mustStart(t, o)
	_, js := mustConnect(t, s)
	if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "S", Subjects: []string{"s.>"}}); err != nil {
		t.Fatalf("create stream: %v", err)
	}
	stored := publish(ctx, t, js, "s.a")

	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast)
	until(t, "the engine says that it cannot write", func() bool {
		try, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
		defer cancel()
		if ack, err := js.Publish(try, "s.a", make([]byte, 32<<10)); err == nil {
			stored = ack.Sequence
		}
		return s.Healthy() != nil
	})
	t.Logf("with a full disk: %v", s.Healthy())

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	until(t, "the engine is healthy again", func() bool { return s.Healthy() == nil })
	if got := publish(ctx, t, js, "s.a"); got <= stored {
		t.Errorf("after the restart a publish gave sequence %d, acknowledged before: %d", got, stored)
	}
	stream, err := js.Stream(ctx, "S")
	if err != nil {
		t.Fatalf("look up stream: %v", err)
	}
	if _, err := stream.GetMsg(ctx, stored); err != nil {
		t.Errorf("message %d was acknowledged and is gone: %v", stored, err)
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
	block := make([]byte, 64<<10)
	for {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			return
		} else if err != nil {
			t.Fatalf("fill %s: %v", path, err)
		}
	}
}
