package web

import (
	"sync"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// live is the latest of every watch: its record and its last look.
type live struct {
	products func() []stock.Product

	mu      sync.RWMutex
	watches map[string]*latest // by tid
	limit   int                // length of watches at which to drop those that are not configured
}

type latest struct {
	record *stock.Entry
	look   *stock.Look
}

// looseWatches is how many watches that are not configured are kept all the
// same: a watch that leaves and comes back with an edit is not forgotten.
const looseWatches = 1024

func newLive(products func() []stock.Product) *live {
	return &live{products: products, watches: map[string]*latest{}, limit: looseWatches}
}

// get returns what is known of a watch; both may be nil.
func (l *live) get(tid string) latest {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if w := l.watches[tid]; w != nil {
		return *w
	}
	return latest{}
}

// record keeps r unless a newer one is there. Sequences begin anew when the
// stream does, so that a lower one counts if it was seen later.
func (l *live) record(tid string, r stock.Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.entry(tid)
	if old := w.record; old != nil && r.Seq < old.Seq && !r.Change.ObservedAt.After(old.Change.ObservedAt) {
		return
	}
	r.Change.Seen = nil // hundreds of hashes that nobody reads here
	w.record = &r
}

// look keeps the newest look of each watch.
func (l *live) look(looks []stock.Look) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range looks {
		w := l.entry(k.Watch)
		if w.look == nil || !k.At.Before(w.look.At) {
			w.look = &k
		}
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
