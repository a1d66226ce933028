package watch

import (
	"context"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/schedule"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxHints is how many hints wait for a host that is busy; more are a storm, in
// which none of them says much.
const maxHints = 64

// hintBox takes hints from outside of the host's loop.
type hintBox struct {
	mu    sync.Mutex
	hints []stock.Hint
}

func (b *hintBox) put(x stock.Hint) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.hints) < maxHints {
		b.hints = append(b.hints, x)
	}
}

func (b *hintBox) empty() []stock.Hint {
	b.mu.Lock()
	defer b.mu.Unlock()
	hints := b.hints
	b.hints = nil
	return hints
}

// Hint takes a reason to look from outside of this watcher: from a feed, a
// person, or another watcher. Its own ones, which come back to it, it has heeded.
func (w *Watcher) Hint(x stock.Hint) {
	if x.From != "" && x.From == w.ID {
		return
	}
	w.spread(x, "")
}

// restocked tells the other hosts that sell a product that one has it again:
// shops are often supplied on the same day.
func (w *Watcher) restocked(host, product string, at time.Time) {
	x := stock.Hint{Product: product, Source: schedule.FromShop, At: at, From: w.ID}
	w.spread(x, host)
	if w.Share != nil {
		w.Share(x)
	}
}

// spread hands a hint to the loops of all hosts that sell its product but one.
// A host without a loop is somebody else's to ask.
func (w *Watcher) spread(x stock.Hint, but string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, name := range w.sellers[x.Product] {
		if p := w.hosts[name]; p != nil && p.done != nil && name != but {
			p.hint(x)
		}
	}
}

// drainHints gives the plan the hints that have come.
func (h *host) drainHints() {
	if h.plan == nil {
		return // they stay until there is one
	}
	for _, x := range h.inbox.empty() {
		if x.Now {
			h.askedFor(x.Watch)
			continue
		}
		h.plan.Hint(x)
	}
}

// Own reports whether a host is this watcher's to ask, also one that has no
// watch. The context ends when it is not any more.
func (w *Watcher) Own(host string) (context.Context, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t := w.terms[Shard(host)]; t != nil && t.valid() {
		return t.ctx, true
	}
	return nil, false
}

// Left returns for how long a host that is this watcher's is left alone, after
// trouble or because it asked for that; 0: it is not.
func (w *Watcher) Left(host string) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := w.hosts[host]
	if h == nil {
		return 0
	}
	return h.remaining()
}
