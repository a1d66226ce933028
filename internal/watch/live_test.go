package watch_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// A shop of 60 pages, of which five have something for 40 s now and then: a
// round of all pages takes two minutes, so plain polling finds one in three.
const (
	livePages = 60
	liveEvery = 2 * time.Second
	liveOpen  = 40 * time.Second
	liveTurn  = 17 * time.Minute // between two restocks of a page
	liveHours = 16
)

// liveOpened returns the start of the window in which page i has stock at a
// moment, if it has.
func liveOpened(i int, since time.Duration) (time.Duration, bool) {
	if i%12 != 5 {
		return 0, false
	}
	at := since - time.Duration(i)*13*time.Second
	if at < 0 || at%liveTurn >= liveOpen {
		return 0, false
	}
	return at - at%liveTurn, true
}

func livePage(u string) (i int) {
	fmt.Sscanf(u[strings.LastIndex(u, "/")+1:], "%d", &i)
	return i
}

// The watcher as it is, in virtual time: it finds more restocks than round robin
// with as many requests, and the street complains of every breach of the gap.
func TestLearnedLooksFindMoreThanPlainOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		start := time.Now()
		w.street.every = liveEvery
		w.street.took = func(string) time.Duration { return 300 * time.Millisecond }
		w.street.answer = func(u string, at time.Time) stock.Observation {
			if _, open := liveOpened(livePage(u), at.Sub(start)); open {
				return says(stock.InStock)
			}
			return says(stock.OutOfStock)
		}
		var products []stock.Product
		for i := range livePages {
			products = append(products, product(fmt.Sprint("p", i), time.Minute, fmt.Sprintf("http://a.example/%d", i)))
		}
		r := w.start(w.options("one"), products)
		after(liveHours * time.Hour / 2)
		r.stop() // what was learned must survive this
		r = w.start(w.options("one"), products)
		after(liveHours * time.Hour / 2)
		r.stop()

		found := 0
		for _, p := range products {
			found += strings.Count(w.journal.kinds(p.Watches[0].ID), "restocked")
		}
		looks := w.street.of("a.example")
		plain := make(map[string]bool) // windows that round robin with as many looks sees
		for n, l := range looks {
			if at, open := liveOpened(n%livePages, l.start.Sub(start)); open {
				plain[fmt.Sprint(n%livePages, at)] = true
			}
		}
		t.Logf("%d looks found %d restocks; round robin finds %d", len(looks), found, len(plain))
		if most := int(liveHours*time.Hour/liveEvery) + 2; len(looks) > most {
			t.Errorf("the host was asked %d times, want at most its budget of %d", len(looks), most)
		}
		if found < 3*len(plain)/2 {
			t.Errorf("%d looks found %d restocks, want at least 1.5 times the %d of round robin", len(looks), found, len(plain))
		}
		for i := range livePages {
			last := start
			for _, l := range w.street.of(fmt.Sprintf("a.example/%d", i)) {
				if livePage(l.url) != i {
					continue
				}
				if gap := l.start.Sub(last); gap > 3*livePages*liveEvery || gap < 15*time.Second && last != start {
					t.Errorf("page %d was looked at again after %v, want 15s to 6m", i, gap)
				}
				last = l.start
			}
		}
	})
}

func TestARestockAtOneShopIsAHintForTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		start := time.Now()
		w.street.answer = func(u string, at time.Time) stock.Observation {
			if u == "http://a.example/7" && at.Sub(start) > time.Hour {
				return says(stock.InStock)
			}
			return says(stock.OutOfStock)
		}
		whys := make(map[string]int)
		o := w.options("one")
		o.Announce = func(_ int, looks []stock.Look) {
			for _, l := range looks {
				if l.Watch == stock.WatchID("p7", "http://b.example/7") {
					whys[l.Why.Text]++
				}
			}
		}
		var products []stock.Product
		for i := range 100 {
			products = append(products, product(fmt.Sprint("p", i), time.Minute,
				fmt.Sprintf("http://a.example/%d", i), fmt.Sprintf("http://b.example/%d", i)))
		}
		r := w.start(o, products)
		after(90 * time.Minute)
		r.stop()
		for why := range whys {
			if strings.Contains(why, "another shop restocked it") {
				return
			}
		}
		t.Errorf("reasons for looks at a product that another shop restocked: %v, want one that says so", whys)
	})
}

// Hints come from outside, too: from a feed, a person, or another process, and
// never twice from ourselves.
func TestHintsFromOutside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		whys := make(map[string]int)
		o := w.options("one")
		var shared []stock.Hint
		o.Share = func(h stock.Hint) { shared = append(shared, h) }
		o.Announce = func(_ int, looks []stock.Look) {
			for _, l := range looks {
				whys[l.Watch+" "+l.Why.Text]++
			}
		}
		start := time.Now()
		w.street.answer = func(u string, at time.Time) stock.Observation {
			if u == "http://a.example/7" && at.Sub(start) > 3*time.Hour {
				return says(stock.InStock)
			}
			return says(stock.OutOfStock)
		}
		var products []stock.Product
		for i := range 100 {
			products = append(products, product(fmt.Sprint("p", i), time.Minute, fmt.Sprintf("http://a.example/%d", i)))
		}
		r := w.start(o, products)
		after(time.Hour)
		r.Hint(stock.Hint{Product: "p3", Source: "bot", At: time.Now()})
		r.Hint(stock.Hint{Product: "p4", Source: "echo", At: time.Now(), From: "one"})
		r.Hint(stock.Hint{Product: "nobody's", Source: "bot", At: time.Now()})
		after(3 * time.Hour)
		r.stop()
		heard := func(product, source string) (n int) {
			for why := range whys {
				if strings.HasPrefix(why, stock.WatchID(product, "http://a.example/"+product[1:])) && strings.Contains(why, "hint from "+source) {
					n++
				}
			}
			return n
		}
		if heard("p3", "bot") == 0 || heard("p4", "echo") != 0 {
			t.Errorf("looks because of hints: %v; want some at p3 and none at p4", whys)
		}
		if len(shared) != 1 || shared[0].Product != "p7" || shared[0].From != "one" || shared[0].Source != "shop" {
			t.Errorf("shared with the other watchers: %v, want that p7 is back, once", shared)
		}
	})
}

func TestWhatWasLearnedIsInTheMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		products := []stock.Product{product("p", time.Minute, shopA, "http://a.example/other")}
		r := w.start(w.options("one"), products)
		after(20 * time.Minute)
		r.stop()
		var m struct {
			V       int
			Plan    []byte
			Watches map[string]any
		}
		if err := json.Unmarshal([]byte(w.memory.get("a.example")), &m); err != nil || m.V != 1 || len(m.Plan) == 0 || len(m.Watches) != 2 {
			t.Errorf("memory = %+v, %v; want version 1 with a plan and two watches", m, err)
		}
	})
}
