// Package schedule decides which page of a host is asked next, and when. It is
// pure: it has no clock, starts nothing and does no I/O, so that the same looks
// always lead to the same plan and a day can be simulated in a millisecond.
//
// This is the plain plan: every page has slots, one interval apart and anchored
// in the calendar by the page's own phase, and is due at the first slot after
// its last look. No plan is stored anywhere: two owners of a host with equal
// clocks agree on it, and a hand-over neither doubles a look nor skips one.
//
// It does not know what a look costs or whether the host wants to be left alone:
// back-off and leases belong to package watch.
package schedule

import (
	"cmp"
	"hash/fnv"
	"slices"
	"time"
)

// Page is one URL of a host, as the plan needs to know it.
type Page struct {
	ID          string
	Interval    time.Duration // average wait between two looks
	MinInterval time.Duration // never looked at again sooner; at most Interval
	Value       float64       // weight of what it may find, 1 is usual; the plain plan treats all alike
	// Looked is when a page that is new to this Host was last looked at by
	// somebody else. Zero: by nobody, so it is due at once.
	Looked time.Time
}

// Seen is what a look found, as far as a plan may learn from it. The plain plan
// learns nothing.
type Seen struct {
	Good bool // the page was read
	In   bool // it can be ordered
}

// Host is the plan for the pages of one host. It is not safe for concurrent use.
type Host struct {
	every  time.Duration
	pages  []page         // by ID, so that equals are served in a fixed order
	index  map[string]int // ID -> place in pages
	newest time.Time      // start of the latest look at any page
}

// page is a Page with what is known of it.
type page struct {
	Page
	phase time.Duration
	last  time.Time // start of its last look; zero: none yet
	due   time.Time // zero: as soon as the plan is next asked
}

// NewHost returns the plan of a host that may be asked once per every.
func NewHost(every time.Duration) *Host { return &Host{every: max(every, 0)} }

// Set replaces the pages. What is known of a page that stays is kept, so its
// next look is no earlier for it. Of several pages with one ID the first counts.
func (h *Host) Set(pages []Page) {
	old, known := h.pages, h.index
	h.pages, h.index = make([]page, 0, len(pages)), make(map[string]int, len(pages))
	for _, p := range slices.SortedStableFunc(slices.Values(pages), byID) {
		if _, twice := h.index[p.ID]; twice {
			continue
		}
		p.Interval = max(p.Interval, time.Millisecond)
		p.MinInterval = min(max(p.MinInterval, 0), p.Interval)
		s := page{Page: p, phase: phase(p.ID, p.Interval), last: p.Looked}
		if i, ok := known[p.ID]; ok {
			s.last, s.due = old[i].last, old[i].due
		}
		if !s.last.IsZero() {
			s.due = s.next()
		}
		h.index[p.ID] = len(h.pages)
		h.pages = append(h.pages, s)
	}
}

// Next returns the page to look at next and the moment for it, which is now or
// later; ok is false when there are no pages. Of the pages that are due the one
// that has been so for longest comes first. Nothing is promised: a plan that is
// asked again later may answer otherwise.
func (h *Host) Next(now time.Time) (id string, at time.Time, ok bool) {
	if now.Before(h.newest) {
		h.turnBack(now)
	}
	best := -1
	for i := range h.pages {
		p := &h.pages[i]
		if p.due.IsZero() {
			p.due = now // from here on it queues like any other
		}
		if best < 0 || p.due.Before(h.pages[best].due) {
			best = i
		}
	}
	if best < 0 {
		return "", time.Time{}, false
	}
	at = later(now, h.pages[best].due)
	if !h.newest.IsZero() {
		at = later(at, h.newest.Add(h.every))
	}
	return h.pages[best].ID, at, true
}

// Saw tells the plan of a look that began at the given moment and what it found.
func (h *Host) Saw(id string, at time.Time, _ Seen) {
	h.newest = later(h.newest, at)
	if i, ok := h.index[id]; ok {
		p := &h.pages[i]
		p.last = later(p.last, at)
		p.due = p.next()
	}
}

// Due returns when the page wants its next look; the host's other pages may make
// it later. Zero: as soon as possible, or the page is unknown.
func (h *Host) Due(id string) time.Time {
	if i, ok := h.index[id]; ok {
		return h.pages[i].due
	}
	return time.Time{}
}

// turnBack mends the plan after the clock was set back: looks that lie in the
// future count as made now, or their pages would wait until then.
func (h *Host) turnBack(now time.Time) {
	h.newest = now
	for i := range h.pages {
		if p := &h.pages[i]; p.last.After(now) {
			p.last = now
			p.due = p.next()
		}
	}
}

// next returns the first slot after the last look, or the end of the page's
// shortest wait when that is later.
func (p *page) next() time.Time {
	offset := (p.last.UnixNano() - int64(p.phase)) % int64(p.Interval)
	if offset < 0 {
		offset += int64(p.Interval)
	}
	slot := p.last.Add(p.Interval - time.Duration(offset))
	return later(slot, p.last.Add(p.MinInterval))
}

// phase spreads the pages of one interval evenly over it. It is a whole number
// of milliseconds, so that a look's time can be stored as such without moving it
// across its slot.
func phase(id string, interval time.Duration) time.Duration {
	h := fnv.New64a()
	h.Write([]byte(id)) // never fails
	return time.Duration(h.Sum64()%uint64(interval.Milliseconds())) * time.Millisecond
}

func byID(a, b Page) int { return cmp.Compare(a.ID, b.ID) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
