package watch

import (
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	firstRetry   = time.Second
	longestRetry = 30 * time.Second
)

// retry is when to try again what failed; the zero retry says: now.
type retry struct {
	at   time.Time
	wait time.Duration
}

func (r *retry) failed(now time.Time) {
	r.wait = min(max(2*r.wait, firstRetry), longestRetry)
	r.at = now.Add(r.wait)
}

// outage sees to it that many hosts that miss the same journal say so once.
type outage struct {
	log  *slog.Logger
	away atomic.Bool
}

func (o *outage) report(host string, err error) {
	if o.away.CompareAndSwap(false, true) {
		o.log.Warn("journal or memory do not answer: changes are kept until they do", "host", host, "err", err)
	}
}

func (o *outage) over() {
	if o.away.CompareAndSwap(true, false) {
		o.log.Info("journal and memory answer again")
	}
}

func latest(first time.Time, others ...time.Time) time.Time {
	for _, t := range others {
		if t.After(first) {
			first = t
		}
	}
	return first
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
