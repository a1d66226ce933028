package watch

import (
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	longestRetryAfter = 24 * time.Hour  // a shop's wish beyond this is taken for a mistake
	longestRefused    = time.Hour       // back-off of a host that refuses us
	longestFailed     = 5 * time.Minute // back-off of a host that cannot be reached
	disallowedRest    = time.Hour       // robots.txt seldom changes its mind
)

// backoff is how long a host, or one page of it, is left alone after trouble.
type backoff struct {
	until clock.Instant
	level time.Duration // the latest wait; doubles with each failure in a row
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
