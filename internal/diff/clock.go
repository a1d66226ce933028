package diff

import "time"

// ClockSet returns t after the wall clock, by which looks are dated, was set from
// one look to the next; at is the present by the clock as it stands now. A clock
// that goes back needs nothing: see advance. One that was set forward has skipped
// a time in which nobody looked: neither the row of bad looks nor a doubt counts it.
// Skipping so much that the state would be forgotten, it was wrong before (a box without a
// clock of its own begins in 1970), and what is known was seen just now.
func (t Track) ClockSet(by time.Duration, at time.Time) Track {
	if by <= 0 {
		return t
	}
	at = at.Round(0).UTC()
	t.set = latest(t.set, at)
	if t.bad > 0 {
		t.silent = t.silent.Add(by)
	}
	t.missing, t.verdict.since = carry(t.missing, by, at), carry(t.verdict.since, by, at)
	if t.row != nil {
		r := *t.row
		r.since, r.last = carry(r.since, by, at), carry(r.last, by, at)
		t.row = &r
	}
	if t.State.Clarity != nil {
		c := *t.State.Clarity
		c.Since = carry(c.Since, by, at)
		t.State.Clarity = &c
	}
	if by >= forgetAfter {
		t.seen, t.State.Since = carry(t.seen, by, at), carry(t.State.Since, by, at)
	}
	return t
}

// carry moves a time that is of the clock as it stood before it was set by by to
// at.
func carry(t time.Time, by time.Duration, at time.Time) time.Time {
	if moved := t.Add(by); !t.IsZero() && !moved.After(at) {
		return moved
	}
	return t
}
