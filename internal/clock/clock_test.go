package clock

import (
	"math"
	"testing"
	"testing/synctest"
	"time"
)

func TestInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := Now()
		time.Sleep(time.Minute)
		if got := Since(begin); got != time.Minute {
			t.Errorf("Since a moment one minute ago = %s", got)
		}
		if got := Until(begin.Add(time.Hour)); got != 59*time.Minute {
			t.Errorf("Until one hour after that moment = %s, want 59m", got)
		}
		if i := After(time.Second); !i.After(begin) || !begin.Before(i) || begin.After(i) {
			t.Error("a later moment is not after an earlier one")
		}
		never := Instant{}
		if !never.Add(time.Hour).IsZero() || !never.Before(begin.Add(-30*365*24*time.Hour)) {
			t.Error("never is not before all other moments, or stops to be never when something is added")
		}
		if got := Since(never); got != math.MaxInt64 {
			t.Errorf("Since never = %s, want the longest Duration", got)
		}
	})
}

func TestWallHasNoMonotonicPart(t *testing.T) {
	if w := Wall(); w != w.Round(0) {
		t.Errorf("Wall() = %s has a monotonic part", w)
	}
}

// set returns a line as if the wall clock had been set by some amount since.
func set(l Line, by time.Duration) Line {
	l.wall = l.wall.Add(-by)
	return l
}

func TestLineFollowsTheWallClock(t *testing.T) {
	for _, step := range []time.Duration{
		time.Second, -time.Second, time.Minute, -time.Minute, time.Hour, -time.Hour, 24 * time.Hour, -24 * time.Hour, 56 * 365 * 24 * time.Hour,
	} {
		synctest.Test(t, func(t *testing.T) {
			l := set(NewLine(), step)
			mark := Now()
			before := l.At(mark)
			time.Sleep(5 * time.Second)
			if got := l.Follow(); got != step {
				t.Errorf("Follow after the clock was set by %s = %s", step, got)
			}
			if got := l.Follow(); got != 0 {
				t.Errorf("Follow once more after a step of %s = %s, want 0", step, got)
			}
			if got := l.At(mark).Sub(before); got != step {
				t.Errorf("a moment's wall time moved by %s with a step of %s", got, step)
			}
			if got := l.Instant(l.At(mark)); got.Sub(mark) != 0 {
				t.Errorf("after a step of %s a moment comes back from its wall time %s later", step, got.Sub(mark))
			}
		})
	}
}

func TestLineKeepsNever(t *testing.T) {
	l := NewLine()
	if !l.At(Instant{}).IsZero() || !l.Instant(time.Time{}).IsZero() {
		t.Error("never does not stay never on the other clock")
	}
	if i := l.Instant(time.Date(1, 2, 3, 0, 0, 0, 0, time.UTC)); i.IsZero() || Since(i) < farthest || Since(i) > farthest+time.Hour {
		t.Errorf("a moment long ago is %s ago, want %s", Since(i), farthest)
	}
}

func TestDeadlinePassesByEitherClock(t *testing.T) {
	for _, tt := range []struct {
		name       string
		mono, wall time.Duration // until the deadline
		left       time.Duration
	}{
		{"none passed", time.Minute, 2 * time.Minute, time.Minute},
		{"the machine was suspended", time.Minute, -time.Hour, 0},
		{"the wall clock was set back", -time.Second, time.Hour, 0},
		{"it is over", 0, 0, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := Deadline{Now().Add(tt.mono), Wall().Add(tt.wall)}
			if d.Left() != tt.left || d.Passed() != (tt.left == 0) {
				t.Errorf("%s: %s left, passed: %v; want %s", tt.name, d.Left(), d.Passed(), tt.left)
			}
		})
	}
	if !(Deadline{}).Passed() {
		t.Error("the zero Deadline has not passed")
	}
}

func TestAgesSurviveSteps(t *testing.T) {
	for _, step := range []time.Duration{0, time.Hour, -time.Hour, 24 * time.Hour, -24 * time.Hour, 56 * 365 * 24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			a := &Ages{line: set(NewLine(), step)}
			old := a.line.At(Now()) // of the clock as it stood before the step
			time.Sleep(5 * time.Second)
			if got := a.Age(old); got != 5*time.Second {
				t.Errorf("a time of 5s before a step of %s is %s old", step, got)
			}
			fresh := Wall()
			time.Sleep(7 * time.Second)
			if got := a.Age(fresh); got != 7*time.Second {
				t.Errorf("a time of 7s ago, after a step of %s, is %s old", step, got)
			}
			if got := a.Age(Wall().Add(25 * 365 * 24 * time.Hour)); step >= 0 && got != 0 {
				t.Errorf("a time to come is %s old after a step of %s, want 0s", got, step)
			}
		})
	}
}
