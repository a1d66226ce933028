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

	// probeEvery is the longest that a channel is left untried while a letter
	// waits, whatever it said: refusals end without a word, and a service's
	// Retry-After may be a mistake.
	probeEvery = 2 * time.Minute
	// firstProbe is how soon a refusal is asked about again: a proxy answers for a
	// service that restarts.
	firstProbe = 10 * time.Second
	// quotaProbe is how often it is tried whether an exhausted quota was raised.
	quotaProbe = 5 * time.Minute
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
	if refusal(e.Class) {
		ceiling := min(firstProbe<<min(max(n-1, 0), 10), probeEvery)
		own = ceiling - rand.N(ceiling/4)
	}
	if e.RetryAfter <= 0 {
		return own
	}
	// A little later than asked: at the very second some services count it as too early.
	return min(max(e.RetryAfter+min(own, 200*time.Millisecond), own), probeEvery)
}

// refusal reports whether a failure is one that a person may have to mend, and
// that may yet pass by itself.
func refusal(c channel.Class) bool {
	return c == channel.BadRecipient || c == channel.BadCredential || c == channel.Unrecognised
}

// passing reports whether another attempt can succeed.
func passing(c channel.Class) bool {
	return c == channel.Transient || c == channel.RateLimited || c == channel.QuotaExhausted || refusal(c)
}
