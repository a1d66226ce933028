package watch

import (
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	longestRetryAfter = 24 * time.Hour  // a shop's wish beyond this is taken for a mistake
	longestRefused    = time.Hour       // back-off of a host that refuses us
	longestFailed     = 5 * time.Minute // back-off of a host that cannot be reached
	disallowedRest    = time.Hour       // robots.txt rarely changes its mind
)

// backoff is how long a host, or one page of it, is left alone after trouble.
type backoff struct {
	until clock.Instant
	level time.Duration // the latest wait; doubles with each failure in a row
}

// resting is the back-off of a host.
type resting struct {
	backoff backoff
	waiting bool                          // backoff is on
	why     stock.Outcome                 // what it is for
	left    atomic.Pointer[clock.Instant] // when it ends, for other goroutines; nil: there was none
}

// rest begins a back-off, or ends it when b is over.
func (r *resting) rest(b backoff, why stock.Outcome, now clock.Instant) {
	r.backoff, r.waiting = b, b.until.After(now)
	r.left.Store(&b.until)
	if r.waiting {
		r.why = why
	}
}

// over reports, once, that the back-off has ended.
func (r *resting) over(now clock.Instant) bool {
	ended := r.waiting && !now.Before(r.backoff.until)
	r.waiting = r.waiting && !ended
	return ended
}

// remaining returns how much of the back-off is left. Any goroutine may call it.
func (r *resting) remaining() time.Duration {
	until := r.left.Load()
	if until == nil {
		return 0
	}
	return max(0, clock.Until(*until))
}

// after returns the back-off after one more look at now. unit is the wait after
// the first of several failures.
func (b backoff) after(o stock.Observation, now clock.Instant, unit time.Duration) backoff {
	switch {
	case o.Outcome.Good() || o.Outcome == stock.NotFound: // it answers, and to us
		return backoff{}
	case o.RetryAfter > 0: // what the shop says is neither shortened nor stretched
		b.until = now.Add(min(o.RetryAfter, longestRetryAfter))
		return b
	case o.Outcome == stock.Blocked, o.Outcome == stock.RateLimited:
		b.level = double(b.level, unit, longestRefused)
	case o.Outcome == stock.Failed:
		b.level = double(b.level, unit, longestFailed)
	default: // an answer that says nothing about how we are welcome
		return b
	}
	b.until = now.Add(b.level)
	return b
}

// double returns the wait after level: unit at first, then twice as long each
// time up to longest. A level that is beyond longest already stays.
func double(level, unit, longest time.Duration) time.Duration {
	switch {
	case level == 0:
		return unit
	case level >= longest:
		return level
	default:
		return min(2*level, longest)
	}
}
