package crashlab

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// The oracle finds each kind of fault, and no fault where there is none.
func TestOracle(t *testing.T) {
	at := func(ms int) time.Time { return time.Unix(0, 0).Add(time.Duration(ms) * time.Millisecond) }
	seen := func(by string, ms, flip int) look {
		return look{by: by, host: "h", page: "p", at: at(ms), end: at(ms + 10), shown: true, flip: flip, in: flip%2 == 1}
	}
	robots := func(by string, ms int) look { return look{by: by, host: "h", at: at(ms), end: at(ms + 1)} }
	rec := func(seq uint64, kind stock.Kind, flip int) record {
		return record{seq: seq, page: "p", kind: kind, flip: flip}
	}
	base, restock, out := stock.Baseline, stock.Restocked, stock.SoldOutKind
	told := func(id string, ms, flip int) alert {
		return alert{id: id, channel: "c", page: "p", kind: restock, flip: flip, at: at(ms)}
	}
	receipt := func(id string, ms int) alert {
		return alert{id: id, channel: "c", kind: stock.SetupReceipt, at: at(ms)}
	}
	good := func() history {
		return history{
			looks:    []look{seen("a.1", 0, 0), seen("a.1", 500, 1), robots("a.1", 1000), seen("a.2", 1500, 2), seen("a.2", 2000, 2)},
			records:  []record{rec(1, base, 0), rec(2, restock, 1), rec(3, out, 2)},
			alerts:   []alert{told("2_c_x", 520, 1)},
			channels: []string{"c"}, gap: 500 * time.Millisecond,
		}
	}
	for _, tt := range []struct {
		name   string
		change func(*history)
		want   func(verdict) int // how many complaints of the kind; all others must be none
		n      int
	}{
		{"all is well", func(*history) {}, nil, 0},
		{"a record is missing", func(h *history) { h.records = h.records[:2] }, func(v verdict) int { return len(v.lost) }, 1},
		{"a record stands twice", func(h *history) { h.records = append(h.records, rec(4, out, 2)) }, func(v verdict) int { return len(v.doubled) }, 1},
		{"a record in the middle stands twice", func(h *history) {
			h.looks = append(h.looks, seen("a.2", 2500, 4))
			h.records = []record{rec(1, base, 0), rec(2, restock, 1), rec(3, out, 2), rec(4, out, 4)}
		}, func(v verdict) int { return len(v.doubled) }, 1},
		{"the last look of a killed process left no record", func(h *history) {
			h.looks = append(h.looks, seen("a.2", 2500, 3), seen("a.3", 3000, 4), seen("a.3", 3500, 4))
		}, nil, 0},
		{"the last look of a killed process left a record", func(h *history) {
			h.looks = append(h.looks, seen("a.2", 2500, 3), seen("a.3", 3000, 3))
			h.records = append(h.records, rec(4, restock, 3))
			h.alerts = append(h.alerts, told("4_c_x", 2600, 3))
		}, nil, 0},
		{"the last look before a hand-over left no record", func(h *history) {
			h.looks = append(h.looks, seen("a.2", 2500, 3), seen("b.1", 3000, 4), seen("a.2", 3500, 4), seen("a.2", 4000, 4))
		}, nil, 0},
		{"the last look of a stopped process left no record", func(h *history) {
			h.looks = append(h.looks, seen("a.2", 2500, 3), seen("a.2", 4000, 4), seen("a.2", 4500, 4))
			h.stops = []kill{{"a.2", at(2520)}}
		}, nil, 0},
		{"a look before the last one of a stopped process left no record", func(h *history) {
			h.looks = append(h.looks, seen("a.2", 2500, 3), seen("a.2", 3000, 3), seen("b.1", 3500, 4), seen("b.1", 4000, 4))
			h.stops = []kill{{"a.2", at(3020)}}
		}, func(v verdict) int { return len(v.lost) }, 1},
		{"nobody was told", func(h *history) { h.alerts = nil }, func(v verdict) int { return len(v.missing) }, 1},
		{"one channel was not told", func(h *history) { h.channels = append(h.channels, "d") }, func(v verdict) int { return len(v.missing) }, 1},
		{"told twice without a kill", func(h *history) { h.alerts = append(h.alerts, told("2_c_x", 900, 1)) }, func(v verdict) int { return len(v.wrong) }, 1},
		{"told twice over a kill", func(h *history) {
			h.kills = []kill{{"a", at(600)}}
			h.alerts = append(h.alerts, told("2_c_x", 900, 1))
		}, func(v verdict) int { return v.repeats - 1 }, 0},
		{"told three times over a kill", func(h *history) {
			h.kills = []kill{{"a", at(600)}}
			h.alerts = append(h.alerts, told("2_c_x", 900, 1), told("2_c_x", 950, 1))
		}, func(v verdict) int { return len(v.wrong) }, 1},
		{"told twice under two ids", func(h *history) {
			h.kills = []kill{{"a", at(600)}}
			h.alerts = append(h.alerts, told("9_c_x", 900, 1))
		}, func(v verdict) int { return len(v.wrong) }, 1},
		{"a receipt, and one more over a kill", func(h *history) {
			h.kills = []kill{{"a", at(600)}}
			h.alerts = append(h.alerts, receipt("dn-r_c_x", 520), receipt("dn-r_c_x", 900))
		}, nil, 0},
		{"a receipt twice without a kill", func(h *history) {
			h.alerts = append(h.alerts, receipt("dn-r_c_x", 520), receipt("dn-r_c_x", 900))
		}, func(v verdict) int { return len(v.wrong) }, 1},
		{"one channel has no receipt", func(h *history) {
			d := told("2_d_x", 520, 1)
			d.channel = "d"
			h.channels, h.alerts = append(h.channels, "d"), append(h.alerts, d, receipt("dn-r_c_x", 520))
		}, func(v verdict) int { return len(v.missing) }, 1},
		{"asked too soon", func(h *history) { h.looks = append(h.looks, seen("a.3", 2400, 2)) }, func(v verdict) int { return len(v.tooSoon) }, 1},
		{"asked too soon, robots.txt", func(h *history) { h.looks = append(h.looks, robots("a.2", 2490)) }, func(v verdict) int { return len(v.tooSoon) }, 1},
		{"asked while an answer was on its way", func(h *history) {
			h.looks[4].end = at(2900)
			h.looks = append(h.looks, seen("a.3", 2600, 2))
		}, func(v verdict) int { return len(v.tooSoon) }, 1},
	} {
		h := good()
		tt.change(&h)
		v := h.judge()
		n := 0
		if tt.want != nil {
			n = tt.want(v)
		}
		if n != tt.n || len(v.complaints()) != tt.n {
			t.Errorf("%s: %d complaints of the kind, in all %q, want %d", tt.name, n, v.complaints(), tt.n)
		}
	}
}

// The oracle finds each kind of fault at a page with a scenario, and at messages about
// loosened limits.
func TestOracleOfStories(t *testing.T) {
	at := func(ms int) time.Time { return time.Unix(0, 0).Add(time.Duration(ms) * time.Millisecond) }
	good := func() history {
		h := history{channels: []string{"c"}, gap: 500 * time.Millisecond, scenarios: map[string]bool{"p": true}, loosened: 1}
		ms := 0
		for flip, s := range scenario {
			for range s.looks + 1 { // the last one is seen through when the next one comes
				h.looks = append(h.looks, look{by: "a.1", host: "h", page: "p", at: at(ms), end: at(ms + 10), shown: true, flip: flip})
				ms += 1000
			}
			r := record{seq: uint64(flip + 1), page: "p", kind: phaseOf(flip).kind, flip: flip - s.older}
			h.records = append(h.records, r)
			if s.rings != "" {
				h.alerts = append(h.alerts, alert{id: fmt.Sprintf("%d_c_x", r.seq), channel: "c", page: "p", kind: s.rings, flip: flip, at: at(ms)})
			}
		}
		h.alerts = append(h.alerts, alert{id: "dlimits-1_c_x", channel: "c", page: "held", kind: stock.LimitsChanged, at: at(ms)})
		return h
	}
	without := func(h *history, kind stock.Kind) {
		h.records = slices.DeleteFunc(h.records, func(r record) bool { return r.kind == kind })
		h.loosened, h.alerts, h.channels = 0, nil, nil
	}
	maybe := func(a alert) bool { return a.kind == stock.MaybeRestocked && a.flip == 1 }
	for _, tt := range []struct {
		name   string
		change func(*history)
		want   func(verdict) int
		n      int
	}{
		{"all is well", func(*history) {}, nil, 0},
		{"no maybe is recorded", func(h *history) { without(h, stock.MaybeRestocked) }, func(v verdict) int { return len(v.lost) }, 1},
		{"no changed offer is recorded", func(h *history) { without(h, stock.OfferChanged) }, func(v verdict) int { return len(v.lost) }, 1},
		{"no doubt is recorded", func(h *history) { without(h, stock.UnclearKind) }, func(v verdict) int { return len(v.lost) }, 1},
		{"a maybe is recorded twice", func(h *history) {
			last := h.records[len(h.records)-1]
			last.seq++
			h.records = append(h.records, last)
			h.alerts = append(h.alerts, alert{id: fmt.Sprintf("%d_c_x", last.seq), channel: "c", page: "p", kind: last.kind, flip: last.flip, at: at(99000)})
		}, func(v verdict) int { return len(v.doubled) }, 1},
		{"the last phase was cut short and left no record", func(h *history) {
			h.looks = h.looks[:len(h.looks)-1]
			h.records, h.alerts = h.records[:len(h.records)-1], slices.DeleteFunc(h.alerts, func(a alert) bool { return a.flip == 9 })
		}, nil, 0},
		{"the offer that became acceptable was not told", func(h *history) {
			h.alerts = slices.DeleteFunc(h.alerts, func(a alert) bool { return a.flip == 4 })
		}, func(v verdict) int { return len(v.missing) }, 1},
		{"the held one was told", func(h *history) {
			h.alerts = append(h.alerts, alert{id: "4_c_x", channel: "c", page: "p", kind: stock.Restocked, flip: 3, at: at(99000)})
		}, func(v verdict) int { return len(v.wrong) }, 1},
		{"a maybe was not told", func(h *history) { h.alerts = slices.DeleteFunc(h.alerts, maybe) }, func(v verdict) int { return len(v.missing) }, 1},
		{"a maybe was not told, and a kill kept it back until it was over", func(h *history) {
			h.alerts = slices.DeleteFunc(h.alerts, maybe)
			h.kills = []kill{{"b", at(3500)}}
		}, func(v verdict) int { return v.overtaken - 1 }, 0},
		{"a maybe was not told, and the kill came before it", func(h *history) {
			h.alerts = slices.DeleteFunc(h.alerts, maybe)
			h.kills = []kill{{"b", at(1500)}}
		}, func(v verdict) int { return len(v.missing) }, 1},
		{"loosened limits were not told", func(h *history) { h.alerts = h.alerts[:len(h.alerts)-1] }, func(v verdict) int { return len(v.missing) }, 1},
		{"loosened limits were told in two messages", func(h *history) {
			h.alerts = append(h.alerts, alert{id: "dlimits-2_c_x", channel: "c", page: "held", kind: stock.LimitsChanged, at: at(99000)})
		}, func(v verdict) int { return len(v.wrong) }, 1},
	} {
		h := good()
		tt.change(&h)
		v := h.judge()
		n := 0
		if tt.want != nil {
			n = tt.want(v)
		}
		if n != tt.n || len(v.complaints()) != tt.n {
			t.Errorf("%s: %d complaints of the kind, in all %q, want %d", tt.name, n, v.complaints(), tt.n)
		}
	}
}
