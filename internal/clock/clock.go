// Package clock keeps the program's two clocks apart. The monotonic clock counts
// waits and gaps: nobody sets it, and it means nothing outside of this process.
// The wall clock is for the calendar and for what is written down: it may be set
// at any moment, by a second or by fifty years.
//
// An Instant is a moment on the first, a time.Time one on the second, so that one
// expression cannot mix them. time.Now has both in one value, and which of them
// counts depends on what else stands in the expression: no other package calls
// it, nor time.Since, time.Until and context.WithDeadline (package importtest
// sees to it). Line translates between the clocks, Deadline asks both.
//
// On Linux the monotonic clock stands still while the machine is suspended.
package clock

import (
	"context"
	"time"
)

// Wall is the time of the wall clock. It has no monotonic part.
func Wall() time.Time { return time.Now().Round(0) }

// Instant is a moment on the monotonic clock. The zero Instant is before all
// others, and stays so whatever is added to it: it stands for never.
type Instant struct {
	t time.Time // with a monotonic part, or zero
}

// Now is the present moment.
func Now() Instant { return Instant{time.Now()} }

// After is the moment that comes d from now.
func After(d time.Duration) Instant { return Now().Add(d) }

// Since is how long ago i was; after the zero Instant, the longest Duration.
func Since(i Instant) time.Duration { return Now().Sub(i) }

// Until is how long it is until i; until the zero Instant, the shortest Duration.
func Until(i Instant) time.Duration { return i.Sub(Now()) }

// Add returns the moment d after i.
func (i Instant) Add(d time.Duration) Instant {
	if i.IsZero() {
		return i
	}
	return Instant{i.t.Add(d)}
}

// Sub returns the time from j to i.
func (i Instant) Sub(j Instant) time.Duration { return i.t.Sub(j.t) }

// Before reports whether i is before j.
func (i Instant) Before(j Instant) bool { return i.t.Before(j.t) }

// After reports whether i is after j.
func (i Instant) After(j Instant) bool { return i.t.After(j.t) }

// IsZero reports whether i stands for never.
func (i Instant) IsZero() bool { return i.t.IsZero() }

// Latest returns the last of some moments.
func Latest(first Instant, others ...Instant) Instant {
	for _, i := range others {
		if i.After(first) {
			first = i
		}
	}
	return first
}

// Earliest returns the first of two moments.
func Earliest(i, j Instant) Instant {
	if j.Before(i) {
		return j
	}
	return i
}

// Deadline is the end of something that others count by clocks of their own: a
// lease, the life of an answer. It has passed as soon as either clock says so.
// While the machine was suspended only the wall clock went on; and the monotonic
// one is right when the wall clock was set back. The zero Deadline has passed.
type Deadline struct {
	mono Instant
	wall time.Time
}

// In returns the Deadline that is d from now.
func In(d time.Duration) Deadline { return Deadline{Now().Add(d), Wall().Add(d)} }

// Passed reports whether the deadline has passed.
func (d Deadline) Passed() bool { return d.Left() <= 0 }

// Overdue is for how long the deadline has passed by the clock that said so first;
// negative while it has not.
func (d Deadline) Overdue() time.Duration { return max(Since(d.mono), Wall().Sub(d.wall)) }

// Left is how long it takes until the deadline if neither clock is set meanwhile.
func (d Deadline) Left() time.Duration { return max(0, -d.Overdue()) }

// Sleep waits for d and reports whether ctx lasted that long.
func Sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Left is how long it takes until the deadline of a context, if it has one. Those
// of context.WithTimeout are on the monotonic clock.
func Left(ctx context.Context) (left time.Duration, ok bool) {
	end, ok := ctx.Deadline()
	if !ok {
		return 0, false
	}
	return time.Until(end), true
}
