package stock

import (
	"slices"
	"time"
)

// Span is a part of the day, counted from midnight. To at or below From: over
// midnight.
type Span struct{ From, To time.Duration }

// Schedule says when pages are looked at. The zero Schedule is always.
type Schedule struct {
	Spans []Span         `json:",omitempty"` // none: the whole day
	Days  []time.Weekday `json:",omitempty"` // on which a span begins; none: every day
}

// Always reports whether the schedule excludes nothing.
func (s Schedule) Always() bool { return len(s.Spans) == 0 && len(s.Days) == 0 }

// wholeDay is the span of a schedule that names only days.
var wholeDay = []Span{{0, 24 * time.Hour}}

func (s Schedule) spans() []Span {
	if len(s.Spans) == 0 {
		return wholeDay
	}
	return s.Spans
}

// Open reports whether pages are looked at at a moment, by the clock of its zone.
func (s Schedule) Open(at time.Time) bool {
	if s.Always() {
		return true
	}
	begun := func(day time.Time, p Span) bool {
		from, to := bounds(day, p)
		return s.on(day.Weekday()) && !at.Before(from) && at.Before(to)
	}
	today := midnight(at)
	for _, p := range s.spans() {
		if begun(today, p) || begun(today.AddDate(0, 0, -1), p) {
			return true
		}
	}
	return false
}

func (s Schedule) on(d time.Weekday) bool { return len(s.Days) == 0 || slices.Contains(s.Days, d) }

// Turn returns the next moment after at in which Open may change; zero: there is
// none.
func (s Schedule) Turn(at time.Time) time.Time {
	var next time.Time
	if s.Always() {
		return next
	}
	for day := midnight(at).AddDate(0, 0, -1); next.IsZero(); day = day.AddDate(0, 0, 1) {
		if !s.on(day.Weekday()) {
			continue
		}
		for _, p := range s.spans() {
			from, to := bounds(day, p)
			for _, t := range []time.Time{from, to} {
				if t.After(at) && (next.IsZero() || t.Before(next)) {
					next = t
				}
			}
		}
	}
	return next
}

// bounds returns when a span that begins on a day does so, and when it ends.
func bounds(day time.Time, p Span) (from, to time.Time) {
	to = at(day, p.To)
	if p.To <= p.From {
		to = at(day.AddDate(0, 0, 1), p.To)
	}
	return at(day, p.From), to
}

// at returns a time of a day by the clock on the wall, whatever daylight saving does.
func at(day time.Time, d time.Duration) time.Time {
	y, m, n := day.Date()
	return time.Date(y, m, n, 0, int(d/time.Minute), 0, 0, day.Location())
}

func midnight(t time.Time) time.Time { return at(t, 0) }

// Hours are the schedules of a watch, all of which must be open: its own, its
// product's and its host's.
type Hours struct {
	Schedules []Schedule     `json:",omitempty"`
	Zone      string         `json:",omitempty"` // the name of Location
	Location  *time.Location `json:"-"`          // of the shop's clock; nil with no schedule
}

// Always reports whether the page may be looked at at any time.
func (h Hours) Always() bool { return len(h.Schedules) == 0 }

// Open reports whether the page is looked at at a moment.
func (h Hours) Open(t time.Time) bool {
	for _, s := range h.Schedules {
		if !s.Open(t.In(h.Location)) {
			return false
		}
	}
	return true
}

// Turn returns the next moment after t in which Open may change; zero: there is
// none.
func (h Hours) Turn(t time.Time) time.Time {
	var next time.Time
	for _, s := range h.Schedules {
		if turn := s.Turn(t.In(h.Location)); !turn.IsZero() && (next.IsZero() || turn.Before(next)) {
			next = turn
		}
	}
	return next
}

// Opens returns t when the page is looked at then, else the first moment after it in
// which it is; zero when its schedules leave no such moment within a month.
func (h Hours) Opens(t time.Time) time.Time {
	for limit := t.AddDate(0, 1, 0); !h.Open(t); {
		if t = h.Turn(t); t.IsZero() || t.After(limit) {
			return time.Time{}
		}
	}
	return t
}

// Why a watch is not looked at.
const (
	RestPaused   = "paused"
	RestSchedule = "schedule"
)

// Rest says why a watch is not looked at for now. The zero Rest: it is.
type Rest struct {
	Why   string    `json:"why"`            // RestPaused or RestSchedule
	Until time.Time `json:"until,omitzero"` // zero: nobody knows
}

// None reports whether the watch is looked at.
func (r Rest) None() bool { return r.Why == "" }

// Rest says whether a watch of the product rests at a moment.
func (p *Product) Rest(w *Watch, at time.Time) Rest {
	switch {
	case p.Paused || w.Paused:
		return Rest{Why: RestPaused}
	case !w.Hours.Open(at):
		return Rest{RestSchedule, w.Hours.Opens(at)}
	}
	return Rest{}
}
