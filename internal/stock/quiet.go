package stock

import (
	"slices"
	"time"
)

// On reports whether an instant is within quiet hours: by what the wall
// clock there shows, whatever the zone does with its clocks. An hour that is
// skipped in spring is no quiet hour, one that comes twice in autumn is one
// twice.
func (q Quiet) On(at time.Time) bool {
	if q.Mode == "" {
		return false
	}
	at = at.In(q.zone())
	clock, day := sinceMidnight(at), at.Weekday()
	begins := func(d time.Weekday) bool { return len(q.Days) == 0 || slices.Contains(q.Days, d) }
	if q.From < q.To {
		return q.From <= clock && clock < q.To && begins(day)
	}
	return clock >= q.From && begins(day) || clock < q.To && begins((day+6)%7) // begun yesterday
}

// End returns the first instant not before at that is outside of quiet hours.
// Quiet hours that have no end, which no configuration may have, end after a week.
func (q Quiet) End(at time.Time) time.Time {
	last := at.Add(8 * 24 * time.Hour)
	for q.On(at) && at.Before(last) {
		at = q.nextBoundary(at)
	}
	return at
}

// nextBoundary returns the next instant after at, within quiet hours, at which
// they may end: when the clock shows their end, a day ends, or the zone turns
// its clocks.
func (q Quiet) nextBoundary(at time.Time) time.Time {
	local := at.In(q.zone())
	clock := sinceMidnight(local)
	left := 24*time.Hour - clock
	if clock < q.To {
		left = min(left, q.To-clock)
	}
	next := local.Add(left)
	if _, turn := local.ZoneBounds(); !turn.IsZero() && turn.After(local) && turn.Before(next) {
		return turn
	}
	return next
}

func (q Quiet) zone() *time.Location {
	if q.Location == nil {
		return time.UTC
	}
	return q.Location
}

// sinceMidnight is the time since midnight as a clock on the wall shows it.
func sinceMidnight(t time.Time) time.Duration {
	h, m, s := t.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second + time.Duration(t.Nanosecond())
}

// Last returns the last time of the plan that is not after now.
func (p DigestPlan) Last(loc *time.Location, now time.Time) time.Time {
	now = now.In(loc)
	minute := int(p.At / time.Minute)
	for back := 0; ; back++ {
		slot := time.Date(now.Year(), now.Month(), now.Day()-back, minute/60, minute%60, 0, 0, loc)
		if !slot.After(now) && (!p.Weekly || slot.Weekday() == p.Day) {
			return slot
		}
	}
}
