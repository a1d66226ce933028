package crashlab

import (
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// tolerance is how much later than it came a request of another process may be
// noted: not at all, since the kernel notes it.
const tolerance = time.Duration(0)

// stampedListener accepts connections that know when their bytes came.
type stampedListener struct{ net.Listener }

// newStampedListener has the kernel note times from now on: connections inherit it, so that the first bytes of one
// have their time too when they come before it is accepted.
func newStampedListener(l net.Listener) (stampedListener, error) {
	raw, err := l.(*net.TCPListener).SyscallConn()
	if err != nil {
		return stampedListener{}, err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_TIMESTAMPNS, 1)
	})
	return stampedListener{l}, errors.Join(err, failed)
}

func (l stampedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		return nil, err
	}
	return &stampedConn{Conn: c, raw: raw}, nil
}

// stampedConn is a connection of which the kernel notes when bytes came, however busy
// this process is.
type stampedConn struct {
	net.Conn
	raw syscall.RawConn

	mu    sync.Mutex
	came  time.Time
	known bool // by the kernel
}

func (c *stampedConn) Read(p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	var oob [64]byte
	var used int
	var failed error
	err = c.raw.Read(func(fd uintptr) bool {
		n, used, _, _, failed = syscall.Recvmsg(int(fd), p, oob[:], 0)
		return failed != syscall.EAGAIN
	})
	switch {
	case err != nil:
		return 0, err
	case failed != nil:
		return 0, &net.OpError{Op: "read", Net: "tcp", Err: failed}
	case n == 0:
		return 0, io.EOF
	}
	c.stamp(oob[:used])
	return n, nil
}

// stamp notes the kernel's time of the bytes that were read, on the monotonic clock.
func (c *stampedConn) stamp(oob []byte) {
	now := time.Now()
	came, known := now, false
	messages, _ := syscall.ParseSocketControlMessage(oob) // with none that can be read the time is not known
	for _, m := range messages {
		if m.Header.Level == syscall.SOL_SOCKET && m.Header.Type == syscall.SO_TIMESTAMPNS && len(m.Data) >= int(unsafe.Sizeof(syscall.Timespec{})) {
			ts := *(*syscall.Timespec)(unsafe.Pointer(&m.Data[0]))
			came, known = now.Add(-now.Round(0).Sub(time.Unix(ts.Unix()))), true
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.came, c.known = came, known
}

// arrival is when the last bytes came, and whether that is known to the kernel.
func (c *stampedConn) arrival() (at time.Time, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.came, c.known
}

// gone reports whether the other end has closed the connection.
func (c *stampedConn) gone() bool {
	gone := false
	err := c.raw.Control(func(fd uintptr) {
		var b [1]byte
		n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		gone = err == nil && n == 0 || err != nil && err != syscall.EAGAIN
	})
	return err != nil || gone
}
