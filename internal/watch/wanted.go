package watch

import "github.com/sainyuka/sainyuka/internal/clock"

// askedFor notes that a person waits for a look at a watch.
func (h *host) askedFor(tid string) {
	for _, p := range h.pages {
		for _, f := range p.follows {
			if f.watch.ID == tid {
				p.wanted = true
			}
		}
	}
}

// nextWanted returns the page that can be looked at first of those for which a person
// waits, and when: the shortest wait of the page and the gap of its host hold as for any
// look. nil: nobody waits.
func (h *host) nextWanted() (first *page, at clock.Instant) {
	now := h.line.At(clock.Now())
	for _, p := range h.pages {
		if !p.wanted || !p.loaded() || !p.open(now) {
			continue
		}
		soon := clock.Latest(p.looked.Add(max(p.nearest, p.rest.level)), h.asked.Add(h.every))
		if first == nil || soon.Before(at) || soon == at && p.id < first.id {
			first, at = p, soon
		}
	}
	return first, at
}
