package diff

import (
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A watch is unreadable after so many bad looks in a row and so long a time
// without a good one, whichever takes longer: a page looked at every minute may
// be blocked for an hour without anybody being called, one looked at once a day
// may fail for a week.
const (
	unreadableLooks = 10
	unreadableTime  = 6 * time.Hour
)

// endure counts a look that told nothing.
func (t *Track) endure(kinds []stock.Kind, o stock.Observation, at time.Time) []stock.Kind {
	if t.bad == 0 {
		t.silent = at
		if !t.seen.IsZero() {
			t.silent = latest(t.seen, t.set)
		}
	}
	t.bad = min(t.bad+1, unreadableLooks)
	if t.State.Problem != nil || t.bad < unreadableLooks || at.Sub(t.silent) < unreadableTime {
		return kinds
	}
	t.State.Problem = &stock.Problem{Outcome: o.Outcome, Reason: trouble(o), Since: t.silent}
	return append(kinds, stock.Unread)
}

// heal ends a row of bad looks.
func (t *Track) heal(kinds []stock.Kind) []stock.Kind {
	t.bad = 0
	if t.State.Problem == nil {
		return kinds
	}
	t.State.Problem = nil
	return append(kinds, stock.Readable)
}

// maxReason bounds each text of a reason that is kept in every record of a watch.
const maxReason = 300

// trouble says why a look told nothing.
func trouble(o stock.Observation) stock.Reason {
	why := o.Reason
	switch {
	case o.Outcome.Good() && why.None():
		why = stock.Because(stock.ReasonNoAvailability)
	case o.Outcome.Good():
		why = stock.Because(stock.ReasonNoAvailabilityAs, why)
	}
	return why.Clip(func(s string) string { return stock.Clip(s, maxReason) })
}
