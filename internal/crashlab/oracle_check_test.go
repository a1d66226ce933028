package crashlab

import (
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
		{"nobody was told", func(h *history) { h.alerts = nil }, func(v verdict) int { return len(v.unheard) }, 1},
		{"one channel was not told", func(h *history) { h.channels = append(h.channels, "d") }, func(v verdict) int { return len(v.unheard) }, 1},
		{"told twice without a kill", func(h *history) { h.alerts = append(h.alerts, told("2_c_x", 900, 1)) }, func(v verdict) int { return len(v.again) }, 1},
		{"told twice over a kill", func(h *history) {
			h.kills = []kill{{"a", at(600)}}
			h.alerts = append(h.alerts, told("2_c_x", 900, 1))
		}, func(v verdict) int { return v.repeats - 1 }, 0},
		{"told three times over a kill", func(h *history) {
			h.kills = []kill{{"a", at(600)}}
			h.alerts = append(h.alerts, told("2_c_x", 900, 1), told("2_c_x", 950, 1))
		}, func(v verdict) int { return len(v.again) }, 1},
		{"told twice under two ids", func(h *history) {
			h.kills = []kill{{"a", at(600)}}
			h.alerts = append(h.alerts, told("9_c_x", 900, 1))
		}, func(v verdict) int { return len(v.again) }, 1},
		{"a receipt, and one more over a kill", func(h *history) {
			h.kills = []kill{{"a", at(600)}}
			h.alerts = append(h.alerts, receipt("dn-r_c_x", 520), receipt("dn-r_c_x", 900))
		}, nil, 0},
		{"a receipt twice without a kill", func(h *history) {
			h.alerts = append(h.alerts, receipt("dn-r_c_x", 520), receipt("dn-r_c_x", 900))
		}, func(v verdict) int { return len(v.again) }, 1},
		{"one channel has no receipt", func(h *history) {
			d := told("2_d_x", 520, 1)
			d.channel = "d"
			h.channels, h.alerts = append(h.channels, "d"), append(h.alerts, d, receipt("dn-r_c_x", 520))
		}, func(v verdict) int { return len(v.unheard) }, 1},
		{"asked too soon", func(h *history) { h.looks = append(h.looks, seen("a.3", 2400, 2)) }, func(v verdict) int { return len(v.rude) }, 1},
		{"asked too soon, robots.txt", func(h *history) { h.looks = append(h.looks, robots("a.2", 2490)) }, func(v verdict) int { return len(v.rude) }, 1},
		{"asked while an answer was on its way", func(h *history) {
			h.looks[4].end = at(2900)
			h.looks = append(h.looks, seen("a.3", 2600, 2))
		}, func(v verdict) int { return len(v.rude) }, 1},
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
