package watch

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/diff"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// history is a watch whose journal is away: it folds looks and keeps what they
// changed, as a host's loop does.
type history struct {
	*follow
	at   time.Time
	last stock.Change // the last record in the journal
	all  []stock.Change
}

func newHistory(at time.Time) *history {
	w := stock.Watch{ID: "tid", URL: "http://a.example/", Confirm: 1}
	h := &history{at: at, follow: &follow{watchSpec: watchSpec{&stock.Product{ID: "p", Currency: "JPY"}, &w}, loaded: true}}
	track, first := diff.Start(nil).Fold(*h.product, w, h.seen(stock.OutOfStock, 1000))
	h.setTrack(track)
	h.last = *first
	return h
}

func (h *history) seen(a stock.Availability, yen int64) stock.Observation {
	h.at = h.at.Add(time.Minute)
	return stock.Observation{
		Outcome: stock.OK, Source: "page", Strong: true, At: h.at,
		Offer: stock.Offer{Availability: a, Price: stock.Yen(yen)},
	}
}

func (h *history) look(a stock.Availability, yen int64) {
	before, o := h.track(), h.seen(a, yen)
	track, change := before.Fold(*h.product, *h.watch, o)
	h.setTrack(track)
	if change == nil {
		return
	}
	h.all = append(h.all, *change)
	h.pending = append(h.pending, unsent{before, o, *change})
	if len(h.pending) > maxPending {
		h.shorten()
	}
}

// opening reports whether a change is one that a user waits for.
func opening(c stock.Change) bool { return c.Kind.Info().Weight == 2 }

func TestAFoldedHistoryIsATrueOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
		availability := rapid.SampledFrom([]stock.Availability{stock.OutOfStock, stock.InStock, stock.InStock, stock.PreOrder, stock.SoldOut})
		price := rapid.SampledFrom([]int64{1000, 1000, 1200, 900})
		for range rapid.IntRange(0, 80).Draw(t, "looks") {
			h.look(availability.Draw(t, "availability"), price.Draw(t, "price"))
		}
		if len(h.pending) > maxPending {
			t.Fatalf("%d changes are kept, want at most %d", len(h.pending), maxPending)
		}
		before := h.last
		for _, u := range h.pending {
			c := u.change
			if c.Previous == nil || c.Previous.Availability.Group() != before.Availability.Group() {
				t.Fatalf("%s at %v came from %+v, but the record before says %v", c.Kind, c.ObservedAt, c.Previous, before.Availability)
			}
			from, to := before.Availability.Group(), c.Availability.Group()
			if opened := to == stock.Now && from != stock.Now; opened != (c.Kind == stock.Restocked) {
				t.Fatalf("a change from %v to %v is told as %s", from, to, c.Kind)
			}
			before = c
		}
		if len(h.all) == 0 {
			return
		}
		truth := h.all[len(h.all)-1]
		if before.Availability.Group() != truth.Availability.Group() || before.LastPriceNow != truth.LastPriceNow {
			t.Fatalf("the kept changes end with %v at %v, want %v at %v", before.Availability, before.LastPriceNow, truth.Availability, truth.LastPriceNow)
		}
		if h.track().State.Availability.Group() != before.Availability.Group() {
			t.Fatalf("the state is %v, but the last kept change says %v", h.track().State.Availability, before.Availability)
		}
		if opening(truth) && (!opening(before) || !before.ObservedAt.Equal(truth.ObservedAt)) {
			t.Fatalf("the last change was %s of %v, kept is %s of %v", truth.Kind, truth.ObservedAt, before.Kind, before.ObservedAt)
		}
		if first := h.pending[0].change; !first.ObservedAt.Equal(h.all[0].ObservedAt) {
			t.Fatalf("the first kept change is of %v, want %v", first.ObservedAt, h.all[0].ObservedAt)
		}
	})
}

func TestPricesAreFoldedBeforeRestocks(t *testing.T) {
	h := newHistory(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	for i := range 3 {
		h.look(stock.InStock, 1000)
		for j := range 4 {
			h.look(stock.InStock, int64(900-100*j-10*i))
		}
		h.look(stock.OutOfStock, 1000)
	}
	var restocks int
	for _, u := range h.pending {
		if u.change.Kind == stock.Restocked {
			restocks++
		}
	}
	if restocks != 3 {
		t.Errorf("of 3 restocks among 12 price changes %d are kept, want all", restocks)
	}
}

func TestGivingWayToAnotherWriter(t *testing.T) {
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	record := func(h *history, a stock.Availability, at time.Time) *stock.Change {
		o := h.seen(a, 1000)
		o.At = at
		_, c := diff.Start(&h.last).Fold(*h.product, *h.watch, o)
		return c
	}
	for _, tt := range []struct {
		name  string
		their func(h *history) *stock.Change
		want  []stock.Kind
	}{
		{"it saw the same before us", func(h *history) *stock.Change { return record(h, stock.InStock, noon.Add(90*time.Second)) }, nil},
		{"it saw the same after us", func(h *history) *stock.Change { return record(h, stock.InStock, h.at.Add(time.Hour)) }, nil},
		{"it saw something else before us", func(h *history) *stock.Change { return record(h, stock.PreOrder, noon.Add(90*time.Second)) }, []stock.Kind{stock.Restocked}},
		{"it saw something else after us", func(h *history) *stock.Change { return record(h, stock.PreOrder, h.at.Add(time.Hour)) }, nil},
		{"its records were purged", func(*history) *stock.Change { return nil }, []stock.Kind{stock.Baseline}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHistory(noon)
			h.look(stock.InStock, 1000)
			theirs := tt.their(h)
			h.rebasePending(theirs)
			var got []stock.Kind
			for _, u := range h.pending {
				got = append(got, u.change.Kind)
			}
			if len(got) != len(tt.want) || len(got) > 0 && got[0] != tt.want[0] {
				t.Errorf("a restock becomes %v, want %v", got, tt.want)
			}
			want := stock.InStock
			if theirs != nil && len(tt.want) == 0 {
				want = theirs.Availability
			}
			if h.track().State.Availability != want {
				t.Errorf("the state is %v, want %v", h.track().State.Availability, want)
			}
		})
	}
}
