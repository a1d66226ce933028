package notify

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/group"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Each kind of fact with a time has it by whichever clock says so first: the wall clock
// may stand years or hours behind while the facts are read, and be set afterwards; a
// machine may be suspended; or the wall clock is set back.
func TestTimersSurviveStepsOfTheClock(t *testing.T) {
	const wait = time.Minute
	facts := func(due time.Time) map[string]any {
		return map[string]any{
			groupFacts + "p.phone.r":  group.State{Opened: due.Add(-group.Window), Waiting: []group.Member{{Seq: 6}}},
			groupFacts + "q.phone.r":  group.State{Opened: due.Add(-group.Memory)},
			escFacts + "p.5":          escFact{Due: due},
			ackFacts + "5":            ackFact{At: due.Add(-ackMemory)},
			heldFacts + "phone.r.x.1": stock.Letter{}, // its time is the end of the quiet hours alone
		}
	}
	for _, tt := range []struct {
		name   string
		behind time.Duration // the wall clock, while the facts are read
		step   time.Duration // of the wall clock, afterwards
		sleep  time.Duration // then
		due    bool
	}{
		{"the clock is right, too early", 0, 0, wait - time.Second, false},
		{"the clock is right, in time", 0, 0, wait, true},
		{"begun in 1970, not set yet", 56 * 365 * 24 * time.Hour, 0, wait, false},
		{"begun in 1970, then set", 56 * 365 * 24 * time.Hour, 56 * 365 * 24 * time.Hour, wait, true},
		{"begun three hours behind, then set", 3 * time.Hour, 3 * time.Hour, wait, true},
		{"begun three hours behind, set before it is time", 3 * time.Hour, 3 * time.Hour, wait - time.Second, false},
		{"suspended for a night", 0, 8 * time.Hour, 0, true},
		{"set back by a day, too early", 0, -24 * time.Hour, wait - time.Second, false},
		{"set back by a day, in time", 0, -24 * time.Hour, wait, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			atNoon(t, func(t *testing.T, now time.Time) {
				b := New(Options{Store: newStore(), Rules: rulesFor(switch2())}).book.Load()
				a := &agenda{timers: map[string]timer{}}
				want := []string{heldFacts + "phone.r.x.1"}
				for key, v := range facts(now.Add(tt.behind + wait)) {
					value, err := json.Marshal(v)
					if err != nil {
						t.Fatal(err)
					}
					a.note(stock.KV{Key: key, Value: value, Rev: 1})
					if tt.due && key != want[0] {
						want = append(want, key)
					}
				}
				time.Sleep(tt.sleep)
				got := a.due(b, clock.Now(), clock.Wall().Add(tt.step))
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("due: %q, want %q", got, want)
				}
			})
		})
	}
}

// What was looked at and is still there, since it was too early or failed, is looked at
// again: later, or at once when it changes.
func TestATimerThatChangedNothingComesAgain(t *testing.T) {
	atNoon(t, func(t *testing.T, now time.Time) {
		b := New(Options{Store: newStore(), Rules: rulesFor(switch2())}).book.Load()
		a := &agenda{timers: map[string]timer{}}
		fact := stock.KV{Key: escFacts + "p.5", Value: []byte(`{}`), Rev: 1}
		looks := func() int { return len(a.due(b, clock.Now(), clock.Wall())) }
		a.note(fact)
		for i, want := range []int{1, 0, 0, 0, 0, 1, 0} {
			if got := looks(); got != want {
				t.Errorf("after %ds: %d due, want %d", i, got, want)
			}
			time.Sleep(time.Second)
		}
		if a.note(fact); looks() != 1 {
			t.Error("a fact that changed is not looked at at once")
		}
		if a.note(stock.KV{Key: fact.Key}); len(a.timers) != 0 {
			t.Error("a fact that is gone still has a timer")
		}
	})
}
