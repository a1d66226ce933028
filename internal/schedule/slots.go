package schedule

import (
	"hash/fnv"
	"time"
)

// A host with a single page has nothing to choose: the page is looked at once per
// interval. Its slots are anchored in the calendar by a phase of its own, so that
// two owners of the host with equal clocks agree on them and a hand-over neither
// doubles a look nor skips one.

// slot returns the first slot after the page's last look, or the end of its
// shortest wait when that is later. A host that bears less than its budget has
// slots further apart.
func (p *page) slot(rate float64) int64 {
	if p.last == 0 {
		return 0
	}
	offset := (p.last - phase(p.id, p.interval)) % p.interval
	if offset < 0 {
		offset += p.interval
	}
	slot := max(p.last+p.interval-offset, p.last+p.nearest)
	if rate < 1 {
		slot = max(slot, p.last+int64(float64(p.interval)/rate))
	}
	return slot
}

// phase spreads the pages of one interval evenly over it. It is a whole number
// of milliseconds, so that a look's time can be stored as such without moving it
// across its slot.
func phase(id string, interval int64) int64 {
	h := fnv.New64a()
	h.Write([]byte(id)) // never fails
	return int64(h.Sum64()%uint64(max(1, interval/int64(time.Millisecond)))) * int64(time.Millisecond)
}
