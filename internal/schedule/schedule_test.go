package schedule_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/schedule"
)

// noon is a moment that is no slot of any interval used here.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 123_000_000, time.UTC)

type look struct {
	id string
	at time.Time
}

// run follows the plan from one moment to another; every look is answered at once.
func run(h *schedule.Host, from, to time.Time) []look {
	var looks []look
	for now := from; ; {
		id, at, ok := h.Next(now)
		switch {
		case !ok || at.After(to):
			return looks
		case at.After(now):
			now = at
		default:
			looks = append(looks, look{id, at})
			h.Saw(id, at, schedule.Seen{Good: true})
		}
	}
}

func host(every time.Duration, pages ...schedule.Page) *schedule.Host {
	h := schedule.NewHost(every, nil)
	h.Set(pages)
	return h
}

// byPage sorts the times of looks by page.
func byPage(looks []look) map[string][]time.Time {
	m := make(map[string][]time.Time)
	for _, l := range looks {
		m[l.id] = append(m[l.id], l.at)
	}
	return m
}

func TestAPageIsLookedAtOncePerInterval(t *testing.T) {
	h := host(2*time.Second, schedule.Page{ID: "a", Interval: time.Minute, Looked: noon})
	looks := run(h, noon, noon.Add(2*time.Hour))
	if len(looks) != 120 {
		t.Errorf("a page with an interval of 60s was looked at %d times in 2h, want 120", len(looks))
	}
	for i, l := range looks[1:] {
		if gap := l.at.Sub(looks[i].at); gap != time.Minute {
			t.Fatalf("look %d came %v after the one before, want 1m0s", i+1, gap)
		}
	}
}

func TestANewPageIsDueAtOnceAndAKnownOneIsNot(t *testing.T) {
	h := host(2*time.Second,
		schedule.Page{ID: "known", Interval: time.Hour, Looked: noon},
		schedule.Page{ID: "new", Interval: time.Hour})
	id, at, ok := h.Next(noon)
	if !ok || id != "new" || !at.Equal(noon) {
		t.Errorf("Next = %q at %v, %v; want the new page at once", id, at, ok)
	}
	h.Saw("new", noon, schedule.Seen{})
	if id, at, _ := h.Next(noon); at.Before(noon.Add(2 * time.Second)) {
		t.Errorf("Next = %q at %v, want nothing within the host's gap of 2s", id, at)
	}
}

func TestWithoutPagesThereIsNothingToDo(t *testing.T) {
	if id, at, ok := host(time.Second).Next(noon); ok {
		t.Errorf("Next of an empty plan = %q at %v, want not ok", id, at)
	}
}

func TestAHostIsNeverAskedMoreOftenThanItsPagesWant(t *testing.T) {
	var pages []schedule.Page
	for i := range 30 {
		pages = append(pages, schedule.Page{ID: fmt.Sprint("page", i), Interval: 5 * time.Minute, Looked: noon})
	}
	looks := run(host(2*time.Second, pages...), noon, noon.Add(time.Hour))
	if n := len(looks); n < 359 || n > 360 {
		t.Errorf("30 pages with an interval of 5m cost %d looks in 1h, want 360 or one less", n)
	}
}

func TestSetKeepsThePlanOfPagesThatStay(t *testing.T) {
	stays := schedule.Page{ID: "stays", Interval: time.Minute, Looked: noon}
	h := host(time.Second, stays, schedule.Page{ID: "goes", Interval: time.Minute, Looked: noon})
	run(h, noon, noon.Add(10*time.Minute))
	want := h.Due("stays")

	stays.Looked = time.Time{} // what the caller says of a known page does not count
	h.Set([]schedule.Page{stays, {ID: "comes", Interval: time.Minute, Looked: noon.Add(10 * time.Minute)}})
	if got := h.Due("stays"); !got.Equal(want) {
		t.Errorf("after Set the page that stays is due at %v, want %v as before", got, want)
	}
	if got := h.Due("goes"); !got.IsZero() {
		t.Errorf("after Set the page that went is due at %v, want never", got)
	}
	if got := h.Due("comes"); !got.After(noon.Add(10 * time.Minute)) {
		t.Errorf("after Set the page that came is due at %v, want after its last look", got)
	}
}

func TestASetBackClockStopsNoPage(t *testing.T) {
	h := host(time.Second, schedule.Page{ID: "a", Interval: time.Minute, Looked: noon})
	run(h, noon, noon.Add(time.Hour))
	back := noon.Add(-23 * time.Hour)
	h.ClockSet(-24 * time.Hour)
	if looks := run(h, back, back.Add(time.Hour)); len(looks) < 59 {
		t.Errorf("in the hour after the clock was set back by a day there were %d looks, want 60 or one less", len(looks))
	}
}

// drawPages draws the pages of a host; overload is likely.
func drawPages(t *rapid.T) ([]schedule.Page, time.Duration) {
	every := time.Duration(rapid.Int64Range(500, 5000).Draw(t, "every")) * time.Millisecond
	var pages []schedule.Page
	for i := range rapid.IntRange(1, 30).Draw(t, "pages") {
		interval := time.Duration(rapid.Int64Range(1, 300).Draw(t, "interval")) * time.Second
		pages = append(pages, schedule.Page{
			ID:          fmt.Sprint("page", i),
			Interval:    interval,
			MinInterval: min(interval, time.Duration(rapid.Int64Range(0, 15).Draw(t, "min"))*time.Second),
			Looked:      noon,
		})
	}
	return pages, every
}

func TestNoPageStarvesAndNoneIsAskedTooOften(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pages, every := drawPages(t)
		end := noon.Add(30 * time.Minute)
		looks := run(host(every, pages...), noon, end)
		for i, l := range looks[1:] {
			if gap := l.at.Sub(looks[i].at); gap < every {
				t.Fatalf("two looks of the host are %v apart, want at least %v", gap, every)
			}
		}
		var load float64
		for _, p := range pages {
			load += float64(end.Sub(noon)) / float64(p.Interval)
		}
		if most := int(load) + 2; len(looks) > most {
			t.Fatalf("the host was asked %d times in 30m, want at most the %d that its pages' intervals add up to", len(looks), most)
		}
		seen := byPage(looks)
		for _, p := range pages {
			longest := 3 * max(p.Interval, time.Duration(len(pages))*every)
			last := noon
			for _, at := range append(slices.Clone(seen[p.ID]), end) {
				if gap := at.Sub(last); gap > longest {
					t.Fatalf("%s waited %v, want at most %v", p.ID, gap, longest)
				} else if gap < p.MinInterval && !at.Equal(end) {
					t.Fatalf("%s was looked at again after %v, want at least %v", p.ID, gap, p.MinInterval)
				}
				last = at
			}
		}
	})
}

func TestThePlanDoesNotDependOnTheOrderOfItsPages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pages, every := drawPages(t)
		shuffled := rapid.Permutation(pages).Draw(t, "shuffled")
		a := run(host(every, pages...), noon, noon.Add(10*time.Minute))
		b := run(host(every, shuffled...), noon, noon.Add(10*time.Minute))
		if !slices.Equal(a, b) {
			t.Fatalf("the same pages in another order give another plan:\n%v\n%v", a, b)
		}
	})
}

// A new owner of a single page that is told when it was last looked at goes on
// as the old one would have.
func TestAHandOverNeitherDoublesNorSkips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		page := schedule.Page{ID: "a", Interval: time.Duration(rapid.Int64Range(2, 300).Draw(t, "interval")) * time.Second, Looked: noon}
		end := noon.Add(20 * time.Minute)
		want := run(host(time.Second, page), noon, end)

		cut := noon.Add(time.Duration(rapid.Int64Range(0, int64(end.Sub(noon))).Draw(t, "cut")))
		first := run(host(time.Second, page), noon, cut)
		if n := len(first); n > 0 {
			page.Looked = first[n-1].at
		}
		got := append(first, run(host(time.Second, page), cut, end)...)
		if !slices.Equal(got, want) {
			t.Fatalf("with a hand-over at %v: looks %v, without %v", cut.Sub(noon), got, want)
		}
	})
}

// With several pages the new owner need not choose as the old one, but it asks no
// more than it and no page too soon.
func TestAHandOverIsNoReasonToAskMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pages, every := drawPages(t)
		end := noon.Add(20 * time.Minute)
		most := len(run(host(every, pages...), noon, end)) + 2
		looks := run(host(every, pages...), noon, noon.Add(10*time.Minute))
		last := byPage(looks)
		for i := range pages {
			if at := last[pages[i].ID]; len(at) > 0 {
				pages[i].Looked = at[len(at)-1]
			}
		}
		from := noon.Add(10 * time.Minute)
		if n := len(looks); n > 0 {
			from = looks[n-1].at.Add(every) // watch keeps the gap at a hand-over
		}
		looks = append(looks, run(host(every, pages...), from, end)...)
		if len(looks) > most {
			t.Fatalf("with a hand-over there were %d looks, want at most %d", len(looks), most)
		}
		for i, l := range looks[1:] {
			if gap := l.at.Sub(looks[i].at); gap < every {
				t.Fatalf("two looks of the host are %v apart, want at least %v", gap, every)
			}
		}
	})
}

// A new owner that knows nothing but the time (the old one was killed) waits for
// the next slot: it may skip what the old one had not done, but doubles nothing.
func TestAfterAKillNoPageIsLookedAtEarly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		interval := time.Duration(rapid.Int64Range(1, 300).Draw(t, "interval")) * time.Second
		page := schedule.Page{ID: "a", Interval: interval, Looked: noon}
		old := run(host(time.Second, page), noon, noon.Add(20*time.Minute))
		page.Looked = old[len(old)-1].at.Add(time.Duration(rapid.Int64Range(0, int64(interval)).Draw(t, "later")))
		next := run(host(time.Second, page), page.Looked, page.Looked.Add(interval))
		if gap := next[0].at.Sub(old[len(old)-1].at); gap < interval || gap > 2*interval {
			t.Fatalf("the new owner's first look came %v after the old one's last, want %v or twice that", gap, interval)
		}
	})
}
