package web

import (
	"net/netip"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// Bounds of guessing: so many wrong passwords in a window from one address.
const (
	triesAllowed = 10
	triesWindow  = time.Minute
	triesKept    = 4096 // addresses
)

// tries counts wrong passwords per address.
type tries struct {
	mu    sync.Mutex
	from  map[netip.Addr]*count
	swept clock.Instant // when windows that had ended were last looked for
}

type count struct {
	n     int
	until clock.Instant // end of the window
}

func newTries() *tries { return &tries{from: map[netip.Addr]*count{}} }

// wait returns how long the address has to wait before its next guess.
func (t *tries) wait(addr netip.Addr, now clock.Instant) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c := t.from[t.key(addr)]; c != nil && c.n >= triesAllowed {
		return c.until.Sub(now)
	}
	return 0
}

// failed counts a wrong guess.
func (t *tries) failed(addr netip.Addr, now clock.Instant) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.from) >= triesKept && now.Sub(t.swept) >= time.Second {
		t.swept = now
		for a, c := range t.from {
			if !now.Before(c.until) {
				delete(t.from, a)
			}
		}
	}
	key := t.key(addr)
	c := t.from[key]
	if c == nil || !now.Before(c.until) {
		c = &count{until: now.Add(triesWindow)}
		t.from[key] = c
	}
	c.n++
}

// key is the address, or the one account of all addresses that come when the
// list is full. The caller holds the lock.
func (t *tries) key(addr netip.Addr) netip.Addr {
	if t.from[addr] == nil && len(t.from) >= triesKept {
		return netip.Addr{}
	}
	return addr
}
