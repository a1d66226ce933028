package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// failingAfter is how long all attempts must fail before the owner
	// hears of it: most outages are shorter.
	failingAfter = 15 * time.Minute
	// settleTime is how long a refusal must last: some end at once, such as that of the recipient of a
	// browser that unsubscribed.
	settleTime = 30 * time.Second
)

// failingFact says that no message reaches a recipient, although its service did not
// refuse it for good.
type failingFact struct {
	Since time.Time `json:"since"`
	stock.Reason
}

// unreached notes that a recipient was not reached for long. When that cannot be
// written the next attempt that fails does it.
func (c *channels) unreached(ctx context.Context, t Target, since time.Time, reason stock.Reason) {
	key := failingKey(t)
	if _, known := c.facts.mirror.newsOf(key); known || !c.facts.kept() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	_, err := c.facts.put(ctx, key, failingFact{since.UTC(), cleaned(reason)}, 0)
	if err != nil && !errors.Is(err, stock.ErrConflict) {
		c.log.Warn("persist channel failure", "channel", t.ID, "err", err)
	}
}

// reached notes that a recipient was reached, if it was out of reach before.
func (c *channels) reached(ctx context.Context, t Target) {
	key := failingKey(t)
	if _, known := c.facts.mirror.newsOf(key); !known || !c.facts.kept() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	if err := c.facts.forget(ctx, key, 0); err != nil { // the next message that gets through does it
		c.log.Warn("persist channel recovery", "channel", t.ID, "err", err)
	}
}

func failingKey(t Target) string { return failingNews + t.ID + "." + t.Recipient }

// review compares what the owner was told of a channel with how it is.
func (c *channels) review(ctx context.Context, b *book, id string) error {
	key := channelNews + id
	news, down := c.trouble(b, id)
	c.metrics.setTrouble(id, down)
	f, known := c.facts.mirror.newsOf(key)
	switch {
	case down && !known:
		c.log.Warn("channel in trouble", "channel", id, "key", news.Cause, "reason", news.Reason)
		_, err := c.facts.put(ctx, key, trouble{Kind: stock.ChannelDown, News: news}, 0)
		return err
	case down || !known:
		return nil
	}
	var t trouble
	if err := json.Unmarshal(f.Value, &t); err != nil || !t.Over.IsZero() {
		return nil // somebody else deals with it
	}
	// Early in a run not all is known yet.
	if err := c.learn(ctx, b, id); err != nil {
		return err
	}
	if _, down = c.trouble(b, id); down {
		return nil
	}
	t.Over = clock.Wall().UTC()
	_, err := c.facts.put(ctx, key, t, f.Rev)
	return err
}

// troubles is Notifier.Troubles.
func (c *channels) troubles() []stock.News {
	b := c.book.Load()
	var all []stock.News
	for _, id := range b.channels() {
		if news, down := c.trouble(b, id); down {
			all = append(all, news)
		}
	}
	return all
}

// trouble says what is wrong with a channel: with one of its recipients, or
// all of it.
func (c *channels) trouble(b *book, id string) (stock.News, bool) {
	now := clock.Wall()
	var worst stock.News
	found := func(cause string, reason stock.Reason, since, until time.Time) {
		if worst.Cause == "" {
			worst = stock.News{Channel: id, Cause: cause, Reason: reason, Since: since.UTC(), Until: until}
		}
	}
	reachable := false
	for _, t := range b.Targets {
		if t.ID != id {
			continue
		}
		reachable = true
		if off, ok := c.facts.mirror.disabled(id, t.Recipient); ok && c.ages.Age(off.Since) >= settleTime {
			cause := stock.CauseRefused
			if off.Gone {
				cause = stock.CauseDisabled
			}
			found(cause, off.Reason, off.Since, time.Time{})
		}
		if f, ok := c.facts.mirror.newsOf(failingKey(t)); ok {
			var failing failingFact
			_ = json.Unmarshal(f.Value, &failing) // without its words it still fails
			found(stock.CauseFailing, failing.Reason, failing.Since, time.Time{})
		}
	}
	if until := c.quotas.spent(id, b); reachable && !until.IsZero() {
		found(stock.CauseQuota, stock.Reason{}, now, until.UTC())
	}
	return worst, worst.Cause != ""
}

// learn reads the facts about a channel.
func (c *channels) learn(ctx context.Context, b *book, id string) error {
	for _, prefix := range []string{prefixOff + "." + id, failingNews + id} {
		facts, err := c.facts.Facts(ctx, prefix)
		if err != nil {
			return fmt.Errorf("look at channel %s: %w", id, err)
		}
		for _, f := range facts {
			c.facts.mirror.learn(f)
		}
	}
	quota, err := c.facts.Fact(ctx, quotaKey(id, clock.Wall().In(b.Location)))
	if err != nil {
		return fmt.Errorf("look at channel %s: %w", id, err)
	}
	c.facts.mirror.learn(quota)
	return nil
}
