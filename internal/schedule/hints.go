package schedule

import (
	"math"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A hint raises the hazard of one target for a while, whatever its own rate:
// another shop restocked the same product, a sale ends, a feed or a person said
// so, or the target sold out and abandoned carts will expire. How much it raises
// it is learned per source: successes / trials, so that a source that cries wolf
// is heard less each time. Hints never get more than half of a host's requests.

// Sources of hints that are known by name.
const (
	FromShop = "shop" // another shop restocked the product
	FromSale = "sale" // a sale ends, and with it what was put aside for it
)

const (
	firstTau = 20 * time.Minute
	longest  = 6 * time.Hour // Within
	hintLife = 4             // tau
	maxHints = 128           // at a time per host; more are a storm
	// maxSources bounds the sources that are told apart; the rest share one trust.
	maxSources = 32
	priorHits  = 0.5
	priorTries = 3.0
)

// hint is a stock.Hint that may still come true, or the carts of a sell-out.
type hint struct {
	target int32
	page   int32
	source int32 // place in shop.trust; cartHint: abandoned carts
	from   int64
	tau    float64 // seconds
}

const cartHint = -1

// until is when nothing is expected of it any more.
func (x *hint) until() int64 {
	if x.source == cartHint {
		return x.from + cartSpan*1e9
	}
	return x.from + int64(hintLife*x.tau*1e9)
}

// index is what the hint adds to the index of its target, divided by mu.
func (x *hint) index(s *shop, t, t0 int64, mu float64) float64 {
	if x.source == cartHint {
		return s.carts.index(t, t0, x.from, mu)
	}
	return s.trust[x.source].chance() * pulseK(t, t0, x.from, x.tau, mu)
}

// cover is how much of the hint's hazard a look at t after t0 could see, the
// chance that it comes true left out.
func (x *hint) cover(t, t0 int64, mu float64) float64 {
	start := max(t0, x.from)
	if start >= t {
		return 0
	}
	// Int_start^t 1/tau exp(-(s-from)/tau) exp(-(t-s)/mu) ds
	u, c := seconds(t-start), 1/mu-1/x.tau
	area := u
	if math.Abs(c*u) > 1e-3 {
		area = (1 - math.Exp(-c*u)) / c
	}
	return math.Exp(-seconds(t-x.from)/x.tau) / x.tau * area
}

// trust is what is known of a source.
type trust struct {
	source string
	hits   float32
	tries  float32
}

func (t *trust) chance() float64 {
	return min(float64(t.hits+priorHits)/float64(t.tries+priorTries), 0.95)
}

func (t *trust) fadeOut(keep float64) {
	t.hits *= float32(keep)
	t.tries *= float32(keep)
}

// source returns the place of a source's trust.
func (s *shop) source(name string) int32 {
	i := slices.IndexFunc(s.trust, func(t trust) bool { return t.source == name })
	switch {
	case i >= 0:
	case len(s.trust) < maxSources:
		i = len(s.trust)
		s.trust = append(s.trust, trust{source: name})
	default:
		i = maxSources - 1
	}
	return int32(i)
}

// Hint takes a reason to look into account.
func (h *Host) Hint(x stock.Hint) {
	tau := min(max(x.Within, 0), longest)
	if tau == 0 {
		tau = firstTau
	}
	source := int32(-2)
	for i := range h.pages {
		p := &h.pages[i]
		for j := p.first; j < p.first+p.count; j++ {
			t := &h.targets[j]
			if t.state == in || x.Watch != "" && t.id != x.Watch || x.Watch == "" && (x.Product == "" || t.product != x.Product) {
				continue
			}
			if source == -2 {
				source = h.shop.source(x.Source)
			}
			h.hint(hint{target: j, page: int32(i), source: source, from: x.At.UnixNano(), tau: tau.Seconds()})
		}
	}
}

// hint adds a hint unless the target has one like it.
func (h *Host) hint(x hint) {
	carts := x.source == cartHint
	for i := range h.hints {
		if o := &h.hints[i]; o.target == x.target && carts == (o.source == cartHint) {
			if carts || h.shop.trust[x.source].chance() > h.shop.trust[o.source].chance() {
				*o = x
			}
			return
		}
	}
	if len(h.hints) >= maxHints {
		return
	}
	i, _ := slices.BinarySearchFunc(h.hints, x, func(a, b hint) int { return int(a.page) - int(b.page) })
	h.hints = slices.Insert(h.hints, i, x)
}

// expire drops hints of which nothing is expected any more.
func (h *Host) expire(t int64) {
	h.hints = slices.DeleteFunc(h.hints, func(x hint) bool { return x.until() <= t })
}
