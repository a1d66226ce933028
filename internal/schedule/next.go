package schedule

import (
	"cmp"
	"math"
	"slices"
	"time"
)

const (
	// floorCycles is after how many of its plain turns a page is asked, whatever it
	// is worth: what is never looked at teaches nothing.
	floorCycles = 3
	// floorEarly is by how many requests that is brought forward, so that pages
	// that meet there are not late.
	floorEarly = 16
	// recheck is how often a page that is in stock is looked at, at most: it arms
	// the next alert, and what comes back from abandoned carts comes soon.
	recheck = 120 * time.Second
	// settled is the part of the time in stock after which that matters less: what
	// has been in stock for a day will be so in two minutes.
	settled = 8
	// maxIdle is for how long a plan may have nothing to say.
	maxIdle = int64(time.Hour)
)

// Next returns the page to look at next and the moment for it, which is now or
// later; ok is false when there are no pages. Before that moment the id is that
// of the page only if it has no rival: which one is worth most is decided then.
// Nothing is promised: a plan that is asked again later may answer otherwise.
func (h *Host) Next(now time.Time) (id string, at time.Time, ok bool) {
	if len(h.pages) == 0 {
		return "", time.Time{}, false
	}
	t := now.UnixNano()
	i, when := h.next(t)
	if i >= 0 {
		id = h.pages[i].id
	}
	if when <= t {
		return id, now, true
	}
	return id, time.Unix(0, when).In(now.Location()), true
}

// next returns a page, or none yet, and when.
func (h *Host) next(t int64) (page int, at int64) {
	switch {
	case h.fresh > 0:
		if soon := h.pace.soonest(); soon > t {
			return -1, soon
		}
		return h.firstFresh(), t
	case len(h.pages) == 1:
		return 0, max(t, h.pace.soonest(), h.pages[0].slot(h.pace.rate))
	}
	if token := h.pace.next(); token > t {
		return -1, token
	}
	h.dusk(t)
	i, free := h.pick(t)
	if i < 0 {
		return -1, max(free, t+1)
	}
	return i, t
}

func (h *Host) firstFresh() int {
	for i := range h.pages {
		if h.pages[i].last == 0 {
			return i
		}
	}
	return -1
}

// candidate is a page and what speaks for it.
type candidate struct {
	page int
	rank float64 // or, for one that is due, for how long
	kind kind
}

type kind uint8

const (
	best   kind = iota // by its index
	hinted             // by its index, thanks to a hint
	due                // what is in stock, and pages that have no freedom
	late               // at its floor
)

// pick returns the page to ask at t, or -1 and when there will be one.
//
// Pages at their floor come first, the one that is there for longest before the
// others; then pages that are due, what is in stock with no more than its share;
// then the page with the largest index.
func (h *Host) pick(t int64) (page int, free int64) {
	h.tune(t)
	m := h.pulse.moment(t)
	top, urgent := candidate{page: -1}, candidate{page: -1}
	for i := range h.hot { // ten thousand times in some microseconds: nothing else belongs here
		s := &h.hot[i]
		if k := s.index(&m); k > top.rank && s.from <= t {
			top.page, top.rank = i, k
		}
		if s.must <= t && s.from <= t {
			urgent = h.moreUrgent(urgent, i, t)
		}
	}
	if h.share.open() && len(h.hints) > 0 {
		top = h.pickHinted(t, &m, top)
	}
	if urgent.page >= 0 && (urgent.kind == late || top.page < 0 || h.still.open()) {
		top = urgent
	}
	h.picked = top
	if top.page < 0 {
		free = h.nextFree(t)
	}
	return top.page, free
}

// tune brings the pulse to t. One that has just begun never was at the times at which the pages were looked at:
// what it would have said then is worked out. With anything higher all pages would
// be worth less than nothing in the hours in which shops sleep.
func (h *Host) tune(t int64) {
	begins := h.pulse.at == 0
	h.pulse.advance(t, &h.shop.prof)
	if !begins {
		return
	}
	order := make([]*page, len(h.pages))
	for i := range h.pages {
		order[i] = &h.pages[i]
	}
	slices.SortFunc(order, func(a, b *page) int { return cmp.Compare(a.last, b.last) })
	then := pulse{mu: h.pulse.mu}
	for _, p := range order {
		then.advance(p.last, &h.shop.prof)
		p.a, p.b = then.a, then.b
	}
	h.rescore()
}

// nextFree is when a page will have a reason to be asked that has none at t: at
// the latest when it is at its floor.
func (h *Host) nextFree(t int64) int64 {
	free := int64(math.MaxInt64)
	for i := range h.hot {
		s := &h.hot[i]
		at := max(s.from, s.must)
		if s.w > 0 && s.from > t {
			at = s.from
		}
		if at > t {
			free = min(free, at)
		}
	}
	return min(free, t+maxIdle)
}

// moreUrgent returns the more urgent of a candidate and a page whose must has come.
func (h *Host) moreUrgent(u candidate, i int, t int64) candidate {
	c := h.urgency(i, t)
	if u.page < 0 || c.kind > u.kind || c.kind == u.kind && c.rank > u.rank {
		return c
	}
	return u
}

// urgency says why a page whose must has come is to be asked.
func (h *Host) urgency(i int, t int64) candidate {
	p := &h.pages[i]
	if floor := h.floor(p); floor <= t {
		return candidate{i, seconds(t - floor), late}
	}
	return candidate{i, seconds(t - h.hot[i].must), due}
}

// pickHinted returns the page with the largest index when hints are counted.
func (h *Host) pickHinted(t int64, m *moment, top candidate) candidate {
	for i := 0; i < len(h.hints); {
		page := h.hints[i].page
		s := &h.hot[page]
		k := s.index(m)
		for ; i < len(h.hints) && h.hints[i].page == page; i++ {
			x := &h.hints[i]
			if x.from < t && s.from <= t {
				k += float64(h.targets[x.target].value) * x.index(&h.shop, t, h.pages[page].last, h.pulse.mu)
			}
		}
		if s.from <= t && k > top.rank {
			top = candidate{int(page), k, hinted}
		}
	}
	return top
}

// cycle is the plain turn of a page: its interval, or as long as it takes to ask
// for all pages of the host.
func (h *Host) cycle(p *page) int64 {
	return max(p.interval, int64(len(h.pages))*h.pace.every)
}

// floor is when a page is asked at the latest, if nothing is in the way.
func (h *Host) floor(p *page) int64 {
	cycle := h.cycle(p)
	early := cycle / 2 // runs of pages with unlike intervals may meet
	if h.alike {
		early = min(cycle/4, floorEarly*h.pace.gap)
	}
	return p.last + int64(float64(floorCycles*cycle-early)/h.pace.rate) - int64(float64(cycle)*p.head)
}

// must is from when on a page need not have the largest index to be asked.
func (h *Host) must(p *page) int64 {
	at := h.floor(p)
	if p.nearest >= h.cycle(p) { // it may not be asked sooner, and not later on average either
		at = min(at, p.last+p.nearest)
	}
	for i := p.first; i < p.first+p.count; i++ {
		if t := &h.targets[i]; t.state == in {
			wait := max(min(int64(recheck), p.interval), (p.last-t.since)/settled, p.nearest)
			at = min(at, p.last+min(wait, h.cycle(p)))
		}
	}
	return at
}

// Due returns when the page wants its next look, as far as can be told; the
// host's other pages may make it later and a hint sooner. Zero: as soon as
// possible, or the page is unknown.
func (h *Host) Due(id string) time.Time {
	i, ok := h.index[id]
	if !ok || h.pages[i].last == 0 {
		return time.Time{}
	}
	p := &h.pages[i]
	if len(h.pages) == 1 {
		return time.Unix(0, p.slot(h.pace.rate))
	}
	return time.Unix(0, min(h.must(p), p.last+h.cycle(p)))
}
