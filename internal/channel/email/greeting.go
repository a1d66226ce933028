package email

import (
	"cmp"
	"context"
	"errors"
	"net"
	"os"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// greetingWait is how long a server has at least for its greeting.
const greetingWait = 8 * time.Second

// errSilent says that no greeting came. A server that expects TLS from the first byte
// waits for the client.
var errSilent = errors.New(`the server says nothing: if it speaks TLS from the first byte, as on port 465, set tls = "tls"`)

// greeted opens connections to a server that speaks first.
func (c *sender) greeted(l *line) Dial {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := l.open(ctx, network, address)
		if err != nil {
			return nil, err
		}
		wait := greetingWait
		if left, ok := clock.Left(ctx); ok { // a slow server may take nearly all the time that there is
			wait = max(wait, left-2*time.Second)
		}
		late := time.AfterFunc(cmp.Or(c.config.Greeting, wait), func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
		first := make([]byte, 1)
		n, err := conn.Read(first)
		switch {
		case n > 0 && late.Stop():
			return &spoken{conn, first}, nil
		case n > 0 || errors.Is(err, os.ErrDeadlineExceeded):
			err = errSilent
		}
		late.Stop()
		conn.Close()
		return nil, err
	}
}

// spoken is a connection of which the first byte was read.
type spoken struct {
	net.Conn

	first []byte
}

// Read gives the first byte back first.
func (s *spoken) Read(p []byte) (int, error) {
	if len(s.first) > 0 {
		n := copy(p, s.first)
		s.first = s.first[n:]
		return n, nil
	}
	return s.Conn.Read(p)
}
