package watch_test

import (
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/watch"
)

// doubts is a look at a page that does not say whether the thing can be bought.
func doubts(leans stock.Lean) stock.Observation {
	return stock.Observation{Outcome: stock.OK, Doubt: stock.Contradiction, Leans: leans, Reason: stock.Said("the page contradicts itself")}
}

// A doubt outlives restarts and kills, also where no record says it.
func TestADoubtOutlivesARestart(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(w *world, r *running)
	}{
		{"in good order", func(_ *world, r *running) { r.stop() }},
		{"by a kill", func(w *world, r *running) {
			kept := w.memory.get("a.example")
			r.stop()
			w.memory.mu.Lock()
			defer w.memory.mu.Unlock()
			w.memory.values["a.example"] = kept
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				start := time.Now()
				w.street.answer = func(_ string, at time.Time) stock.Observation {
					switch d := at.Sub(start); {
					case d < 5*time.Minute:
						return says(stock.InStock)
					case d < 50*time.Minute:
						return doubts(stock.LeansYes) // makes no record
					case d < 70*time.Minute:
						return stock.Observation{Outcome: stock.Blocked}
					}
					return says(stock.InStock)
				}
				p := product("p", time.Minute, shopA)
				r := w.start(w.options("one"), []stock.Product{p})
				after(30 * time.Minute)
				tt.end(w, r)
				r = w.start(w.options("one"), []stock.Product{p})
				after(2 * time.Hour)
				r.stop()
				if got, want := w.journal.kinds(p.Watches[0].ID), "baseline restocked"; got != want {
					t.Errorf("in, more than an hour of doubt with a restart in it, in: records %q, want %q", got, want)
				}
				if last := w.journal.of(p.Watches[0].ID)[1]; !last.WasUnclear() {
					t.Errorf("the restock after the doubt is not marked: %+v", last.Previous)
				}
			})
		})
	}
}

// A page that is in trouble stays so over restarts: the looks that failed go on
// counting.
func TestTroubleOutlivesRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		start := time.Now()
		w.street.answer = func(_ string, at time.Time) stock.Observation {
			if at.Sub(start) < 30*time.Minute {
				return says(stock.OutOfStock)
			}
			return stock.Observation{Outcome: stock.Unreadable}
		}
		p := product("p", time.Hour, shopA)
		for range 12 {
			r := w.start(w.options("one"), []stock.Product{p})
			after(3 * time.Hour)
			r.stop()
		}
		if got, want := w.journal.kinds(p.Watches[0].ID), "baseline unreadable"; got != want {
			t.Errorf("a page that cannot be read for 35 h, with a restart every 3 h: records %q, want %q", got, want)
		}
	})
}

// The first start of the version that remembers doubts tells nobody of one that was
// there before.
func TestAnUpgradeRingsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := product("p", time.Minute, shopA)
		r := w.start(w.options("one"), []stock.Product{p})
		after(10 * time.Minute)
		r.stop()
		clear(w.memory.values) // an older version left none of this form
		w.street.answer = func(string, time.Time) stock.Observation { return doubts(stock.LeansYes) }
		r = w.start(w.options("one"), []stock.Product{p})
		after(30 * time.Minute)
		r.stop()
		if got, want := w.journal.kinds(p.Watches[0].ID), "baseline"; got != want {
			t.Errorf("out, upgrade, leaning yes: records %q, want %q", got, want)
		}
	})
}

// A kill soon after the first start makes no upgrade of the second one: the maybe
// after it is told. One soon after an upgrade leaves it an upgrade.
func TestAKillIsNoUpgrade(t *testing.T) {
	for _, tt := range []struct {
		name string
		old  bool // the record is of an older version
		want string
	}{
		{"a new installation", false, "baseline maybe_restocked"},
		{"an upgrade", true, "baseline"},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			var urls []string
			for _, host := range "abcdefgh" { // some of which are saved later than others
				urls = append(urls, "https://"+string(host)+".example/item")
			}
			p := product("p", time.Minute, urls...)
			var mu sync.Mutex
			answer := says(stock.OutOfStock)
			w.street.answer = func(string, time.Time) stock.Observation { mu.Lock(); defer mu.Unlock(); return answer }
			life := func(d time.Duration) {
				r := w.start(w.options("one"), []stock.Product{p})
				after(d)
				w.memory.mu.Lock()
				kept := maps.Clone(w.memory.values)
				w.memory.mu.Unlock()
				r.stop()
				w.memory.mu.Lock()
				defer w.memory.mu.Unlock()
				w.memory.values = kept // it was killed: nothing was written at the end
			}
			life(3 * time.Second)
			mu.Lock()
			answer = doubts(stock.LeansYes)
			mu.Unlock()
			if tt.old {
				clear(w.memory.values)
				life(time.Second) // before its first look
			}
			life(30 * time.Minute)
			for _, one := range p.Watches {
				if got := w.journal.kinds(one.ID); got != tt.want {
					t.Errorf("%s: %s, out, killed after 3 s, leaning yes: records %q, want %q", tt.name, one.URL, got, tt.want)
				}
			}
		})
	}
}

// What a host never moves is learned, told to the observer, and outlives a restart.
func TestWhatAHostNeverMovesIsLearned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		start := time.Now()
		w.street.answer = func(_ string, at time.Time) stock.Observation {
			box := stock.InStock
			if int(at.Sub(start)/(10*time.Minute))%2 == 1 {
				box = stock.OutOfStock
			}
			o := says(box)
			o.Verdicts = []stock.MethodVerdict{{Method: stock.MethodJSONLD, Availability: stock.InStock}, {Method: stock.MethodBuyBox, Availability: box}}
			return o
		}
		var told [][]stock.Method
		o := w.options("one")
		o.Distrust = func(_ string, methods []stock.Method) { told = append(told, methods) }
		p := product("p", time.Minute, shopA)
		r := w.start(o, []stock.Product{p})
		after(time.Hour)
		r.stop()
		if len(told) == 0 || !slices.Equal(told[len(told)-1], []stock.Method{stock.MethodJSONLD}) {
			t.Fatalf("in an hour with two sell-outs and returns the observer was told %v, want json-ld at last", told)
		}
		told = nil
		r = w.start(o, []stock.Product{p})
		after(time.Minute)
		r.stop()
		if len(told) == 0 || !slices.Equal(told[0], []stock.Method{stock.MethodJSONLD}) {
			t.Errorf("after a restart the observer was told %v, want json-ld at once", told)
		}

		// A reset while nobody watches counts from the next start on, and is done once.
		reset, host := time.Now(), w.street.Host(shopA)
		shown := func(at time.Time) int {
			t.Helper()
			learned, err := watch.LearnedTrust([]byte(w.memory.get(host)), host, at)
			if err != nil {
				t.Fatal(err)
			}
			return len(learned.NotTrusted())
		}
		if shown(time.Time{}) != 1 || shown(reset) != 0 {
			t.Errorf("not trusted are %d methods, %d from the moment of a reset on; want 1 and 0", shown(time.Time{}), shown(reset))
		}
		for _, tt := range []struct {
			name string
			runs time.Duration
			want int // methods that are not trusted in the end
		}{
			{"soon after the reset", time.Minute, 0},
			{"after two more sell-outs", time.Hour, 1},
			{"after a restart", time.Minute, 1},
		} {
			told = nil
			r = w.start(o, []stock.Product{p})
			r.ResetTrust(host, reset)
			after(tt.runs)
			r.stop()
			if len(told) == 0 || len(told[len(told)-1]) != tt.want || shown(reset) != tt.want {
				t.Errorf("%s: the observer was told %v, and %d methods are shown as not trusted; want %d", tt.name, told, shown(reset), tt.want)
			}
		}
	})
}

// What told nothing at the last look is known to a dashboard that begins after it, with
// the doubt that no record says, and is not once it was told.
func TestTheLastTroubleOutlivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a, b := product("a", time.Minute, shopA), product("b", time.Minute, shopA+"2")
		var mu sync.Mutex
		answers := map[string]stock.Observation{}
		answer := func(raw string, o stock.Observation) { mu.Lock(); defer mu.Unlock(); answers[raw] = o }
		out := says(stock.OutOfStock)
		answer(shopA, out)
		answer(shopA+"2", out)
		w.street.answer = func(raw string, _ time.Time) stock.Observation { mu.Lock(); defer mu.Unlock(); return answers[raw] }
		r := w.start(w.options("one"), []stock.Product{a, b})
		host := w.street.Host(shopA)
		looks := func(why string, kept time.Duration) map[string]stock.Look {
			t.Helper()
			after(kept)
			list, err := watch.LastLooks([]byte(w.memory.get(host)), host)
			if err != nil {
				t.Fatalf("%s: %v", why, err)
			}
			found := map[string]stock.Look{}
			for _, l := range list {
				found[l.Watch] = l
			}
			return found
		}
		if got := looks("both told", 10*time.Minute); len(got) != 0 {
			t.Errorf("pages that told: %+v, want none in trouble", got)
		}
		answer(shopA, stock.Observation{Outcome: stock.WrongProduct, Reason: stock.Said("another item")})
		answer(shopA+"2", doubts(stock.LeansNo))
		for _, when := range []string{"while it runs", "after a restart"} {
			if when == "after a restart" {
				r.stop()
				r = w.start(w.options("one"), []stock.Product{a, b})
			}
			got := looks(when, 5*time.Minute)
			wrong, doubt := got[a.Watches[0].ID], got[b.Watches[0].ID]
			if wrong.Outcome != stock.WrongProduct || wrong.Reason.Text != "another item" || wrong.At.IsZero() {
				t.Errorf("%s: a page of another product was looked at last as %+v, want that and why", when, wrong)
			}
			if doubt.Doubt == "" || doubt.Leans != stock.LeansNo || doubt.Clarity == nil || doubt.Clarity.Leans != stock.LeansNo {
				t.Errorf("%s: a page in doubt was looked at last as %+v, want its doubt, remembered", when, doubt)
			}
		}
		answer(shopA, out)
		answer(shopA+"2", out)
		if got := looks("told again", 5*time.Minute); len(got) != 0 {
			t.Errorf("pages that told again: %+v, want none in trouble", got)
		}
		r.stop()
	})
}
