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

// silentLook is a page that says nothing of stock.
func silentLook(at time.Time) stock.Observation {
	return stock.Observation{Outcome: stock.OK, At: at, Doubt: stock.Silent}
}

// What a step of the clock skips is no part of a doubt: a page that flickered for
// minutes rings for nobody, whatever the clock says, and over a restart too.
func TestAStepOfTheClockIsNoDoubt(t *testing.T) {
	for _, step := range []time.Duration{2 * time.Hour, 25 * time.Hour, 56 * year} {
		for before := 1; before <= 5; before++ { // unclear looks before the step
			for _, restart := range []bool{false, true} {
				at := time.Unix(3600, 0).UTC()
				in := stock.Observation{Outcome: stock.OK, At: at, Strong: true, Offer: stock.Offer{Availability: stock.InStock}}
				track, last := Track{}.Fold(stock.Product{}, stock.Watch{}, in)
				look := func(o stock.Observation) *stock.Change {
					var change *stock.Change
					if track, change = track.Fold(stock.Product{}, stock.Watch{}, o); change != nil {
						last = change
					}
					return change
				}
				for n := range 6 {
					at = at.Add(time.Minute)
					if n == before {
						at = at.Add(step)
						track = track.ClockSet(step, at)
					}
					look(silentLook(at))
				}
				if restart {
					track = Start(last).SeenAt(track.LastGood()).Recall(track.Memory())
				}
				if c := track.State.Clarity; c == nil || at.Sub(c.Since) > 6*time.Minute {
					t.Errorf("six unclear looks a minute apart, the clock set by %s after %d (restart: %v): doubt %+v, want one since at most six minutes before %s", step, before, restart, c, at)
					continue
				}
				in.At = at.Add(time.Minute)
				if change := look(in); change == nil || change.Kind != stock.Cleared {
					t.Errorf("six minutes of doubt with a step of %s after %d looks (restart: %v), then in stock: %+v, want %s", step, before, restart, change, stock.Cleared)
				}
			}
		}
	}
}

// A page that is gone is gone since the first look that missed it, by the clock as
// it stands now.
func TestAPageGoneAcrossAStepOfTheClock(t *testing.T) {
	at := time.Unix(3600, 0).UTC()
	in := stock.Observation{Outcome: stock.OK, At: at, Strong: true, Offer: stock.Offer{Availability: stock.InStock}}
	track, _ := Track{}.Fold(stock.Product{}, stock.Watch{}, in)
	track, _ = track.Fold(stock.Product{}, stock.Watch{}, stock.Observation{Outcome: stock.NotFound, At: at.Add(time.Minute)})
	now := at.Add(2*time.Minute + 2*time.Hour)
	track = track.ClockSet(2*time.Hour, now)
	track, change := track.Fold(stock.Product{}, stock.Watch{}, stock.Observation{Outcome: stock.NotFound, At: now})
	want := at.Add(time.Minute + 2*time.Hour)
	if change == nil || change.Kind != stock.Gone || !change.Since.Equal(want) {
		t.Errorf("404 twice, the clock set by two hours in between: %+v, want %s since %s", change, stock.Gone, want)
	}
	if !track.missing.Equal(want) {
		t.Errorf("the first look that missed the page: %s, want %s", track.missing, want)
	}
}
