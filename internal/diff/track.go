package diff

import (
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// forgetAfter is how long a state is worth comparing with: the first look after
// so long a time without a good one is a baseline.
const forgetAfter = 30 * 24 * time.Hour

// Track is what is known of one watch: its confirmed state, and the counts of
// looks that may yet change it. It is a value: its methods return a new Track
// and leave the old one usable, and what both point to is never written again.
// The zero Track knows nothing.
type Track struct {
	// State is the state after the last confirmed look. It is ahead of the last
	// record in what makes none: times, quantity, evidence.
	State stock.State
	Counts
}

// Counts is what is known of a watch beside its state: the looks that may yet change that.
type Counts struct {
	clock   time.Time // latest time met
	seen    time.Time // last look that told something
	set     time.Time // when the clock was last set forward
	silent  time.Time // when the row of bad looks began: the last good look, if any
	bad     int       // looks in a row that told nothing, at most unreadableLooks
	verdict tally[verdict]
	price   tally[stock.Price]
	few     int       // looks in a row with few left, not yet told
	missing time.Time // the first of the looks in a row that found no page; zero: none
	row     *row      // of unclear looks; nil: the last look that was read told something
	terms   *terms    // other terms of the offer that wait to be confirmed
	// upgraded is set while no look of this version has told anything of a watch
	// that an older one followed, see Upgraded.
	upgraded bool
}

// Start returns the Track of a watch whose last record is last; nil when it has
// none. What the record cannot tell, when the page was last seen unchanged and
// what doubts and troubles there are, is restored by SeenAt and Recall.
func Start(last *stock.Change) Track {
	t := Track{}.Rebase(last)
	if c := t.State.Clarity; c != nil {
		t.row = &row{looks: c.Unclear, since: c.Since, last: t.State.ObservedAt, lean: tally[stock.Lean]{value: c.Leans}}
	}
	return t
}

// Upgraded returns t for a watch whose record an older version wrote, which did not
// read all that this one reads: what is new in the first look is no change, and a
// doubt that is there from the first look on rings for nobody.
func (t Track) Upgraded() Track {
	t.upgraded = known(t.State.Availability)
	return t
}

// IsUpgraded reports whether what Upgraded says still holds.
func (t Track) IsUpgraded() bool { return t.upgraded }

// Rebase returns t on top of another record: the state is that of last (nil: no
// record), the counts of looks stay. It is for the watcher
// whose append was refused because somebody else had written: it rebases the
// Track from before the Fold and folds the same observation again, which gives
// the change against the other's state, or none when that already has it.
func (t Track) Rebase(last *stock.Change) Track {
	doubt := t.State.Clarity
	t.State = stock.State{}
	if last == nil {
		return t
	}
	s := last.State
	t.State = s
	seen := latest(s.LastIn, s.LastOut)
	if s.Problem == nil && s.Clarity == nil {
		seen = latest(seen, s.ObservedAt) // else observed_at is that of a look that told nothing
	}
	if seen.After(t.silent) {
		t.bad = 0 // somebody had a good look since
	}
	switch {
	case t.row == nil:
	case seen.After(t.row.last):
		t.row = nil
	case s.Clarity == nil && s.ObservedAt.Before(t.row.last):
		t.State.Clarity = doubt // of which no record was made
	}
	t.seen = latest(t.seen, seen)
	t.clock = latest(t.clock, t.seen, s.ObservedAt)
	return t
}

// LastGood returns the time of the last look that told something, zero when there
// was none. A watcher keeps it outside of the records, for SeenAt.
func (t Track) LastGood() time.Time { return t.seen }

// SeenAt returns t with the knowledge that a look at the given time found the
// page as State has it. Earlier times than those known change nothing.
func (t Track) SeenAt(at time.Time) Track {
	if !at.After(t.seen) {
		return t
	}
	t.seen = at
	t.clock = latest(t.clock, at)
	t.touch(at)
	return t
}

// touch notes that the state was found again at the given time.
func (t *Track) touch(at time.Time) {
	switch t.State.Availability.Group() {
	case stock.Now, stock.Later:
		t.State.LastIn = latest(t.State.LastIn, at)
	case stock.No:
		t.State.LastOut = latest(t.State.LastOut, at)
	}
}

// blank reports whether a look has nothing to be compared with.
func (t *Track) blank(at time.Time) bool {
	return !known(t.State.Availability) && t.State.Clarity == nil || t.stale(at)
}

// stale reports whether the last look that told something, or said it unclearly,
// is too long ago to be compared with.
func (t *Track) stale(at time.Time) bool {
	read := t.seen
	if t.row != nil {
		read = latest(read, t.row.last)
	}
	if t.State.Clarity != nil && t.State.Problem == nil {
		read = latest(read, t.State.ObservedAt)
	}
	return !read.IsZero() && at.Sub(read) >= forgetAfter
}

// advance returns the time of a look, never earlier than any before it: clocks
// are set back, and looks of two processes meet in one Track.
func (t *Track) advance(at time.Time) time.Time {
	t.clock = latest(t.clock, at.Round(0).UTC()) // without monotonic clock: what is kept equals what is read back
	return t.clock
}

func latest(times ...time.Time) time.Time {
	var last time.Time
	for _, t := range times {
		if t.After(last) {
			last = t
		}
	}
	return last
}

func known(a stock.Availability) bool { return a.Group() != stock.GroupUnknown }
