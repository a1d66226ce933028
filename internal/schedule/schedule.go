// Package schedule decides which page of a host is asked next, and when. It is
// pure: it has no clock, starts nothing, does no I/O and throws no dice, so that
// the same looks always lead to the same plan and three weeks can be simulated
// in a second.
//
// A host has a budget: as many requests as its pages' intervals add up to, but
// no more than one per gap. Plain polling deals them out evenly. This plan gives
// each of them to the page where a restock that can still be caught is most
// likely to be waiting (index.go), by what it has learned of the watches' rates
// (rates.go), of the shop's day (profile.go) and from hints (hints.go). No page
// waits longer than three times its plain turn.
//
// It does not know what a look costs or whether the host wants to be left alone
// for a while: back-off and leases belong to package watch, which also keeps the
// plan's Memory. docs/scheduling.md tells what all this is worth.
package schedule

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Page is one URL of a host: what a request asks for.
type Page struct {
	ID          string
	Interval    time.Duration // average wait between two looks
	MinInterval time.Duration // never looked at again sooner; at most Interval
	Value       float64       // weight of what it may find, for a page without Targets; 0 counts as 1
	// Looked is when a page that is new to this Host was last looked at by
	// somebody else. Zero: by nobody, so it is due at once.
	Looked time.Time
	// Targets are the watches that one look at the page serves, and what is
	// learned about. None: the page is its own only target.
	Targets []Target
}

// Target is one watch on a page.
type Target struct {
	ID      string
	Product string  // what other shops may sell too, see Hint
	Value   float64 // weight of its restocks; 0 counts as 1
}

// Seen is what a look found out about one target.
type Seen struct {
	Good    bool // it was read; otherwise the look teaches nothing about it
	In      bool // it can be ordered
	Refused bool // the host did not want to be asked: 429, 503, a block
}

// Host is the plan for the pages of one host. It is not safe for concurrent use.
type Host struct {
	pages   []page           // by ID, so that equals are served in a fixed order
	hot     []score          // of the pages, in the same order: all that a pick reads
	targets []target         // of the pages, in the same order
	index   map[string]int32 // page ID -> place in pages
	fresh   int              // pages that nobody has looked at yet
	// quickest is the smallest interval of all pages; alike, that all have it.
	quickest int64
	alike    bool

	pace  pace
	pulse pulse
	shop  shop
	hints []hint // that are alive or to come, by page
	share share  // of the requests, for hints
	still share  // of the requests, for what is in stock

	recalled map[uint64]counts // by key, of targets that are not among the pages yet

	picked candidate // by the last Next; page -1: none
	night  int64     // number of the day whose night's work is done
	sweep  int64     // when hints are to be looked through
}

// page is what is known of a Page. Times are Unix nanoseconds, 0 is never.
type page struct {
	id       string
	interval int64
	nearest  int64   // MinInterval
	last     int64   // start of the last look
	good     int64   // start of the last look that was read
	a, b     float64 // the pulse at last
	first    int32   // place of its first target
	count    int32   // number of its targets
	// head is the part of a cycle by which its floor is brought forward until we
	// have looked at it ourselves: pages of which nobody knows when they were looked
	// at would all be at their floors together.
	head float64
}

// target is what is known of a Target.
type target struct {
	id      string
	product string
	value   float32
	n       float32 // restocks seen, without those that a hint explains
	e       float32 // effective exposure in seconds, see rates.go
	state   state
	since   int64 // begin of the state, as far as it was seen
}

type state uint8

const (
	unseen state = iota
	out
	in
)

// NewHost returns the plan of a host that may be asked once per every. Its shop
// keeps its hours in zone; nil: in Japan's.
func NewHost(every time.Duration, zone *time.Location) *Host {
	return &Host{pace: newPace(every), pulse: newPulse(), shop: newShop(zone), share: newShare(), still: newShare()}
}

// Set replaces the pages. What is known of pages and targets that stay is kept.
// Of several pages with one ID the first counts.
func (h *Host) Set(pages []Page) {
	old := h.detach()
	sorted := slices.SortedStableFunc(slices.Values(pages), func(a, b Page) int { return cmp.Compare(a.ID, b.ID) })
	sorted = slices.CompactFunc(sorted, func(a, b Page) bool { return a.ID == b.ID })
	h.pages = make([]page, 0, len(sorted))
	h.hot = make([]score, len(sorted))
	h.targets = make([]target, 0, countTargets(sorted))
	h.index = make(map[string]int32, len(sorted))
	h.fresh, h.quickest, h.alike, h.picked = 0, math.MaxInt64, true, candidate{page: -1}
	var looked int64
	var load float64 // requests per nanosecond that the intervals add up to
	for _, p := range sorted {
		q := page{
			id: p.ID, first: int32(len(h.targets)), count: int32(max(1, len(p.Targets))),
			interval: int64(max(p.Interval, time.Millisecond)), a: 1, b: 1,
		}
		q.nearest = min(max(int64(p.MinInterval), 0), q.interval)
		if !p.Looked.IsZero() {
			q.last = p.Looked.UnixNano()
		}
		if was, ok := old.pages[p.ID]; ok {
			q.last, q.good, q.a, q.b, q.head = was.last, was.good, was.a, was.b, was.head
		}
		h.addTargets(p, old.targets)
		if q.last == 0 {
			h.fresh++
		}
		h.quickest = min(h.quickest, q.interval)
		h.alike = h.alike && (len(h.pages) == 0 || q.interval == h.pages[0].interval)
		q.head = float64(len(h.pages)) / float64(len(sorted))
		load += 1 / float64(q.interval)
		h.index[p.ID] = int32(len(h.pages))
		h.pages = append(h.pages, q)
		looked = max(looked, q.last)
	}
	h.pace.spread(load, looked)
	h.shop.size(len(h.targets))
	h.attach(old)
	h.rescore()
}

func countTargets(pages []Page) int {
	n := 0
	for _, p := range pages {
		n += max(1, len(p.Targets))
	}
	return n
}

func (h *Host) addTargets(p Page, old map[string]target) {
	list := p.Targets
	if len(list) == 0 {
		list = []Target{{ID: p.ID, Value: p.Value}}
	}
	for _, t := range list {
		n := target{id: t.ID, product: t.Product}
		if was, ok := old[t.ID]; ok {
			n = was
			n.product = t.Product
		} else {
			h.remind(&n)
		}
		n.value = 1
		if t.Value > 0 {
			n.value = float32(t.Value)
		}
		h.targets = append(h.targets, n)
	}
}
