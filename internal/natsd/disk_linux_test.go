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

// startOnADisk starts an engine with a stream on a file system of its own. Mounting one needs
// rights; without them it returns no server, and TestTheWatchdogRestartsWhenThereIsSpaceAgain
// and the tests of the reserve have to do.
func startOnADisk(t *testing.T, size string, reserve int64) (dir string, s *Server, js jetstream.JetStream) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Logf("no rights to mount a file system (%v): only the tests on a disk that is made up run", err)
		return dir, nil, nil
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	o := testOptions(t, filepath.Join(dir, "data"))
	o.Sync, o.HealthEvery, o.Reserve = "always", 100*time.Millisecond, reserve
	s = mustStart(t, o)
	_, js = mustConnect(t, s)
	if _, err := js.CreateStream(within(t), jetstream.StreamConfig{Name: "S", Subjects: []string{"s.>"}}); err != nil {
		t.Fatalf("create stream: %v", err)
	}
	return dir, s, js
}

// TestAFullDisk fills a real file system.
func TestAFullDisk(t *testing.T) {
	dir, s, js := startOnADisk(t, "48m", 0)
	if s == nil {
		return
	}
	ctx := within(t)
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
