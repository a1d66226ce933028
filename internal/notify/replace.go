package notify

import (
	"context"
	"errors"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
)

const (
	// leaderPatience is for how long an update waits for the message that it is an
	// update of; leaderRetry is how often it looks.
	leaderPatience = time.Minute
	leaderRetry    = time.Second
)

// findEarlier looks for the message that the letter updates. While that is still
// on its way it returns how long to wait; one that does not come is not waited
// for, and the update rings by itself.
func (d *delivery) findEarlier(ctx context.Context) (wait time.Duration) {
	if d.letter.Replaces == "" {
		return 0
	}
	earlier := d.letter
	earlier.Event = d.letter.Replaces
	sctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	receipt, ok, err := d.at.sentMarks.of(sctx, earlier)
	if err != nil {
		d.log.Warn("read sent marker of the message to update", "err", err)
		return storeRetry
	}
	if !ok && d.at.ages.Age(d.letter.MadeAt) < leaderPatience {
		return leaderRetry
	}
	d.earlier = receipt.ProviderID
	return 0
}

// dispatch puts the message in the place of the earlier one where the channel can,
// and else sends it.
func (d *delivery) dispatch(ctx context.Context, t Target, m channel.Message) (channel.Receipt, error) {
	if c, ok := t.Channel.(channel.Replacer); ok && d.earlier != "" {
		r, err := c.Replace(ctx, d.earlier, m)
		if !errors.Is(err, channel.ErrNotReplaceable) {
			return r, err
		}
		d.log.Info("the earlier message can no longer be changed: sending another", "err", err)
		d.earlier = ""
	}
	return t.Channel.Send(ctx, m)
}
