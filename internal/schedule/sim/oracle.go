package sim

import "math"

// oracle asks for the target with the largest index, like package schedule, but
// is told the true rates, profile and chances, and steps through time instead of
// solving integrals: an independent view of what learning could reach at best.
type oracle struct {
	t     *truth
	hosts []oracleHost
	place []map[string]int // of a product, per host
}

type oracleHost struct {
	targets []oracleTarget
	stepped float64
	mu      float64
}

type oracleTarget struct {
	v, k, rate   float32
	in           bool
	last         float64
	crossed, out float64 // another shop restocked, sold out; negative: never
}

const (
	never     = -1e9
	crossTau  = 1200.0
	flapFrom  = 600.0
	flapTo    = 1200.0
	nearest   = 10.0
	inRecheck = 120.0
)

func newOracle(t *truth) *oracle {
	o := &oracle{t: t}
	for i := range t.hosts {
		s := &t.hosts[i]
		h := oracleHost{mu: t.mu}
		place := make(map[string]int)
		for j, x := range s.targets {
			h.targets = append(h.targets, oracleTarget{
				rate: float32(x.rate), last: -s.cycle() * float64(j+1) / float64(len(s.targets)), crossed: never, out: never,
			})
			place[x.product] = j
		}
		o.hosts = append(o.hosts, h)
		o.place = append(o.place, place)
	}
	return o
}

func (o *oracle) ask(host int, now float64) int {
	h, s := &o.hosts[host], &o.t.hosts[host]
	h.step(now, float32(s.profile[int(math.Mod(now, day)/120)]), o.t)
	floor := 6 * s.cycle()
	oldestIn, oldestOut, best := -1, -1, -1
	for i := range h.targets {
		x := &h.targets[i]
		age := now - x.last
		switch {
		case x.in:
			if age >= inRecheck && (oldestIn < 0 || x.last < h.targets[oldestIn].last) {
				oldestIn = i
			}
		case age >= floor:
			if oldestOut < 0 || x.last < h.targets[oldestOut].last {
				oldestOut = i
			}
		case age >= nearest && (best < 0 || x.k > h.targets[best].k):
			best = i
		}
	}
	switch {
	case oldestIn >= 0:
		return oldestIn
	case oldestOut >= 0:
		return oldestOut
	default:
		return best
	}
}

// step moves V and K of all targets to now, see package schedule's index.go.
func (h *oracleHost) step(now float64, level float32, t *truth) {
	x := (now - h.stepped) / h.mu
	h.stepped = now
	d := math.Exp(-x)
	keep, turn := float32(d), float32(d*x)
	gainK, gainV := float32(h.mu*(1-d*(1+x))), float32(h.mu*(1-d))
	for i := range h.targets {
		y := &h.targets[i]
		hazard := y.rate * level
		if since := now - y.crossed; since < 4*crossTau {
			hazard += float32(t.cross / crossTau * math.Exp(-since/crossTau))
		}
		if since := now - y.out; since > flapFrom && since < flapTo {
			hazard += float32(t.flap / (flapTo - flapFrom))
		}
		y.k = keep*y.k + turn*y.v + hazard*gainK
		y.v = keep*y.v + hazard*gainV
	}
}

func (o *oracle) saw(host, target int, now float64, in bool) {
	x := &o.hosts[host].targets[target]
	switch {
	case in && !x.in && o.t.cross > 0:
		for i := range o.hosts {
			if j, ok := o.place[i][o.t.hosts[host].targets[target].product]; ok && i != host {
				if y := &o.hosts[i].targets[j]; now-y.crossed > 4*crossTau {
					y.crossed = now
				}
			}
		}
	case !in && x.in:
		x.out = now
	}
	x.last, x.v, x.k, x.in = now, 0, 0, in
}
