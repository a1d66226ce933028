package watch

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

func TestATenureEndsAtItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lease := leasedUntil(t.Context(), clock.In(24*time.Second))
		time.Sleep(20 * time.Second)
		lease.extend(clock.In(24 * time.Second))
		time.Sleep(24*time.Second - time.Nanosecond)
		synctest.Wait()
		if !lease.valid() || lease.ctx.Err() != nil {
			t.Error("a term that was extended ended before its new deadline")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if lease.valid() || !errors.Is(context.Cause(lease.ctx), errLost) {
			t.Errorf("at its deadline a term is valid: %v, its cause %v; want it lost", lease.valid(), context.Cause(lease.ctx))
		}
		lease.extend(clock.In(time.Hour))
		if lease.valid() {
			t.Error("a term that ended was extended, want it to stay so")
		}
	})
}

// After a pause of the whole process its timers are late.
func TestATenureGoesByTheClockNotByItsTimer(t *testing.T) {
	lease := endless(t.Context())
	lease.leased, lease.deadline = true, clock.In(-time.Millisecond)
	if lease.valid() {
		t.Error("a term whose deadline has passed is valid though only its timer is late")
	}
}
