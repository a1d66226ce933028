package fetch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
)

func TestGateKeepsGapFromFirstByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		start := clock.Now()
		first := enter(t, g, "a.example", 2*time.Second)
		time.Sleep(300 * time.Millisecond) // connecting
		seen := clock.Now()
		time.Sleep(5 * time.Second) // a long body: one request at a time all the same
		first.leave(seen)
		second := enter(t, g, "a.example", 2*time.Second)
		if got := clock.Since(start); got != 5300*time.Millisecond {
			t.Errorf("second turn after %s, want 5.3s: when the first one's body was read", got)
		}
		second.leave(clock.Now())
		enter(t, g, "a.example", 2*time.Second).pass()
		if got := clock.Since(start); got != 7300*time.Millisecond {
			t.Errorf("third turn after %s, want 7.3s: 2s after the second one's first byte", got)
		}
		enter(t, g, "b.example", 2*time.Second).pass()
		if got := clock.Since(start); got != 7300*time.Millisecond {
			t.Errorf("another host had to wait until %s", got)
		}
	})
}

func enter(t *testing.T, g *gate, host string, gap time.Duration) *turn {
	t.Helper()
	turn, err := g.enter(t.Context(), host, gap)
	if err != nil {
		t.Fatalf("enter(%s): %v", host, err)
	}
	return turn
}

func TestGateServesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		holder := enter(t, g, "a.example", time.Second)
		var order []int
		var mu sync.Mutex
		for i := range 5 {
			go func() {
				turn, err := g.enter(t.Context(), "a.example", time.Second)
				if err != nil {
					t.Errorf("enter %d: %v", i, err)
					return
				}
				mu.Lock()
				order = append(order, i)
				mu.Unlock()
				turn.leave(clock.Now())
			}()
			synctest.Wait()
		}
		holder.pass()
		time.Sleep(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if want := []int{0, 1, 2, 3, 4}; !slices.Equal(order, want) {
			t.Errorf("served in the order %v, want %v", order, want)
		}
	})
}

func TestGateCancelledWaiterLeavesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		why := errors.New("enough")
		for _, where := range []string{"in the queue", "during the rest"} {
			holder := enter(t, g, "a.example", time.Hour)
			if where == "during the rest" {
				holder.leave(clock.Now())
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			left := make(chan error, 1)
			go func() {
				_, err := g.enter(ctx, "a.example", time.Hour)
				left <- err
			}()
			synctest.Wait()
			before := clock.Now()
			cancel(why)
			if err := <-left; !errors.Is(err, why) || clock.Since(before) != 0 {
				t.Errorf("waiter %s left with %v after %s, want %v at once", where, err, clock.Since(before), why)
			}
			if where == "in the queue" {
				holder.pass()
			}
		}
		if n := g.lanes["a.example"].users; n != 0 {
			t.Errorf("%d users are still counted", n)
		}
	})
}

func TestGateEndedContextNeverWins(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	g := newGate()
	for range 100 {
		if _, err := g.enter(ctx, "a.example", 0); !errors.Is(err, context.Canceled) {
			t.Fatalf("enter with an ended context = %v, want %v", err, context.Canceled)
		}
	}
}

func TestGateHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		start := clock.Now()
		g.hold("a.example", start.Add(time.Minute))
		g.hold("a.example", start.Add(time.Second)) // does not shorten
		if got := g.next("a.example").Sub(start); got != time.Minute {
			t.Errorf("next = +%s, want +1m", got)
		}
		go func() { // prolongs the hold while somebody waits for its end
			time.Sleep(30 * time.Second)
			g.hold("a.example", start.Add(2*time.Minute))
		}()
		enter(t, g, "a.example", time.Second).pass()
		if got := clock.Since(start); got != 2*time.Minute {
			t.Errorf("turn after %s, want 2m", got)
		}
	})
}

func TestGateNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		check := func(when string, want time.Duration) {
			t.Helper()
			if got := clock.Until(g.next("a.example")); got != want {
				t.Errorf("%s: next = +%s, want +%s", when, got, want)
			}
		}
		check("never asked", 0)
		turn := enter(t, g, "a.example", 2*time.Second)
		check("request under way", 2*time.Second)
		turn.leave(clock.Now())
		check("just asked", 2*time.Second)
		time.Sleep(500 * time.Millisecond)
		check("half a second later", 1500*time.Millisecond)
		time.Sleep(time.Hour)
		check("an hour later", 0)
	})
}

func TestGateForgetsHosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		held := clock.Now().Add(1000 * time.Hour)
		g.hold("held.example", held)
		for i := range 10_000 {
			enter(t, g, fmt.Sprintf("h%d.example", i), time.Second).leave(clock.Now())
			time.Sleep(time.Second)
		}
		if n := len(g.lanes); n > 2*minLanes {
			t.Errorf("%d lanes are kept for 10000 hosts asked once, want at most %d", n, 2*minLanes)
		}
		if got := g.next("held.example"); got.Sub(held) != 0 {
			t.Errorf("the held host was forgotten: next is %s from when it was held until, want 0s", got.Sub(held))
		}
	})
}
