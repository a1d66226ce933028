package app

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// Bounds of the connections to the dashboard, where the configuration names none: a
// share of the files that the process may open, which the shops and the engine need
// too, and of that what one address may have.
const (
	connectionsMost  = 512
	connectionsLeast = 16
	filesPerVisitor  = 8
	addressShare     = 4
)

// connectionLimit is how many connections the dashboard has at most. files is the limit
// of open files, 0 when it is not known.
func connectionLimit(configured, files int) int {
	switch {
	case configured > 0:
		return configured
	case files == 0:
		return connectionsMost
	}
	return max(connectionsLeast, min(connectionsMost, files/filesPerVisitor))
}

// crowd is a listener that keeps so many connections at most, and so many of one
// address. When there are more, one that asks for nothing gives way.
type crowd struct {
	net.Listener
	most, each int
	many       func(netip.Addr) bool // addresses that may have all: a proxy, this machine
	log        *slog.Logger

	mu     sync.Mutex
	guests map[net.Conn]*guest
	of     map[netip.Addr]int
	told   clock.Instant // when it was last logged that there are too many
}

// guest is one connection.
type guest struct {
	addr  netip.Addr
	since clock.Instant // of its being idle, or new
	busy  bool
}

func newCrowd(ln net.Listener, most int, many func(netip.Addr) bool, log *slog.Logger) *crowd {
	return &crowd{
		Listener: ln, most: most, each: max(1, most/addressShare), many: many, log: log,
		guests: map[net.Conn]*guest{}, of: map[netip.Addr]int{},
	}
}

// Accept returns the next connection that there is room for.
func (c *crowd) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		in := &counted{Conn: conn, crowd: c}
		ok, leaves := c.admit(in, addressOf(conn))
		if leaves != nil {
			leaves.Close()
		}
		if ok {
			return in, nil
		}
		conn.Close()
	}
}

// admit counts a connection in, if need be in the place of another, which is returned.
func (c *crowd) admit(conn net.Conn, addr netip.Addr) (ok bool, leaves net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := clock.Now()
	crowded := !c.many(addr) && c.of[addr] >= c.each
	if crowded || len(c.guests) >= c.most {
		if clock.Since(c.told) >= time.Minute {
			c.told = now
			c.log.Warn("too many connections to the dashboard: idle ones are closed", "connections", len(c.guests), "most", c.most, "address", addr)
		}
		if leaves = c.longestIdle(crowded, addr); leaves == nil {
			return false, nil
		}
		c.forget(leaves)
	}
	c.guests[conn] = &guest{addr: addr, since: now}
	c.of[addr]++
	return true, leaves
}

// longestIdle returns the connection that has asked for nothing for longest, of one
// address when only that has too many; nil: all are busy. The caller holds the lock.
func (c *crowd) longestIdle(ofAddress bool, addr netip.Addr) (longest net.Conn) {
	for conn, g := range c.guests {
		if g.busy || ofAddress && g.addr != addr {
			continue
		}
		if longest == nil || g.since.Before(c.guests[longest].since) {
			longest = conn
		}
	}
	return longest
}

// forget counts a connection out. The caller holds the lock.
func (c *crowd) forget(conn net.Conn) {
	g := c.guests[conn]
	if g == nil {
		return
	}
	delete(c.guests, conn)
	if c.of[g.addr]--; c.of[g.addr] <= 0 {
		delete(c.of, g.addr)
	}
}

// state is what a server says of its connections.
func (c *crowd) state(conn net.Conn, s http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if g := c.guests[conn]; g != nil {
		g.busy, g.since = s == http.StateActive, clock.Now()
	}
}

// counted is a connection that counts itself out.
type counted struct {
	net.Conn
	crowd *crowd
}

// Close ends the connection and makes room.
func (c *counted) Close() error {
	c.crowd.mu.Lock()
	c.crowd.forget(c)
	c.crowd.mu.Unlock()
	return c.Conn.Close()
}

// addressOf is the address at the other end; of IPv6 the network, of which one visitor
// has plenty of addresses.
func addressOf(conn net.Conn) netip.Addr {
	at, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	addr := at.Addr().Unmap().WithZone("")
	if addr.Is6() && !addr.IsLoopback() {
		if network, err := addr.Prefix(64); err == nil {
			return network.Addr()
		}
	}
	return addr
}
