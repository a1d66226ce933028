package watch_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A browser that is dead is not the shop's trouble: pages that need none are looked at
// as ever, and the page that does is drawn within seconds of the browser's return.
func TestADeadBrowserIsNotTheHostsTrouble(t *testing.T) {
	for name, reason := range map[string]stock.Reason{
		"not there":          stock.Because(stock.ReasonBrowser, stock.Because(stock.ReasonRefused)),
		"lost while it drew": stock.Because(stock.ReasonBrowserLost),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				drawn := "http://a.example/drawn"
				start := time.Now()
				const back = 20*time.Minute + 10*time.Second
				w.street.answer = func(u string, at time.Time) stock.Observation {
					if u == drawn && at.Sub(start) < back {
						return stock.Observation{Outcome: stock.Failed, Reason: reason}
					}
					return says(stock.OutOfStock)
				}
				r := w.start(w.options("one"), []stock.Product{product("p", 10*time.Minute, drawn), product("q", time.Minute, shopA)})
				after(time.Hour)
				r.stop()
				var first time.Duration
				for _, l := range w.street.of(drawn) {
					if at := l.end.Sub(start); first == 0 && at >= back {
						first = at
					}
				}
				if wait := first - back; first == 0 || wait > 35*time.Second {
					t.Errorf("after the browser came back the page was drawn %v later, want within half a minute", wait)
				}
				if n := len(w.street.of(shopA)); n < 55 {
					t.Errorf("beside a dead browser a page that needs none was looked at %d times in an hour, want about 60", n)
				}
				if n := len(w.street.of(drawn)); n > 60 {
					t.Errorf("a page whose browser was dead for 20 minutes was tried %d times in an hour, want at most 60", n)
				}
				early := 0
				for _, l := range w.street.of(drawn) {
					if l.start.Sub(w.street.of(drawn)[0].start) < 15*time.Second {
						early++
					}
				}
				if early < 3 {
					t.Errorf("in the 15s after the browser died the page was tried %d times, want at least 3", early)
				}
			})
		})
	}
}
