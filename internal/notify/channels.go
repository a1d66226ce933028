package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// enableTimeout bounds what a reload does for one changed channel.
const enableTimeout = 5 * time.Second

// channels knows which channels are refused, out of reach or out of quota, and what
// the owner was told of that.
type channels struct {
	facts   *facts
	quotas  *quotas
	lanes   *lanes
	book    *atomic.Pointer[book]
	metrics *metrics
	log     *slog.Logger
	ages    *clock.Ages
	started time.Time // when this process began
}

// disabled is Notifier.Disabled.
func (c *channels) disabled() []stock.Disabled {
	b := c.book.Load()
	c.facts.mirror.mu.Lock()
	defer c.facts.mirror.mu.Unlock()
	list := slices.SortedFunc(maps.Values(c.facts.mirror.off), func(a, b stock.Disabled) int {
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Recipient, b.Recipient))
	})
	return slices.DeleteFunc(list, func(d stock.Disabled) bool {
		_, configured := b.targets[targetKey(d.Channel, d.Recipient)]
		return !configured
	})
}

// enable is Notifier.Enable.
func (c *channels) enable(ctx context.Context, channel string) (int, error) {
	if !slices.Contains(c.book.Load().channels(), channel) {
		return 0, fmt.Errorf("enable channel %q: %w", channel, ErrUnknown)
	}
	facts, err := c.facts.Facts(ctx, prefixOff+"."+channel)
	if err != nil {
		return 0, fmt.Errorf("enable channel %s: %w", channel, err)
	}
	for _, f := range facts {
		if err := c.facts.forget(ctx, f.Key, 0); err != nil {
			return 0, fmt.Errorf("enable channel %s: %w", channel, err)
		}
	}
	failing, err := c.facts.Facts(ctx, failingNews+channel)
	if err != nil {
		return 0, fmt.Errorf("enable channel %s: %w", channel, err)
	}
	for _, f := range failing {
		if err := c.facts.forget(ctx, f.Key, f.Rev); err != nil && !errors.Is(err, stock.ErrConflict) {
			return 0, fmt.Errorf("enable channel %s: %w", channel, err)
		}
	}
	b := c.book.Load()
	if err := c.quotas.lift(ctx, channel, b); err != nil {
		return 0, fmt.Errorf("enable channel %s: %w", channel, err)
	}
	for key, t := range b.targets {
		if t.ID == channel {
			c.lanes.of(key).reset()
		}
	}
	return len(facts), nil
}

// disable notes that a recipient is refused, and whether it is gone. Of two refusals the
// first is kept.
func (c *channels) disable(ctx context.Context, t Target, reason stock.Reason, gone bool) error {
	d := stock.Disabled{Reason: cleaned(reason), Since: clock.Wall().UTC().Truncate(time.Second), Gone: gone}
	key := offKey(t.ID, t.Recipient)
	if was, ok := c.facts.mirror.disabled(t.ID, t.Recipient); ok && was.Gone {
		d.Since = was.Since
	}
	if gone && c.facts.kept() {
		return c.facts.overwrite(ctx, key, d)
	}
	value, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("disable %s: %w", key, err)
	}
	if c.facts.kept() {
		if _, err := c.facts.PutFact(ctx, key, value, 0); err != nil && !errors.Is(err, stock.ErrConflict) { // a conflict: somebody else met the same refusal
			return fmt.Errorf("disable %s: %w", key, err)
		}
	}
	c.facts.mirror.learn(stock.KV{Key: key, Value: value})
	return nil
}

// clearChanged enables channels again whose settings have changed.
func (c *channels) clearChanged(was, b *book) {
	if was == nil || !c.facts.kept() {
		return
	}
	for _, id := range b.channels() {
		if before := was.settings(id); before == "" || before == b.settings(id) {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), enableTimeout)
		if _, err := c.enable(ctx, id); err != nil {
			c.log.Warn("a channel's settings have changed and what was known against it stays", "channel", id, "err", err)
		}
		cancel()
	}
}

// noteRefusal notes that a recipient is refused, so that the owner is told.
func (c *channels) noteRefusal(ctx context.Context, log *slog.Logger, t Target, failure *channel.SendError) {
	if _, known := c.facts.mirror.disabled(t.ID, t.Recipient); known {
		return
	}
	log.Warn("the channel refuses; it is tried again", "err", failure)
	if err := c.disable(ctx, t, stock.Said(failure.Error()), false); err != nil {
		log.Warn("persist refusal", "err", err)
	}
}

// readmit sends to a disabled recipient again, who has just taken a letter that a
// person had sent once more.
func (c *channels) readmit(ctx context.Context, log *slog.Logger, t Target) {
	if _, off := c.facts.mirror.disabled(t.ID, t.Recipient); !off {
		return
	}
	key := offKey(t.ID, t.Recipient)
	if c.facts.kept() {
		err := persist(ctx, func(ctx context.Context) error { return c.facts.DeleteFact(ctx, key, 0) })
		if err != nil {
			log.Warn("a recipient that can be reached stays disabled", "err", err)
			return
		}
	}
	c.facts.mirror.learn(stock.KV{Key: key})
	log.Info("the recipient can be reached again")
}

// welcome enables a recipient again that accepted a message.
func (c *channels) welcome(ctx context.Context, t Target) error {
	if !c.facts.kept() {
		return nil
	}
	c.lanes.of(targetKey(t.ID, t.Recipient)).reset()
	if err := c.quotas.lift(ctx, t.ID, c.book.Load()); err != nil {
		return fmt.Errorf("enable channel %s: %w", t.ID, err)
	}
	c.reached(ctx, t)
	if _, off := c.facts.mirror.disabled(t.ID, t.Recipient); !off {
		return nil
	}
	if err := c.facts.forget(ctx, prefixOff+"."+t.ID+"."+t.Recipient, 0); err != nil {
		return fmt.Errorf("enable channel %s: %w", t.ID, err)
	}
	return nil
}

// blockedReason says why nothing may be sent to a recipient: it is gone, or the user's
// own monthly limit is reached. None when something may.
func (c *channels) blockedReason(b *book, t Target, lane *lane) stock.Reason {
	off, ok := c.facts.mirror.disabled(t.ID, t.Recipient)
	if ok && off.Gone && (!off.Since.Before(c.started) || !lane.lookUp()) {
		return stock.Because(stock.ReasonDisabledSince, off.Since.UTC().Format(time.RFC3339), t.ID, off.Reason)
	}
	if until := c.quotas.limited(t.ID, b); !until.IsZero() {
		return stock.Because(stock.ReasonMonthlyLimit, until.UTC().Format(time.RFC3339))
	}
	return stock.Reason{}
}

// quotaWait returns how long not to try a channel whose service takes no more at
// present, and says so; 0: the letter may try. A quota may have been raised.
func (c *channels) quotaWait(b *book, t Target, lane *lane) (time.Duration, stock.Reason) {
	until := c.quotas.exhausted(t.ID, b)
	if until.IsZero() {
		return 0, stock.Reason{}
	}
	return min(lane.probeIn(), until.Sub(clock.Wall())), stock.Because(stock.ReasonQuotaExhausted, until.UTC().Format(time.RFC3339))
}
