package natsd

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func testOptions(t *testing.T, dir string) Options {
	t.Helper()
	return Options{Dir: dir, MaxStore: 256 * mib, Sync: "1m"}
}

func mustStart(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatalf("Start(%+v): %v", o, err)
	}
	t.Cleanup(s.Stop)
	return s
}

func mustConnect(t *testing.T, s *Server) (*nats.Conn, jetstream.JetStream) {
	t.Helper()
	nc, err := s.Connect(nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond), nats.ReconnectBufSize(-1))
	if err != nil {
		t.Fatalf("Connect: %v", err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatalf("jetstream.New: %v", err)
	}
	return nc, js
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// publish repeats a publish until it is stored: the engine may be on its way.
func publish(ctx context.Context, t *testing.T, js jetstream.JetStream, subject string) uint64 {
	t.Helper()
	var last error
	for ctx.Err() == nil {
		try, cancel := context.WithTimeout(ctx, time.Second)
		ack, err := js.Publish(try, subject, []byte("x"))
		cancel()
		if err == nil {
			return ack.Sequence
		}
		last = err
	}
	t.Fatalf("publish %s: %v (%v)", subject, last, ctx.Err())
	return 0
}

func TestTheSecondProcessHearsWhoHoldsTheDirectory(t *testing.T) {
	dir := t.TempDir()
	first := mustStart(t, testOptions(t, dir))

	_, err := Start(testOptions(t, dir))
	var locked *LockedError
	if !errors.As(err, &locked) {
		t.Fatalf("second Start on %s: got %v, want a *LockedError", dir, err)
	}
	if locked.PID != os.Getpid() || time.Since(locked.Since) > time.Hour {
		t.Errorf("holder is %+v, want process %d, started just now", locked, os.Getpid())
	}
	for _, want := range []string{dir, "in use by process", "running since", "stop that process"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not say %q", err, want)
		}
	}

	first.Stop()
	mustStart(t, testOptions(t, dir))
}

func TestALockFileWithoutAHolderIsStillALock(t *testing.T) {
	dir := t.TempDir()
	mustStart(t, testOptions(t, dir))
	for _, text := range []string{"", "nonsense", "12", "12 yesterday"} {
		if err := os.WriteFile(filepath.Join(dir, "LOCK"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Start(testOptions(t, dir))
		var locked *LockedError
		if !errors.As(err, &locked) {
			t.Errorf("lock file %q: Start gave %v, want a *LockedError", text, err)
		}
	}
}

func TestStartRefusesWhatCannotWork(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		opts Options
		want string
	}{
		{"no directory", Options{}, "no data directory"},
		{"a file", Options{Dir: file}, "make data directory"},
		{"below a file", Options{Dir: filepath.Join(file, "data")}, "make data directory"},
		{"cannot be made", Options{Dir: "/proc/sainyuka/data"}, "make data directory"},
		{"cannot be written", Options{Dir: "/proc"}, "is it writable?"},
		{"bad sync", Options{Dir: t.TempDir(), Sync: "sometimes"}, `sync "sometimes"`},
		{"negative sync", Options{Dir: t.TempDir(), Sync: "-1s"}, `sync "-1s"`},
	} {
		s, err := Start(c.opts)
		if err == nil {
			s.Stop()
			t.Errorf("%s: Start(%+v) succeeded", c.name, c.opts)
			continue
		}
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: Start gave %q, want something with %q", c.name, err, c.want)
		}
	}
}

func TestAConnectionFollowsARestart(t *testing.T) {
	ctx := within(t)
	s := mustStart(t, testOptions(t, t.TempDir()))
	_, js := mustConnect(t, s)
	if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "S", Subjects: []string{"s.>"}}); err != nil {
		t.Fatalf("create stream: %v", err)
	}
	for want := uint64(1); want <= 3; want++ {
		if got := publish(ctx, t, js, "s.a"); got != want {
			t.Fatalf("publish gave sequence %d, want %d", got, want)
		}
		if err := s.Restart(); err != nil {
			t.Fatalf("Restart: %v", err)
		}
		if err := s.Healthy(); err != nil {
			t.Fatalf("Healthy after Restart: %v", err)
		}
	}
}

func TestStopIsFinal(t *testing.T) {
	s := mustStart(t, testOptions(t, t.TempDir()))
	s.Stop()
	s.Stop()
	if err := s.Healthy(); !errors.Is(err, errStopped) {
		t.Errorf("Healthy after Stop: %v, want %v", err, errStopped)
	}
	if err := s.Restart(); !errors.Is(err, errStopped) {
		t.Errorf("Restart after Stop: %v, want %v", err, errStopped)
	}
	if nc, err := s.Connect(); err == nil {
		nc.Close()
		t.Error("Connect after Stop succeeded")
	}
}

func TestStoreLimit(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "blk"), make([]byte, 100*mib), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		free, want int64
	}{
		{0, 80 * mib}, // a full disk: what is there already may stay
		{100 * mib, 160 * mib},
		{1 << 40, mostStore},
	} {
		got, err := storeLimit(dir, func(string) (int64, error) { return c.free, nil })
		if err != nil || got.disk != c.want {
			t.Errorf("storeLimit with %d MiB free and 100 MiB used: got %d MiB, %v, want %d MiB", c.free/mib, got.disk/mib, err, c.want/mib)
		}
	}
	// The same as stored by the engine, of which compression left a tenth and which must be kept.
	if err := os.Mkdir(filepath.Join(dir, "jetstream"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "blk"), filepath.Join(dir, "jetstream", "blk")); err != nil {
		t.Fatal(err)
	}
	for _, free := range []int64{0, spaceToRestart, fullBelow - 1, fullBelow} {
		got, err := storeLimit(dir, func(string) (int64, error) { return free, nil })
		if full := free < fullBelow; err != nil || got.full != full || full && got.engine < 1000*mib {
			t.Errorf("storeLimit with %d MiB free and 100 MiB stored: got %+v, %v, want full %t", free/mib, got, err, full)
		}
	}
	_, err := storeLimit(t.TempDir(), func(string) (int64, error) { return 79 * mib, nil })
	if err == nil || !strings.Contains(err.Error(), "79 MiB left") {
		t.Errorf("storeLimit with 79 MiB in all: got %v, want an error that says how much is left", err)
	}
	if free, err := freeSpace(dir); err != nil || free <= 0 {
		t.Errorf("freeSpace(%s) = %d, %v", dir, free, err)
	}
}
