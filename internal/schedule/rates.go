package schedule

import (
	"math"
	"time"
)

// The rates. Restocks of a target are taken for a Poisson process with a rate of
// its own, the rates of a shop's targets for draws from one Gamma distribution
// with the shop's mean m and shape a:
//
//	mean = (a+n) / (a/m + E),   sd = sqrt(a+n) / (a/m + E),   lam = mean + sd
//
// n is the number of restocks seen and E the effective exposure: not the time
// that went by, but the part of it in which a restock would have been seen. With
// the time that went by, pages that are rarely looked at would look dead and stay
// so. The standard deviation on top gives the benefit of the doubt: what is
// little known is tried.
//
// Every night a is fitted to the shop's counts (empirical Bayes): a shop whose
// targets are all alike has a large a and treats them so.
type shop struct {
	prof    profile
	scratch []binCoverage

	sumN, sumE float64 // over all targets, also those that went
	shape      float64 // a
	lengths    lengths
	carts      carts
	trust      []trust
}

const (
	firstRate  = 0.1 / 86400 // restocks per second of a target of which nothing is known
	firstShape = 2
	minShape   = 0.2
	maxShape   = 50
	shapeFrom  = 20 // events from which a is fitted
	// halfLife is how long what was counted takes to weigh half.
	halfLife = 60.0 // days
)

func newShop(zone *time.Location) shop {
	if zone == nil {
		zone = japan()
	}
	return shop{prof: profile{zone: zone}, shape: firstShape}
}

// size prepares the shop for a number of targets.
func (s *shop) size(targets int) {
	if targets >= profileTargets && s.prof.bins == nil {
		s.prof.bins = newProfileBins()
	}
}

// mean is the rate of the shop's targets on average.
func (s *shop) mean() float64 { return (s.sumN + 1) / (s.sumE + 1/firstRate) }

// rate returns the expected rate of a target and its standard deviation.
func (s *shop) rate(t *target) (mean, sd float64) {
	n, b := s.shape+float64(t.n), s.shape/s.mean()+float64(t.e)
	return n / b, math.Sqrt(n) / b
}

// fitShape fits a by moments: counts whose variance is Poisson's alone come from
// equal rates.
func (s *shop) fitShape(targets []target) {
	if s.sumN <= shapeFrom {
		return
	}
	var squares, excess float64
	m := s.mean()
	for i := range targets {
		t := &targets[i]
		want := m * float64(t.e)
		squares += want * want
		excess += (float64(t.n)-want)*(float64(t.n)-want) - want
	}
	s.shape = maxShape
	if excess > 0 {
		s.shape = min(max(squares/excess, minShape), maxShape)
	}
}

// fadeOut forgets a little of the past.
func (s *shop) fadeOut(targets []target) {
	keep := math.Exp2(-1 / halfLife)
	s.sumN *= keep
	s.sumE *= keep
	for i := range targets {
		targets[i].n *= float32(keep)
		targets[i].e *= float32(keep)
	}
	for i := range s.trust {
		s.trust[i].fadeOut(keep)
	}
	s.carts.fadeOut(keep)
	s.lengths.fadeOut(keep)
	if s.prof.bins != nil {
		s.prof.bins.fadeOut()
		s.prof.bins.settle()
	}
}

// lengths learns for how long the shop's windows are open.
type lengths struct{ weight, sum float64 } // of the logarithms of seconds

const (
	firstMu      = 600.0 // seconds; too long costs little, too short much
	minMu        = 60.0
	maxMu        = 3600.0
	lengthsPrior = 5.0 // weight of firstMu
	// meanToMedian makes the mu of an exponential distribution of a median: 1/ln 2
	// would be exact, 1.3 is kinder to long tails.
	meanToMedian = 1.3
)

// saw notes a window that was open for some seconds and found by looks that were
// gap seconds apart. Short ones are found rarely, so they count for those missed.
func (l *lengths) saw(open, gap float64) {
	open = max(open, 10)
	w := min(max(gap/open, 1), 10)
	l.weight += w
	l.sum += w * math.Log(open)
}

func (l *lengths) mu() float64 {
	mean := (l.sum + lengthsPrior*math.Log(firstMu/meanToMedian)) / (l.weight + lengthsPrior)
	return min(max(meanToMedian*math.Exp(mean), minMu), maxMu)
}

func (l *lengths) fadeOut(keep float64) {
	l.weight *= keep
	l.sum *= keep
}
