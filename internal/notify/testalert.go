package notify

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/press"
	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// testAlerts sends test alerts.
type testAlerts struct {
	store    Store // nil: no price of a page is shown
	channels *channels
	buttons  *press.Buttons
	book     *atomic.Pointer[book]
	epoch    string
	version  string
	log      *slog.Logger
}

// send is Notifier.Test.
func (tr *testAlerts) send(ctx context.Context, channelID string, longest bool) (r channel.Receipt, took time.Duration, err error) {
	b := tr.book.Load()
	found := false
	for _, t := range b.Targets {
		if t.ID != channelID {
			continue
		}
		found = true
		p := alerttext.SampleProduct(b.Products)
		l := tr.sample(ctx, b, p, longest)
		l.Channel, l.Recipient, l.Epoch = t.ID, t.Recipient, tr.epoch
		l.Alert.Evidence[0].Text = channel.Clean("sainyuka "+tr.version+" test-alert", alerttext.MaxFact)
		m, err := alerttext.Render(l, b.view(t, p))
		if err != nil {
			return r, took, err
		}
		m.Actions = tr.buttons.Sample(l)
		r, took, err = sendTimed(ctx, b.targets[targetKey(t.ID, t.Recipient)], m)
		if err != nil {
			return r, took, fmt.Errorf("send test alert to channel %s: %w", t.ID, err)
		}
		if err := tr.channels.welcome(ctx, t); err != nil {
			tr.log.Error("a channel that works stays disabled", "channel", t.ID, "err", err)
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
func (tr *testAlerts) sample(ctx context.Context, b *book, p stock.Product, longest bool) stock.Letter {
	now := clock.Wall()
	if longest {
		return alerttext.SampleLetter(p, now)
	}
	w := p.Watches[0]
	offer, from := alerttext.TypicalOffer(p), ""
	if tr.store != nil {
		c, seq, err := tr.store.Last(ctx, w.ID)
		switch {
		case err != nil: // a test of a channel works without
			tr.log.Debug("the test alert shows no price of the page", "watch", w.ID, "err", err)
		case seq > 0 && rules.Price(c).Known():
			offer, from = alerttext.BoundOffer(c.Offer), c.Watch.Source
			offer.Price = rules.Price(c)
		}
	}
	l := alerttext.TypicalLetter(p, from, offer, now)
	c := stock.Change{Watch: l.Alert.Watch, State: stock.State{Availability: stock.InStock, Price: offer.Price, Offer: offer}}
	if reckoning, ok := b.reckon(w, c, now); ok {
		l.Alert.Offer.Effective, l.Alert.Reckoning = reckoning.Price, alerttext.BoundSteps(reckoning.Steps)
	}
	return l
}

func sendTimed(ctx context.Context, t Target, m channel.Message) (channel.Receipt, time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, t.Timeout)
	defer cancel()
	start := clock.Now()
	r, err := t.Channel.Send(ctx, m)
	return r, clock.Since(start), err
}
