package pricing

import (
	"math"
	"math/bits"
	"slices"
	"time"
)

// Calendar says when something holds: on the days that all its parts name. The
// zero Calendar holds always.
type Calendar struct {
	Days     []int          // of the month, 1 to 31; none: any
	Weekdays []time.Weekday // none: any
	From     time.Time      // zero: since ever
	Until    time.Time      // the first moment after it; zero: for good
}

// covers reports whether a moment, in the user's time zone, is one of its.
func (c Calendar) covers(at time.Time) bool {
	return (len(c.Days) == 0 || slices.Contains(c.Days, at.Day())) &&
		(len(c.Weekdays) == 0 || slices.Contains(c.Weekdays, at.Weekday())) &&
		!at.Before(c.From) && (c.Until.IsZero() || at.Before(c.Until))
}

// mulDiv returns a*b/c rounded down, 0 for what is below zero, and the largest
// number where that overflows.
func mulDiv(a, b, c int64) int64 {
	if a <= 0 || b <= 0 || c <= 0 {
		return 0
	}
	high, low := bits.Mul64(uint64(a), uint64(b))
	if high >= uint64(c) {
		return math.MaxInt64
	}
	quotient, _ := bits.Div64(high, low, uint64(c))
	return int64(min(quotient, math.MaxInt64))
}
