package crashlab

import (
	"testing"
	"time"
)

// auditEvery is after how many kills the records are read: the stream keeps 200
// of a watch.
const auditEvery = 20

// `sainyuka run` is killed again and again while goods come and go: what was
// seen is recorded once and told, and no shop is asked too soon.
func TestBoxIsKilled(t *testing.T) {
	t.Parallel()
	l := newLab(t, 40)
	l.openScenarios(8)
	dir := t.TempDir()
	begin := func() *instance { return l.begin("box", "sainyuka", "run", "-data-dir", dir) }
	stop := l.flip(60)
	for n := range killsOr(10) {
		box := begin()
		switch {
		case n < 2: // at its very first requests, before it has written anything down
			from := l.shops.count()
			eventually(t, "a request", func() bool { return l.shops.count() > from })
			l.between(0, 50*time.Millisecond)
		case n%5 == 4: // late: scenarios take several looks of one process
			l.between(6*time.Second, 9*time.Second)
		case n%4 == 3: // while it starts
			l.between(5*time.Millisecond, 400*time.Millisecond)
		default:
			l.between(700*time.Millisecond, 2*time.Second)
		}
		box.killNow()
		if n%5 == 4 {
			l.switchLimits(dir)
		}
		if (n+1)%auditEvery == 0 {
			l.auditFolder(dir)
		}
	}
	l.step("all kills are done")
	box := begin()
	l.looked(2, anybody)
	l.between(2*time.Second, 3*time.Second) // the limits are judged
	stop()
	l.step("the shops change nothing any more")
	l.looked(2, anybody)
	l.step("the last kill")
	box.killNow()
	l.auditFolder(dir)

	box = begin()
	l.told()
	l.step("all are told")
	l.looked(2, anybody)
	box.terminate(t)
	l.auditFolder(dir)
	l.verdict()
}
