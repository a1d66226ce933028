package notify

import (
	"context"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// lane is the way to one recipient: one message at a time, and none while the
// service has asked to be left alone. Other recipients have their own.
type lane struct {
	turn chan struct{} // holds one token while a message is in flight

	mu     sync.Mutex
	closed time.Time // no attempt before
	fails  int       // attempts in a row that met trouble
	since  time.Time // the first of those
}

// lane returns the lane of a target; Set removes those of targets that are gone.
func (n *Notifier) lane(key string) *lane {
	n.mu.Lock()
	defer n.mu.Unlock()
	l := n.lanes[key]
	if l == nil {
		l = &lane{turn: make(chan struct{}, 1)}
		n.lanes[key] = l
	}
	return l
}

// enter waits for the lane to be free, at most for patience and not past ctx.
func (l *lane) enter(ctx context.Context, patience time.Duration) bool {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case l.turn <- struct{}{}:
		return true
	case <-timer.C:
		return false
	case <-ctx.Done():
		return false
	}
}

func (l *lane) leave() { <-l.turn }

// rest keeps every letter off the recipient for d.
func (l *lane) rest(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until := time.Now().Add(d); until.After(l.closed) {
		l.closed = until
	}
}

// rest keeps every letter off the recipient for d, and off all others of its
// account when the service meant those too.
func (n *Notifier) rest(t Target, s channel.Scope, d time.Duration) {
	n.lane(targetKey(t.ID, t.Recipient)).rest(d)
	if s != channel.ScopeAccount || t.Account == "" {
		return
	}
	for key, other := range n.book.Load().targets {
		if other.Account == t.Account {
			n.lane(key).rest(d)
		}
	}
}

// opensIn returns how long the recipient is still to be left alone.
func (l *lane) opensIn() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(0, time.Until(l.closed))
}

// why says what keeps letters off the recipient while it is to be left alone.
func (l *lane) why() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails == breakAfter {
		return "nothing has reached the channel since " + l.since.UTC().Format(time.RFC3339)
	}
	return "the channel asked to be left alone for longer than the alert lives"
}

// breakAfter is how many attempts in a row meet trouble before the breaker opens:
// from then on the recipient's other letters wait as long as the one that failed,
// and the first after that tries again for all.
const breakAfter = 5

// failed notes an attempt that met trouble, and reports whether the breaker is
// open. A service that asks to be left alone works.
func (l *lane) failed(c channel.Class) bool {
	if c != channel.Transient {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails == 0 {
		l.since = time.Now()
	}
	l.fails = min(l.fails+1, breakAfter)
	return l.fails == breakAfter
}

// failingSince returns when the attempts began to meet nothing but trouble, once
// that has gone on for longer than passing trouble does. It is asked after an
// attempt that failed: without attempts nobody knows.
func (l *lane) failingSince() (time.Time, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.since, l.fails == breakAfter && time.Since(l.since) >= failingAfter
}

// worked notes that the recipient can be reached.
func (l *lane) worked() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fails = 0
}
