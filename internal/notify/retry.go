package notify

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
)

const (
	firstBackoff = 500 * time.Millisecond
	maxBackoff   = time.Minute
	minBackoff   = 100 * time.Millisecond // full jitter may draw nothing at all
)

// backoff returns how long to wait after the n-th failed attempt, n from 1: 0.5,
// 1, 2, 4 s and so on up to a minute, with full jitter, so that the letters that
// failed together do not come back together.
func backoff(n int) time.Duration {
	ceiling := min(firstBackoff<<min(max(n-1, 0), 10), maxBackoff)
	return max(minBackoff, rand.N(ceiling))
}

// judgeFailure sorts an attempt's error. What a channel did not classify may
// pass by itself.
func judgeFailure(err error) *channel.SendError {
	if e, ok := errors.AsType[*channel.SendError](err); ok {
		return e
	}
	return &channel.SendError{Class: channel.Transient, Err: err}
}

// retryAfter returns how long to wait before the next attempt after n failed ones.
func retryAfter(e *channel.SendError, n int) time.Duration {
	own := backoff(n)
	if e.RetryAfter <= 0 {
		return own
	}
	// A little later than asked: at the very second some services count it as too early.
	return max(e.RetryAfter+min(own, 200*time.Millisecond), own)
}

// passing reports whether another attempt can succeed before a person has done
// something.
func passing(c channel.Class) bool { return c == channel.Transient || c == channel.RateLimited }
