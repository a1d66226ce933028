package watch_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	shopA = "http://a.example/item"
	shopB = "http://b.example/item"
)

func TestTwoHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var products []stock.Product
		for i := range 10 {
			u := fmt.Sprintf("http://a.example/%d", i)
			products = append(products, product(fmt.Sprint("p", i), time.Minute, u))
		}
		products = append(products, product("slow", 10*time.Minute, shopB))
		// The plan is anchored in the calendar: whole slots fit into whole hours.
		r := w.start(w.options("one"), products)
		after(2 * time.Hour)
		r.stop()
		for i := range 10 {
			// One look at the start, which may take the place of the first slot's, then one per slot.
			if n := len(w.street.of(fmt.Sprintf("a.example/%d", i))); n != 120 && n != 121 {
				t.Errorf("page %d with an interval of 1m was looked at %d times in 2h, want 120 or 121", i, n)
			}
		}
		if n := len(w.street.of(shopB)); n != 13 {
			t.Errorf("a page with an interval of 10m was looked at %d times in 2h, want 13", n)
		}
		if got := w.journal.kinds(products[0].Watches[0].ID); got != "baseline" {
			t.Errorf("records of a page that never changed: %q, want one baseline", got)
		}
	})
}

func TestAChangeIsWrittenOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		start := time.Now()
		w.street.answer = func(_ string, at time.Time) stock.Observation {
			if d := at.Sub(start); d > 10*time.Minute && d < 20*time.Minute {
				return says(stock.InStock)
			}
			return says(stock.OutOfStock)
		}
		p := product("p", time.Minute, shopA)
		r := w.start(w.options("one"), []stock.Product{p})
		after(time.Hour)
		r.stop()
		records := w.journal.of(p.Watches[0].ID)
		if got, want := w.journal.kinds(p.Watches[0].ID), "baseline restocked sold_out"; got != want {
			t.Fatalf("records = %q, want %q", got, want)
		}
		if c := records[1]; c.Watcher != "one" || c.PublishedAt.Before(c.ObservedAt) || c.PublishedAt.IsZero() {
			t.Errorf("record by %q, published at %v, observed at %v; want by one, published after", c.Watcher, c.PublishedAt, c.ObservedAt)
		}
	})
}

func TestOneLookServesAllWatchesOfAURL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		often, seldom := product("often", time.Minute, shopA), product("seldom", time.Hour, "HTTP://A.example:80/item")
		r := w.start(w.options("one"), []stock.Product{seldom, often})
		after(time.Hour)
		r.stop()
		if n := len(w.street.of("")); n != 61 {
			t.Errorf("one URL of two products with intervals of 1m and 1h was looked at %d times in 1h, want 61", n)
		}
		for _, p := range []stock.Product{often, seldom} {
			if got := w.journal.kinds(p.Watches[0].ID); got != "baseline" {
				t.Errorf("records of product %s: %q, want a baseline for each", p.ID, got)
			}
		}
	})
}

func TestASlowHostDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.street.took = func(u string) time.Duration {
			if u == shopA {
				return 50 * time.Second
			}
			return time.Second
		}
		r := w.start(w.options("one"), []stock.Product{product("p", 10*time.Second, shopA, shopB)})
		after(10 * time.Minute)
		r.stop()
		if n := len(w.street.of(shopB)); n != 60 {
			t.Errorf("beside a slow host a page with an interval of 10s was looked at %d times in 10m, want 60", n)
		}
	})
}

func TestAPanicIsALookThatFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.street.answer = func(u string, _ time.Time) stock.Observation {
			if u == shopA {
				w.street.mu.Lock()
				w.street.busy["a.example"] = false
				w.street.mu.Unlock()
				panic("index out of range")
			}
			return says(stock.OutOfStock)
		}
		var looks []stock.Look
		o := w.options("one")
		o.Announce = func(_ int, l []stock.Look) { looks = append(looks, l...) }
		r := w.start(o, []stock.Product{product("p", time.Minute, shopA, shopB)})
		after(time.Minute)
		r.stop()
		if got := w.journal.kinds(stock.WatchID("p", shopB)); got != "baseline" {
			t.Errorf("records of the other page: %q, want baseline", got)
		}
		for _, l := range looks {
			if l.Watch == stock.WatchID("p", shopA) && l.Outcome == stock.Failed {
				return
			}
		}
		t.Errorf("announced %v, want an error for the page whose reader panicked", looks)
	})
}

func TestReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		stays, goes := product("stays", 10*time.Minute, shopA), product("goes", 10*time.Minute, shopB)
		r := w.start(w.options("one"), []stock.Product{stays, goes})
		after(25 * time.Minute)
		before, gone := len(w.street.of(shopA)), len(w.street.of(shopB))

		comes := product("comes", 10*time.Minute, "http://a.example/new", "http://c.example/new")
		r.Set([]stock.Product{stays, comes}, "other")
		after(10 * time.Second)
		if n := len(w.street.of(shopA)); n != before {
			t.Errorf("right after a reload the page that stays had %d more looks, want 0", n-before)
		}
		for _, u := range []string{"a.example/new", "c.example/new"} {
			if n := len(w.street.of(u)); n != 1 {
				t.Errorf("right after a reload the new page %s had %d looks, want 1", u, n)
			}
		}
		after(time.Hour)
		if n := len(w.street.of(shopA)); n < before+6 || n > before+7 {
			t.Errorf("in 1h after a reload the page that stays had %d looks, want 6 or 7", n-before)
		}
		if n := len(w.street.of(shopB)); n != gone {
			t.Errorf("after a reload the page that went had %d more looks, want 0", n-gone)
		}

		r.Set([]stock.Product{stays, comes, goes}, "hash") // and back
		after(10 * time.Minute)
		if n := len(w.street.of(shopB)); n == gone {
			t.Errorf("a page that came back had no look within its interval")
		}
		r.stop()
	})
}

func TestARestartIsNoReasonToLookEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		products := []stock.Product{product("p", 10*time.Minute, shopA)}
		for range 10 {
			r := w.start(w.options("one"), products)
			after(6 * time.Minute)
			r.stop()
		}
		if n := len(w.street.of(shopA)); n != 7 {
			t.Errorf("a page with an interval of 10m was looked at %d times in 1h with 9 restarts, want 7", n)
		}
	})
}

// After kill -9 the memory is that of some minutes before. It is not taken for
// the truth: the old process may have looked at any page since.
func TestAfterAKillNoPageIsLookedAtEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var urls []string
		for i := range 10 {
			urls = append(urls, fmt.Sprintf("http://a.example/%d", i))
		}
		products := []stock.Product{product("p", time.Minute, urls...)}
		r := w.start(w.options("one"), products)
		after(17*time.Minute + 30*time.Second)
		then := w.memory.get("a.example")
		if then == "" {
			t.Fatal("nothing is in the memory of a host after 17m, want it written every 5m")
		}
		r.stop()
		w.memory.values["a.example"] = then
		r = w.start(w.options("one"), products)
		after(10 * time.Minute)
		r.stop()
		for _, u := range urls {
			looks := w.street.of(u)
			for i, l := range looks[2:] {
				if gap := l.start.Sub(looks[i+1].start); gap < 15*time.Second || gap > 3*time.Minute {
					t.Errorf("%s was looked at again after %v, want at least its min_interval of 15s and at most three intervals of 1m", u, gap)
				}
			}
		}
	})
}

// Whoever is killed before it has written its memory leaves no word of when it
// asked. The next one keeps the gap all the same: the street complains otherwise.
func TestAfterAKillTheGapIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		products := []stock.Product{product("p", 3*time.Second, shopA, shopA+"/more")}
		for life := range 30 {
			r := w.start(w.options("one"), products)
			after(12*time.Second + time.Duration(life)*150*time.Millisecond)
			r.stop()
			clear(w.memory.values)
		}
		if n := len(w.street.of("")); n < 30 {
			t.Errorf("a host was looked at %d times in 30 lives, want at least once in each", n)
		}
	})
}

func TestTheLastGoodLookOutlivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		start := time.Now()
		w.street.answer = func(_ string, at time.Time) stock.Observation {
			if d := at.Sub(start); d > 20*24*time.Hour && d < 40*24*time.Hour {
				return stock.Observation{Outcome: stock.Blocked}
			}
			return says(stock.InStock) // what is out for 30 days has more to tell
		}
		p := product("p", 6*time.Hour, shopA)
		for range 6 {
			r := w.start(w.options("one"), []stock.Product{p})
			after(10 * 24 * time.Hour)
			r.stop()
		}
		// 20 days without a good look: unreadable and readable. Had the 20 good days
		// before been forgotten, the first good look after them would be a baseline.
		if got, want := w.journal.kinds(p.Watches[0].ID), "baseline unreadable readable"; got != want {
			t.Errorf("records = %q, want %q", got, want)
		}
	})
}

func TestLooksAreAnnounced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		got := make(map[string]int)
		o := w.options("one")
		o.Announce = func(_ int, looks []stock.Look) {
			for _, l := range looks {
				got[l.Watch]++
				if l.Availability != stock.OutOfStock || l.Source != "page" || !l.Next.After(l.At) || l.Why.Code == "" {
					t.Errorf("announced %+v, want what was read, by which source, when next and why now", l)
				}
			}
		}
		p, q := product("p", time.Minute, shopA), product("q", time.Minute, shopA)
		r := w.start(o, []stock.Product{p, q})
		after(10 * time.Minute)
		r.stop()
		for _, id := range []string{p.Watches[0].ID, q.Watches[0].ID} {
			if got[id] != 11 {
				t.Errorf("%d looks announced for a watch, want 11", got[id])
			}
		}
	})
}
