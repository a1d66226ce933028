package fetch

import (
	"context"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// gate gives every host one turn at a time, and a rest between two turns.
// Whoever waits for a host does so in order of arrival and leaves the queue as
// soon as its context ends.
type gate struct {
	mu      sync.Mutex
	lanes   map[string]*lane
	sweepAt int // number of lanes at which those without use are dropped
}

// lane is one host's queue. Its fields but turn are guarded by gate.mu.
type lane struct {
	turn  chan struct{} // one place: full while somebody has the turn
	users int           // the holder and all who wait
	gap   time.Duration // of the holder, while there is one
	next  clock.Instant // nobody asks the host before
}

// turn is the right to send one request to a host.
type turn struct {
	gate *gate
	lane *lane
	gap  time.Duration // the rest that the host gets afterwards; the holder may prolong it
}

// minLanes is the number of lanes that are kept without a sweep.
const minLanes = 64

func newGate() *gate {
	return &gate{lanes: make(map[string]*lane), sweepAt: minLanes}
}

// enter waits for the host's turn and until the host may be asked. The error is
// the context's.
func (g *gate) enter(ctx context.Context, host string, gap time.Duration) (*turn, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx) // a free turn must not win against it by chance
	}
	t := &turn{gate: g, lane: g.join(host), gap: gap}
	select {
	case t.lane.turn <- struct{}{}:
	case <-ctx.Done():
		g.quit(t.lane)
		return nil, context.Cause(ctx)
	}
	if err := t.rest(ctx); err != nil {
		t.pass()
		return nil, err
	}
	return t, nil
}

// rest waits until the lane's next request may go. Hold may put that off
// meanwhile.
func (t *turn) rest(ctx context.Context) error {
	for {
		t.gate.mu.Lock()
		t.lane.gap = t.gap
		wait := clock.Until(t.lane.next)
		t.gate.mu.Unlock()
		if wait <= 0 {
			return nil
		}
		began := clock.Now()
		if !clock.Sleep(ctx, wait) {
			return context.Cause(ctx)
		}
		if clock.Since(began) > wait+stoodStill {
			// The process was stopped. The right to ask may have ended meanwhile, by a
			// timer that is as late as this one: let it have its say first.
			if !clock.Sleep(ctx, lastWord) {
				return context.Cause(ctx)
			}
		}
	}
}

const (
	stoodStill = time.Second            // no timer is so late in a process that runs
	lastWord   = 100 * time.Millisecond // for the other timers
)

// leave ends the turn of somebody who sent a request. seen is a moment at which
// the server had surely seen it.
func (t *turn) leave(seen clock.Instant) {
	t.gate.put(t.lane, seen.Add(t.gap))
	t.pass()
}

// pass ends the turn of somebody who sent nothing.
func (t *turn) pass() {
	t.gate.mu.Lock()
	t.lane.gap = 0
	t.gate.mu.Unlock()
	<-t.lane.turn
	t.gate.quit(t.lane)
}

// hold keeps everybody from asking host before until.
func (g *gate) hold(host string, until clock.Instant) {
	l := g.join(host)
	g.put(l, until)
	g.quit(l)
}

// next returns the earliest moment at which a request that joined now could go,
// not counting those who already wait.
func (g *gate) next(host string) clock.Instant {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := clock.Now()
	l, ok := g.lanes[host]
	if !ok {
		return at
	}
	if l.next.After(at) {
		at = l.next
	}
	if len(l.turn) > 0 {
		at = at.Add(l.gap)
	}
	return at
}

// put moves a lane's next request to at, if that is later.
func (g *gate) put(l *lane, at clock.Instant) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if at.After(l.next) {
		l.next = at
	}
}

func (g *gate) join(host string) *lane {
	g.mu.Lock()
	defer g.mu.Unlock()
	l, ok := g.lanes[host]
	if !ok {
		g.sweep()
		l = &lane{turn: make(chan struct{}, 1)}
		g.lanes[host] = l
	}
	l.users++
	return l
}

func (g *gate) quit(l *lane) {
	g.mu.Lock()
	defer g.mu.Unlock()
	l.users--
}

// sweep drops the lanes that nobody uses and that hold nobody back. It runs when
// their number has doubled, so that a lane costs a constant share of it.
func (g *gate) sweep() {
	if len(g.lanes) < g.sweepAt {
		return
	}
	now := clock.Now()
	for host, l := range g.lanes {
		if l.users == 0 && !l.next.After(now) {
			delete(g.lanes, host)
		}
	}
	g.sweepAt = max(minLanes, 2*len(g.lanes))
}
