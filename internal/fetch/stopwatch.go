package fetch

import (
	"context"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// stopwatch ends a request after a time that does not run while the request waits
// for something of ours: a shop is not slow because we have no room for its page.
// Start, hold and end belong to the goroutine of the request.
type stopwatch struct {
	cancel context.CancelCauseFunc
	timer  *time.Timer
	left   time.Duration
	since  clock.Instant
}

// startWatch returns a context that ends with cause after d, or with the stopwatch.
func startWatch(ctx context.Context, d time.Duration, cause error) (context.Context, *stopwatch) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &stopwatch{cancel: cancel, left: d, since: clock.Now()}
	w.timer = time.AfterFunc(d, func() { cancel(cause) })
	return ctx, w
}

// end ends the context of a request that is over.
func (w *stopwatch) end() {
	w.timer.Stop()
	w.cancel(context.Canceled)
}

// hold stops the time until over is called. A time that has run out stays so.
func (w *stopwatch) hold() (over func()) {
	if !w.timer.Stop() {
		return func() {}
	}
	w.left -= clock.Since(w.since)
	return func() {
		w.since = clock.Now()
		w.timer.Reset(max(w.left, 0))
	}
}
