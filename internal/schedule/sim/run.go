package sim

import (
	"hash/fnv"
	"math"
	"runtime"
	"strconv"
	"sync"
)

// Row is what a policy made of a world. The parts are of the windows that opened
// after the first week; week 1 is how it does while it knows nothing yet.
type Row struct {
	World      string  `json:"world"`
	Policy     string  `json:"policy"`
	Seed       uint64  `json:"seed"`
	InTime     float64 `json:"in_time"`                 // part seen at least 30 s before they closed
	Within60   float64 `json:"within_60s"`              // part seen within 60 s of their opening
	Delay      float64 `json:"restricted_mean_delay_s"` // missed windows count in full, none more than 600 s
	LongestGap float64 `json:"longest_gap_cycles"`      // between two looks at one target, after day 1
	Week1      float64 `json:"week1_in_time"`
	Windows    int     `json:"windows"` // that were judged
}

// Policy names a schedule.
type Policy string

// The policies.
const (
	Uniform Policy = "uniform" // round robin
	Static  Policy = "static"  // the best fixed intervals for the true rates
	Ours    Policy = "ours"    // package schedule
	Oracle  Policy = "oracle"  // the index, told all that made the world
)

// Policies returns all policies, uniform first.
func Policies() []Policy { return []Policy{Uniform, Static, Ours, Oracle} }

// Simulate runs policies, uniform first, in worlds drawn with each seed.
func Simulate(worlds []World, seeds []uint64, policies []Policy) []Row {
	type job struct {
		world World
		seed  uint64
	}
	var jobs []job
	for _, w := range worlds {
		for _, s := range seeds {
			jobs = append(jobs, job{w, s})
		}
	}
	results := make([][]Row, len(jobs))
	var group sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := range next {
				results[i] = runAll(jobs[i].world.Name, jobs[i].seed, jobs[i].world.draw(jobs[i].seed), policies)
			}
		})
	}
	for i := range jobs {
		next <- i
	}
	close(next)
	group.Wait()
	var rows []Row
	for _, r := range results {
		rows = append(rows, r...)
	}
	return rows
}

// runAll runs policies in one world. The number of windows that the first one
// judges is what all parts are of: whoever never looks is not to gain by it.
func runAll(world string, seed uint64, t *truth, policies []Policy) []Row {
	var rows []Row
	var all, allWeek1 int
	for i, name := range policies {
		c := run(t, newPolicy(name, t))
		if i == 0 {
			all, allWeek1 = c.judged, c.week1
		}
		rows = append(rows, Row{
			World: world, Policy: string(name), Seed: seed, Windows: c.judged,
			InTime: ratio(c.inTime, all), Within60: ratio(c.within60, all), Delay: c.delay / math.Max(1, float64(c.judged)),
			LongestGap: c.longest, Week1: ratio(c.week1InTime, allWeek1),
		})
	}
	return rows
}

func ratio(a, b int) float64 { return float64(a) / math.Max(1, float64(b)) }

// policy decides whom to ask. Hosts and targets are named by their places.
type policy interface {
	// ask returns the target to ask at now, or -1.
	ask(host int, now float64) int
	saw(host, target int, now float64, in bool)
}

func newPolicy(name Policy, t *truth) policy {
	switch name {
	case Static:
		return newStatic(t)
	case Ours:
		return newOurs(t)
	case Oracle:
		return newOracle(t)
	default:
		return newUniform(t)
	}
}

// count is what came of a run.
type count struct {
	from                     float64 // windows that open earlier are week 1
	judged, inTime, within60 int
	delay                    float64
	week1, week1InTime       int
	longest                  float64
}

// sight is what a policy has seen of a target.
type sight struct {
	next  int // its first window that has not been judged
	in    bool
	found float64 // when the window next was detected; negative: it was not
	last  float64 // look
}

// run lets a policy spend the budget of all hosts until the end.
func run(t *truth, p policy) count {
	c := count{from: t.judged}
	sights := t.sights()
	due := make([]float64, len(t.hosts))
	end := t.days * day
	for now := 0.0; now < end; now += slot {
		for i := range t.hosts {
			s := &t.hosts[i]
			if now < due[i] {
				continue
			}
			due[i] += s.step
			j := p.ask(i, now)
			if j < 0 {
				continue
			}
			x := &sights[i][j]
			c.look(x, s.targets[j].windows, now, s.cycle())
			p.saw(i, j, now, x.in)
		}
	}
	c.end(t, sights)
	return c
}

// sights returns what is seen of all targets before the first look: they were all
// looked at in the cycle before.
func (t *truth) sights() [][]sight {
	sights := make([][]sight, len(t.hosts))
	for i := range t.hosts {
		s := &t.hosts[i]
		for j := range s.targets {
			sights[i] = append(sights[i], sight{found: -1, last: -s.cycle() * float64(j+1) / float64(len(s.targets))})
		}
	}
	return sights
}

// end counts the waits that the end cut off.
func (c *count) end(t *truth, sights [][]sight) {
	for i := range t.hosts {
		for j := range sights[i] {
			c.gap(t.days*day-sights[i][j].last, t.hosts[i].cycle())
		}
	}
}

// look lets a target be seen at now.
func (c *count) look(x *sight, windows []window, now, cycle float64) {
	if now > c.from/week*day {
		c.gap(now-x.last, cycle)
	}
	x.last = now
	for x.next < len(windows) && windows[x.next].close <= now {
		c.judge(windows[x.next], x.found)
		x.next++
		x.found = -1
	}
	in := x.next < len(windows) && windows[x.next].open <= now
	if in && !x.in {
		x.found = now
	}
	x.in = in
}

func (c *count) gap(wait, cycle float64) { c.longest = max(c.longest, wait/cycle) }

// judge counts a window that is over. It is seen if a look was inside it and the
// look before it saw nothing in stock.
func (c *count) judge(w window, found float64) {
	seen := found >= 0
	inTime := seen && w.close-found >= 30
	if w.open < c.from {
		c.week1++
		if inTime {
			c.week1InTime++
		}
		return
	}
	c.judged++
	delay := min(w.close-w.open, 600)
	if seen {
		delay = min(found-w.open, 600)
		if found-w.open <= 60 {
			c.within60++
		}
	}
	if inTime {
		c.inTime++
	}
	c.delay += delay
}

func productName(i int) string { return "p" + strconv.Itoa(i) }

func hash(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s)) // never fails
	return h.Sum64()
}
