package watch

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Of many calls at once each has its turn and its own time, and an urgent one waits for
// none of them.
func TestCallsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := make(calls, 4)
		var mu sync.Mutex
		now, most, done := 0, 0, 0
		slow := func(ctx context.Context) error {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			defer func() {
				mu.Lock()
				now--
				done++
				mu.Unlock()
			}()
			select {
			case <-time.After(callTimeout / 2):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if err := c.do(t.Context(), false, slow); err != nil {
					t.Errorf("a call among many: %v", err)
				}
			})
		}
		synctest.Wait()
		start := time.Now()
		if err := c.do(t.Context(), true, func(context.Context) error { return nil }); err != nil || time.Since(start) != 0 {
			t.Errorf("an urgent call among many: %v after %v, want none at once", err, time.Since(start))
		}
		all.Wait()
		if most != cap(c) || done != 20 {
			t.Errorf("%d calls were under way at once and %d were done, want %d and 20", most, done, cap(c))
		}
	})
}

// While nothing answers, whoever has no turn gives up in time.
func TestACallGivesUpItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := make(calls, 1)
		c <- struct{}{}
		start := time.Now()
		err := c.do(t.Context(), false, func(context.Context) error {
			t.Error("a call was made without a turn")
			return nil
		})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != turnTimeout {
			t.Errorf("a call that has no turn: %v after %v, want %v after %v", err, time.Since(start), context.DeadlineExceeded, turnTimeout)
		}
	})
}
