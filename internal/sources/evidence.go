package sources

import (
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// weight lists the facts that decide an alert, the weightiest first.
var weight = []string{"availability ", "sale mode ", "price ", "quantity"}

// weightiestFirst orders evidence so that what is cut off for want of room is what
// a buyer would miss least. Of one fact the order of the readers stays.
func weightiestFirst(all []stock.Evidence) []stock.Evidence {
	rank := func(e stock.Evidence) int {
		i := slices.IndexFunc(weight, func(fact string) bool { return strings.HasPrefix(e.Says, fact) })
		if i < 0 {
			return len(weight)
		}
		return i
	}
	slices.SortStableFunc(all, func(a, b stock.Evidence) int { return rank(a) - rank(b) })
	return all
}
