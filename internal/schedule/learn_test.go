package schedule_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/schedule"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// many returns n pages, each its own target, looked at one after the other
// during the last interval.
func many(n int, interval time.Duration) []schedule.Page {
	pages := make([]schedule.Page, n)
	for i := range pages {
		id := fmt.Sprintf("page%05d", i)
		pages[i] = schedule.Page{
			ID: id, Interval: interval, MinInterval: 10 * time.Second,
			Looked:  noon.Add(-interval * time.Duration(n-i) / time.Duration(n)),
			Targets: []schedule.Target{{ID: id, Product: id}},
		}
	}
	return pages
}

// play follows the plan; in says what is in stock.
func play(h *schedule.Host, from, to time.Time, in func(id string, at time.Time) bool) (looks []look, whys map[string]int) {
	whys = make(map[string]int)
	for now := from; ; {
		id, at, ok := h.Next(now)
		switch {
		case !ok || at.After(to):
			return looks, whys
		case at.After(now):
			now = at
		default:
			whys[strings.TrimRight(h.Why(id, at).Text, "0123456789:")]++
			looks = append(looks, look{id, at})
			h.Saw(id, at, schedule.Seen{Good: true, In: in(id, at)})
		}
	}
}

// often is in stock for four minutes, twice an hour; the other pages never.
func often(id string, at time.Time) bool {
	return id == "page00007" && at.Minute()%30 < 4
}

func TestAPageThatRestocksOftenIsLookedAtMoreOften(t *testing.T) {
	h := host(2*time.Second, many(100, time.Minute)...)
	play(h, noon, noon.Add(48*time.Hour), often)
	looks, _ := play(h, noon.Add(48*time.Hour), noon.Add(50*time.Hour), often)
	seen := byPage(looks)
	if n, other := len(seen["page00007"]), len(seen["page00050"]); n < 3*other {
		t.Errorf("a page that restocks twice an hour was looked at %d times in 2h, one that never does %d times; want at least three times as many", n, other)
	}
	if n := len(looks); n < 3590 || n > 3601 {
		t.Errorf("the host was asked %d times in 2h, want all 3600 requests of its budget", n)
	}
}

func TestWhatWasLearnedSurvives(t *testing.T) {
	old := host(2*time.Second, many(100, time.Minute)...)
	play(old, noon, noon.Add(48*time.Hour), often)
	value := old.Learned()
	if n := len(value); n > 8<<10 {
		t.Errorf("the memory of 100 watches has %d bytes, want at most 8 KiB", n)
	}
	h := schedule.NewHost(2*time.Second, nil)
	if err := h.Recall(value); err != nil {
		t.Fatalf("Recall(Learned()) = %v", err)
	}
	pages := many(100, time.Minute)
	h.Set(pages[:50]) // the rest comes later, as watches are loaded
	h.Set(pages)
	if got := h.Learned(); len(got) != len(value) {
		t.Errorf("after Recall there are %d bytes to remember, want %d", len(got), len(value))
	}
	looks, _ := play(h, noon.Add(48*time.Hour), noon.Add(50*time.Hour), often)
	seen := byPage(looks)
	if n, other := len(seen["page00007"]), len(seen["page00050"]); n < 3*other {
		t.Errorf("after a hand-over a page that restocks often was looked at %d times in 2h, another %d times; want at least three times as many", n, other)
	}
}

func TestGarbageIsNotRecalled(t *testing.T) {
	good := host(time.Second, many(30, time.Minute)...).Learned()
	rapid.Check(t, func(t *rapid.T) {
		value := append([]byte(nil), good...)
		switch rapid.IntRange(0, 2).Draw(t, "how") {
		case 0:
			value = rapid.SliceOf(rapid.Byte()).Draw(t, "value")
		case 1:
			value = value[:rapid.IntRange(0, len(value)-1).Draw(t, "length")]
		case 2:
			value[rapid.IntRange(0, len(value)-1).Draw(t, "place")] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
		}
		h := schedule.NewHost(time.Second, nil)
		if err := h.Recall(value); err == nil && len(value) > 0 {
			t.Fatalf("Recall of %d bytes of garbage = nil, want an error", len(value))
		}
		h.Set(many(30, time.Minute))
		if looks := run(h, noon, noon.Add(10*time.Minute)); len(looks) < 290 {
			t.Fatalf("after garbage the host was asked %d times in 10m, want 300", len(looks))
		}
	})
}

func TestAHintBringsALookForward(t *testing.T) {
	for _, tt := range []struct {
		name string
		hint stock.Hint
		why  string
	}{
		{"another shop", stock.Hint{Product: "page00042", Source: schedule.FromShop}, "another shop restocked it"},
		{"the end of a sale", stock.Hint{Product: "page00042", Source: schedule.FromSale}, "a sale ended"},
		{"a feed", stock.Hint{Watch: "page00042", Source: "feed"}, "hint from feed"},
	} {
		h := host(2*time.Second, many(300, time.Minute)...)
		play(h, noon, noon.Add(time.Hour), often)
		from := noon.Add(time.Hour)
		tt.hint.At = from
		h.Hint(tt.hint)
		looks, whys := play(h, from, from.Add(10*time.Minute), often)
		if n := len(byPage(looks)["page00042"]); n < 3 {
			t.Errorf("in the 10m after a hint from %s the page was looked at %d times, want at least 3 instead of 1", tt.name, n)
		}
		found := false
		for why := range whys {
			found = found || strings.Contains(why, tt.why)
		}
		if !found {
			t.Errorf("reasons after a hint from %s: %v, want one with %q", tt.name, whys, tt.why)
		}
	}
}

func TestAStormOfHintsLeavesHalfToTheOthers(t *testing.T) {
	h := host(2*time.Second, many(300, time.Minute)...)
	from := noon.Add(time.Hour)
	play(h, noon, from, often)
	for i := range 200 {
		h.Hint(stock.Hint{Product: fmt.Sprintf("page%05d", i), Source: "sitemap", At: from})
	}
	looks, _ := play(h, from, from.Add(20*time.Minute), often)
	others := 0
	for _, l := range looks {
		if l.id >= "page00200" {
			others++
		}
	}
	if others < len(looks)/6 {
		t.Errorf("with hints for 200 of 300 pages the others got %d of %d looks, want at least a sixth", others, len(looks))
	}
}

func TestASourceThatCriesWolfIsHeardLess(t *testing.T) {
	h := host(2*time.Second, many(100, time.Minute)...)
	looksAfterHint := func(at time.Time) int {
		h.Hint(stock.Hint{Product: "page00042", Source: "wolf", At: at})
		// All pages but this one restock once a day, so that the shop is not dead.
		looks, _ := play(h, at, at.Add(80*time.Minute), func(id string, at time.Time) bool {
			return id != "page00042" && at.Unix()/300%288 == int64(id[8]-'0')*28+int64(id[7]-'0')
		})
		return len(byPage(looks)["page00042"])
	}
	first := looksAfterHint(noon)
	for i := range 40 {
		looksAfterHint(noon.Add(time.Duration(i+1) * 2 * time.Hour))
	}
	if last := looksAfterHint(noon.Add(96 * time.Hour)); last > first*3/4 {
		t.Errorf("after 40 false hints the next one made for %d looks, the first for %d: want at most three quarters", last, first)
	}
}

// A host whose pages are all in stock is looked at as plainly as one where none
// is; one where most are does not forget the others.
func TestWhatIsInStockDoesNotStarveTheRest(t *testing.T) {
	for _, stocked := range []int{300, 250, 150} {
		h := host(2*time.Second, many(300, time.Minute)...)
		looks, _ := play(h, noon, noon.Add(3*time.Hour), func(id string, _ time.Time) bool {
			return id < fmt.Sprintf("page%05d", stocked)
		})
		for id, times := range byPage(looks) {
			last := noon
			for _, at := range times {
				if gap := at.Sub(last); gap > 30*time.Minute {
					t.Fatalf("with %d of 300 pages in stock %s waited %v, want at most 30m", stocked, id, gap)
				}
				last = at
			}
		}
		if n := len(byPage(looks)); n != 300 {
			t.Errorf("with %d of 300 pages in stock %d pages were looked at in 3h, want all", stocked, n)
		}
	}
}

func TestUnknownTeachesNothing(t *testing.T) {
	h := host(2*time.Second, many(50, time.Minute)...)
	before := string(h.Learned())
	for now := noon; now.Before(noon.Add(2 * time.Hour)); {
		id, at, _ := h.Next(now)
		if !at.After(now) {
			h.Saw(id, at, schedule.Seen{In: true})
		}
		now = at
	}
	if after := string(h.Learned()); after != before {
		t.Error("looks that saw nothing changed what is remembered, want it as before")
	}
}

func TestAHostThatRefusesIsAskedLessOften(t *testing.T) {
	h := host(2*time.Second, many(300, time.Minute)...)
	looks := run(h, noon, noon.Add(time.Minute))
	last := looks[len(looks)-1].at
	for range 4 { // two refusals, an answer between them
		id, at, _ := h.Next(last.Add(time.Minute))
		h.Saw(id, at, schedule.Seen{Refused: true})
		id, at, _ = h.Next(at.Add(time.Minute))
		h.Saw(id, at, schedule.Seen{Good: true})
		last = at
	}
	slow := len(run(h, last.Add(time.Minute), last.Add(2*time.Minute)))
	if slow > 12 {
		t.Errorf("after four refusals the host was asked %d times in 1m, want at most 12 of 30", slow)
	}
	run(h, last.Add(2*time.Minute), last.Add(time.Hour))
	if n := len(run(h, last.Add(time.Hour), last.Add(61*time.Minute))); n < 29 {
		t.Errorf("an hour later the host was asked %d times in 1m, want 30 again", n)
	}
}

// A page that shows five watches is worth five.
func TestAPageOfManyTargetsCountsForAll(t *testing.T) {
	pages := many(100, time.Minute)
	for i := range 10 {
		pages[0].Targets = append(pages[0].Targets, schedule.Target{ID: fmt.Sprint("more", i), Product: fmt.Sprint("more", i)})
	}
	looks, _ := play(host(2*time.Second, pages...), noon, noon.Add(6*time.Hour), func(string, time.Time) bool { return false })
	seen := byPage(looks)
	if a, b := len(seen["page00000"]), len(seen["page00001"]); a < 2*b {
		t.Errorf("a page with 11 targets was looked at %d times, one with a single target %d times; want at least twice as many", a, b)
	}
}

func TestTargetsOfAPageAreSeenOneByOne(t *testing.T) {
	page := schedule.Page{ID: "list", Interval: time.Minute, Targets: []schedule.Target{{ID: "a", Product: "pa"}, {ID: "b", Product: "pb"}}}
	h := host(time.Second, page)
	out, in := schedule.Seen{Good: true}, schedule.Seen{Good: true, In: true}
	h.Saw("list", noon, out, out)
	if got := h.Saw("list", noon.Add(time.Minute), out, in); len(got) != 1 || got[0] != "pb" {
		t.Errorf("Saw = %v, want the product of the second target", got)
	}
	if got := h.Saw("list", noon.Add(2*time.Minute), in, in); len(got) != 1 || got[0] != "pa" {
		t.Errorf("Saw = %v, want the product of the first target", got)
	}
}

// The budget is 400 bytes of heap per watch, everything included.
func TestMemoryPerWatch(t *testing.T) {
	const watches = 100_000
	for _, perHost := range []int{1, 10, 100, 10_000} {
		pages := many(perHost, time.Hour)
		hosts := make([]*schedule.Host, watches/perHost)
		before := heap()
		for i := range hosts {
			hosts[i] = host(2*time.Second, pages...)
			looks := 2
			for now := noon; looks > 0; looks-- {
				id, at, _ := hosts[i].Next(now)
				hosts[i].Saw(id, at, schedule.Seen{Good: true})
				now = at
			}
		}
		each := (heap() - before) / watches
		t.Logf("%d watches per host: %d bytes per watch", perHost, each)
		if limit := int64(400); perHost > 1 && each > limit {
			t.Errorf("%d watches per host cost %d bytes of heap each, want at most %d", perHost, each, limit)
		}
		runtime.KeepAlive(hosts)
		runtime.KeepAlive(pages)
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkPick is a pick and what follows from it, on one host.
func BenchmarkPick(b *testing.B) {
	for _, n := range []int{60, 300, 1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			h := host(time.Second, many(n, time.Minute)...)
			r := rand.New(rand.NewPCG(1, 2))
			now := noon
			for b.Loop() { // a restock in a thousand looks is much
				id, at, _ := h.Next(now)
				for at.After(now) {
					now = at
					id, at, _ = h.Next(now)
				}
				h.Saw(id, at, schedule.Seen{Good: true, In: r.Float64() < 0.001})
			}
		})
	}
}
