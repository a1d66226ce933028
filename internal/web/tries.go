package web

import (
	"net/netip"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// Bounds of guessing: so many wrong secrets in a window from one address.
const (
	triesAllowed = 10
	triesWindow  = time.Minute
	triesKept    = 4096 // addresses
)

// An address that has used up its guesses is not locked out, since the owner may have
// the same one behind a proxy: its secrets are looked at one by one, with a pause that
// grows with the number of wrong ones, and whoever would have to wait for longer than
// longestTurn comes again.
const (
	firstPause  = time.Second
	laterPause  = 3 * time.Second // after manyTries
	manyTries   = 60
	longestTurn = 9 * time.Second
)

// tries counts wrong secrets per address.
type tries struct {
	mu    sync.Mutex
	from  map[netip.Addr]*count
	swept clock.Instant // when windows that had ended were last looked for
}

type count struct {
	n     int
	until clock.Instant // end of the window
	next  clock.Instant // when the next secret is looked at
}

func newTries() *tries { return &tries{from: map[netip.Addr]*count{}} }

// wait returns how long the address has to wait before its next guess.
func (t *tries) wait(addr netip.Addr, now clock.Instant) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c := t.spent(addr, now); c != nil {
		return c.until.Sub(now)
	}
	return 0
}

// turn is when a secret from an address may be looked at.
type turn struct {
	in    time.Duration
	free  bool // the address has guesses left
	taken bool // false: too many wait already, come again after in
}

func (t *tries) turn(addr netip.Addr, now clock.Instant) turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.spent(addr, now)
	if c == nil {
		return turn{free: true, taken: true}
	}
	at := clock.Latest(now, c.next)
	in := at.Sub(now)
	if in > longestTurn {
		return turn{in: in}
	}
	c.next = at.Add(c.pause())
	return turn{in: in, taken: true}
}

func (c *count) pause() time.Duration {
	if c.n >= manyTries {
		return laterPause
	}
	return firstPause
}

// spent returns the count of an address that has used up its guesses, nil of another.
// The caller holds the lock.
func (t *tries) spent(addr netip.Addr, now clock.Instant) *count {
	if c := t.from[t.key(addr)]; c != nil && c.n >= triesAllowed && now.Before(c.until) {
		return c
	}
	return nil
}

// failed counts a wrong guess. As long as they come faster than the pace allows, the
// window stays open.
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
	if c.n++; c.n > triesAllowed {
		c.until = now.Add(triesWindow)
	}
	c.next = clock.Latest(c.next, now.Add(c.pause()))
}

// key is the address, or the one account of all addresses that come when the
// list is full. The caller holds the lock.
func (t *tries) key(addr netip.Addr) netip.Addr {
	if t.from[addr] == nil && len(t.from) >= triesKept {
		return netip.Addr{}
	}
	return addr
}
