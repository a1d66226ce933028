package notify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/channel"
)

// Test sends the longest message that can come up to every recipient of a
// channel, through the sender that real alerts take, and returns the last
// receipt and how long the channel took. Recipients that were disabled and get it
// are sent alerts again; nothing else is written.
func (n *Notifier) Test(ctx context.Context, channelID string) (r channel.Receipt, took time.Duration, err error) {
	b := n.book.Load()
	found := false
	for _, t := range b.Targets {
		if t.ID != channelID {
			continue
		}
		found = true
		p := alerttext.SampleProduct(b.Products)
		now := time.Now()
		l := alerttext.SampleLetter(p, now)
		l.Channel, l.Recipient, l.Epoch = t.ID, t.Recipient, n.epoch
		l.Alert.Evidence[0].Text = channel.Clean("sainyuka "+n.version+" test-alert", alerttext.MaxFact)
		m, err := alerttext.Render(l, b.view(t, p))
		if err != nil {
			return r, took, err
		}
		m.Actions = n.buttons.sample(b, l)
		r, took, err = sendTimed(ctx, b.targets[targetKey(t.ID, t.Recipient)], m)
		if err != nil {
			return r, took, fmt.Errorf("send test alert to channel %s: %w", t.ID, err)
		}
		if err := n.welcome(ctx, t); err != nil {
			n.log.Error("a channel that works stays disabled", "channel", t.ID, "err", err)
		}
	}
	if !found && slices.Contains(b.channels(), channelID) {
		return r, took, fmt.Errorf("channel %q has no recipient yet: nobody has subscribed", channelID)
	}
	if !found {
		return r, took, fmt.Errorf("channel %q is not configured", channelID)
	}
	return r, took, nil
}

func sendTimed(ctx context.Context, t Target, m channel.Message) (channel.Receipt, time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, t.Timeout)
	defer cancel()
	start := time.Now()
	r, err := t.Channel.Send(ctx, m)
	return r, time.Since(start), err
}
