package web

import (
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/board"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// live is the latest of every watch: its record and its last look, and the trail of
// what it was in the last weeks. Servers of several languages share it.
type live struct {
	products func() []stock.Product
	rows     *rows
	feed     *feed
	packer   *livePacker

	mu      sync.RWMutex
	watches map[string]*latest // by tid
	limit   int                // length of watches at which to drop those that are not configured
}

// latest is what is known of one watch. Record and look are packed: few are read
// between two changes, and whole they would be most of the dashboard's memory.
type latest struct {
	record   []byte // nil: none
	seq      uint64
	observed time.Time
	look     []byte // nil: none
	lookedAt time.Time
	trail    []mark    // oldest first
	run      lookRun   // of the last look, which is not packed once more
	past     []lookRun // those before, oldest first
}

// looseWatches is how many watches that are not configured are kept all the
// same: a watch that leaves and comes back with an edit is not forgotten.
const looseWatches = 1024

func newLive(products func() []stock.Product) *live {
	l := &live{products: products, watches: map[string]*latest{}, limit: looseWatches, feed: newFeed(), packer: newLivePacker()}
	l.rows = newRows(l)
	return l
}

// get returns what is known of a watch; both may be nil.
func (l *live) get(tid string) board.Known {
	l.mu.RLock()
	var record, look []byte
	if w := l.watches[tid]; w != nil {
		record, look = w.record, w.look
	}
	l.mu.RUnlock()
	return board.Known{Record: l.packer.entry(record), Look: l.packer.look(look)}
}

// trailOf returns what a watch was in the last weeks, oldest first.
func (l *live) trailOf(tid string) []mark {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if w := l.watches[tid]; w != nil {
		return w.trail
	}
	return nil
}

// record keeps r unless a newer one is there. Sequences begin anew when the
// stream does, so that a lower one counts if it was seen later.
func (l *live) record(tid string, r stock.Entry) {
	r.Change.Seen = nil // hundreds of hashes that nobody reads here
	packed := l.packer.records.Pack(r)
	l.mu.Lock()
	w := l.entry(tid)
	if w.record != nil && r.Seq < w.seq && !r.Change.ObservedAt.After(w.observed) {
		l.mu.Unlock()
		return
	}
	w.record, w.seq, w.observed = packed, r.Seq, r.Change.ObservedAt
	w.trail = leaveMark(w.trail, r.Change)
	l.mu.Unlock()
	l.changed(tid)
}

// past takes in an older record, for the trail alone.
func (l *live) past(tid string, c stock.Change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.entry(tid)
	w.trail = leaveMark(w.trail, c)
}

// look keeps the newest look of each watch. Only one that says something else than
// the one before changes what lists show.
func (l *live) look(looks []stock.Look) {
	var news []string
	l.mu.Lock()
	for _, k := range looks {
		w := l.entry(k.Watch)
		if w.look == nil || !k.At.Before(w.lookedAt) {
			last := l.packer.look(w.look)
			if !sameLook(last, &k) {
				news = append(news, k.Watch)
			}
			w.addLook(last, &k)
			w.look, w.lookedAt = l.packer.looks.Pack(k), k.At
		}
	}
	l.mu.Unlock()
	for _, tid := range news {
		l.changed(tid)
	}
}

// sameLook reports whether two looks differ in nothing but when and why they were
// made.
func sameLook(a, b *stock.Look) bool {
	if a == nil || a.Outcome.Good() != b.Outcome.Good() || a.Availability != b.Availability || a.Doubt != b.Doubt || a.Leans != b.Leans || a.Source != b.Source {
		return false
	}
	if (a.Clarity == nil) != (b.Clarity == nil) || a.Clarity != nil && (a.Clarity.Leans != b.Clarity.Leans || a.Clarity.Reason != b.Clarity.Reason) {
		return false
	}
	return (a.Outcome.Good() || a.Outcome == b.Outcome) && a.Reason.Same(b.Reason)
}

// changed lets lists and whoever looks at them know that a watch is another.
func (l *live) changed(tid string) {
	if id := l.rows.changed(tid); id != "" {
		l.feed.add(id)
	}
}

// entry returns the place of a watch. The caller holds the lock for writing.
func (l *live) entry(tid string) *latest {
	if w := l.watches[tid]; w != nil {
		return w
	}
	if len(l.watches) >= l.limit {
		l.prune()
	}
	w := &latest{}
	l.watches[tid] = w
	return w
}

// prune drops every watch that is not configured.
func (l *live) prune() {
	kept := map[string]*latest{}
	for _, p := range l.products() {
		for _, w := range p.Watches {
			if known := l.watches[w.ID]; known != nil {
				kept[w.ID] = known
			}
		}
	}
	l.watches, l.limit = kept, 2*len(kept)+looseWatches
}

// mark is what a watch was from a moment on.
type mark struct {
	at      time.Time
	class   stock.Group // of the availability; Unknown's while nobody knew
	known   bool        // what was seen was told, and the page could be read
	price   stock.Price
	gapFrom time.Time // when the time began of which nothing is known; zero: at once
}

// PastShown is how far back the small line of a row goes.
const PastShown = 30 * 24 * time.Hour

// trailMarks bounds what is kept of one watch for it.
const trailMarks = 96

// leaveMark adds what a record says to a trail, in the order of time.
func leaveMark(trail []mark, c stock.Change) []mark {
	m := markOf(c)
	i := len(trail)
	for i > 0 && trail[i-1].at.After(m.at) {
		i--
	}
	if i > 0 && trail[i-1].at.Equal(m.at) {
		return trail // the copy of a record that is there
	}
	fresh := make([]mark, 0, len(trail)+1) // readers hold the old one
	fresh = append(append(append(fresh, trail[:i]...), m), trail[i:]...)
	newest := fresh[len(fresh)-1].at
	for len(fresh) > 1 && (len(fresh) > trailMarks || newest.Sub(fresh[1].at) > PastShown) {
		fresh = fresh[1:]
	}
	return fresh
}

// markOf returns what a record leaves on the trail: what cannot be read or is unclear
// is a gap, never "out of stock".
func markOf(c stock.Change) mark {
	m := mark{at: c.ObservedAt, class: c.Availability.Group(), known: c.Availability != stock.Unknown, price: c.Price}
	if c.Problem != nil {
		m.known, m.gapFrom = false, c.Problem.Since
	} else if c.Clarity != nil {
		m.known, m.gapFrom = false, c.Clarity.Since
	}
	return m
}
