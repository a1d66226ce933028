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

// doorListener accepts connections that know when their bytes were read.
type doorListener struct{ net.Listener }

func newDoorListener(l net.Listener) (doorListener, error) { return doorListener{l}, nil }

func (l doorListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &doorConn{Conn: c}, nil
}

type doorConn struct {
	net.Conn

	mu   sync.Mutex
	came time.Time
}

func (c *doorConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.came = time.Now()
	return n, err
}

// arrival is when the last bytes were read; when they came is not known.
func (c *doorConn) arrival() (at time.Time, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.came, false
}

// gone is not known here: it is noted when the server finds out.
func (c *doorConn) gone() bool { return false }
