package notify

import (
	"context"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// muted reports whether nobody wants to hear of the letter's product at present.
// What is about the watch itself still goes to the owner.
func (d *delivery) muted() bool {
	a := d.letter.Alert
	return a.Kind.Info().Audience != stock.ForOwner && d.at.facts.mirror.mutedIn(d.letter.Channel, a.Product.ID)
}

// overLimit says why the letter's offer is above the limits of now, "" when it is
// not: they may have been lowered while it waited.
func (d *delivery) overLimit() string {
	a := d.letter.Alert
	p, ok := d.book.product(a.Product.ID)
	if !ok || !a.Kind.Info().Opens && a.Kind != stock.Flapping {
		return ""
	}
	switch why := guard.Judge(p, guard.Facts{Offer: a.Offer}).Held; why {
	case guard.AboveMax, guard.AboveEffective:
		return string(why)
	}
	return ""
}

// drop ends a letter that nobody wants any more.
func (d *delivery) drop(why string) time.Duration {
	d.at.metrics.count(d.letter.Channel, outcomeSuppressed)
	d.log.Info("alert suppressed", "reason", why)
	return 0
}

// refused ends a letter that no repetition helps, and sees to it that the next
// ones need not be refused as well.
func (d *delivery) refused(ctx context.Context, t Target, failure *channel.SendError) time.Duration {
	if failure.Class == channel.RecipientGone && !t.Subscribed { // of a subscriber the channel forgets: nobody is left to be enabled
		err := persist(ctx, func(ctx context.Context) error {
			return d.at.channels.disable(ctx, t, stock.Said(failure.Error()), true)
		})
		if err != nil {
			d.log.Error("a recipient that should be disabled stays", "err", err)
		} else {
			d.log.Error("nothing is sent to this recipient any more: see `sainyuka enable`", "err", failure)
		}
	}
	return d.failOver(ctx, stock.Said(failure.Error()))
}

// failOver hands a letter to the fall-back channel, if its own has one, and gives
// it up here.
func (d *delivery) failOver(ctx context.Context, reason stock.Reason) time.Duration {
	return d.failOverAs(ctx, outcomeDead, reason)
}

func (d *delivery) failOverAs(ctx context.Context, outcome string, reason stock.Reason) time.Duration {
	other, err := d.at.fallbacks.tell(ctx, d.book, d.letter)
	switch {
	case err != nil:
		d.log.Error("hand the letter to the fall-back channel", "err", err)
		return storeRetry
	case other != "":
		reason = reason.And(stock.Because(stock.ReasonToldInstead, other))
	}
	return d.bury(ctx, outcome, reason)
}

// timeCritical reports whether an alert expires too soon to wait out an outage.
func timeCritical(l stock.Letter) bool { return l.Urgent || l.Alert.Kind.Info().Life <= time.Hour }
