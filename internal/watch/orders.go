package watch

import (
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// orders are what other goroutines ask of a host's loop, at any time. Each wakes the loop.
type orders struct {
	wake  chan struct{}
	want  atomic.Pointer[spec] // the newest pages to look at
	again atomic.Bool          // what failed may be tried now
	inbox hintBox
	// trustReset is when a user last reset the trust in the host's evidence; nil: never.
	trustReset atomic.Pointer[time.Time]
}

func (o *orders) watch(pages []*pageSpec) {
	o.want.Store(&spec{pages})
	signal(o.wake)
}

func (o *orders) tryAgain() {
	o.again.Store(true)
	signal(o.wake)
}

func (o *orders) trustSince(at time.Time) {
	o.trustReset.Store(&at)
	signal(o.wake)
}

func (o *orders) hint(x stock.Hint) {
	o.inbox.put(x)
	signal(o.wake)
}
