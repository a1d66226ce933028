package diff_test

import (
	"encoding/json"
	"time"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/diff"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// gaps between two looks: mostly short, so that looks meet each other.
var (
	shortGaps = rapid.SampledFrom([]time.Duration{0, time.Minute, 5 * time.Minute, time.Hour, 3 * time.Hour})
	anyGaps   = rapid.OneOf(shortGaps, shortGaps, rapid.SampledFrom([]time.Duration{7 * time.Hour, 29 * 24 * time.Hour, 30 * 24 * time.Hour, 90 * 24 * time.Hour, -time.Hour}))
)

// outcomes are weighted: half of the looks end well.
var outcomes = rapid.OneOf(rapid.Just(stock.OK), rapid.Just(stock.OK), rapid.Just(stock.NotModified), rapid.SampledFrom(stock.Outcomes()))

var (
	availabilities = rapid.OneOf(
		rapid.SampledFrom([]stock.Availability{stock.InStock, stock.OutOfStock, stock.Unknown}),
		rapid.SampledFrom(stock.Availabilities()),
	)
	modes  = rapid.SampledFrom([]stock.SaleMode{"", "", stock.Open, stock.Lottery, stock.Invitation, stock.MembersOnly, "odd"})
	prices = rapid.SampledFrom([]stock.Price{
		{},
		stock.Yen(1980), stock.Yen(1980), stock.Yen(1500), stock.Yen(2500), stock.Yen(0), stock.Yen(-5),
		{Minor: 1350, Currency: "USD"},
		{Minor: 1250, Currency: "USD"},
		{Minor: 1980},
	})
)

// looks draws the observations of one watch, in order of time unless a gap is
// negative.
func looks(t *rapid.T, gaps *rapid.Generator[time.Duration]) []stock.Observation {
	n := rapid.IntRange(0, 60).Draw(t, "looks")
	at := midnight
	list := make([]stock.Observation, n)
	var page stock.Observation
	for i := range list {
		at = at.Add(gaps.Draw(t, "gap"))
		list[i] = repeat(observation(t, at), &page)
	}
	return list
}

func observation(t *rapid.T, at time.Time) stock.Observation {
	o := stock.Observation{
		URL: "https://shop.example/p", Source: "test", At: at,
		Outcome: outcomes.Draw(t, "outcome"),
		Strong:  rapid.Bool().Draw(t, "strong"),
		Reason:  stock.Said(rapid.SampledFrom([]string{"", "captcha", "no JSON\xff"}).Draw(t, "reason")),
	}
	if o.Outcome == stock.OK {
		o.Offer.Availability = availabilities.Draw(t, "availability")
		o.Offer.SaleMode = modes.Draw(t, "mode")
		o.Offer.Price = prices.Draw(t, "price")
		o.Offer.Title = rapid.SampledFrom([]string{"", "Switch", "PS5"}).Draw(t, "title")
		o.Evidence = []stock.Evidence{{Method: stock.MethodJSONLD, Fact: stock.FactAvailability, Value: o.Offer.Availability.String()}}
		if o.Offer.Availability == stock.Unknown && rapid.Bool().Draw(t, "unclear") {
			o.Doubt = rapid.SampledFrom([]stock.Doubt{stock.Silent, stock.Contradiction}).Draw(t, "doubt")
			o.Leans = rapid.SampledFrom([]stock.Lean{"", stock.LeansNo, stock.LeansYes}).Draw(t, "leans")
		}
		o.Offer.Seller = rapid.SampledFrom([]string{"", "", "", "A", "B"}).Draw(t, "seller")
		if rapid.IntRange(0, 3).Draw(t, "points are said") == 0 {
			o.Offer.Points = rapid.Ptr(rapid.Int64Range(0, 2), false).Draw(t, "points")
		}
		if rapid.Bool().Draw(t, "counted") {
			n := rapid.Int64Range(-1, 6).Draw(t, "quantity")
			o.Offer.Quantity = &n
		}
	}
	return o
}

func settings(t *rapid.T) (stock.Product, stock.Watch) {
	p := stock.Product{ID: "p", Name: "Thing", LowStock: rapid.Int64Range(0, 4).Draw(t, "low_stock")}
	w := stock.Watch{ID: "tid", URL: "https://shop.example/p", Confirm: rapid.IntRange(0, 4).Draw(t, "confirm")}
	return p, w
}

// replay folds looks from the start and returns the record of each, nil for none,
// and the Track after each.
func replay(p stock.Product, w stock.Watch, list []stock.Observation) ([]*stock.Change, []diff.Track) {
	changes, tracks := make([]*stock.Change, len(list)), make([]diff.Track, len(list))
	var track diff.Track
	for i, o := range list {
		track, changes[i] = track.Fold(p, w, o)
		tracks[i] = track
	}
	return changes, tracks
}

// resolve turns what tells nothing of an item into nil: good pages that say an
// availability, clearly or not, and not_found, remain.
func resolve(list []stock.Observation) []*stock.Observation {
	told := make([]*stock.Observation, len(list))
	for i, o := range list {
		if o.Outcome == stock.NotFound || o.Class() != stock.LookUnread {
			told[i] = &list[i]
		}
	}
	return told
}

func mustJSON(t *rapid.T, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("JSON of %#v: %v", v, err)
	}
	return string(b)
}

// without returns the kinds of c except some, in their order.
func without(c *stock.Change, some ...stock.Kind) []stock.Kind {
	if c == nil {
		return nil
	}
	var kept []stock.Kind
next:
	for _, k := range append([]stock.Kind{c.Kind}, c.Also...) {
		for _, s := range some {
			if k == s {
				continue next
			}
		}
		kept = append(kept, k)
	}
	return kept
}
