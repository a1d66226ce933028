package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// barred reports why nothing may be sent to a recipient at present, "" when it may.
func (d *delivery) barred(t Target) string {
	if off, ok := d.n.standing.disabled(t.ID, t.Recipient); ok {
		return fmt.Sprintf("disabled since %s: %s; mend that, then `sainyuka enable %s`", off.Since.UTC().Format(time.RFC3339), off.Reason, t.ID)
	}
	if until := d.n.spent(t.ID, d.book); !until.IsZero() {
		return "the quota is exhausted until " + until.UTC().Format(time.RFC3339)
	}
	return ""
}

// muted reports whether nobody wants to hear of the letter's product at present.
// What is about the watch itself still goes to the owner.
func (d *delivery) muted() bool {
	a := d.letter.Alert
	return !isOwnersNews(a.Kind) && d.n.standing.muted(a.Product.ID)
}

// drop ends a letter that nobody wants any more.
func (d *delivery) drop(why string) time.Duration {
	d.n.metrics.count(d.letter.Channel, outcomeSuppressed)
	d.log.Info("alert suppressed", "reason", why)
	return 0
}

// refused ends a letter that no repetition helps, and sees to it that the next
// ones need not be refused as well.
func (d *delivery) refused(ctx context.Context, t Target, failure *SendError) time.Duration {
	switch failure.Class {
	case BadRecipient, BadCredential:
		err := d.persist(ctx, func(ctx context.Context) error { return d.n.disable(ctx, t.ID, t.Recipient, failure.Error()) })
		if err != nil {
			d.log.Error("a recipient that should be disabled stays", "err", err)
		} else {
			d.log.Error("nothing is sent to this recipient any more: see `sainyuka enable`", "err", failure)
		}
	case QuotaExhausted:
		if err := d.n.exhaust(ctx, t, d.book, failure.RetryAfter); err != nil {
			d.log.Warn("that the quota is exhausted could not be kept in mind", "err", err)
		}
	}
	return d.giveOver(ctx, failure.Error())
}

// giveOver hands a letter to the fall-back channel, if its own has one, and gives
// it up here.
func (d *delivery) giveOver(ctx context.Context, reason string) time.Duration {
	other, err := d.fallBack(ctx)
	switch {
	case err != nil:
		d.log.Error("hand the letter to the fall-back channel", "err", err)
		return storeRetry
	case other != "":
		reason += "; told on " + other + " instead"
	}
	return d.bury(ctx, outcomeDead, reason)
}

// fallBack writes a copy of the letter for every recipient of the fall-back
// channel, and returns its id. Whoever is told there anyway is not told twice:
// the copy has the same id as that letter.
func (d *delivery) fallBack(ctx context.Context) (channel string, err error) {
	channel = d.book.Fallbacks[d.letter.Channel]
	if channel == "" {
		return "", nil
	}
	told := false
	for _, t := range d.book.Targets {
		if t.ID != channel {
			continue
		}
		copied := d.letter
		copied.Channel, copied.Recipient, copied.Replaces, copied.MadeAt = t.ID, t.Recipient, "", time.Now()
		err := d.persist(ctx, func(ctx context.Context) error { return d.n.store.Enqueue(ctx, copied) })
		if err != nil {
			return "", fmt.Errorf("enqueue letter %s: %w", copied.ID(), err)
		}
		told = true
	}
	if !told {
		return "", nil
	}
	return channel, nil
}

// hasty reports whether an alert is worth nothing when it waits for a service
// that is down.
func hasty(l stock.Letter) bool { return l.Urgent || life(l.Alert.Kind) <= time.Hour }

// readmit sends to a disabled recipient again, who has just taken a letter that a
// person had sent once more.
func (d *delivery) readmit(ctx context.Context, t Target) {
	if _, off := d.n.standing.disabled(t.ID, t.Recipient); !off {
		return
	}
	key := offKey(t.ID, t.Recipient)
	if d.n.people != nil {
		err := d.persist(ctx, func(ctx context.Context) error { return d.n.people.DeleteFact(ctx, key, 0) })
		if err != nil {
			d.log.Warn("a recipient that can be reached stays disabled", "err", err)
			return
		}
	}
	d.n.standing.learn(Fact{Key: key})
	d.log.Info("the recipient can be reached again")
}
