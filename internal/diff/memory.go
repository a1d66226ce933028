package diff

import (
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Memory is what no record says of a watch whose looks do not tell all that they
// should, for a restart.
type Memory struct {
	Bad      int       `json:"bad,omitempty"` // looks in a row that told nothing, at most as many as make it unreadable
	BadSince time.Time `json:"bad_since,omitzero"`
	Missing  time.Time `json:"missing,omitzero"` // the first of the looks in a row that found no page

	Unclear      int            `json:"unclear,omitempty"` // looks in a row
	UnclearSince time.Time      `json:"unclear_since,omitzero"`
	UnclearLast  time.Time      `json:"unclear_last,omitzero"`
	Leans        stock.Lean     `json:"leans,omitempty"` // of the last of them
	Agree        int            `json:"agree,omitempty"` // how many at the end of the row lean so
	Doubt        *stock.Clarity `json:"doubt,omitempty"` // that is remembered
}

// Memory returns what Recall needs after a restart; nil when the looks tell all.
func (t Track) Memory() *Memory {
	if t.bad == 0 && t.missing.IsZero() && t.row == nil && t.State.Clarity == nil {
		return nil
	}
	m := Memory{Bad: t.bad, BadSince: t.silent, Missing: t.missing, Doubt: t.State.Clarity}
	if r := t.row; r != nil {
		m.Unclear, m.UnclearSince, m.UnclearLast, m.Leans, m.Agree = r.looks, r.since, r.last, r.lean.value, r.lean.looks
	}
	return &m
}

// DoubtMoved reports whether what is remembered of a doubt is another in next, the
// Track after a look, than in t.
func (t Track) DoubtMoved(next Track) bool {
	a, b := t.State.Clarity, next.State.Clarity
	if a == nil || b == nil {
		return a != b
	}
	return a.Leans != b.Leans || a.Maybe != b.Maybe
}

// Recall returns t with what a Track knew before a restart. What a later record or
// look has ended stays ended.
func (t Track) Recall(m *Memory) Track {
	if m == nil || t.searching() && m.Bad == 0 {
		return t
	}
	if m.Bad > t.bad && !t.seen.After(m.BadSince) {
		t.bad, t.silent = min(m.Bad, unreadableLooks), m.BadSince
	}
	if t.searching() {
		return t
	}
	newest := latest(t.seen, t.State.ObservedAt)
	if m.Missing.After(t.seen) {
		t.missing = m.Missing
	}
	if c := m.Doubt; c != nil && t.goesOn(*c, m) {
		kept := *c
		t.State.Clarity = &kept
	}
	if m.Unclear > 0 && !m.UnclearLast.Before(newest) {
		t.row = &row{looks: m.Unclear, since: m.UnclearSince, last: m.UnclearLast, lean: tally[stock.Lean]{value: m.Leans, looks: m.Agree}}
		t.clock = latest(t.clock, m.UnclearLast)
	}
	return t
}

// goesOn reports whether a doubt that was kept is newer than the record: of one that
// the record knows too, what the looks after it leant to. ClockSet may have carried
// its beginning past that in the record.
func (t *Track) goesOn(c stock.Clarity, m *Memory) bool {
	if was := t.State.Clarity; was != nil {
		return !c.Since.Before(was.Since) && m.UnclearLast.After(t.State.ObservedAt)
	}
	return c.Since.After(t.State.ObservedAt) && (m.Unclear == 0 || !m.UnclearLast.Before(t.seen))
}
