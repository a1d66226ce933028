package schedule

import (
	"math"
	"time"
)

// A profile is how a shop's restocks spread over its day, in bins of two minutes
// with mean 1. Many shops put goods on sale at the full hour; one learns from its
// restocks at which. The profile is a ratio of restocks seen to restocks
// expected by coverage, not a count: we look more often when we expect more, and
// must not mistake our own looks for the shop's habits.
type profile struct {
	zone   *time.Location
	day    int64 // the local day for which offset was asked
	offset int64 // of local time, in seconds
	bins   *profileBins
}

type profileBins struct {
	level [binsPerDay]float32 // mean 1
	n     [binsPerDay]float32 // restocks seen
	e     [binsPerDay]float32 // restocks expected with level 1
}

const (
	binsPerDay    = 720
	binSeconds    = 86400 / binsPerDay
	profileWeight = 1.5  // of the prior, in expected restocks per bin
	nightly       = 0.97 // what is kept of old counts each night: a shop may change its habits
	// profileTargets is from how many targets on a shop's profile is learned: with
	// fewer it would be noise, at 9 KB each.
	profileTargets = 24
)

// japan has no daylight saving time; shops that know no zone are there.
func japan() *time.Location { return time.FixedZone("JST", 9*3600) }

// local returns the second of the local time scale.
func (p *profile) local(t int64) int64 {
	s := t / 1e9
	if day := s / 3600; day != p.day { // offsets change on the hour, if ever
		p.day = day
		_, offset := time.Unix(s, 0).In(p.zone).Zone()
		p.offset = int64(offset)
	}
	return s + p.offset
}

// bin returns the bin of a time and the time at which it ends.
func (p *profile) bin(t int64) (bin int, end int64) {
	s := p.local(t)
	left := binSeconds - s%binSeconds
	return int(s % 86400 / binSeconds), (t/1e9 + left) * 1e9
}

func (p *profile) level(bin int) float32 {
	if p.bins == nil {
		return priorLevel(bin)
	}
	return p.bins.level[bin]
}

// priorMean is the mean of the weights in priorLevel over the day.
const priorMean = (15*(5+29) + 9*30*0.4) / binsPerDay

// priorLevel is what is expected of a shop of which nothing is known: little at
// night, much in the first two minutes of the hours of the day.
func priorLevel(bin int) float32 {
	switch hour := bin * 24 / binsPerDay; {
	case hour < 9:
		return 0.4 / priorMean
	case bin%(binsPerDay/24) == 0:
		return 5 / priorMean
	default:
		return 1 / priorMean
	}
}

func newProfileBins() *profileBins {
	b := new(profileBins)
	b.settle()
	return b
}

// settle makes the levels of the counts.
func (b *profileBins) settle() {
	var sum float64
	for i := range b.level {
		b.level[i] = (b.n[i] + profileWeight*priorLevel(i)) / (b.e[i] + profileWeight)
		sum += float64(b.level[i])
	}
	for i := range b.level {
		b.level[i] *= float32(binsPerDay / sum)
	}
}

// fadeOut forgets a little of the past.
func (b *profileBins) fadeOut() {
	for i := range b.n {
		b.n[i] *= nightly
		b.e[i] *= nightly
	}
}

// coverage is how much of the restocks between two looks the second could see:
// of those that began u ago, exp(-u/mu) are still there.
type coverage struct {
	sum  float64 // effective exposure in seconds, weighted by the profile
	bins []binCoverage
}

type binCoverage struct {
	bin   int
	plain float64 // effective exposure within the bin
}

// coverSpan is how far back a look can see, in mu.
const coverSpan = 2.5

// cover returns the coverage of a look at t after one at t0. Its bins are only
// valid until the next call.
func (s *shop) cover(t0, t int64, mu float64) coverage {
	c := coverage{bins: s.scratch[:0]}
	from := max(t0, t-int64(coverSpan*mu*1e9))
	for from < t {
		bin, end := s.prof.bin(from)
		end = min(end, t)
		part := mu * (math.Exp(-seconds(t-end)/mu) - math.Exp(-seconds(t-from)/mu))
		c.sum += float64(s.prof.level(bin)) * part
		c.bins = append(c.bins, binCoverage{bin, part})
		from = end
	}
	s.scratch = c.bins
	return c
}
