package channeltest

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// StreamContract is the part of the contract that holds for a channel with a
// protocol of its own over TCP.
type StreamContract struct {
	// New returns a channel whose service listens at address.
	New func(address string) channel.Channel
	// Secrets are texts of the configuration that no error may hold.
	Secrets []string
}

// RunStream tests that a channel keeps the contract where its service is away,
// silent, gone in the middle, or talks without an end. What the service's own
// refusals mean is tested by the channel's package, as is Accepts.
func RunStream(t *testing.T, c StreamContract) {
	t.Helper()
	t.Run("no service", c.noService)
	t.Run("cancel", c.cancel)
	t.Run("hangs up", func(t *testing.T) { c.passing(t, func(net.Conn) {}) })
	t.Run("nonsense", func(t *testing.T) {
		c.passing(t, func(conn net.Conn) { _, _ = io.WriteString(conn, strings.Join(c.Secrets, " ")+"\r\n") })
	})
	t.Run("endless answer", func(t *testing.T) {
		c.passing(t, func(conn net.Conn) {
			chunk := []byte(strings.Repeat("x", 16<<10))
			for {
				if _, err := conn.Write(chunk); err != nil {
					return
				}
			}
		})
	})
}

func (c StreamContract) noService(t *testing.T) {
	ln := listen(t)
	ln.Close()
	c.judge(t, t.Context(), ln.Addr().String())
}

// cancel ends the context while the service has the connection and says nothing.
func (c StreamContract) cancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	address := serveStream(t, func(conn net.Conn) {
		cancel()
		_, _ = io.Copy(io.Discard, conn)
	})
	if err := c.judge(t, ctx, address); !errors.Is(err, context.Canceled) {
		t.Errorf("Send, cancelled = %v, want an error that is context.Canceled", err)
	}
}

// passing tests that what a service does is a passing trouble.
func (c StreamContract) passing(t *testing.T, serve func(net.Conn)) {
	c.judge(t, t.Context(), serveStream(t, serve))
}

// judge sends, and returns the error after it was found to be as it must.
func (c StreamContract) judge(t *testing.T, ctx context.Context, address string) error {
	t.Helper()
	_, err := c.New(address).Send(ctx, Messages(t)["usual"])
	if e, ok := errors.AsType[*channel.SendError](err); !ok || e.Class != channel.Transient || e.Status != 0 {
		t.Errorf("Send = %v, want a passing trouble without a status", err)
	}
	Contract{Secrets: c.Secrets}.clean(t, err)
	return err
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	return ln
}

// serveStream calls serve for every connection, then closes it. All have ended
// when the test has.
func serveStream(t *testing.T, serve func(net.Conn)) (address string) {
	t.Helper()
	ln := listen(t)
	var all sync.WaitGroup
	t.Cleanup(all.Wait)
	t.Cleanup(func() { ln.Close() })
	all.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				serve(conn)
			})
		}
	})
	return ln.Addr().String()
}
