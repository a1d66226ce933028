package alerttext

import (
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
)

// lateAfter is the age from which a message says that it is late.
const lateAfter = 2 * time.Minute

// The bounds of an alert's facts, which keep one from crowding out the rest: the
// store cuts a letter that is too large, and knows less of what matters.
const (
	MaxOthers   = 10
	MaxEvidence = 6
	MaxSteps    = 12  // of the reckoning
	MaxTitle    = 200 // grapheme clusters, as are those below
	MaxFact     = 100
	MaxName     = 40 // of a product, in a title: that is read on a locked phone
	MaxShop     = 24 // of a shop, in a title
)

// The marks of an alert, beside those of the guards.
const (
	MarkLate      = "late"
	MarkTest      = "test"
	MarkTogether  = "together"  // of several shops at once
	MarkHeld      = "held"      // in quiet hours, and checked again
	MarkEscalated = "escalated" // nobody acknowledged the first one
)

// Bound is channel.Clean with a bound in bytes too: three make one character of Japanese.
func Bound(s string, maxClusters int) string {
	return channel.CutBytes(channel.Clean(s, maxClusters), 3*maxClusters)
}
