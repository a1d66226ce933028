package sim

import "math"

// uniform asks in turn.
type uniform struct {
	sizes, next []int
}

func newUniform(t *truth) *uniform {
	u := &uniform{next: make([]int, len(t.hosts))}
	for i := range t.hosts {
		u.sizes = append(u.sizes, len(t.hosts[i].targets))
		u.next[i] = u.sizes[i] - 1 // whoever was asked longest ago
	}
	return u
}

func (u *uniform) ask(host int, _ float64) int {
	i := u.next[host]
	u.next[host] = (i + u.sizes[host] - 1) % u.sizes[host]
	return i
}

func (u *uniform) saw(int, int, float64, bool) {}

// static asks each target at an interval of its own, which is the best one for
// the rate that it truly has.
type static struct{ hosts [][]timed }

type timed struct{ last, perCycle float64 } // perCycle: 1/interval

func newStatic(t *truth) *static {
	s := &static{}
	for i := range t.hosts {
		h := &t.hosts[i]
		n := len(h.targets)
		lo, hi := 0.0, maxRate*t.mu
		for range 60 { // the price of a request at which the budget is spent
			c := (lo + hi) / 2
			var load float64
			for _, x := range h.targets {
				load += 1 / bestInterval(x.rate*t.mu, t.mu, c, h.cycle())
			}
			if load > 1/h.step {
				lo = c
			} else {
				hi = c
			}
		}
		list := make([]timed, n)
		for j, x := range h.targets {
			list[j] = timed{-h.cycle() * float64(j+1) / float64(n), 1 / bestInterval(x.rate*t.mu, t.mu, hi, h.cycle())}
		}
		s.hosts = append(s.hosts, list)
	}
	return s
}

// bestInterval solves gain (1 - exp(-x)(1+x)) = price for x = interval/mu; it is
// six cycles at most.
func bestInterval(gain, mu, price, cycle float64) float64 {
	lo, hi := 0.0, 6*cycle/mu
	if gain*(1-math.Exp(-hi)*(1+hi)) <= price {
		return 6 * cycle
	}
	for range 50 {
		x := (lo + hi) / 2
		if gain*(1-math.Exp(-x)*(1+x)) < price {
			lo = x
		} else {
			hi = x
		}
	}
	return max(hi*mu, 1e-6)
}

func (s *static) ask(host int, now float64) int {
	best, rank := 0, -1.0
	for i, x := range s.hosts[host] {
		if r := (now - x.last) * x.perCycle; r > rank {
			best, rank = i, r
		}
	}
	return best
}

func (s *static) saw(host, target int, now float64, _ bool) { s.hosts[host][target].last = now }
