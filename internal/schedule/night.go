package schedule

import "time"

// What is done rarely: the night's work, and moves of pages and times.

// dusk does the night's work once a day, at four in the morning of the shop's
// time, when little happens; and keeps the reference of the scores near t.
func (h *Host) dusk(t int64) {
	if day := (h.shop.prof.local(t) - 4*3600) / 86400; day != h.night {
		first := h.night == 0
		h.night = day
		if !first {
			h.recalled = nil // who has not come by now is gone
			h.shop.fitShape(h.targets)
			h.shop.fadeOut(h.targets)
			h.pulse.mu = h.shop.lengths.mu()
			h.rescore()
		}
	}
	if seconds(t-h.pulse.ref) > maxShift*h.pulse.mu || t < h.pulse.ref {
		h.pulse.ref = t
		h.rescore()
	}
	if len(h.hints) > 0 && t >= h.sweep {
		h.expire(t)
		h.sweep = t + 60e9
	}
}

// rescore makes all scores anew.
func (h *Host) rescore() {
	for i := range h.pages {
		h.rate(i)
	}
}

// ClockSet says that the clock by which Next and Saw are told the time was set by
// some amount. What is known goes along with it, so that every wait lasts as long
// as before; from now on the shop's day is that of the new time.
func (h *Host) ClockSet(by time.Duration) {
	d := int64(by)
	move := func(list ...*int64) {
		for _, t := range list {
			if *t != 0 {
				*t = max(*t+d, 1)
			}
		}
	}
	move(&h.pace.token, &h.pace.newest, &h.pulse.at, &h.pulse.ref, &h.sweep)
	for i := range h.pages {
		move(&h.pages[i].last, &h.pages[i].good)
	}
	for i := range h.targets {
		move(&h.targets[i].since)
	}
	for i := range h.hints {
		move(&h.hints[i].from)
	}
	h.night = 0
	h.rescore()
}

// remains is what is kept while the pages are replaced.
type remains struct {
	pages   map[string]page
	targets map[string]target
	hints   []namedHint
}

type namedHint struct {
	page, target string
	hint
}

func (h *Host) detach() remains {
	r := remains{pages: make(map[string]page, len(h.pages)), targets: make(map[string]target, len(h.targets))}
	for _, p := range h.pages {
		r.pages[p.id] = p
	}
	for _, t := range h.targets {
		r.targets[t.id] = t
	}
	for _, x := range h.hints {
		r.hints = append(r.hints, namedHint{h.pages[x.page].id, h.targets[x.target].id, x})
	}
	return r
}

// attach gives the hints back to the targets that stayed on their pages.
func (h *Host) attach(r remains) {
	h.hints = nil
	for _, x := range r.hints {
		i, ok := h.index[x.page]
		if !ok {
			continue
		}
		for j := h.pages[i].first; j < h.pages[i].first+h.pages[i].count; j++ {
			if h.targets[j].id == x.target {
				x.hint.page, x.hint.target = i, j
				h.hint(x.hint)
			}
		}
	}
}
