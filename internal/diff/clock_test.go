package diff

import (
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const year = 365 * 24 * time.Hour

// A restock right after the clock was set is a restock, however far it was set.
func TestARestockAcrossAStepOfTheClock(t *testing.T) {
	for _, tt := range []struct {
		step time.Duration
		set  bool // the Track is told of the step
		want stock.Kind
	}{
		{time.Hour, true, stock.Restocked},
		{-time.Hour, true, stock.Restocked},
		{24 * time.Hour, true, stock.Restocked},
		{-24 * time.Hour, true, stock.Restocked},
		{56 * year, true, stock.Restocked},
		{56 * year, false, stock.Baseline}, // nobody looked for 56 years
	} {
		begin := time.Unix(3600, 0).UTC()
		out := stock.Observation{Outcome: stock.OK, At: begin, Offer: stock.Offer{Availability: stock.OutOfStock}}
		track, _ := Track{}.Fold(stock.Product{}, stock.Watch{}, out)
		now := begin.Add(time.Minute + tt.step)
		if tt.set {
			track = track.ClockSet(tt.step, now)
		}
		in := stock.Observation{Outcome: stock.OK, At: now, Offer: stock.Offer{Availability: stock.InStock}}
		var change *stock.Change
		for range 3 { // a restock may have to be seen again
			if change == nil {
				track, change = track.Fold(stock.Product{}, stock.Watch{}, in)
				in.At = in.At.Add(time.Minute)
			}
		}
		if change == nil || change.Kind != tt.want {
			t.Errorf("in stock a minute after out of stock, the clock set by %s in between (told: %v): change %+v, want %s", tt.step, tt.set, change, tt.want)
		}
	}
}

// What a step of the clock skips is no time in which a page could not be read,
// nor one in which a thing was out of stock.
func TestAStepOfTheClockIsNoSilence(t *testing.T) {
	for _, step := range []time.Duration{7 * time.Hour, 25 * time.Hour, 56 * year} {
		for bad := range unreadableLooks {
			at := time.Unix(3600, 0).UTC()
			good := stock.Observation{Outcome: stock.OK, At: at, Offer: stock.Offer{Availability: stock.OutOfStock}}
			track, _ := Track{}.Fold(stock.Product{}, stock.Watch{}, good)
			for n := range unreadableLooks + 5 {
				at = at.Add(time.Minute)
				if n == bad {
					at = at.Add(step)
					track = track.ClockSet(step, at)
				}
				var change *stock.Change
				track, change = track.Fold(stock.Product{}, stock.Watch{}, stock.Observation{Outcome: stock.Failed, At: at})
				if change != nil {
					t.Fatalf("a step of %s before bad look %d of one a minute: %s at look %d, want nothing", step, bad, change.Kind, n)
				}
			}
			good.At = at.Add(time.Minute)
			if _, change := track.Fold(stock.Product{}, stock.Watch{}, good); change != nil {
				t.Errorf("out of stock as before, after a step of %s: %s, want nothing", step, change.Kind)
			}
		}
	}
}
