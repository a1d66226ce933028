package notify

import (
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// attempts remembers how often each waiting letter was really tried. The store
// counts how often it was handed in, which is more often: a letter that finds the
// way to its recipient taken, or closed for a while, is handed back untried.
type attempts struct {
	mu   sync.Mutex
	made map[string]tried
}

// tried is how often, and since when.
type tried struct {
	n     int
	first time.Time // zero: never
}

// mostAttempts bounds the memory: of letters beyond it, as of those of an earlier
// run, no more is known than the store counts.
const mostAttempts = 10_000

// before returns how often a letter was tried that is handed in for the nth time.
func (a *attempts) before(l stock.Letter, handedIn int) tried {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t, ok := a.made[l.ID()]; ok {
		return t
	}
	return tried{n: max(handedIn, 1) - 1}
}

// note keeps the attempts at a letter that will be handed in again.
func (a *attempts) note(l stock.Letter, t tried) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.made == nil || len(a.made) >= mostAttempts {
		a.made = make(map[string]tried)
	}
	a.made[l.ID()] = t
}

// forget drops a letter that is dealt with.
func (a *attempts) forget(l stock.Letter) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.made, l.ID())
}
