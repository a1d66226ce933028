package fetch

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// gateGap is the gap that the street's hosts get.
const gateGap = time.Second

// gateStep is a request or, when hold is set, somebody who holds a host. Times are
// in milliseconds.
type gateStep struct {
	host         string
	start        int
	hold         int // how long
	connect, run int // from the turn to the server's first look, from there to the end
	patience     int
}

func drawGateStep(t *rapid.T) gateStep {
	return gateStep{
		host:     rapid.SampledFrom([]string{"a", "b"}).Draw(t, "host"),
		start:    rapid.IntRange(0, 5000).Draw(t, "start"),
		hold:     rapid.SampledFrom([]int{0, 0, 0, 700}).Draw(t, "hold"),
		connect:  rapid.IntRange(0, 900).Draw(t, "connect"),
		run:      rapid.IntRange(0, 3000).Draw(t, "run"),
		patience: rapid.SampledFrom([]int{100, 2500, 1_000_000}).Draw(t, "patience"),
	}
}

// street is some hosts behind a gate, and what they saw.
type street struct {
	gate *gate

	mu       sync.Mutex
	requests map[string][]gateRequest
	held     map[string]clock.Instant
}

type gateRequest struct{ arrived, ended clock.Instant }

func (s *street) hold(step gateStep) {
	// Half a millisecond beside all that requests do, so that none is let in at the
	// very moment of the hold.
	time.Sleep(500 * time.Microsecond)
	until := clock.Now().Add(milliseconds(step.hold) - 500*time.Microsecond)
	s.mu.Lock()
	if until.After(s.held[step.host]) {
		s.held[step.host] = until
	}
	s.mu.Unlock()
	s.gate.hold(step.host, until)
}

func (s *street) request(t *testing.T, rt *rapid.T, step gateStep) {
	ctx, cancel := context.WithTimeout(t.Context(), milliseconds(step.patience))
	defer cancel()
	turn, err := s.gate.enter(ctx, step.host, gateGap)
	if err != nil {
		return
	}
	s.mu.Lock()
	if now := clock.Now(); now.Before(s.held[step.host]) {
		rt.Errorf("host %s is asked %s before the end of its hold", step.host, s.held[step.host].Sub(now))
	}
	s.mu.Unlock()
	time.Sleep(milliseconds(step.connect))
	arrived := clock.Now()
	time.Sleep(milliseconds(step.run))
	s.mu.Lock()
	s.requests[step.host] = append(s.requests[step.host], gateRequest{arrived, clock.Now()})
	s.mu.Unlock()
	turn.leave(arrived)
}

func milliseconds(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// check returns the number of requests served.
func (s *street) check(rt *rapid.T) (served int) {
	for host, all := range s.requests {
		served += len(all)
		for i := 1; i < len(all); i++ {
			before, now := all[i-1], all[i]
			if now.arrived.Sub(before.arrived) < gateGap || now.arrived.Before(before.ended) {
				rt.Errorf("host %s: a request arrived %s after the one before, and %s after that ended", host, now.arrived.Sub(before.arrived), now.arrived.Sub(before.ended))
			}
		}
	}
	return served
}

// Whatever the order of requests, cancellations and holds: two requests of a host
// never overlap and are never closer than the gap, none goes during a hold, and
// who is patient is served.
func TestGateProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.SliceOfN(rapid.Custom(drawGateStep), 1, 30).Draw(rt, "steps")
		synctest.Test(t, func(t *testing.T) {
			s := &street{gate: newGate(), requests: make(map[string][]gateRequest), held: make(map[string]clock.Instant)}
			var wg sync.WaitGroup
			patient := 0
			for _, step := range steps {
				if step.hold == 0 && step.patience > 100_000 {
					patient++
				}
				wg.Go(func() {
					time.Sleep(milliseconds(step.start))
					if step.hold > 0 {
						s.hold(step)
						return
					}
					s.request(t, rt, step)
				})
			}
			wg.Wait()
			if served := s.check(rt); served < patient {
				rt.Errorf("%d requests were served, want at least the %d patient ones", served, patient)
			}
		})
	})
}
