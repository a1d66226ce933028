package schedule

import "math"

// carts learns what comes back after a sell-out, and when. Shops hold goods in a
// cart for a quarter of an hour, for an hour, or not at all, and put back what
// was not paid for.
type carts struct {
	hits  [cartBins]float32 // restocks seen, by the time since the sell-out
	cover [cartBins]float32 // sell-outs for which a restock would have been seen
}

const (
	cartBin  = 150 // seconds
	cartBins = 30
	cartSpan = cartBin * cartBins // 75 minutes
	// The prior: one sell-out in six comes back, after 10 to 20 minutes.
	cartPrior     = 2.5 // its weight in sell-outs
	cartFrom      = 4   // bins
	cartTo        = 8
	cartPriorRate = 1.0 / 6 / (cartTo - cartFrom)
	leastChance   = 0.002 // of a bin that is worth the calculation
)

// chance is that of a restock in a bin.
func (c *carts) chance(bin int) float64 {
	var prior float64
	if bin >= cartFrom && bin < cartTo {
		prior = cartPriorRate
	}
	return (float64(c.hits[bin]) + prior*cartPrior) / (float64(c.cover[bin]) + cartPrior)
}

// cartSpanOf returns the bins between two times after a sell-out.
func cartSpanOf(from, t0, t int64) (first, last int) {
	first = max(int((t0-from)/(cartBin*1e9)), 0)
	last = min(int((t-from)/(cartBin*1e9)), cartBins-1)
	return first, last
}

func (c *carts) index(t, t0, from int64, mu float64) (sum float64) {
	first, last := cartSpanOf(from, t0, t)
	for b := first; b <= last; b++ {
		if p := c.chance(b); p > leastChance {
			at := from + int64(b)*cartBin*1e9
			sum += p / cartBin * blockK(t, t0, at, at+cartBin*1e9, mu)
		}
	}
	return sum
}

// looked calls add with how likely a look at t after t0 was to see a restock, for
// each bin between them.
func (c *carts) looked(t, t0, from int64, mu float64, add func(bin int, covered float64)) {
	first, last := cartSpanOf(from, t0, t)
	for b := first; b <= last; b++ {
		start := max(from+int64(b)*cartBin*1e9, t0)
		end := min(from+int64(b+1)*cartBin*1e9, t)
		if start < end {
			add(b, mu*(math.Exp(-seconds(t-end)/mu)-math.Exp(-seconds(t-start)/mu))/cartBin)
		}
	}
}

func (c *carts) fadeOut(keep float64) {
	for i := range c.hits {
		c.hits[i] *= float32(keep)
		c.cover[i] *= float32(keep)
	}
}
