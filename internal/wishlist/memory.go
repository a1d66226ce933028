package wishlist

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// memory is what is kept of a list.
type memory struct {
	Read      time.Time `json:"read,omitzero"`       // when all of it was read last
	Address   string    `json:"address,omitempty"`   // where that was
	NotBefore time.Time `json:"not_before,omitzero"` // until when its host wants no request
	Proposed  []string  `json:"proposed,omitempty"`  // marks of items, the oldest first
	Trouble   *Trouble  `json:"trouble,omitempty"`   // why the last reading failed; nil: it did not

	known map[string]bool // marks of this list and of all others
	rev   uint64
}

// maxProposed bounds the marks of a list, so that they fit in one fact. Of a longer list the
// oldest that are not on it any more are forgotten.
const maxProposed = 1000

const factPrefix = "wishlist"

func factKey(l List) string { return factPrefix + "." + l.ID }

// markOf is by what an item is known again: its page.
func markOf(x stock.Listing) string { return stock.ShortHash(x.URL)[:10] }

// remembered reads what is kept of a list. What any list proposed is not proposed by another.
func (r *Reader) remembered(ctx context.Context, l List) (memory, error) {
	facts, err := r.o.Facts.Facts(ctx, factPrefix)
	if err != nil {
		return memory{}, fmt.Errorf("read what was proposed: %w", err)
	}
	m := memory{known: map[string]bool{}}
	for _, kv := range facts {
		var other memory
		if err := json.Unmarshal(kv.Value, &other); err != nil {
			return memory{}, fmt.Errorf("read what was proposed by %s: %w", strings.TrimPrefix(kv.Key, factPrefix+"."), err)
		}
		for _, mark := range other.Proposed {
			m.known[mark] = true
		}
		if kv.Key == factKey(l) {
			known := m.known
			m = other
			m.known, m.rev = known, kv.Rev
		}
	}
	return m, nil
}

// longestAlone bounds what a host may ask for, should the clock have been set back since.
const longestAlone = 24 * time.Hour

// left is how long a list that was read before this process began still waits. A clock that
// was set back must not make that longer than the interval. A list whose address was changed
// is another one: it waits for its host alone.
func (m memory) left(l List, now time.Time) time.Duration {
	left := m.alone(now)
	if m.Address == l.URL {
		left = max(left, min(l.Interval-now.Sub(m.Read), l.Interval))
	}
	return left
}

// alone is for how long the list's host still wants no request.
func (m memory) alone(now time.Time) time.Duration {
	return max(0, min(m.NotBefore.Sub(now), longestAlone))
}

// news returns the items that nobody proposed yet, each once.
func (m memory) news(items []stock.Listing) (fresh []stock.Listing) {
	seen := map[string]bool{}
	for _, x := range items {
		if mark := markOf(x); !m.known[mark] && !seen[mark] {
			seen[mark] = true
			fresh = append(fresh, x)
		}
	}
	return fresh
}

// add notes that an item was proposed.
func (m *memory) add(x stock.Listing) { m.Proposed = append(m.Proposed, markOf(x)) }

// keep forgets the oldest marks where there are too many, those of items last.
func (m *memory) keep(items []stock.Listing) {
	if len(m.Proposed) <= maxProposed {
		return
	}
	listed := map[string]bool{}
	for _, x := range items {
		listed[markOf(x)] = true
	}
	slices.SortStableFunc(m.Proposed, func(a, b string) int {
		switch {
		case listed[a] == listed[b]:
			return 0
		case listed[b]:
			return -1
		}
		return 1
	})
	m.Proposed = m.Proposed[len(m.Proposed)-maxProposed:]
}

func (m memory) encode() []byte {
	text, err := json.Marshal(m)
	if err != nil {
		panic(err) // texts and times can always be encoded
	}
	return text
}
