// Package group decides what one recipient is told together of one product.
//
// It is pure: who keeps the state, and what telling means, is package notify's.
package group

import (
	"slices"
	"strconv"
	"time"

	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// Window is how long after the first shop the others are told together
	// with it.
	Window = time.Minute
	// Memory is how long a group is kept after its last use: no record is
	// told that is older.
	Memory = 25 * time.Hour
	// maxOwn and maxTold bound what a group remembers of records that were told.
	// Only those come again that were in hand when a process died.
	maxOwn  = 64
	maxTold = 256
	maxPast = 4
	// maxTogether is how many records one message tells of. More, of which a product
	// would need hundreds of watches, come in another one.
	maxTogether = 64
)

// State is what one recipient is told of one product in a minute. The first
// record opens it and is told by a letter of its own, and so is one that is better
// than all that was told and can still be had. The other ones of other shops wait to
// be told together, or each updates the first one's message.
//
// It is a pure state machine: whoever changes it writes it as one fact by compare
// and swap before acting on it, and acts again on what it finds there. So nothing
// is lost or told twice, wherever a process dies.
type State struct {
	Leader  uint64    `json:"leader"` // the record that opened it
	Watch   string    `json:"watch"`  // of the leader
	Opened  time.Time `json:"opened"` // when the leader was seen
	Own     []Line    `json:"own,omitempty"`
	Waiting []Member  `json:"waiting,omitempty"` // to be told when the minute is over
	Batches []Batch   `json:"batches,omitempty"` // to be told now
	Told    []uint64  `json:"told,omitempty"`    // records of batches that were told, newest last
	Past    []Batch   `json:"past,omitempty"`    // the last of those batches
}

// Line is a record that is told by a letter of its own. One that was written
// before offers were compared has neither watch nor rank nor costs.
type Line struct {
	Seq      uint64      `json:"seq"`
	Replaces uint64      `json:"replaces,omitempty"` // the leader whose message it updates
	Watch    string      `json:"watch,omitempty"`
	At       time.Time   `json:"at,omitzero"` // when it was seen
	Rank     Rank        `json:"rank,omitempty"`
	Costs    stock.Price `json:"costs,omitzero"` // in the end
	// Rang says that an update, which makes no sound, was told once more with one.
	Rang bool `json:"rang,omitempty"`
}

// rang reports whether the record made a sound in the minute of the group, as far as
// it can be compared.
func (g *State) rang(o Line) bool {
	return (o.Replaces == 0 || o.Rang) && o.Watch != "" && o.At.Sub(g.Opened).Abs() < Window
}

// Rank says how sure it is that something can be bought at once: the lower, the
// better.
type Rank int

const (
	SureNow Rank = iota + 1
	SureLater
	OnlyMaybe
)

// beats reports whether an offer is to ring beside one that was told. Only what is
// known to be no better is not.
func (o Line) beats(told Line) bool {
	cheaper := o.Costs.Comparable(told.Costs) && o.Costs.Minor < told.Costs.Minor
	switch {
	case cheaper || o.Rank < told.Rank:
		return true
	case o.Rank > told.Rank:
		return false
	}
	return o.Costs.Known() && !o.Costs.Comparable(told.Costs)
}

// Member is a record that is told together with others.
type Member struct {
	Seq   uint64 `json:"seq"`
	Watch string `json:"watch"`
}

// Batch is what one letter tells.
type Batch struct {
	Event   string   `json:"event"`
	Members []Member `json:"members"`
	Again   bool     `json:"again,omitempty"` // each updated a message before, without a sound
}

// Way says how a record is told.
type Way struct {
	Waits    bool   // together with others, later
	Replaces uint64 // by a letter of its own, which updates the message of this record; 0: which rings
}

// Knows reports how a record is told that has been here before.
func (g *State) Knows(seq uint64) (Way, bool) {
	for _, o := range g.Own {
		if o.Seq == seq {
			return Way{Replaces: o.Replaces}, true
		}
	}
	waits := func(m Member) bool { return m.Seq == seq }
	return Way{Waits: true}, slices.Contains(g.Told, seq) || slices.ContainsFunc(g.Waiting, waits) ||
		slices.ContainsFunc(g.Batches, func(b Batch) bool { return slices.ContainsFunc(b.Members, waits) })
}

// Enter takes a record in that was not here before and says how it is told. offer is
// what it offers, soldOut says which of the other watches no longer have what was told.
func (g *State) Enter(e stock.Entry, offer Line, soldOut func(told Line) bool, canReplace bool) Way {
	watch := e.Change.Watch.ID
	offer.At = rules.SeenAt(e)
	follows := g.open(e) && watch != g.Watch && !g.best(offer, soldOut)
	switch {
	case follows && canReplace:
		offer.Replaces = g.Leader
		g.own(offer)
		return Way{Replaces: g.Leader}
	case follows:
		if len(g.Waiting) >= maxTogether {
			g.Close()
		}
		g.Waiting = append(g.Waiting, Member{e.Seq, watch})
		return Way{Waits: true}
	case !g.open(e) && e.Seq > g.Leader:
		g.Close()
		g.Leader, g.Watch, g.Opened = e.Seq, watch, rules.SeenAt(e)
	}
	g.own(offer)
	return Way{}
}

// best reports whether an offer of the group's minute is better than all that rang in
// it and can still be had, or is of a shop that rang in it: a second change there is
// told by itself.
func (g *State) best(offer Line, soldOut func(told Line) bool) bool {
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

// Promote lets those ring now that wait, or that updated a message without a sound,
// when a record says that the last of what rang in the group's minute can no longer be
// had and one of them still can. It reports whether it does.
func (g *State) Promote(e stock.Entry, soldOut func(told Line) bool) bool {
	if !g.open(e) || !slices.ContainsFunc(g.Own, g.rang) ||
		slices.ContainsFunc(g.Own, func(told Line) bool { return g.rang(told) && !soldOut(told) }) {
		return false
	}
	before := len(g.Batches)
	if slices.ContainsFunc(g.Waiting, func(m Member) bool { return !soldOut(Line{Watch: m.Watch}) }) {
		g.Close()
	}
	again := Batch{Again: true}
	for i, o := range g.Own {
		if !g.rang(o) && o.Replaces == g.Leader && !soldOut(o) {
			g.Own[i].Rang = true
			again.Event = "dg" + strconv.FormatUint(o.Seq, 10)
			again.Members = append(again.Members, Member{o.Seq, o.Watch})
		}
	}
	if len(again.Members) > 0 {
		g.Batches = append(g.Batches, again)
	}
	return len(g.Batches) > before
}

// open reports whether a record was seen within the minute of the group's first.
func (g *State) open(e stock.Entry) bool {
	return g.Leader != 0 && rules.SeenAt(e).Sub(g.Opened).Abs() < Window
}

func (g *State) own(o Line) {
	g.Own = append(g.Own, o)
	g.Own = g.Own[max(0, len(g.Own)-maxOwn):]
}

// Close makes a batch of those that wait. Its event is that of its only record,
// or of the last one after "dg": no record is in two batches.
func (g *State) Close() {
	if len(g.Waiting) == 0 {
		return
	}
	last := slices.MaxFunc(g.Waiting, func(a, b Member) int { return int(a.Seq) - int(b.Seq) }).Seq
	event := strconv.FormatUint(last, 10)
	if len(g.Waiting) > 1 {
		event = "dg" + event
	}
	g.Batches = append(g.Batches, Batch{Event: event, Members: g.Waiting})
	g.Waiting = nil
}

// Tell notes that all batches were told.
func (g *State) Tell() {
	for _, b := range g.Batches {
		for _, m := range b.Members {
			g.Told = append(g.Told, m.Seq)
		}
	}
	g.Past = append(g.Past, g.Batches...)
	g.Past = g.Past[max(0, len(g.Past)-maxPast):]
	g.Batches, g.Told = nil, g.Told[max(0, len(g.Told)-maxTold):]
}

// Due is when there is something to do: at once for what is to be told, else
// when the minute is over, else when the group may be forgotten.
func (g *State) Due() time.Time {
	switch {
	case len(g.Batches) > 0:
		return time.Time{}
	case len(g.Waiting) > 0:
		return g.Opened.Add(Window)
	}
	return g.Opened.Add(Memory)
}
