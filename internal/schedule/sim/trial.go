package sim

import "time"

// Trial is a world that somebody else asks, such as the real watcher in a test,
// and that is scored like a policy.
type Trial struct {
	world  string
	seed   uint64
	t      *truth
	sights [][]sight
	c      count
}

// NewTrial draws a world that lasts for span; windows that open in its first part,
// learning, are not judged.
func NewTrial(w World, seed uint64, span, learning time.Duration) *Trial {
	t := w.draw(seed)
	t.days, t.judged = span.Seconds()/day, learning.Seconds()
	return &Trial{world: w.Name, seed: seed, t: t, sights: t.sights(), c: count{from: t.judged}}
}

// Midnight is when worlds begin, in the shops' time.
func Midnight() time.Time { return midnight }

// Look looks at a target, named by the places of its host and its own, and tells
// whether it is in stock. Looks at one target come in their order.
func (x *Trial) Look(host, target int, since time.Duration) (in bool) {
	s, now := &x.sights[host][target], since.Seconds()
	shop := &x.t.hosts[host]
	x.c.look(s, shop.targets[target].windows, now, shop.cycle())
	return s.in
}

// Row is what came of the looks.
func (x *Trial) Row() Row {
	c := x.c
	c.end(x.t, x.sights)
	return Row{
		World: x.world, Policy: "trial", Seed: x.seed, Windows: c.judged, InTime: ratio(c.inTime, c.judged), Within60: ratio(c.within60, c.judged),
		Delay: c.delay / max(1, float64(c.judged)), LongestGap: c.longest, Week1: ratio(c.week1InTime, c.week1),
	}
}

// Rows is what policies make of the same world.
func (x *Trial) Rows(policies ...Policy) []Row { return runAll(x.world, x.seed, x.t, policies) }
