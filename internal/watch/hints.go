package watch

import (
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/schedule"
)

// maxHints is how many hints wait for a host that is busy; more are a storm, in
// which none of them says much.
const maxHints = 64

// hintBox takes hints from the loops of other hosts.
type hintBox struct {
	mu    sync.Mutex
	hints []schedule.Hint
}

func (b *hintBox) put(x schedule.Hint) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.hints) < maxHints {
		b.hints = append(b.hints, x)
	}
}

func (b *hintBox) empty() []schedule.Hint {
	b.mu.Lock()
	defer b.mu.Unlock()
	hints := b.hints
	b.hints = nil
	return hints
}

// restocked tells the other hosts that sell a product that one has it again:
// shops are often supplied on the same day.
func (w *Watcher) restocked(host, product string, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, name := range w.sellers[product] {
		if p := w.posts[name]; p != nil && name != host {
			p.inbox.put(schedule.Hint{Product: product, Source: schedule.FromShop, At: at})
			signal(p.wake)
		}
	}
}

// heed gives the plan the hints that have come.
func (h *host) heed() {
	if h.plan == nil {
		return // they stay until there is one
	}
	for _, x := range h.inbox.empty() {
		h.plan.Hint(x)
	}
}
