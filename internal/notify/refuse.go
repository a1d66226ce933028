package notify

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// blockedReason says why nothing may be sent to a recipient, "" when something may:
// it is gone, or the user's own monthly limit is reached.
func (d *delivery) blockedReason(t Target, lane *lane) string {
	off, ok := d.n.mirror.disabled(t.ID, t.Recipient)
	if ok && off.Gone && (!off.Since.Before(d.n.started) || !lane.lookUp()) {
		return fmt.Sprintf("disabled since %s: %s; mend that, then `sainyuka enable %s`", off.Since.UTC().Format(time.RFC3339), off.Reason, t.ID)
	}
	if until := d.n.quotas.limited(t.ID, d.book); !until.IsZero() {
		return "monthly_limit is reached until " + until.UTC().Format(time.RFC3339)
	}
	return ""
}

// quotaWait returns how long not to try a channel whose service takes no more at
// present, and says so; 0: the letter may try. A quota may have been raised.
func (d *delivery) quotaWait(t Target, lane *lane) (time.Duration, string) {
	until := d.n.quotas.exhausted(t.ID, d.book)
	if until.IsZero() {
		return 0, ""
	}
	return min(lane.probeIn(), time.Until(until)), "the quota is exhausted until " + until.UTC().Format(time.RFC3339)
}

// noteRefusal keeps in mind that a recipient is refused, for the owner to hear of.
func (d *delivery) noteRefusal(ctx context.Context, failure *channel.SendError) {
	if _, known := d.n.mirror.disabled(d.target.ID, d.target.Recipient); known {
		return
	}
	d.log.Warn("the channel refuses; it is tried again", "err", failure)
	if err := d.n.disable(ctx, d.target, failure.Error(), false); err != nil {
		d.log.Warn("persist refusal", "err", err)
	}
}

// muted reports whether nobody wants to hear of the letter's product at present.
// What is about the watch itself still goes to the owner.
func (d *delivery) muted() bool {
	a := d.letter.Alert
	return a.Kind.Info().Audience != stock.ForOwner && d.n.mirror.muted(a.Product.ID)
}

// overLimit says why the letter's offer is above the limits of now, "" when it is
// not: they may have been lowered while it waited.
func (d *delivery) overLimit() string {
	a := d.letter.Alert
	p, ok := d.book.products[a.Product.ID]
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
	d.n.metrics.count(d.letter.Channel, outcomeSuppressed)
	d.log.Info("alert suppressed", "reason", why)
	return 0
}

// refused ends a letter that no repetition helps, and sees to it that the next
// ones need not be refused as well.
func (d *delivery) refused(ctx context.Context, t Target, failure *channel.SendError) time.Duration {
	if failure.Class == channel.RecipientGone && !t.Subscribed { // of a subscriber the channel forgets: nobody is left to be enabled
		err := d.persist(ctx, func(ctx context.Context) error { return d.n.disable(ctx, t, failure.Error(), true) })
		if err != nil {
			d.log.Error("a recipient that should be disabled stays", "err", err)
		} else {
			d.log.Error("nothing is sent to this recipient any more: see `sainyuka enable`", "err", failure)
		}
	}
	return d.failOver(ctx, failure.Error())
}

// failOver hands a letter to the fall-back channel, if its own has one, and gives
// it up here.
func (d *delivery) failOver(ctx context.Context, reason string) time.Duration {
	return d.failOverAs(ctx, outcomeDead, reason)
}

func (d *delivery) failOverAs(ctx context.Context, outcome, reason string) time.Duration {
	other, err := d.fallBack(ctx)
	switch {
	case err != nil:
		d.log.Error("hand the letter to the fall-back channel", "err", err)
		return storeRetry
	case other != "":
		reason += "; told on " + other + " instead"
	}
	return d.bury(ctx, outcome, reason)
}

// fallBack places a copy of the letter for every recipient of the fall-back
// channel, and returns its id. Whoever is told there anyway is not told twice.
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
		err := d.persist(ctx, func(ctx context.Context) error { return d.n.tellInstead(ctx, t, d.letter) })
		if err != nil {
			return "", err
		}
		told = true
	}
	if !told {
		return "", nil
	}
	return channel, nil
}

// tellInstead places a copy of a letter for a recipient of another channel, by
// that one's quiet hours. The copy has the same id as the letter that the
// recipient may have of the same event.
func (n *Notifier) tellInstead(ctx context.Context, t Target, l stock.Letter) error {
	copied := l
	copied.Channel, copied.Recipient, copied.Replaces, copied.MadeAt = t.ID, t.Recipient, "", time.Now()
	switch told, err := n.toldOtherwise(ctx, t, copied); {
	case err != nil:
		return err
	case told:
		return nil
	}
	_, err := n.place(ctx, addressed{t, copied})
	return err
}

// toldOtherwise reports whether a recipient hears by other letters of what a
// letter tells: together with other shops, or of each by itself.
func (n *Notifier) toldOtherwise(ctx context.Context, t Target, l stock.Letter) (bool, error) {
	records := l.Tells
	if len(records) == 0 {
		records = []string{l.Event}
	}
	if n.groups(t) {
		var g group
		if _, err := n.facts.read(ctx, groupKey(l.Alert.Product.ID, t), &g); err != nil {
			return false, fmt.Errorf("read group of letter %s: %w", l.ID(), err)
		}
		return !slices.ContainsFunc(records, func(r string) bool {
			seq, err := strconv.ParseUint(r, 10, 64)
			how, known := g.knows(seq)
			return err != nil || !known || !how.waits
		}), nil
	}
	for _, r := range records {
		l.Event = r
		_, sent, err := n.store.Sent(ctx, l)
		if err != nil {
			return false, fmt.Errorf("read sent marker of letter %s: %w", l.ID(), err)
		}
		if !sent {
			return false, nil
		}
	}
	return true, nil
}

// timeCritical reports whether an alert expires too soon to wait out an outage.
func timeCritical(l stock.Letter) bool { return l.Urgent || l.Alert.Kind.Info().Life <= time.Hour }

// readmit sends to a disabled recipient again, who has just taken a letter that a
// person had sent once more.
func (d *delivery) readmit(ctx context.Context, t Target) {
	if _, off := d.n.mirror.disabled(t.ID, t.Recipient); !off {
		return
	}
	key := offKey(t.ID, t.Recipient)
	if d.n.facts.kept() {
		err := d.persist(ctx, func(ctx context.Context) error { return d.n.facts.DeleteFact(ctx, key, 0) })
		if err != nil {
			d.log.Warn("a recipient that can be reached stays disabled", "err", err)
			return
		}
	}
	d.n.mirror.learn(stock.KV{Key: key})
	d.log.Info("the recipient can be reached again")
}
