package schedule

import (
	"slices"
	"time"
)

// Saw tells the plan of a look that began at the given moment and what it found:
// for all targets of the page at once, or for each of them in their order. It
// returns the products that are in stock now and were not before, for which
// other shops should have a Hint.
func (h *Host) Saw(id string, at time.Time, seen ...Seen) (restocked []string) {
	i, ok := h.index[id]
	if !ok || len(seen) == 0 {
		h.pace.asked(at.UnixNano())
		return nil
	}
	p := &h.pages[i]
	t := max(at.UnixNano(), p.last, 1)
	h.dusk(t)
	good := slices.ContainsFunc(seen, func(s Seen) bool { return s.Good })
	h.spent(int(i), t)
	h.pace.asked(t)
	h.pace.answered(slices.ContainsFunc(seen, func(s Seen) bool { return s.Refused }))
	h.pulse.advance(t, &h.shop.prof)
	if good {
		restocked = h.learn(p, t, seen)
		p.good = t
	}
	if p.last == 0 {
		h.fresh--
	}
	p.last, p.head, p.a, p.b = t, 0, h.pulse.a, h.pulse.b
	h.rate(int(i))
	return restocked
}

// spent notes what kind of request the look was, if it is the one just picked.
func (h *Host) spent(page int, t int64) {
	kind := best
	if h.picked.page == page {
		kind = h.picked.kind
	}
	h.picked.page = -1
	h.share.spend(kind == hinted)
	h.still.spend(kind == due)
}

// learn takes what a good look saw of the page's targets into account.
func (h *Host) learn(p *page, t int64, seen []Seen) (restocked []string) {
	cov := h.coverage(p, t)
	for j := range p.count {
		s := seen[min(int(j), len(seen)-1)]
		if !s.Good {
			continue
		}
		k := p.first + j
		x := &h.targets[k]
		if x.state == out && p.good > 0 {
			h.missedOrCaught(k, p, t, &cov, s.In)
		}
		switch {
		case s.In && x.state == out:
			if x.product != "" {
				restocked = append(restocked, x.product)
			}
			x.state, x.since = in, t
		case !s.In && x.state == in:
			h.soldOut(k, p, t)
		case x.state == unseen:
			x.state, x.since = out, t
			if s.In {
				x.state = in
			}
		}
	}
	return restocked
}

// coverage is that of a look at t for the page; of no use when all its targets
// are in stock.
func (h *Host) coverage(p *page, t int64) coverage {
	if p.good == 0 {
		return coverage{}
	}
	return h.shop.cover(p.good, t, h.pulse.mu)
}

// missedOrCaught learns from a look at a target that was out of stock at the last
// one. Of a restock it is not known what brought it: each reason gets the part
// that it had in the expectation.
func (h *Host) missedOrCaught(k int32, p *page, t int64, cov *coverage, caught bool) {
	s, x := &h.shop, &h.targets[k]
	mean, _ := s.rate(x)
	total := mean * cov.sum
	var part float64
	if caught {
		for _, r := range h.hints {
			if r.target == k {
				total += h.expected(&r, t, p.good)
			}
		}
		if total > 0 {
			part = 1 / total
		}
	}
	for _, r := range h.hints {
		if r.target == k {
			h.judgeHint(&r, t, p.good, part)
		}
	}
	own := mean * cov.sum * part
	x.n += float32(own)
	x.e += float32(cov.sum)
	s.sumN += own
	s.sumE += cov.sum
	if b := s.prof.bins; b != nil {
		for _, c := range cov.bins {
			b.e[c.bin] += float32(mean * c.plain)
			b.n[c.bin] += float32(part * mean * float64(b.level[c.bin]) * c.plain)
		}
	}
	if caught {
		h.hints = slices.DeleteFunc(h.hints, func(r hint) bool { return r.target == k })
	}
}

// expected is how many restocks a hint let expect of a look.
func (h *Host) expected(r *hint, t, t0 int64) (sum float64) {
	if r.source != cartHint {
		return h.shop.trust[r.source].chance() * r.cover(t, t0, h.pulse.mu)
	}
	h.shop.carts.looked(t, t0, r.from, h.pulse.mu, func(bin int, covered float64) {
		sum += h.shop.carts.chance(bin) * covered
	})
	return sum
}

// judgeHint learns from a look what a hint's source is worth. part is that of a
// restock seen per restock expected; 0: none was seen.
func (h *Host) judgeHint(r *hint, t, t0 int64, part float64) {
	mu := h.pulse.mu
	if r.source != cartHint {
		x := &h.shop.trust[r.source]
		covered := r.cover(t, t0, mu)
		x.hits += float32(x.chance() * covered * part)
		x.tries += float32(covered)
		return
	}
	c := &h.shop.carts
	c.looked(t, t0, r.from, mu, func(bin int, covered float64) {
		c.hits[bin] += float32(c.chance(bin) * covered * part)
		c.cover[bin] += float32(covered)
	})
}

// soldOut begins a target's wait for the next restock, and for abandoned carts.
func (h *Host) soldOut(k int32, p *page, t int64) {
	x := &h.targets[k]
	if p.good > 0 {
		// It ended between the last two looks and began between two others.
		h.shop.lengths.saw(seconds(t-x.since), seconds(h.cycle(p)))
	}
	x.state, x.since = out, t
	h.hint(hint{target: k, page: h.index[p.id], source: cartHint, from: (p.good + t) / 2})
}

// rate makes the score of a page anew after a look at it.
func (h *Host) rate(i int) {
	p, s := &h.pages[i], &h.hot[i]
	var w float64
	for j := p.first; j < p.first+p.count; j++ {
		if t := &h.targets[j]; t.state != in {
			mean, sd := h.shop.rate(t)
			w += float64(t.value) * (mean + sd)
		}
	}
	s.weigh(w*h.pull(p), &h.pulse, p.last, p.a, p.b)
	s.from, s.must = p.last+p.nearest, h.must(p)
}

// pull is the weight of a page by what its interval says of the user's wishes.
// The best intervals go with the square root of the weight, so the square of the
// wish makes pages with equal rates be looked at as often as was asked for.
func (h *Host) pull(p *page) float64 {
	x := float64(h.quickest) / float64(p.interval)
	return x * x
}
