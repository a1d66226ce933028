package crashlab

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// The notifier is away for an hour, and one channel is down for six, by the
// clock of the bubble: every alert arrives once or is a dead letter that says why
// it did not, and the other channel hears of all of them at once.
func TestHoursOfTrouble(t *testing.T) {
	// The engine keeps one clock for all engines of a process. This one makes it
	// outside of the bubble, in which it could not stand still.
	bystander, gone := newLocalNotifier(t, t.TempDir(), "1m")
	defer gone()
	bystander.record()
	const beat = 15 * time.Minute // between two records
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d, end := newLocalNotifier(t, dir, "1m")
		defer end()
		var records []uint64
		pass := func(span time.Duration) {
			for range span / beat {
				time.Sleep(beat)
				records = append(records, d.record())
			}
		}
		stop := d.open()
		pass(30 * time.Minute)
		stop()
		pass(time.Hour - beat) // an alert of a restock starts for an hour
		away := len(records)
		stop = d.open()
		pass(30 * time.Minute)
		for _, seq := range records[:away] {
			if n := d.good.got(letterID(seq, goodChannel)); n != 1 {
				t.Errorf("record %d from before or while the notifier was away came %d times, want once", seq, n)
			}
		}

		d.bad.set(true)
		pass(6 * time.Hour)
		d.bad.set(false)
		pass(time.Hour)
		time.Sleep(time.Minute)
		for _, c := range []string{goodChannel, badChannel} {
			if err := d.empty(c); err != nil {
				t.Error(err)
			}
		}
		stop()
		d.account(records)
	})
}

func letterID(seq uint64, channel string) string { return fmt.Sprintf("%d_%s_r", seq, channel) }

// account wants each record on each channel once, or among the dead letters.
func (d *localNotifier) account(records []uint64) {
	d.Helper()
	list, err := d.bus.Dead(context.Background())
	if err != nil {
		d.Fatalf("list the dead letters: %v", err)
	}
	dead := map[string]stock.DeadLetter{}
	for _, l := range list {
		dead[l.Letter.ID()] = l
	}
	for _, seq := range records {
		if n := d.good.got(letterID(seq, goodChannel)); n != 1 {
			d.Errorf("record %d came %d times to the channel that was never down, want once", seq, n)
		}
		id := letterID(seq, badChannel)
		letter, buried := dead[id]
		n := d.bad.got(id)
		switch {
		case !buried && n != 1, buried && n != 0:
			d.Errorf("alert %s came %d times, dead letter: %v; want one of both", id, n, buried)
		case buried && !strings.HasPrefix(letter.Text, "expired: "):
			d.Errorf("dead letter %s: %q, want that it expired, and what kept it", id, letter.Text)
		}
	}
	for _, ages := range d.good.came {
		if age := ages[0]; age > time.Hour {
			d.Errorf("an alert came %s late to the channel that was never down", age)
		}
	}
	d.Logf("%d records: %d alerts on the channel that was never down; on the other %d, and %d dead letters",
		len(records), len(d.good.came), len(d.bad.came), len(dead))
}
