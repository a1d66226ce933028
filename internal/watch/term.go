package watch

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// Why a term ended, when it was not the end of the whole watcher.
var (
	errLost     = errors.New("the lease is lost")
	errHandOver = errors.New("another watcher is to hold the lease")
)

// term is the time in which this watcher may ask the hosts of one shard. Its
// context ends with it, so that requests on their way end too.
type term struct {
	ctx    context.Context
	end    context.CancelCauseFunc
	leased bool // false: nobody else could ask

	mu       sync.Mutex
	deadline clock.Deadline // only when leased
	timer    *time.Timer
}

// endless returns the term of a watcher that shares its hosts with nobody.
func endless(ctx context.Context) *term {
	ctx, end := context.WithCancelCause(ctx)
	return &term{ctx: ctx, end: end}
}

// leasedUntil returns a term that ends at the deadline unless it is extended.
func leasedUntil(ctx context.Context, deadline clock.Deadline) *term {
	t := endless(ctx)
	t.leased, t.deadline = true, deadline
	t.timer = time.AfterFunc(deadline.Left(), func() { t.end(errLost) })
	context.AfterFunc(t.ctx, func() { t.timer.Stop() })
	return t
}

// extend moves the deadline. What has ended stays so.
func (t *term) extend(deadline clock.Deadline) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.deadline = deadline
	if t.ctx.Err() == nil {
		t.timer.Reset(deadline.Left())
	}
}

// valid reports whether a request may start now. After a pause of the whole
// process the timer may be late; the clock is not.
func (t *term) valid() bool { return t.ctx.Err() == nil && !t.expired() }

// expired reports whether the deadline has passed.
func (t *term) expired() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.leased && t.deadline.Passed()
}
