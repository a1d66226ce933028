package schedule_test

import (
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/schedule"
)

// A plan that begins, at whatever hour, with pages that somebody looked at a
// moment ago asks for them as soon as one that has run for long.
func TestAPlanBeginsAtAnyHour(t *testing.T) {
	for hour := range 24 {
		begin := noon.Add(time.Duration(hour) * time.Hour)
		h := host(2*time.Second,
			schedule.Page{ID: "a", Interval: 3 * time.Second, MinInterval: 3 * time.Second, Looked: begin},
			schedule.Page{ID: "b", Interval: 3 * time.Second, MinInterval: 3 * time.Second, Looked: begin},
		)
		looks, _ := play(h, begin, begin.Add(time.Minute), func(string, time.Time) bool { return false })
		if n := len(looks); n < 28 {
			t.Errorf("begun at %s, two pages were looked at %d times in 1m, want every 2s", begin.Format(time.TimeOnly), n)
		}
	}
}

// The same after the clock was set, and with what was learned before.
func TestAPlanGoesOnWhenTheClockIsSet(t *testing.T) {
	for _, step := range []time.Duration{-25 * time.Hour, 56 * 365 * 24 * time.Hour, -time.Hour, -time.Minute, -time.Second, time.Second, time.Minute, 13 * time.Hour} {
		h := host(2*time.Second,
			schedule.Page{ID: "a", Interval: 3 * time.Second, MinInterval: 3 * time.Second},
			schedule.Page{ID: "b", Interval: 3 * time.Second, MinInterval: 3 * time.Second},
			schedule.Page{ID: "c", Interval: time.Minute, MinInterval: 15 * time.Second},
		)
		never := func(string, time.Time) bool { return false }
		play(h, noon, noon.Add(10*time.Minute), never)
		begin := noon.Add(10*time.Minute + step)
		h.ClockSet(step)
		looks, _ := play(h, begin, begin.Add(5*time.Minute), never)
		if n := len(looks); n < 145 || n > 152 {
			t.Errorf("in 5m after a step of %s the host was asked %d times, want every 2s", step, n)
		}
		if n := len(byPage(looks)["c"]); n < 2 || n > 20 {
			t.Errorf("in 5m after a step of %s a page with an interval of 1m was looked at %d times", step, n)
		}
	}
}
