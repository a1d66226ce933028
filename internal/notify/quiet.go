package notify

import (
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// quietAt reports whether an instant is within quiet hours: by what the wall
// clock there shows, whatever the zone does with its clocks. An hour that is
// skipped in spring is no quiet hour, one that comes twice in autumn is one
// twice.
func quietAt(q stock.Quiet, at time.Time) bool {
	if q.Mode == "" {
		return false
	}
	at = at.In(zoneOf(q))
	clock, day := wallClock(at), at.Weekday()
	begins := func(d time.Weekday) bool { return len(q.Days) == 0 || slices.Contains(q.Days, d) }
	if q.From < q.To {
		return q.From <= clock && clock < q.To && begins(day)
	}
	return clock >= q.From && begins(day) || clock < q.To && begins((day+6)%7) // begun yesterday
}

// quietEnd returns the first instant not before at that is outside of quiet hours.
// Quiet hours that have no end, which no configuration may have, end after a week.
func quietEnd(q stock.Quiet, at time.Time) time.Time {
	last := at.Add(8 * 24 * time.Hour)
	for quietAt(q, at) && at.Before(last) {
		at = nextBoundary(q, at)
	}
	return at
}

// nextBoundary returns the next instant after at, within quiet hours, at which
// they may end: when the clock shows their end, a day ends, or the zone turns
// its clocks.
func nextBoundary(q stock.Quiet, at time.Time) time.Time {
	local := at.In(zoneOf(q))
	clock := wallClock(local)
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

func zoneOf(q stock.Quiet) *time.Location {
	if q.Location == nil {
		return time.UTC
	}
	return q.Location
}

// wallClock is the time since midnight as a clock on the wall shows it.
func wallClock(t time.Time) time.Duration {
	h, m, s := t.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second + time.Duration(t.Nanosecond())
}

// keepsQuiet reports whether a letter must not ring now.
func (b *book) keepsQuiet(l stock.Letter, now time.Time) bool {
	q := b.Quiet[l.Channel]
	return quietAt(q, now) && !(l.Urgent && q.UrgentPasses)
}
