package watch

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	firstRetry   = time.Second
	longestRetry = 30 * time.Second
)

// retry is when to try again what failed; the zero retry says: now.
type retry struct {
	at   clock.Instant
	wait time.Duration
}

func (r *retry) failed(now clock.Instant) {
	r.wait = min(max(2*r.wait, firstRetry), longestRetry)
	r.at = now.Add(r.wait)
}

// soon makes the next try due now. The waits after it go on growing.
func (r *retry) soon() { r.at = clock.Instant{} }

// outage sees to it that many hosts that miss the same journal say so once.
type outage struct {
	log   *slog.Logger
	again func() // tries at once whatever waits for the journal
	away  atomic.Bool

	mu      sync.Mutex
	refused map[string]bool // watches with a change that the journal does not take
	nudged  clock.Instant
}

func (o *outage) report(host string, err error) {
	if o.away.CompareAndSwap(false, true) {
		o.log.Warn("journal or memory do not answer: changes are kept until they do", "host", host, "err", err)
	}
}

// over notes that the journal has answered one host. The others need not wait their time: by then
// they may try no more than every half minute, and what waits in memory is lost with the process.
func (o *outage) over() {
	if !o.away.CompareAndSwap(true, false) {
		return
	}
	o.log.Info("journal and memory answer again")
	o.mu.Lock()
	nudge := o.mayNudge()
	o.mu.Unlock()
	if nudge {
		o.again()
	}
}

// mayNudge reports whether all that waits may be tried at once, and notes that it is: not more often
// than a first retry, or a journal that answers every other time would be asked without end. o.mu is
// held.
func (o *outage) mayNudge() bool {
	now := clock.Now()
	if !o.nudged.IsZero() && now.Sub(o.nudged) < firstRetry {
		return false
	}
	o.nudged = now
	return true
}

// refuse notes that the journal, though there, did not take a watch's change.
func (o *outage) refuse(watch string, kind stock.Kind, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.refused) == 0 {
		o.log.Warn("the journal refuses a change: it is kept, and so is what else is refused", "watch", watch, "kind", kind, "err", err)
	}
	o.refused[watch] = true
}

// forget drops a watch that is no longer ours to write of.
func (o *outage) forget(watch string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.refused, watch)
}

// taken notes that the journal took a change. What it refused of others it may
// take now: they need not wait their time.
func (o *outage) taken(watch string) {
	o.mu.Lock()
	if len(o.refused) == 0 {
		o.mu.Unlock()
		return
	}
	if delete(o.refused, watch); len(o.refused) == 0 {
		o.log.Info("the journal takes all changes again")
	}
	nudge := len(o.refused) > 0 && o.mayNudge()
	o.mu.Unlock()
	if nudge {
		o.again()
	}
}
