package natstest

import (
	"net"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
)

// Listening starts a server in this process that listens on a port of loopback,
// -1 for a free one, and lets in the user "sainyuka" with the given password. It
// is for what a connection must survive: the server that goes away, and comes
// back changed.
func Listening(t testing.TB, dir string, port int, password string) (at int, stop func()) {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: port, NoLog: true, NoSigs: true,
		JetStream: true, StoreDir: dir, JetStreamMaxStore: 4 << 30,
		Username: "sainyuka", Password: password,
	})
	if err != nil {
		t.Fatalf("set up a server on port %d: %v", port, err)
	}
	s.Start()
	stop = func() {
		s.Shutdown()
		s.WaitForShutdown()
	}
	t.Cleanup(stop)
	if !s.ReadyForConnections(patience) {
		t.Fatalf("the server on port %d is not ready within %s", port, patience)
	}
	return s.Addr().(*net.TCPAddr).Port, stop
}
