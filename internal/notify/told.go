package notify

import (
	"context"
	"strconv"
	"time"

	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// markerLife is for how long a marker of the store can be relied on to be
	// there; what is older counts as told.
	markerLife = 13 * 24 * time.Hour
	// maxAsked bounds for how many recipients one record is looked up.
	maxAsked = 8
)

// wasTold returns whether a record that was to be told was: a cool-down begins
// with an alert that somebody got, not with one that came too late to be sent. A
// record whose alert may still be on its way counts as told.
func (r *routing) wasTold(ctx context.Context) func(stock.Entry) bool {
	known := map[uint64]bool{}
	return func(e stock.Entry) bool {
		told, ok := known[e.Seq]
		if !ok {
			told = r.at.toldOf(ctx, r.book, e)
			known[e.Seq] = told
		}
		return told
	}
}

func (ro *router) toldOf(ctx context.Context, b *book, e stock.Entry) bool {
	if age := ro.ages.Age(rules.SeenAt(e)); age < e.Change.Kind.Info().Life || age > markerLife {
		return true
	}
	seq := strconv.FormatUint(e.Seq, 10)
	for _, t := range b.Targets[:min(len(b.Targets), maxAsked)] {
		for _, event := range []string{seq, "d" + seq} { // itself, or as flapping
			l := stock.Letter{Event: event, Channel: t.ID, Recipient: t.Recipient, Epoch: ro.epoch}
			if _, sent, err := ro.store.Sent(ctx, l); sent || err != nil {
				return true // in doubt too: the user asked for fewer alerts
			}
		}
	}
	return false
}
