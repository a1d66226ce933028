package watch

import (
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// open reports whether the page is looked at at a moment for any of its watches.
func (p *pageSpec) open(t time.Time) bool {
	return slices.ContainsFunc(p.watches, func(w watchSpec) bool { return w.watch.Hours.Open(t) })
}

// opens returns t when the page is looked at then for any of its watches, else the
// first moment after it; zero when its schedules leave none.
func (p *pageSpec) opens(t time.Time) time.Time {
	var first time.Time
	for i := range p.watches {
		at := p.watches[i].watch.Hours.Opens(t)
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// turns returns when a page of the host next begins or ceases to be looked at, by
// the schedules of its watches; the zero Instant: never.
func (h *host) turns(t time.Time) clock.Instant {
	var next time.Time
	for _, p := range h.spec.pages {
		for i := range p.watches {
			turn := p.watches[i].watch.Hours.Turn(t)
			if !turn.IsZero() && (next.IsZero() || turn.Before(next)) {
				next = turn
			}
		}
	}
	return h.line.Instant(next)
}

// followHours takes pages out of the plan whose hours are over, and puts those in
// whose hours begin.
func (h *host) followHours() {
	if h.spec != nil && !h.turn.IsZero() && !clock.Now().Before(h.turn) {
		h.replan()
	}
}
