package notify

import (
	"maps"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// flapWindow is the time within which the alerts of one watch are counted.
const flapWindow = 10 * time.Minute

// seenAt returns when the look behind the record was made: what ages, windows and
// cool-downs are reckoned from, so that a record told late, or again after a
// restart, is judged as it was at first. A clock ahead of the server's is not
// believed.
func seenAt(e stock.Entry) time.Time {
	at := e.Change.ObservedAt
	if at.IsZero() || !e.At.IsZero() && at.After(e.At) {
		return e.At
	}
	return at
}

// telling is what the guards make of a record whose verdict rings.
type telling struct {
	kind       stock.Kind // Flapping for the one alert of a burst
	suppressed string     // why it is not told, "" when it is
}

// guards replays the records of one product in the order of the stream and says
// what became of the last of them. They keep nothing: the records are their only
// memory, so that a restart or another process decides the same.
type guards struct {
	product   stock.Product
	kinds     []stock.Kind
	flapLimit int           // 0: never fold
	cooldown  time.Duration // 0: none
	market    market        // what the watches ask that history does not hold
	// before returns what the offer before a record cost in the end; nil: it is not
	// known.
	before func(stock.Entry) stock.Price
	// wasTold reports of a record that was to be told whether it was; nil: all were.
	wasTold func(stock.Entry) bool
}

// decide returns what is to be told of the last record of history, which holds
// the records before it in the order of the stream: of its watch, and of all the
// product's watches if there is a cool-down.
func (g guards) decide(history []stock.Entry) telling {
	bursts := map[string]*burst{}
	asked := maps.Clone(g.market)
	if asked == nil {
		asked = market{}
	}
	told := map[stock.Kind]stock.Entry{}
	var last telling
	for _, e := range history {
		by := circumstances{others: asked.others(e.Change.Watch.ID)}
		if g.before != nil {
			by.before = g.before(e)
		}
		v := judge(g.product, g.kinds, e.Change, by)
		asked.note(e.Change)
		if last = (telling{kind: v.kind, suppressed: v.held}); !v.rings() {
			continue
		}
		b := bursts[e.Change.Watch.ID]
		if b == nil {
			b = &burst{limit: g.flapLimit}
			bursts[e.Change.Watch.ID] = b
		}
		last = b.alert(v.kind, seenAt(e))
		if last.suppressed != "" {
			continue
		}
		if t, ok := told[last.kind]; ok && seenAt(e).Sub(seenAt(t)) < g.cooldown && (g.wasTold == nil || g.wasTold(t)) {
			last.suppressed = "within the cooldown"
			continue
		}
		told[last.kind] = e
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
func (b *burst) alert(kind stock.Kind, at time.Time) telling {
	if b.limit <= 0 {
		return telling{kind: kind}
	}
	b.times = append(b.times, at)
	b.times = slices.DeleteFunc(b.times, func(t time.Time) bool { return at.Sub(t) >= flapWindow })
	n := len(b.times)
	switch {
	case !b.on && n > b.limit:
		b.on = true
		return telling{kind: stock.Flapping}
	case b.on && n > max(1, b.limit/2):
		return telling{kind: kind, suppressed: "flapping"}
	}
	b.on = false
	return telling{kind: kind}
}
