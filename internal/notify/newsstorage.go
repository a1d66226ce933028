package notify

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// storagePatience is for what a restart of the engine mends by itself.
	storagePatience = 30 * time.Second
	// directEvery is how often a channel that did not take the news is asked again.
	directEvery = time.Minute
)

// GuardStorage tells the owner when nothing can be kept any more, and when that is
// over, until ctx ends. healthy says why it cannot, nil when it can.
//
// The outbox is kept there too, so that it begins is sent directly, at best once
// to everybody: whom it reached is known to this process alone. That it is over
// goes the usual way.
func (n *Notifier) GuardStorage(ctx context.Context, healthy func() error) error {
	tick := time.NewTicker(newsEvery)
	defer tick.Stop()
	var out outage
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		switch err := healthy(); {
		case err != nil:
			n.lastThrough(ctx, &out, err)
		case !out.told():
			out = outage{}
		case n.endOutage(ctx, &out):
			out = outage{}
		}
	}
}

// outage is a time in which nothing can be kept.
type outage struct {
	since  time.Time
	reason string
	next   time.Time       // when to try again those who were not reached
	got    map[string]bool // who was, by targetKey; nil: nobody was tried
	over   time.Time
}

func (o *outage) told() bool { return o.got != nil }

// lastThrough sends the news that an outage began to those who have not got it.
func (n *Notifier) lastThrough(ctx context.Context, o *outage, cause error) {
	now := time.Now()
	o.over = time.Time{}
	if o.since.IsZero() {
		o.since, o.reason = now.UTC(), alerttext.Bound(cause.Error(), alerttext.MaxTitle)
	}
	if now.Sub(o.since) < storagePatience || now.Before(o.next) {
		return
	}
	if o.got == nil {
		o.got = map[string]bool{}
		n.metrics.news.WithLabelValues(string(stock.StorageDown)).Inc()
	}
	o.next = now.Add(directEvery)
	b := n.book.Load()
	var left []Target
	for key, t := range b.targets {
		if _, off := n.mirror.disabled(t.ID, t.Recipient); !off && !o.got[key] && slices.Contains(b.Owner, t.ID) {
			left = append(left, t)
		}
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, t := range left {
		wg.Go(func() {
			if err := n.sendDirectly(ctx, b, t, o.alert(now)); err != nil {
				n.log.Error("the owner does not hear that nothing can be kept", "channel", t.ID, "err", err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			o.got[targetKey(t.ID, t.Recipient)] = true
		})
	}
	wg.Wait()
}

func (o *outage) alert(now time.Time) stock.Alert {
	news := stock.News{Reason: stock.Said(o.reason), Since: o.since}
	return stock.Alert{Kind: stock.StorageDown, News: &news, ObservedAt: now}
}

// sendDirectly sends an alert past the outbox, once.
func (n *Notifier) sendDirectly(ctx context.Context, b *book, t Target, a stock.Alert) error {
	l := stock.Letter{
		Event: newsEvent(storageNews, a.News.Since, string(a.Kind)), Channel: t.ID, Recipient: t.Recipient, Epoch: n.epoch,
		Alert: a, MadeAt: a.ObservedAt, NotAfter: a.ObservedAt.Add(a.Kind.Info().Life),
	}
	m, err := alerttext.Render(l, alerttext.View{Language: b.Language, Location: b.Location, Now: time.Now(), Type: t.Type})
	if err != nil {
		return err
	}
	m.Silent = quietAt(b.Quiet[t.ID], time.Now())
	lane := n.lanes.of(targetKey(t.ID, t.Recipient))
	if !lane.enter(ctx, busyPatience) {
		return errBusy
	}
	defer lane.leave()
	if _, _, err := sendTimed(ctx, t, m); err != nil {
		n.metrics.count(t.ID, outcomeRetry)
		return err
	}
	n.metrics.count(t.ID, outcomeSent)
	return nil
}

// endOutage writes down that an outage is over, for whoever tells the owner, and
// reports whether that worked.
func (n *Notifier) endOutage(ctx context.Context, o *outage) bool {
	if o.over.IsZero() {
		o.over = time.Now().UTC()
	}
	t := trouble{Kind: stock.StorageDown, News: stock.News{Reason: stock.Said(o.reason), Since: o.since}, Told: true, Over: o.over}
	err := n.bounded(ctx, func(ctx context.Context) error {
		_, err := n.facts.put(ctx, storageNews, t, 0)
		return err
	})
	if err != nil && !errors.Is(err, stock.ErrConflict) && ctx.Err() == nil { // a conflict: the end of one before waits to be told
		n.log.Warn("that everything can be kept again is told later", "err", err)
	}
	return err == nil
}
