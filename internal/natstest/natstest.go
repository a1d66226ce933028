package natstest

import (
	"log/slog"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/sainyuka/sainyuka/internal/natsd"
)

// Run returns a connection to a fresh JetStream.
func Run(t testing.TB) *nats.Conn {
	t.Helper()
	return connect(t, Server(t, t.TempDir()))
}

// Server starts an engine in dir and stops it when the test ends. It does not
// write through for each message: a test kills processes, not machines. Its Stop
// returns when the engine has ended, however busy the machine is.
func Server(t testing.TB, dir string) *natsd.Server {
	t.Helper()
	s, err := natsd.Start(natsd.Options{
		Dir: dir, MaxStore: 4 << 30, Sync: "1m", StopTime: patience,
		Logger: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		t.Fatalf("start an engine in %s: %v", dir, err)
	}
	t.Cleanup(s.Stop)
	return s
}

func connect(t testing.TB, s *natsd.Server) *nats.Conn {
	t.Helper()
	nc, err := s.Connect(nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true),
		nats.ReconnectWait(20*time.Millisecond), nats.ReconnectBufSize(-1))
	if err != nil {
		t.Fatalf("connect to the engine: %v", err)
	}
	t.Cleanup(nc.Close)
	return nc
}
