// Package history makes of a watch's records what a person asks of its past: what it
// was when, at what price, how long it could be bought each time, and at which hours
// it came back.
//
// It is pure. A time of which nothing is known stays one: neither in stock nor out of
// it, and in no sum.
package history

import (
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// State is what was known of a watch for a while.
type State string

// The states.
const (
	Unknown State = "unknown" // it could not be read, or did not say
	Out     State = "out"
	Order   State = "order" // it could be ordered
	In      State = "in"
)

// Point is what was known from a moment on, until the next point.
type Point struct {
	At        time.Time
	State     State
	Price     stock.Price
	Effective stock.Price  // what it costs in the end, where that is known
	Entry     *stock.Entry // the record that says so; nil for the begin of a gap
}

// Series makes the points of a watch from its records, oldest first. effective
// reckons what an offer cost in the end; it may be nil.
func Series(records []stock.Entry, effective func(stock.Change) stock.Price) []Point {
	var points []Point
	for i := range records {
		r := &records[i]
		c := r.Change
		if gap := gapBefore(c); !gap.IsZero() && gap.Before(c.ObservedAt) && (len(points) == 0 || gap.After(points[len(points)-1].At)) {
			points = append(points, Point{At: gap, State: Unknown})
		}
		p := Point{At: c.ObservedAt, State: stateOf(c), Price: priceOf(c), Entry: r}
		if effective != nil {
			p.Effective = effective(c)
		}
		points = append(points, p)
	}
	slices.SortStableFunc(points, func(a, b Point) int { return a.At.Compare(b.At) })
	return points
}

func priceOf(c stock.Change) stock.Price {
	if c.Price.Known() {
		return c.Price
	}
	return c.Offer.Price
}

// gapBefore returns since when a record says that nothing is known, zero when it says
// something.
func gapBefore(c stock.Change) time.Time {
	switch {
	case c.Problem != nil:
		return c.Problem.Since
	case c.Clarity != nil:
		return c.Clarity.Since
	}
	return time.Time{}
}

func stateOf(c stock.Change) State {
	switch {
	case c.Problem != nil, c.Clarity != nil, c.Availability == stock.Unknown:
		return Unknown
	case c.Availability.Group() == stock.Now:
		return In
	case c.Availability.Group() == stock.Later:
		return Order
	}
	return Out
}

// Window is a time in which a watch could be bought or ordered.
type Window struct {
	From, To time.Time // To is zero while it is open
	Whole    bool      // both its ends were seen
}

// Windows returns the windows of a series, oldest first. One that begins or ends in a
// time of which nothing is known is not whole.
func Windows(points []Point) []Window {
	var list []Window
	var open *Window
	var before State
	for i, p := range points {
		can := p.State == In || p.State == Order
		switch {
		case can && open == nil:
			open = &Window{From: p.At, Whole: i > 0 && before == Out}
		case !can && open != nil:
			open.To, open.Whole = p.At, open.Whole && p.State == Out
			list, open = append(list, *open), nil
		}
		before = p.State
	}
	if open != nil {
		open.Whole = false
		list = append(list, *open)
	}
	return list
}

// Summary is a product's past in a few facts.
type Summary struct {
	Lowest      stock.Price // while it could be bought or ordered
	LowestAt    time.Time
	Typical     stock.Price   // half of the time in which it could be bought it cost at most that
	Windows     int           // whose both ends were seen
	UsuallyGone time.Duration // half of the windows were shorter
	Restocks    [7][24]int    // by weekday and hour of the shop's clock, Sunday first
	Restocked   int           // how often in all
}

// Summarize sums up the series of a product's watches. zone tells the clock of the
// shop of each.
func Summarize(series [][]Point, zone func(i int) *time.Location, now time.Time) Summary {
	var s Summary
	var lengths []time.Duration
	var paid []weighed
	for i, points := range series {
		for _, w := range Windows(points) {
			if w.Whole {
				lengths = append(lengths, w.To.Sub(w.From))
			}
		}
		s.restocks(points, zone(i))
		paid = append(paid, s.prices(points, now)...)
	}
	s.Windows = len(lengths)
	if len(lengths) > 0 {
		slices.Sort(lengths)
		s.UsuallyGone = lengths[len(lengths)/2]
	}
	s.Typical = middle(paid)
	return s
}

func (s *Summary) restocks(points []Point, zone *time.Location) {
	var before State
	for i, p := range points {
		if i > 0 && before == Out && (p.State == In || p.State == Order) {
			at := p.At.In(zone)
			s.Restocks[at.Weekday()][at.Hour()]++
			s.Restocked++
		}
		before = p.State
	}
}

// weighed is a price with the time for which it was asked.
type weighed struct {
	price  stock.Price
	lasted time.Duration
}

func (s *Summary) prices(points []Point, now time.Time) (paid []weighed) {
	for i, p := range points {
		if p.State != In && p.State != Order || !p.Price.Known() {
			continue
		}
		if !s.Lowest.Known() || p.Price.Comparable(s.Lowest) && p.Price.Minor < s.Lowest.Minor {
			s.Lowest, s.LowestAt = p.Price, p.At
		}
		end := now
		if i+1 < len(points) {
			end = points[i+1].At
		}
		paid = append(paid, weighed{p.Price, max(time.Second, end.Sub(p.At))})
	}
	return paid
}

// middle returns the price below which half of the time lies, of the currency that
// most of it has.
func middle(paid []weighed) stock.Price {
	by := map[string]time.Duration{}
	for _, w := range paid {
		by[w.price.Currency] += w.lasted
	}
	currency, most := "", time.Duration(0)
	for c, d := range by {
		if d > most || d == most && c < currency {
			currency, most = c, d
		}
	}
	paid = slices.DeleteFunc(slices.Clone(paid), func(w weighed) bool { return w.price.Currency != currency })
	slices.SortFunc(paid, func(a, b weighed) int { return int(min(1, max(-1, a.price.Minor-b.price.Minor))) })
	sum := time.Duration(0)
	for _, w := range paid {
		if sum += w.lasted; 2*sum >= most {
			return w.price
		}
	}
	return stock.Price{}
}
