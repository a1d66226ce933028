package watch_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/watch"
)

// flips answers with stock that changes every so often, beginning without.
func flips(start time.Time, period time.Duration) func(string, time.Time) stock.Observation {
	return func(_ string, at time.Time) stock.Observation {
		if at.Sub(start)/period%2 == 0 {
			return says(stock.OutOfStock)
		}
		return says(stock.InStock)
	}
}

// mustChain fails unless every record says truly what it changed.
func mustChain(t *testing.T, records []stock.Change) {
	t.Helper()
	for i, c := range records[1:] {
		before := records[i]
		if c.Previous == nil || c.Previous.Availability != before.Availability {
			t.Errorf("record %d (%s) came from %+v, but the record before it says %v", i+1, c.Kind, c.Previous, before.Availability)
		}
		if c.Availability.Group() == before.Availability.Group() {
			t.Errorf("record %d (%s) says %v, as did the record before", i+1, c.Kind, c.Availability)
		}
	}
}

func TestWhatIsSeenWhileTheJournalIsAwayIsToldAfterwards(t *testing.T) {
	for _, tt := range []struct {
		name string
		away func(*journal)
		back func(*journal)
	}{
		{"no answer", func(j *journal) { j.away = errAway }, func(j *journal) { j.away = nil }},
		{"calls hang", func(j *journal) { j.hang = true }, func(j *journal) { j.hang = false }},
		{"refuses", func(j *journal) { j.refuse = errors.New("maximum bytes exceeded") }, func(j *journal) { j.refuse = nil }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.street.answer = flips(time.Now(), 10*time.Minute)
				p := product("p", time.Minute, shopA)
				r := w.start(w.options("one"), []stock.Product{p})
				after(5 * time.Minute)
				w.journal.set(tt.away)
				after(32 * time.Minute)
				if got := w.journal.kinds(p.Watches[0].ID); got != "baseline" {
					t.Errorf("records during the outage: %q, want a baseline from before", got)
				}
				if n := len(w.street.of(shopA)); n < 36 {
					t.Errorf("with the journal away the page was looked at %d times in 37m, want at least 36", n)
				}
				w.journal.set(tt.back)
				after(time.Minute)
				if got, want := w.journal.kinds(p.Watches[0].ID), "baseline restocked sold_out restocked"; got != want {
					t.Errorf("records after the outage: %q, want %q", got, want)
				}
				mustChain(t, w.journal.of(p.Watches[0].ID))
				r.stop()
			})
		})
	}
}

// What waits at one host is written as soon as the journal has answered another: by then each
// tries no more than every half minute, and what is in memory is lost with the process.
func TestAJournalThatAnswersOneHostIsTriedByAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		early, late := flips(time.Now(), 10*time.Minute), flips(time.Now().Add(17*time.Second), 10*time.Minute)
		w.street.answer = func(url string, at time.Time) stock.Observation {
			if url == shopA {
				return early(url, at)
			}
			return late(url, at)
		}
		p, q := product("p", time.Minute, shopA), product("q", time.Minute, shopB)
		r := w.start(w.options("one"), []stock.Product{p, q})
		after(5 * time.Minute)
		w.journal.set(func(j *journal) { j.hang = true })
		after(8 * time.Minute)
		w.journal.set(func(j *journal) { j.hang = false })
		written := func() (n int) {
			for _, id := range []string{p.Watches[0].ID, q.Watches[0].ID} {
				if w.journal.kinds(id) == "baseline restocked" {
					n++
				}
			}
			return n
		}
		for range 60 {
			if after(time.Second); written() > 0 {
				break
			}
		}
		after(time.Second)
		if n := written(); n != 2 {
			t.Errorf("a second after the journal has answered one of two hosts, %d have written what waits", n)
		}
		r.stop()
	})
}

func TestALongOutageFoldsTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		start := time.Now()
		w.street.answer = flips(start, 10*time.Minute)
		p := product("p", time.Minute, shopA)
		r := w.start(w.options("one"), []stock.Product{p})
		after(5 * time.Minute)
		w.journal.set(func(j *journal) { j.away = errAway })
		after(10 * time.Hour) // 60 changes; the last one, to in stock, 5 minutes ago...
		after(10 * time.Minute)
		w.journal.set(func(j *journal) { j.away = nil })
		after(time.Minute)
		records := w.journal.of(p.Watches[0].ID)
		if n := len(records) - 1; n < 6 || n > 8 {
			t.Errorf("%d records were kept through the outage, want 6 to 8: %s", n, w.journal.kinds(p.Watches[0].ID))
		}
		mustChain(t, records)
		if c := records[1]; c.ObservedAt.Sub(start) > 12*time.Minute {
			t.Errorf("the first record after the outage is of %v, want that of the first restock", c.ObservedAt.Sub(start))
		}
		last := records[len(records)-1]
		if ago := time.Since(last.ObservedAt); last.Kind != stock.Restocked || ago > 10*time.Minute {
			t.Errorf("the last record is %s of %v ago, want the restock of less than 10m ago", last.Kind, ago)
		}
		r.stop()
	})
}

func TestARecordWhoseAnswerWasLostIsNotDoubled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.street.answer = flips(time.Now(), 10*time.Minute)
		w.journal.lossy = true
		p := product("p", time.Minute, shopA)
		o := w.options("one")
		reg := prometheus.NewPedanticRegistry()
		o.Registerer = reg
		r := w.start(o, []stock.Product{p})
		after(35 * time.Minute)
		r.stop()
		mustHave(t, dump(t, reg), `sainyuka_changes_total{kind="restocked",source="page"} 2`)
		if got, want := w.journal.kinds(p.Watches[0].ID), "baseline restocked sold_out restocked"; got != want {
			t.Errorf("records when every answer is lost: %q, want %q", got, want)
		}
	})
}

// A server that lags answers with a record older than the last one. Were that believed, the
// sell-out that follows would be no change, and the next restock none either.
func TestAnOlderLastRecordIsNotBelieved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.street.answer = flips(time.Now(), 10*time.Minute)
		p := product("p", time.Minute, shopA)
		r := w.start(w.options("one"), []stock.Product{p})
		after(15 * time.Minute)
		w.journal.set(func(j *journal) { j.lags = true })
		after(20 * time.Minute)
		r.stop()
		if got, want := w.journal.kinds(p.Watches[0].ID), "baseline restocked sold_out restocked"; got != want || w.journal.lags {
			t.Errorf("records with a server that lags: %q (lags still: %t), want %q", got, w.journal.lags, want)
		}
	})
}

// Two watchers that both believe to own a host (one came back from a long pause,
// say) see the same page, and write one history.
func TestADoubledWatcherDoublesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.street.lenient = true // each keeps the gap for itself
		w.street.took = func(string) time.Duration { return 0 }
		w.street.answer = flips(time.Now(), 7*time.Minute)
		p := product("p", time.Minute, shopA)
		one, two := w.start(w.options("one"), []stock.Product{p}), w.start(w.options("two"), []stock.Product{p})
		after(71 * time.Minute)
		one.stop()
		two.stop()
		want := "baseline" + strings.Repeat(" restocked sold_out", 5)
		if got := w.journal.kinds(p.Watches[0].ID); got != want {
			t.Errorf("records of two watchers of one page: %q, want %q", got, want)
		}
		mustChain(t, w.journal.of(p.Watches[0].ID))
	})
}

func TestAJournalThatIsAwayAtTheStartIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.journal.away = errAway
		p := product("p", time.Minute, shopA)
		r := w.start(w.options("one"), []stock.Product{p})
		after(10 * time.Minute)
		if n := len(w.street.of(shopA)); n != 0 {
			t.Errorf("a watch whose state is not known was looked at %d times, want 0", n)
		}
		w.journal.set(func(j *journal) { j.away = nil })
		after(time.Minute)
		if got := w.journal.kinds(p.Watches[0].ID); got != "baseline" {
			t.Errorf("records 1m after the journal came back: %q, want baseline", got)
		}
		r.stop()
	})
}

func TestARestartKnowsTheState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.street.answer = flips(time.Now(), 10*time.Minute)
		products := []stock.Product{product("p", time.Minute, shopA)}
		for range 7 {
			r := w.start(w.options("one"), products)
			after(5 * time.Minute)
			r.stop()
		}
		if got, want := w.journal.kinds(products[0].Watches[0].ID), "baseline restocked sold_out restocked"; got != want {
			t.Errorf("records over six restarts: %q, want %q", got, want)
		}
	})
}

func TestStopIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.street.answer = flips(time.Now(), 2*time.Minute)
		var urls []string
		for name := range strings.SplitSeq("abcdefghijklmnopqrstuvwxyz", "") {
			urls = append(urls, "http://"+name+".example/1", "http://"+name+".example/2")
		}
		r := w.start(w.options("one"), []stock.Product{product("p", time.Minute, urls...)})
		after(time.Minute)
		w.journal.set(func(j *journal) { j.hang = true })
		after(10 * time.Minute)
		begin := time.Now()
		r.stop()
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("stopping with a journal that hangs took %v, want at most 10s", took)
		}
	})
}

func TestWithoutMemoryItGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.memory.err = errAway
		r := w.start(w.options("one"), []stock.Product{product("p", time.Minute, shopA)})
		after(10 * time.Minute)
		r.stop()
		if n := len(w.street.of(shopA)); n < 9 {
			t.Errorf("without a memory there were %d looks in 10m, want at least 9", n)
		}
	})
}

func TestStopDoesNotWaitForAnObserverThatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.street.deaf = true
		w.street.took = func(string) time.Duration { return time.Hour }
		watcher := watch.New(w.options("one"))
		watcher.Set([]stock.Product{product("p", time.Minute, shopA)}, "hash")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begin := time.Now()
		err := watcher.Run(ctx)
		if took := time.Since(begin) - time.Minute; err == nil || took > 10*time.Second {
			t.Errorf("Run with a look that does not end = %v, %v after its context; want an error within 10s", err, took)
		}
		after(time.Hour)
	})
}

func TestWhatIsSeenDuringAStopIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.street.deaf = true
		w.street.took = func(string) time.Duration { return 5 * time.Second }
		r := w.start(w.options("one"), []stock.Product{product("p", time.Minute, shopA)})
		after(3 * time.Second) // the first look waits for the host's gap
		r.stop()
		if got := w.journal.kinds(stock.WatchID("p", shopA)); got != "baseline" {
			t.Errorf("records of a look that ended during the stop: %q, want baseline", got)
		}
	})
}

func TestALookThatWeCutShortSaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.street.took = func(string) time.Duration { return 5 * time.Second }
		o := w.options("one")
		reg := prometheus.NewPedanticRegistry()
		o.Registerer = reg
		r := w.start(o, []stock.Product{product("p", time.Minute, shopA)})
		after(3 * time.Second)
		r.stop()
		mustHave(t, dump(t, reg), `sainyuka_checks_total{outcome="error",source="page"} 0`)
	})
}

// A conditional request is answered for a URL, whoever watches it: also for a
// watch that was not there when the page was read.
func TestAnUnmodifiedPageServesANewWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var looks int
		w.street.answer = func(string, time.Time) stock.Observation {
			o := says(stock.InStock)
			if looks++; looks > 1 {
				o.Outcome = stock.NotModified // with the reading that it repeats
			}
			return o
		}
		p, q := product("p", time.Minute, shopA), product("q", time.Minute, shopA)
		r := w.start(w.options("one"), []stock.Product{p})
		after(5 * time.Minute)
		r.Set([]stock.Product{p, q}, "other")
		after(2 * time.Minute)
		r.stop()
		if got := w.journal.kinds(q.Watches[0].ID); got != "baseline" {
			t.Errorf("records of a watch whose page was read before it came: %q, want baseline", got)
		}
	})
}
