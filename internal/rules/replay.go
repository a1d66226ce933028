package rules

import (
	"maps"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// flapWindow is the time within which the alerts of one watch are counted.
const flapWindow = 10 * time.Minute

// Telling is what becomes of a record whose verdict rings.
type Telling struct {
	Kind       stock.Kind // Flapping for the one alert of a burst
	Suppressed string     // why it is not told, "" when it is
}

// Replay goes through the records of one product in the order of the stream and says
// what became of the last of them. It keeps nothing: the records are its only memory, so that a restart or another process decides the same.
type Replay struct {
	Product   stock.Product
	Kinds     []stock.Kind
	FlapLimit int           // 0: never fold
	Cooldown  time.Duration // 0: none
	Market    Market        // what the watches ask that history does not hold
	// Before returns what the offer before a record cost in the end; nil: it is not
	// known.
	Before func(stock.Entry) stock.Price
	// WasTold reports of a record that was to be told whether it was; nil: all were.
	WasTold func(stock.Entry) bool
}

// Decide returns what is to be told of the last record of history, which holds
// the records before it in the order of the stream: of its watch, and of all the
// product's watches if there is a cool-down.
func (g Replay) Decide(history []stock.Entry) Telling {
	bursts := map[string]*burst{}
	asked := maps.Clone(g.Market)
	if asked == nil {
		asked = Market{}
	}
	told := map[stock.Kind]stock.Entry{}
	var last Telling
	for _, e := range history {
		by := Circumstances{Others: asked.Others(e.Change.Watch.ID)}
		if g.Before != nil {
			by.Before = g.Before(e)
		}
		v := Judge(g.Product, g.Kinds, e.Change, by)
		asked.Note(e.Change)
		if last = (Telling{Kind: v.Kind, Suppressed: v.Held}); !v.Rings() {
			continue
		}
		b := bursts[e.Change.Watch.ID]
		if b == nil {
			b = &burst{limit: g.FlapLimit}
			bursts[e.Change.Watch.ID] = b
		}
		last = b.alert(v.Kind, SeenAt(e))
		if last.Suppressed != "" {
			continue
		}
		if t, ok := told[last.Kind]; ok && SeenAt(e).Sub(SeenAt(t)) < g.Cooldown && (g.WasTold == nil || g.WasTold(t)) {
			last.Suppressed = "within the cooldown"
			continue
		}
		told[last.Kind] = e
	}
	return last
}

// burst counts what rings of one watch, of whatever kind.
type burst struct {
	limit int
	times []time.Time // of the alerts within the window, oldest first
	on    bool        // the flapping alert was made, and it is not calm yet
}

// alert counts one more. Calm is at most half the limit within the window: with one
// threshold for both, a watch at the limit would be flapping at every second alert.
func (b *burst) alert(kind stock.Kind, at time.Time) Telling {
	if b.limit <= 0 {
		return Telling{Kind: kind}
	}
	b.times = append(b.times, at)
	b.times = slices.DeleteFunc(b.times, func(t time.Time) bool { return at.Sub(t) >= flapWindow })
	n := len(b.times)
	switch {
	case !b.on && n > b.limit:
		b.on = true
		return Telling{Kind: stock.Flapping}
	case b.on && n > max(1, b.limit/2):
		return Telling{Kind: kind, Suppressed: "flapping"}
	}
	b.on = false
	return Telling{Kind: kind}
}
