package page

import (
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Dated reports whether the availability that was read rests on a day to come, so
// that the same bytes say something else once that day is there.
func Dated(o stock.Observation) bool {
	for _, e := range o.Evidence {
		if e.Fact != stock.FactAvailability {
			continue
		}
		if marked := dateMarks(key(e.Text), o.At); strings.Contains(marked, markFar) || strings.Contains(marked, markNear) {
			return true
		}
		// An offer in stock whose availabilityStarts is ahead.
		if e.Value == stock.PreOrder.String() && availabilityOf(e.Text, o.At).Group() == stock.Now {
			return true
		}
	}
	return false
}
