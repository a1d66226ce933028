package schedule

import "math"

// The index. A restock of a target comes with a hazard lambda(s) and can still be
// caught for a while: windows last mu on average, taken as exponential. A look at
// time t after one at t0 is worth
//
//	K(t) = Int_t0^t lambda(s) (u/mu) exp(-u/mu) ds,   u = t-s
//
// which for a constant lambda is lambda mu (1 - exp(-x)(1+x)), x = (t-t0)/mu: the
// marginal gain of a schedule with that interval, so the best schedule holds K
// equal over all pages, and asking for the page with the largest K does that.
// (The expected catch itself would be the greedy choice, which is worse: it wins
// this look and loses the next ones.)
//
// The shop's profile is the same for all its targets, lambda(s) = lam prof(s), so
// the integrals are done once per host. With
//
//	A(t) = Int prof(s) exp(-u/mu) ds / mu,   B(t) = Int prof(s) (u/mu) exp(-u/mu) ds / mu
//
// over all of the past, what lies after t0 is
//
//	K(t) = lam mu (B(t) - exp(-x) (B(t0) + x A(t0)))
//
// and what a pick reads of a page is made of A(t0), B(t0), t0 and the sum of value
// times lam over its targets that are out of stock.

// pulse is A and B of one host, and the reference time of its scores.
type pulse struct {
	mu   float64 // seconds
	at   int64   // when a and b are
	a, b float64
	ref  int64 // scores count time from here
}

// maxShift is after how many mu the reference moves, which keeps exp(t/mu) well
// inside of a float64.
const maxShift = 200

func newPulse() pulse { return pulse{mu: firstMu, a: 1, b: 1} }

// advance moves A and B to time t.
func (p *pulse) advance(t int64, prof *profile) {
	if p.at == 0 || seconds(t-p.at) > 20*p.mu || t < p.at {
		p.at = max(t-int64(20*p.mu*1e9), 1) // older times have no weight
		p.a, p.b = 1, 1
	}
	for p.at < t {
		bin, end := prof.bin(p.at)
		end = min(end, t)
		x := seconds(end-p.at) / p.mu
		d, level := math.Exp(-x), float64(prof.level(bin))
		p.b = d*(p.b+p.a*x) + level*(1-d*(1+x))
		p.a = d*p.a + level*(1-d)
		p.at = end
	}
}

// score is what a pick needs of a page, in a form that costs a few operations.
// With r = ref, v = value lam, y = (t-r)/mu and g = exp((t0-r)/mu) the index
//
//	v (B(t) - exp(-(t-t0)/mu) (B(t0) + (t-t0)/mu A(t0)))
//
// is w B(t) - p exp(-y) - q y exp(-y).
type score struct {
	w    float64 // v, summed over its targets that are out of stock
	p    float64 // v g (B(t0) - (t0-r)/mu A(t0))
	q    float64 // v g A(t0)
	from int64   // not before: its MinInterval
	must int64   // not without a reason after: see Host.must
}

// weigh sets the parts that decide the index, for a page last looked at t0.
func (s *score) weigh(v float64, pu *pulse, t0 int64, a, b float64) {
	y := seconds(t0-pu.ref) / pu.mu
	g := v * math.Exp(min(y, maxShift+1))
	s.w, s.p, s.q = v, g*(b-y*a), g*a
}

// moment is what all pages' indices at one time have in common.
type moment struct{ b, fade, slope float64 }

func (p *pulse) moment(t int64) moment {
	y := seconds(t-p.ref) / p.mu
	fade := math.Exp(-y)
	return moment{p.b, fade, y * fade}
}

func (s *score) index(m *moment) float64 { return s.w*m.b - s.p*m.fade - s.q*m.slope }

// pulseK is the index of a hazard 1/tau exp(-(s-from)/tau) that began at from,
// for a page last looked at t0, divided by mu like all scores.
func pulseK(t, t0, from int64, tau, mu float64) float64 {
	start := max(t0, from)
	if start >= t {
		return 0
	}
	// Int_0^U u exp(-c u) du, with the rate at t in front
	u, c := seconds(t-start), 1/mu-1/tau
	area := u * u / 2
	if cu := c * u; math.Abs(cu) > 1e-3 {
		area = (1 - math.Exp(-cu)*(1+cu)) / (c * c)
	}
	return math.Exp(-seconds(t-from)/tau) / tau * area / (mu * mu)
}

// blockK is the index of a hazard of one per second from one time to another.
func blockK(t, t0, from, to int64, mu float64) float64 {
	from, to = max(from, t0), min(to, t)
	if from >= to {
		return 0
	}
	x, y := seconds(t-to)/mu, seconds(t-from)/mu
	return (1+x)*math.Exp(-x) - (1+y)*math.Exp(-y)
}

func seconds(ns int64) float64 { return float64(ns) * 1e-9 }
