package watch_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A page is looked at within its hours alone, by the shop's clock; one that is paused
// is not looked at, and both are looked at again when that is over.
func TestPagesAreLookedAtWithinTheirHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		japan := time.FixedZone("JST", 9*3600)
		const other = "https://a.example/other"
		p := product("p", time.Minute, shopA)
		p.Watches[0].Hours = stock.Hours{
			Schedules: []stock.Schedule{{Spans: []stock.Span{{From: 22 * time.Hour, To: 2 * time.Hour}}}, {Days: []time.Weekday{time.Saturday, time.Sunday}}},
			Location:  japan,
		}
		paused := product("q", time.Minute, other)
		paused.Paused = true
		o, reg := w.options("one"), prometheus.NewRegistry()
		o.Registerer = reg
		r := w.start(o, []stock.Product{p, paused})
		after(7 * 24 * time.Hour)
		var first, last time.Time
		looks := w.street.of(shopA)
		for _, l := range looks {
			at := l.start.In(japan)
			if h := at.Hour(); h >= 2 && h < 22 || at.Weekday() != time.Saturday && at.Weekday() != time.Sunday {
				t.Errorf("a look at %s, want them from 22:00 to 02:00 on Saturdays and Sundays alone", at.Format("Mon 15:04:05"))
			}
			if first.IsZero() {
				first = at
			}
			last = at
		}
		// From Saturday 09:00 to the next one: 22:00 to 02:00, 22:00 to midnight, and from
		// midnight to 02:00.
		if n := len(looks); n < 470 || n > 490 || first.Hour() != 22 || last.Hour() != 1 {
			t.Errorf("%d looks in a week, from %s to %s, want about 480", n, first, last)
		}
		if n := len(w.street.of(other)); n != 0 {
			t.Errorf("a paused page was looked at %d times, want never", n)
		}
		if err := testutil.GatherAndCompare(reg, strings.NewReader(`
# HELP sainyuka_watch_resting Whether the watch is outside its schedule now; only of watches that have one.
# TYPE sainyuka_watch_resting gauge
sainyuka_watch_resting{product="p",watch="`+p.Watches[0].ID+`"} 1
`), "sainyuka_watch_resting"); err != nil {
			t.Errorf("at %s: %v", time.Now().In(japan), err)
		}
		paused.Paused = false
		r.Set([]stock.Product{p, paused}, "hash")
		after(10 * time.Minute)
		if n := len(w.street.of(other)); n < 9 {
			t.Errorf("a resumed page was looked at %d times in 10m, want 10", n)
		}
		r.stop()
	})
}
