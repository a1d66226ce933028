package notify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Test sends an alert as they usually are, or the longest that can come up, to
// every recipient of a channel, through the sender that real alerts take, and
// returns the last receipt and how long the channel took. Recipients that were
// disabled and get it are sent alerts again; nothing else is written.
func (n *Notifier) Test(ctx context.Context, channelID string, longest bool) (r channel.Receipt, took time.Duration, err error) {
	b := n.book.Load()
	found := false
	for _, t := range b.Targets {
		if t.ID != channelID {
			continue
		}
		found = true
		p := alerttext.SampleProduct(b.Products)
		l := n.sample(ctx, b, p, longest)
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

// sample returns the letter of a test: of the user's own product as its page was
// last read, as far as that is known here.
func (n *Notifier) sample(ctx context.Context, b *book, p stock.Product, longest bool) stock.Letter {
	now := time.Now()
	if longest {
		return alerttext.SampleLetter(p, now)
	}
	w := p.Watches[0]
	offer, from := alerttext.TypicalOffer(p), ""
	if n.store != nil {
		c, seq, err := n.store.Last(ctx, w.ID)
		switch {
		case err != nil: // a test of a channel works without
			n.log.Debug("the test alert shows no price of the page", "watch", w.ID, "err", err)
		case seq > 0 && price(c).Known():
			offer, from = bounded(c.Offer), c.Watch.Source
			offer.Price = price(c)
		}
	}
	l := alerttext.TypicalLetter(p, from, offer, now)
	c := stock.Change{Watch: l.Alert.Watch, State: stock.State{Availability: stock.InStock, Price: offer.Price, Offer: offer}}
	if reckoning, ok := b.reckon(w, c, now); ok {
		l.Alert.Offer.Effective, l.Alert.Reckoning = reckoning.Price, boundedSteps(reckoning.Steps)
	}
	return l
}

func sendTimed(ctx context.Context, t Target, m channel.Message) (channel.Receipt, time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, t.Timeout)
	defer cancel()
	start := time.Now()
	r, err := t.Channel.Send(ctx, m)
	return r, time.Since(start), err
}
