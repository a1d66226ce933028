package notify

import (
	"context"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// lane is the way to one recipient: one message at a time, and none while the
// service has asked to be left alone. Other recipients have their own.
type lane struct {
	turn chan struct{} // holds one token while a message is in flight

	mu          sync.Mutex
	closed      clock.Instant // no attempt before
	fails       int           // attempts in a row that failed
	since       time.Time     // the first of those
	failingFrom clock.Instant // the same, for how long that is so
	class       channel.Class // of the last of those
	last        stock.Reason  // its error
	closing                   // why it is closed
	probe       clock.Instant // while the quota is exhausted: no attempt before
	lookedUp    bool          // a recipient that was gone before this process began was tried once

	backlog backlog // of what waits for a rate limit
}

// closing says what a closed lane means for the letters that find it so.
type closing struct {
	failOver    bool // what cannot wait goes to the fall-back channel
	rateLimited bool // what waits goes into one message
}

// lanes are the ways to all recipients, by Target key; bounded by what is configured.
type lanes struct {
	mu    sync.Mutex
	byKey map[string]*lane
}

// of returns the lane of a target.
func (ls *lanes) of(key string) *lane {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l := ls.byKey[key]
	if l == nil {
		l = &lane{turn: make(chan struct{}, 1)}
		if ls.byKey == nil {
			ls.byKey = map[string]*lane{}
		}
		ls.byKey[key] = l
	}
	return l
}

// keep removes the lanes of targets that are gone.
func (ls *lanes) keep(b *book) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	for key := range ls.byKey {
		if _, ok := b.targets[key]; !ok {
			delete(ls.byKey, key)
		}
	}
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
func (l *lane) rest(d time.Duration, why closing) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failOver = l.failOver || why.failOver
	l.closing.rateLimited = why.rateLimited
	l.closed = clock.Latest(l.closed, clock.After(d))
}

// rest keeps every letter off the recipient for d, and off all others of its
// account when the service meant those too.
func (ls *lanes) rest(b *book, t Target, s channel.Scope, d time.Duration, why closing) {
	ls.of(targetKey(t.ID, t.Recipient)).rest(d, why)
	if s != channel.ScopeAccount || t.Account == "" {
		return
	}
	for key, other := range b.targets {
		if other.Account == t.Account {
			ls.of(key).rest(d, why)
		}
	}
}

// failsOver reports whether the lane is closed for something that the fall-back
// channel is for.
func (l *lane) failsOver() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failOver
}

// rateLimited reports whether the lane is closed because its service takes few
// messages.
func (l *lane) rateLimited() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closing.rateLimited && clock.Until(l.closed) > 0
}

// probeIn returns how long the recipient is not tried while its channel's quota is
// exhausted; 0: the caller's letter may try.
func (l *lane) probeIn() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if wait := clock.Until(l.probe); wait > 0 {
		return wait
	}
	l.probe = clock.After(quotaProbe)
	return 0
}

// lookUp reports whether a recipient that was gone is to be tried, which is so
// once in a process: the settings may have changed since.
func (l *lane) lookUp() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := !l.lookedUp
	l.lookedUp = true
	return first
}

// reset opens the lane, as if nothing was known of the recipient.
func (l *lane) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed, l.probe, l.fails, l.failOver, l.lookedUp = clock.Instant{}, clock.Instant{}, 0, false, false
}

// opensIn returns how long the recipient is still to be left alone.
func (l *lane) opensIn() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(0, clock.Until(l.closed))
}

// why says what keeps letters off the recipient while it is to be left alone.
func (l *lane) why() stock.Reason {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.fails > 0 && refusal(l.class):
		return stock.Because(stock.ReasonRefusedSince, l.since.UTC().Format(time.RFC3339), l.last)
	case l.fails >= breakAfter:
		return stock.Because(stock.ReasonUnreachedSince, l.since.UTC().Format(time.RFC3339))
	}
	return stock.Because(stock.ReasonAskedToWait)
}

// breakAfter is how many attempts in a row meet trouble before the breaker opens:
// from then on the recipient's other letters wait as long as the one that failed,
// and the first after that tries again for all.
const breakAfter = 5

// failed notes an attempt that failed, and returns how many did in a row.
func (l *lane) failed(e *channel.SendError) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails == 0 {
		l.since, l.failingFrom = clock.Wall(), clock.Now()
	}
	l.fails, l.class, l.last = l.fails+1, e.Class, stock.Said(e.Error())
	return l.fails
}

// failing returns when the attempts began to fail, zero when the last one did not.
func (l *lane) failing() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails == 0 {
		return time.Time{}
	}
	return l.since
}

// failingSince returns when the attempts began to meet nothing but trouble, once
// that has gone on for longer than passing trouble does. It is asked after an
// attempt that failed: without attempts nobody knows.
func (l *lane) failingSince() (time.Time, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.since, l.fails >= breakAfter && clock.Since(l.failingFrom) >= failingAfter
}

// worked notes that the recipient can be reached.
func (l *lane) worked() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fails, l.failOver, l.probe = 0, false, clock.Instant{}
}
