package watch_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// gaps returns the waits between looks, in whole seconds.
func gaps(looks []look) []int {
	var list []int
	for i := 1; i < len(looks); i++ {
		list = append(list, int(looks[i].start.Sub(looks[i-1].end).Round(time.Second).Seconds()))
	}
	return list
}

func TestRetryAfterIsHonoured(t *testing.T) {
	for _, tt := range []struct {
		says, want time.Duration
	}{
		{90 * time.Second, 90 * time.Second},
		{2 * time.Hour, 2 * time.Hour},
		{400 * 24 * time.Hour, 24 * time.Hour},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			once := true
			w.street.answer = func(string, time.Time) stock.Observation {
				if once {
					once = false
					return stock.Observation{Outcome: stock.RateLimited, Reason: stock.Said("429"), RetryAfter: tt.says}
				}
				return says(stock.OutOfStock)
			}
			p := product("p", time.Second, shopA, "http://a.example/other")
			r := w.start(w.options("one"), []stock.Product{p})
			after(tt.want + time.Minute)
			r.stop()
			looks := w.street.of("a.example")
			if gap := looks[1].start.Sub(looks[0].end); gap < tt.want || gap > tt.want+time.Second {
				t.Errorf("after Retry-After %v the host was asked again %v later, want %v", tt.says, gap, tt.want)
			}
			if gap := looks[2].start.Sub(looks[1].start); gap > 3*time.Second {
				t.Errorf("after the back-off the next look came %v later, want at the usual pace", gap)
			}
		})
	}
}

func TestBackOffDoublesUpToItsCap(t *testing.T) {
	for _, tt := range []struct {
		outcome stock.Outcome
		want    []int // seconds between looks
	}{
		{stock.Blocked, []int{60, 120, 240, 480, 960, 1920, 3600, 3600}},
		{stock.RateLimited, []int{60, 120, 240, 480, 960, 1920, 3600, 3600}},
		{stock.Failed, []int{60, 120, 240, 300, 300, 300}},
	} {
		t.Run(string(tt.outcome), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.street.took = func(string) time.Duration { return time.Millisecond }
				w.street.answer = func(string, time.Time) stock.Observation {
					return stock.Observation{Outcome: tt.outcome, Reason: stock.Said("no")}
				}
				// Many pages on the host: one is always due, so each wait is the back-off's.
				var products []stock.Product
				for i := range 30 {
					products = append(products, product(fmt.Sprint("p", i), time.Minute, fmt.Sprintf("http://a.example/%d", i)))
				}
				r := w.start(w.options("one"), products)
				after(5 * time.Hour)
				r.stop()
				got := gaps(w.street.of("a.example"))
				if len(got) < len(tt.want) || !slices.Equal(got[:len(tt.want)], tt.want) {
					t.Errorf("waits after %s = %vs, want %vs", tt.outcome, got, tt.want)
				}
			})
		})
	}
}

func TestAGoodLookEndsTheBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		start := time.Now()
		w.street.answer = func(_ string, at time.Time) stock.Observation {
			if at.Sub(start) < time.Hour {
				return stock.Observation{Outcome: stock.Blocked, Reason: stock.Said("403")}
			}
			return says(stock.OutOfStock)
		}
		r := w.start(w.options("one"), []stock.Product{product("p", time.Minute, shopA)})
		after(4 * time.Hour)
		r.stop()
		looks := w.street.of(shopA)
		if got := gaps(looks[len(looks)-60:]); slices.Max(got) > 61 {
			t.Errorf("long after the shop answers again the waits are %vs, want 60s", got)
		}
	})
}

func TestOnePagesTroubleIsNotItsHosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		bad := "http://a.example/login-only"
		w.street.answer = func(u string, _ time.Time) stock.Observation {
			if u == bad {
				return stock.Observation{Outcome: stock.Blocked, Reason: stock.Said("403")}
			}
			return says(stock.OutOfStock)
		}
		r := w.start(w.options("one"), []stock.Product{product("p", time.Minute, shopA, bad)})
		after(10 * time.Hour)
		r.stop()
		if n := len(w.street.of(shopA)); n < 590 {
			t.Errorf("beside a page that is always refused another was looked at %d times in 10h, want about 600", n)
		}
		if n := len(w.street.of(bad)); n < 10 || n > 20 {
			t.Errorf("a page that is always refused was asked for %d times in 10h, want once an hour in the end", n)
		}
	})
}

func TestADisallowedPageIsAskedForOnceAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.street.answer = func(u string, _ time.Time) stock.Observation {
			if u == shopA {
				return stock.Observation{Outcome: stock.Disallowed, Reason: stock.Said("robots.txt")}
			}
			return stock.Observation{Outcome: stock.Unreadable, Reason: stock.Said("a shell")}
		}
		other := "http://a.example/allowed"
		r := w.start(w.options("one"), []stock.Product{product("p", time.Minute, shopA, other)})
		after(10*time.Hour - time.Minute)
		r.stop()
		if n := len(w.street.of(shopA)); n != 10 {
			t.Errorf("a disallowed page was asked for %d times in 10h, want 10", n)
		}
		if n := len(w.street.of(other)); n < 598 {
			t.Errorf("an unreadable page beside it was looked at %d times in 10h, want its normal 600", n)
		}
	})
}

// The log tells of a page that cannot be read when that begins and when it ends,
// not at every look.
func TestTroubleIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		begun := time.Now()
		w.street.answer = func(_ string, at time.Time) stock.Observation {
			if at.Sub(begun) < 5*time.Hour {
				return stock.Observation{Outcome: stock.Disallowed, Reason: stock.Said("robots.txt says no")}
			}
			return says(stock.OutOfStock)
		}
		var log strings.Builder
		o := w.options("one")
		o.Logger = slog.New(slog.NewTextHandler(&log, nil))
		r := w.start(o, []stock.Product{product("p", time.Minute, shopA)})
		after(8 * time.Hour)
		r.stop()
		for text, want := range map[string]int{`msg="the page cannot be read"`: 1, `err="robots.txt says no"`: 1, `msg="the page can be read again"`: 1} {
			if n := strings.Count(log.String(), text); n != want {
				t.Errorf("the log has %d times %s, want %d:\n%s", n, text, want, log.String())
			}
		}
	})
}

func TestABackOffOutlivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.street.answer = func(string, time.Time) stock.Observation {
			return stock.Observation{Outcome: stock.RateLimited, RetryAfter: time.Hour}
		}
		products := []stock.Product{product("p", time.Minute, shopA)}
		for range 5 {
			r := w.start(w.options("one"), products)
			after(10 * time.Minute)
			r.stop()
		}
		if n := len(w.street.of(shopA)); n != 1 {
			t.Errorf("a host that asked for 1h was asked %d times in 50m with four restarts, want 1", n)
		}
	})
}

func TestGarbageInMemoryIsNothing(t *testing.T) {
	for _, garbage := range []string{
		`{`, `[]`, `null`, `"x"`, `{"v":99}`, `{"v":1,"host":"other.example","not_before":"2090-01-01T00:00:00Z"}`,
		`{"v":1,"host":"a.example","watches":{"x":{"looked":-5,"good":9e15}}}`, "\x00\xff",
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.memory.values["a.example"] = garbage
			r := w.start(w.options("one"), []stock.Product{product("p", time.Minute, shopA)})
			after(5 * time.Minute)
			r.stop()
			if n := len(w.street.of(shopA)); n < 5 {
				t.Errorf("with %q as memory there were %d looks in 5m, want at least 5", garbage, n)
			}
		})
	}
}

func TestABackOffFromTheFutureEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.memory.values["a.example"] = `{"v":1,"host":"a.example","not_before":"2090-01-01T00:00:00Z"}`
		r := w.start(w.options("one"), []stock.Product{product("p", time.Minute, shopA)})
		after(25 * time.Hour)
		r.stop()
		if n := len(w.street.of(shopA)); n < 55 {
			t.Errorf("after a back-off that was to end in 2090 there were %d looks in 25h, want those of the last hour", n)
		}
	})
}
