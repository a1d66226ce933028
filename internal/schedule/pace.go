package schedule

import "time"

// pace says how often a host is asked: once per gap, the gap being what its
// pages' intervals add up to, but never less than every.
//
// A host that refuses is asked less often, and slowly as often as before again:
// its rate is multiplied by slower when it begins to refuse and grows by faster of
// the full rate with every answer. No page is dropped for that, all wait longer.
// While it goes on refusing the rate stays: how long to leave it alone altogether
// is not this package's to say.
type pace struct {
	every  int64   // the host's own gap
	gap    int64   // the budget's: at least every
	rate   float64 // share of the budget that the host bears, (0, 1]
	token  int64   // the next request is due, the host's own gap apart
	newest int64   // start of the latest look at any page
	cross  bool    // the last look was refused
}

const (
	slower  = 0.7
	faster  = 0.01
	slowest = 1.0 / 16
)

func newPace(every time.Duration) pace {
	e := max(int64(every), 0)
	return pace{every: e, gap: e, rate: 1}
}

// spread sets the budget to a number of requests per nanosecond, the latest of
// which was made at looked, by whomever.
func (p *pace) spread(load float64, looked int64) {
	p.gap = p.every
	if load > 0 {
		p.gap = max(p.every, int64(1/load))
	}
	if looked > 0 {
		p.token = max(p.newest, looked) + p.step()
	}
}

// step is the gap that the host bears at present.
func (p *pace) step() int64 { return int64(float64(p.gap) / p.rate) }

// soonest is when the host may be asked at all.
func (p *pace) soonest() int64 {
	if p.newest == 0 {
		return 0
	}
	return p.newest + p.every
}

// next is when the budget allows for the next request.
func (p *pace) next() int64 { return max(p.soonest(), p.token) }

// asked notes a look. One that came late does not move all later ones: up to one
// gap is made up for.
func (p *pace) asked(at int64) {
	p.newest = max(p.newest, at)
	step := p.step()
	p.token = max(p.token, at-step) + step
}

// answered notes how the host took a look.
func (p *pace) answered(refused bool) {
	switch {
	case !refused:
		p.rate = min(p.rate+faster, 1)
	case !p.cross:
		p.rate = max(p.rate*slower, slowest)
	}
	p.cross = refused
}

// share bounds a kind of request to half of a host's, apart from short bursts.
type share struct{ left float32 }

const (
	shareEach  = 0.5 // earned with every request
	shareBurst = 8
)

func newShare() share { return share{shareBurst} }

func (s *share) open() bool { return s.left >= 1 }

// spend notes a request and whether it was of the kind.
func (s *share) spend(kind bool) {
	s.left = min(s.left+shareEach, shareBurst)
	if kind {
		s.left--
	}
}
