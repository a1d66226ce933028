package watch_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A look that a person asks for comes as soon as the host's gap and the page's own shortest
// wait allow, once, whatever the plan would have asked; the street complains of a broken gap.
func TestALookThatSomebodyAsksFor(t *testing.T) {
	for _, tt := range []struct {
		name   string
		after  time.Duration // since the last look at the page
		within time.Duration
	}{
		{"long after the last look", 5 * time.Minute, 5 * time.Second},
		{"right after the last look", time.Second, 20 * time.Second}, // min_interval is 15 s
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				o := w.options("one")
				var whys []string
				o.Announce = func(_ int, looks []stock.Look) {
					for _, l := range looks {
						whys = append(whys, l.Watch+" "+string(l.Why.Code))
						if l.Took != 300 || l.Price != stock.Yen(49980) {
							t.Errorf("a look is announced with %d ms and %v, want 300 and its price", l.Took, l.Price)
						}
					}
				}
				quiet, busy := "http://a.example/quiet", "http://b.example/busy"
				slow := product("p", time.Hour, quiet)
				slow.Watches[0].MinInterval = 15 * time.Second
				r := w.start(o, []stock.Product{slow, product("q", 10*time.Second, busy)})
				for len(w.street.of(quiet)) == 0 {
					after(100 * time.Millisecond)
				}
				after(tt.after)
				before, asked := len(w.street.of(quiet)), time.Now()
				for range 3 {
					r.Hint(stock.Hint{Product: "p", Watch: stock.WatchID("p", quiet), At: asked, Now: true})
				}
				after(tt.within)
				looks := w.street.of(quiet)
				if len(looks) != before+1 {
					t.Fatalf("within %v the page was looked at %d times, want once", tt.within, len(looks)-before)
				}
				if gap := looks[before].start.Sub(looks[before-1].start); gap < 15*time.Second {
					t.Errorf("it was looked at %v after the look before, want at least min_interval", gap)
				}
				after(time.Second)
				r.stop()
				if got := strings.Join(whys, "\n"); !strings.Contains(got, stock.WatchID("p", quiet)+" asked_for") {
					t.Errorf("nobody is told why the page was looked at:\n%s", got)
				}
			})
		})
	}
}
