package history

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/stock"
)

var start = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC) // a Monday

// records are one per hour: n in stock, l to order, o out, ! unreadable since half an
// hour, ? unclear since then; prices in their order.
func records(states string, prices ...int64) []stock.Entry {
	var list []stock.Entry
	for i, s := range states {
		at := start.Add(time.Duration(i) * time.Hour)
		c := stock.Change{State: stock.State{ObservedAt: at, Availability: map[rune]stock.Availability{'n': stock.InStock, 'l': stock.PreOrder, 'o': stock.SoldOut, '!': stock.InStock, '?': stock.SoldOut}[s]}}
		if i < len(prices) && prices[i] > 0 {
			c.Price = stock.Yen(prices[i])
		}
		switch s {
		case '!':
			c.Problem = &stock.Problem{Since: at.Add(-30 * time.Minute)}
		case '?':
			c.Clarity = &stock.Clarity{Since: at.Add(-30 * time.Minute)}
		}
		list = append(list, stock.Entry{Seq: uint64(i + 1), Change: c, At: at})
	}
	return list
}

// told writes a series as hours and states.
func told(points []Point) (list []string) {
	for _, p := range points {
		list = append(list, p.At.Sub(start).String()+" "+string(p.State))
	}
	return list
}

func TestSeries(t *testing.T) {
	for _, tt := range []struct {
		name, states string
		want         []string
	}{
		{"plain", "onl", []string{"0s out", "1h0m0s in", "2h0m0s order"}},
		{"what cannot be read is a gap from when it began", "n!o", []string{"0s in", "30m0s unknown", "1h0m0s unknown", "2h0m0s out"}},
		{"so is what is unclear", "o?n", []string{"0s out", "30m0s unknown", "1h0m0s unknown", "2h0m0s in"}},
		{"nothing", "", nil},
	} {
		if diff := cmp.Diff(tt.want, told(Series(records(tt.states), nil))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestSummarize(t *testing.T) {
	utc := func(int) *time.Location { return time.UTC }
	tokyo := func(int) *time.Location { return time.FixedZone("JST", 9*60*60) }
	for _, tt := range []struct {
		name            string
		states          string
		prices          []int64
		zone            func(int) *time.Location
		lowest, typical int64
		windows         int
		gone            time.Duration
		restocked       int
		weekday, hour   int // where one restock is
	}{
		{"in and out", "onoono", []int64{0, 500, 100, 0, 300, 0}, utc, 300, 300, 2, time.Hour, 2, 1, 1},
		{"a window that begins in the dark is none", "!no", nil, utc, 0, 0, 0, 0, 0, 1, 1},
		{"nor one that ends there", "on!", []int64{0, 500}, utc, 500, 500, 0, 0, 1, 1, 1},
		{"a price while out does not count", "oo", []int64{100, 100}, utc, 0, 0, 0, 0, 0, 1, 1},
		{"by the shop's clock", "ono", []int64{0, 700}, tokyo, 700, 700, 1, time.Hour, 1, 1, 10},
	} {
		s := Summarize([][]Point{Series(records(tt.states, tt.prices...), nil)}, tt.zone, start.Add(time.Duration(len(tt.states))*time.Hour))
		if s.Lowest.Minor != tt.lowest || s.Typical.Minor != tt.typical || s.Windows != tt.windows || s.UsuallyGone != tt.gone || s.Restocked != tt.restocked {
			t.Errorf("%s: %+v, want lowest %d, typical %d, %d windows, gone in %v, %d restocks", tt.name, s, tt.lowest, tt.typical, tt.windows, tt.gone, tt.restocked)
		}
		if got := s.Restocks[tt.weekday][tt.hour] > 0; got != (tt.restocked > 0) {
			t.Errorf("%s: a restock on weekday %d at %d: %v", tt.name, tt.weekday, tt.hour, got)
		}
	}
}

// No time of which nothing is known lies in a window, and windows come in order.
func TestNoWindowInTheDark(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := Series(records(rapid.StringMatching(`[nlo!?]{0,30}`).Draw(t, "states")), nil)
		windows := Windows(points)
		for i, w := range windows {
			if i > 0 && w.From.Before(windows[i-1].To) {
				t.Fatalf("window %d begins before the one before ends", i)
			}
			for _, p := range points {
				if p.State == Unknown && !p.At.Before(w.From) && (w.To.IsZero() || p.At.Before(w.To)) {
					t.Fatalf("nothing is known at %v, in the window %v", p.At, w)
				}
			}
		}
	})
}
