package receipt

import (
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxSightings bounds the watches whose looks are counted; of others a receipt
// says what the records say.
const maxSightings = 20_000

// sighting is what this process heard of the first looks at a watch.
type sighting struct {
	looks int
	last  stock.Look
}

// sightings counts the looks at watches whose receipt is not written yet.
type sightings struct {
	since time.Time // what was recorded before was known before

	mu   sync.Mutex
	of   map[string]sighting // by tid
	done map[string]bool     // tids that need no receipt any more; nil until that is known
}

func newSightings() *sightings { return &sightings{since: clock.Wall(), of: map[string]sighting{}} }

// note counts a look.
func (s *sightings) note(l stock.Look) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen, ok := s.of[l.Watch]
	if s.done[l.Watch] || !ok && len(s.of) >= maxSightings {
		return
	}
	seen.looks++
	if !l.At.Before(seen.last.At) {
		seen.last = l
	}
	s.of[l.Watch] = seen
}

func (s *sightings) get(tid string) sighting {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.of[tid]
}

// settle says which watches need no count any more.
func (s *sightings) settle(done map[string]bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = done
	for tid := range s.of {
		if done[tid] {
			delete(s.of, tid)
		}
	}
}
