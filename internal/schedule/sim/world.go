// Package sim measures schedules in made-up worlds: shops whose goods come and
// go for minutes, a budget of one request per host and two seconds, and the
// question which of the windows a schedule catches.
//
// The worlds know nothing of the schedules and the schedules nothing of the
// worlds; the one called "ours" is package schedule, as the watcher runs it. What
// the worlds have in common with real shops is assumed: they say which schedule
// is better, not what a real shop does. Replay does the same with windows that
// were really seen.
//
// It does no I/O and takes no time from a clock: a world and a seed always give
// the same rows.
package sim

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

const (
	day      = 86400.0 // seconds
	slot     = 2.0     // seconds between two requests of a host
	days     = 21
	week     = 7 * day // in which nothing is judged yet
	mergeGap = 5.0     // windows that are closer are one
	maxRate  = 12.0    // per day
)

// World is what windows are drawn from.
type World struct {
	Name      string
	About     string
	Hosts     int
	Targets   int     // per host
	Sigma     float64 // of the logarithm of the rates
	Rate      float64 // mean restocks per day and target
	Scheduled float64 // part of the restocks at the shop's own times of day
	Cross     float64 // chance that another shop restocks the product soon after
	Flap      float64 // chance that something comes back a quarter of an hour after a sell-out
	Median    float64 // length of a window in seconds
}

// Worlds returns W0 to W7.
func Worlds() []World {
	return []World{
		{"W0", "control: equal rates", 2, 300, 0, 0.2, 0, 0, 0, 240},
		{"W1", "rates differ only", 2, 300, 1.5, 0.2, 0, 0, 0, 240},
		{"W2", "base", 2, 300, 1.5, 0.2, 0.5, 0, 0.15, 240},
		{"W3", "schedule-heavy", 2, 300, 1.0, 0.2, 0.85, 0, 0.10, 240},
		{"W4", "cross-shop", 4, 200, 1.5, 0.1, 0.4, 0.3, 0.15, 240},
		{"W5", "flap, short windows", 2, 300, 1.5, 0.2, 0.4, 0, 0.45, 120},
		{"W6", "base, 60 targets per host", 6, 60, 1.5, 0.2, 0.5, 0, 0.15, 240},
		{"W7", "base, 1000 targets per host", 1, 1000, 1.5, 0.2, 0.5, 0, 0.15, 240},
	}
}

// window is a time in which something is in stock, in seconds from the start.
type window struct{ open, close float64 }

// truth is a world that was drawn: what happens, and by which rates.
type truth struct {
	hosts []shop
	days  float64
	// judged is the time from which windows count; earlier ones are week 1.
	judged float64
	// Of the chances that made it; only the known-rates rivals look at them.
	cross, flap, mu float64
}

type shop struct {
	step    float64 // seconds between two requests
	targets []item
	profile [720]float64 // relative hazard per two minutes of the day, mean 1
}

type item struct {
	product string
	rate    float64 // per second
	windows []window
}

// cycle is how long a round of all targets takes.
func (s *shop) cycle() float64 { return s.step * float64(len(s.targets)) }

// draw makes a world. Equal seeds give equal worlds.
func (w World) draw(seed uint64) *truth {
	r := rand.New(rand.NewPCG(seed, hash(w.Name)))
	t := &truth{days: days, judged: week, cross: w.Cross, flap: w.Flap, mu: 1.3 * w.Median, hosts: make([]shop, w.Hosts)}
	first := make([][][]window, w.Hosts) // of a host and target, before others follow from them
	for i := range t.hosts {
		s := &t.hosts[i]
		s.step = slot
		times := drawTimes(r)
		s.profile = w.profile(times)
		for j := range w.Targets {
			rate := min(w.Rate*math.Exp(w.Sigma*r.NormFloat64()-w.Sigma*w.Sigma/2), maxRate)
			s.targets = append(s.targets, item{product: productName(j), rate: rate / day})
			first[i] = append(first[i], w.restocks(r, rate, times))
		}
	}
	for i := range t.hosts {
		for j := range t.hosts[i].targets {
			t.hosts[i].targets[j].windows = slices.Clone(first[i][j])
		}
	}
	w.cross(r, t, first)
	for i := range t.hosts {
		for j := range t.hosts[i].targets {
			x := &t.hosts[i].targets[j]
			x.windows = tidy(w.flaps(r, x.windows))
		}
	}
	return t
}

// drawTimes draws a shop's times of day for putting goods on sale.
func drawTimes(r *rand.Rand) []float64 {
	hours := []float64{0, 10, 12, 15, 17, 18, 20, 21}
	n := 1 + r.IntN(3)
	r.Shuffle(len(hours), func(i, j int) { hours[i], hours[j] = hours[j], hours[i] })
	for i := range hours[:n] {
		hours[i] *= 3600
	}
	return hours[:n]
}

// restocks draws the windows of a target that nothing else causes.
func (w World) restocks(r *rand.Rand, rate float64, times []float64) (list []window) {
	for d := range days {
		for range poisson(r, rate) {
			at := diurnal(r)
			if r.Float64() < w.Scheduled {
				at = times[r.IntN(len(times))] + math.Abs(45*r.NormFloat64())
			}
			list = append(list, w.window(r, float64(d)*day+at, w.Median))
		}
	}
	return list
}

func (w World) window(r *rand.Rand, at, median float64) window {
	return window{at, at + max(15, median*math.Exp(r.NormFloat64()))}
}

// cross lets other shops follow the restocks of one.
func (w World) cross(r *rand.Rand, t *truth, first [][][]window) {
	for i := range first {
		for j, list := range first[i] {
			for _, x := range list {
				for k := range t.hosts {
					if k != i && r.Float64() < w.Cross {
						o := &t.hosts[k].targets[j]
						o.windows = append(o.windows, w.window(r, x.open+1200*r.ExpFloat64(), w.Median))
					}
				}
			}
		}
	}
}

// flaps lets goods come back after a sell-out.
func (w World) flaps(r *rand.Rand, list []window) []window {
	for i := 0; i < len(list); i++ {
		if r.Float64() < w.Flap {
			list = append(list, w.window(r, list[i].close+900+90*r.NormFloat64(), w.Median/2))
		}
	}
	return list
}

// tidy sorts windows and joins those that touch.
func tidy(list []window) []window {
	slices.SortFunc(list, func(a, b window) int { return cmp.Compare(a.open, b.open) })
	out := list[:0]
	for _, x := range list {
		if n := len(out); n > 0 && x.open < out[n-1].close+mergeGap {
			out[n-1].close = max(out[n-1].close, x.close)
		} else {
			out = append(out, x)
		}
	}
	return out
}

// dayParts are the densities of restocks over the day that nobody scheduled.
var dayParts = [...]struct{ from, to, density float64 }{{0, 9, 0.15}, {9, 19, 1}, {19, 24, 0.6}}

func diurnal(r *rand.Rand) float64 {
	var sum float64
	for _, p := range dayParts {
		sum += p.density * (p.to - p.from)
	}
	x := r.Float64() * sum
	for _, p := range dayParts {
		if part := p.density * (p.to - p.from); x < part {
			return (p.from + x/p.density) * 3600
		} else {
			x -= part
		}
	}
	return day - 1
}

// profile is the relative hazard of the restocks over the day.
func (w World) profile(times []float64) (p [720]float64) {
	const bin = 120.0
	var sum float64
	for _, d := range dayParts {
		sum += d.density * (d.to - d.from)
	}
	for b := range p {
		hour := (float64(b) + 0.5) / 30
		for _, d := range dayParts {
			if hour >= d.from && hour < d.to {
				p[b] = (1 - w.Scheduled) * d.density / sum * 24
			}
		}
	}
	for _, at := range times {
		for k := range 3 {
			part := math.Erf(float64(k+1)*bin/45/math.Sqrt2) - math.Erf(float64(k)*bin/45/math.Sqrt2)
			p[(int(at/bin)+k)%720] += w.Scheduled * part / float64(len(times)) * 720
		}
	}
	return p
}

// poisson draws a number of events; mean is small.
func poisson(r *rand.Rand, mean float64) (n int) {
	for p := r.Float64(); p > math.Exp(-mean); n++ {
		p *= r.Float64()
	}
	return n
}
