package crashlab

import (
	"flag"
	"fmt"
	"testing"
	"time"
)

var steps = flag.Int("steps", 0, "how often a laboratory sets the wall `CLOCK`; 0: a few times")

// clockSteps are what one process goes through.
var clockSteps = []time.Duration{
	-time.Hour, time.Second, time.Minute, -time.Second, time.Hour, -time.Minute, 24 * time.Hour, -24 * time.Hour,
}

// The wall clock of `sainyuka run` is set again and again while goods come and go,
// also a moment after its start, and from 1970 to the present: every page goes on
// being looked at, no gap is broken, and what was seen is recorded and told once.
func TestBoxClockIsSet(t *testing.T) {
	t.Parallel()
	l := newLab(t, 24)
	w := newWallClock(l)
	dir := t.TempDir()
	stop := l.flip(30)
	few, all := len(clockSteps)/2, *steps
	if all == 0 {
		all = few + 1
	}
	var longest time.Duration
	for n, starts := 0, 0; n < all; starts++ {
		unset := starts%3 == 1
		if unset {
			w.in1970()
		}
		box := l.begin("box", "sainyuka", "run", "-data-dir", dir)
		if starts%2 == 0 { // at its very first requests
			from := l.shops.count()
			eventually(t, "a request", func() bool { return l.shops.count() > from })
		} else {
			l.looked(1, anybody)
		}
		if unset {
			longest = max(longest, l.setClock(box, "to the present", func() { w.set(0) }))
			n++
		}
		for i := 0; i < len(clockSteps) && n < all; i++ {
			by := clockSteps[(i+starts)%len(clockSteps)]
			longest = max(longest, l.setClock(box, "by "+by.String(), func() { w.step(by) }))
			n++
		}
		box.terminate(t)
		l.auditFolder(dir)
		w.set(0)
	}
	l.step("the clock is right")
	box := l.begin("box", "sainyuka", "run", "-data-dir", dir)
	l.looked(1, anybody)
	stop()
	l.looked(2, anybody)
	l.told()
	box.terminate(t)
	l.auditFolder(dir)
	l.verdict()
	l.Logf("the clock was set %d times; the longest time from a step to the next look at a page was %s, with an interval of %s",
		max(all, 1), longest.Round(time.Millisecond), interval)
}

// setClock sets the clock and returns how long it took until every page was looked
// at again.
func (l *lab) setClock(box *instance, how string, set func()) time.Duration {
	l.Helper()
	l.step(fmt.Sprintf("the clock of %s is set %s", box.by, how))
	set()
	l.between(50*time.Millisecond, 100*time.Millisecond) // it has been read
	began := time.Now()
	l.looked(1, anybody)
	box.alive(l)
	took := time.Since(began)
	l.between(0, 2*time.Second)
	return took
}
