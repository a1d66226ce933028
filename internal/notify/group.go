package notify

import (
	"slices"
	"strconv"
	"time"

	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// groupWindow is how long after the first shop the others are told together
	// with it.
	groupWindow = time.Minute
	// groupMemory is how long a group is kept after its last use: no record is
	// told that is older.
	groupMemory = 25 * time.Hour
	// maxOwn and maxTold bound what a group remembers of records that were told.
	// Only those come again that were in hand when a process died.
	maxOwn  = 64
	maxTold = 256
	maxPast = 4
	// maxTogether is how many records one message tells of. More, of which a product
	// would need hundreds of watches, come in another one.
	maxTogether = 64
)

// group is what one recipient is told of one product in a minute. The first
// record opens it and is told by a letter of its own, and so is one that is better
// than all that was told and can still be had. The other ones of other shops wait to
// be told together, or each updates the first one's message.
//
// It is a pure state machine: whoever changes it writes it as one fact by compare
// and swap before acting on it, and acts again on what it finds there. So nothing
// is lost or told twice, wherever a process dies.
type group struct {
	Leader  uint64    `json:"leader"` // the record that opened it
	Watch   string    `json:"watch"`  // of the leader
	Opened  time.Time `json:"opened"` // when the leader was seen
	Own     []ownLine `json:"own,omitempty"`
	Waiting []member  `json:"waiting,omitempty"` // to be told when the minute is over
	Batches []batch   `json:"batches,omitempty"` // to be told now
	Told    []uint64  `json:"told,omitempty"`    // records of batches that were told, newest last
	Past    []batch   `json:"past,omitempty"`    // the last of those batches
}

// ownLine is a record that is told by a letter of its own. One that was written
// before offers were compared has neither watch nor rank nor costs.
type ownLine struct {
	Seq      uint64      `json:"seq"`
	Replaces uint64      `json:"replaces,omitempty"` // the leader whose message it updates
	Watch    string      `json:"watch,omitempty"`
	At       time.Time   `json:"at,omitzero"` // when it was seen
	Rank     rank        `json:"rank,omitempty"`
	Costs    stock.Price `json:"costs,omitzero"` // in the end
	// Rang says that an update, which makes no sound, was told once more with one.
	Rang bool `json:"rang,omitempty"`
}

// rang reports whether the record made a sound in the minute of the group, as far as
// it can be compared.
func (g *group) rang(o ownLine) bool {
	return (o.Replaces == 0 || o.Rang) && o.Watch != "" && o.At.Sub(g.Opened).Abs() < groupWindow
}

// rank says how sure it is that something can be bought at once: the lower, the
// better.
type rank int

const (
	sureNow rank = iota + 1
	sureLater
	onlyMaybe
)

// beats reports whether an offer is to ring beside one that was told. Only what is
// known to be no better is not.
func (o ownLine) beats(told ownLine) bool {
	cheaper := o.Costs.Comparable(told.Costs) && o.Costs.Minor < told.Costs.Minor
	switch {
	case cheaper || o.Rank < told.Rank:
		return true
	case o.Rank > told.Rank:
		return false
	}
	return o.Costs.Known() && !o.Costs.Comparable(told.Costs)
}

// member is a record that is told together with others.
type member struct {
	Seq   uint64 `json:"seq"`
	Watch string `json:"watch"`
}

// batch is what one letter tells.
type batch struct {
	Event   string   `json:"event"`
	Members []member `json:"members"`
	Again   bool     `json:"again,omitempty"` // each updated a message before, without a sound
}

// way says how a record is told.
type way struct {
	waits    bool   // together with others, later
	replaces uint64 // by a letter of its own, which updates the message of this record; 0: which rings
}

// knows reports how a record is told that has been here before.
func (g *group) knows(seq uint64) (way, bool) {
	for _, o := range g.Own {
		if o.Seq == seq {
			return way{replaces: o.Replaces}, true
		}
	}
	waits := func(m member) bool { return m.Seq == seq }
	return way{waits: true}, slices.Contains(g.Told, seq) || slices.ContainsFunc(g.Waiting, waits) ||
		slices.ContainsFunc(g.Batches, func(b batch) bool { return slices.ContainsFunc(b.Members, waits) })
}

// enter takes a record in that was not here before and says how it is told. offer is
// what it offers, soldOut says which of the other watches no longer have what was told.
func (g *group) enter(e stock.Entry, offer ownLine, soldOut func(told ownLine) bool, canReplace bool) way {
	watch := e.Change.Watch.ID
	offer.At = rules.SeenAt(e)
	follows := g.open(e) && watch != g.Watch && !g.best(offer, soldOut)
	switch {
	case follows && canReplace:
		offer.Replaces = g.Leader
		g.own(offer)
		return way{replaces: g.Leader}
	case follows:
		if len(g.Waiting) >= maxTogether {
			g.close()
		}
		g.Waiting = append(g.Waiting, member{e.Seq, watch})
		return way{waits: true}
	case !g.open(e) && e.Seq > g.Leader:
		g.close()
		g.Leader, g.Watch, g.Opened = e.Seq, watch, rules.SeenAt(e)
	}
	g.own(offer)
	return way{}
}

// best reports whether an offer of the group's minute is better than all that rang in
// it and can still be had, or is of a shop that rang in it: a second change there is
// told by itself.
func (g *group) best(offer ownLine, soldOut func(told ownLine) bool) bool {
	beaten := true
	for _, told := range g.Own {
		switch {
		case !g.rang(told):
		case told.Watch == offer.Watch:
			return true
		case !soldOut(told):
			beaten = beaten && offer.beats(told)
		}
	}
	return beaten
}

// promote lets those ring now that wait, or that updated a message without a sound,
// when a record says that the last of what rang in the group's minute can no longer be
// had and one of them still can. It reports whether it does.
func (g *group) promote(e stock.Entry, soldOut func(told ownLine) bool) bool {
	if !g.open(e) || !slices.ContainsFunc(g.Own, g.rang) ||
		slices.ContainsFunc(g.Own, func(told ownLine) bool { return g.rang(told) && !soldOut(told) }) {
		return false
	}
	before := len(g.Batches)
	if slices.ContainsFunc(g.Waiting, func(m member) bool { return !soldOut(ownLine{Watch: m.Watch}) }) {
		g.close()
	}
	again := batch{Again: true}
	for i, o := range g.Own {
		if !g.rang(o) && o.Replaces == g.Leader && !soldOut(o) {
			g.Own[i].Rang = true
			again.Event = "dg" + strconv.FormatUint(o.Seq, 10)
			again.Members = append(again.Members, member{o.Seq, o.Watch})
		}
	}
	if len(again.Members) > 0 {
		g.Batches = append(g.Batches, again)
	}
	return len(g.Batches) > before
}

// open reports whether a record was seen within the minute of the group's first.
func (g *group) open(e stock.Entry) bool {
	return g.Leader != 0 && rules.SeenAt(e).Sub(g.Opened).Abs() < groupWindow
}

func (g *group) own(o ownLine) {
	g.Own = append(g.Own, o)
	g.Own = g.Own[max(0, len(g.Own)-maxOwn):]
}

// close makes a batch of those that wait. Its event is that of its only record,
// or of the last one after "dg": no record is in two batches.
func (g *group) close() {
	if len(g.Waiting) == 0 {
		return
	}
	last := slices.MaxFunc(g.Waiting, func(a, b member) int { return int(a.Seq) - int(b.Seq) }).Seq
	event := strconv.FormatUint(last, 10)
	if len(g.Waiting) > 1 {
		event = "dg" + event
	}
	g.Batches = append(g.Batches, batch{Event: event, Members: g.Waiting})
	g.Waiting = nil
}

// told notes that all batches were told.
func (g *group) told() {
	for _, b := range g.Batches {
		for _, m := range b.Members {
			g.Told = append(g.Told, m.Seq)
		}
	}
	g.Past = append(g.Past, g.Batches...)
	g.Past = g.Past[max(0, len(g.Past)-maxPast):]
	g.Batches, g.Told = nil, g.Told[max(0, len(g.Told)-maxTold):]
}

// due is when there is something to do: at once for what is to be told, else
// when the minute is over, else when the group may be forgotten.
func (g *group) due() time.Time {
	switch {
	case len(g.Batches) > 0:
		return time.Time{}
	case len(g.Waiting) > 0:
		return g.Opened.Add(groupWindow)
	}
	return g.Opened.Add(groupMemory)
}
