//go:build !linux

package crashlab

import (
	"net"
	"sync"
	"time"
)

// tolerance is how much later than it came a request of another process may be
// noted when the machine is busy.
const tolerance = 25 * time.Millisecond

// stampedListener accepts connections that know when their bytes were read.
type stampedListener struct{ net.Listener }

func newStampedListener(l net.Listener) (stampedListener, error) { return stampedListener{l}, nil }

func (l stampedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &stampedConn{Conn: c}, nil
}

type stampedConn struct {
	net.Conn

	mu   sync.Mutex
	came time.Time
}

func (c *stampedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.came = time.Now()
	return n, err
}

// arrival is when the last bytes were read; when they came is not known.
func (c *stampedConn) arrival() (at time.Time, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.came, false
}

// gone is not known here: it is noted when the server finds out.
func (c *stampedConn) gone() bool { return false }
