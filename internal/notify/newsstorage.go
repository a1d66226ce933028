package notify

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// storagePatience is how long an outage must last: a restart of the engine ends most.
	storagePatience = 30 * time.Second
	// directEvery is how often a channel that did not take the news is asked again.
	directEvery = time.Minute
)

// storage is the part of the owner's news that tells that nothing can be kept.
type storage struct {
	facts   *facts
	lanes   *lanes
	book    *atomic.Pointer[book]
	epoch   string
	metrics *metrics
	log     *slog.Logger
}

// guard is Notifier.GuardStorage.
//
// The outbox is in the same store, so the news that an outage began is sent directly, at
// most once to each recipient; only this process knows whom it reached. The news that it
// is over goes the usual way.
func (s *storage) guard(ctx context.Context, healthy func() error) error {
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
			s.lastThrough(ctx, &out, err)
		case !out.told():
			out = outage{}
		case s.end(ctx, &out):
			out = outage{}
		}
	}
}

// outage is a time in which nothing can be kept.
type outage struct {
	since  time.Time
	began  clock.Instant // the same, for how long it lasts
	reason string
	next   clock.Instant   // when to try again those who were not reached
	got    map[string]bool // who was, by targetKey; nil: nobody was tried
	over   time.Time
}

func (o *outage) told() bool { return o.got != nil }

// lastThrough sends the news that an outage began to those who have not got it.
func (s *storage) lastThrough(ctx context.Context, o *outage, cause error) {
	now := clock.Wall()
	o.over = time.Time{}
	if o.since.IsZero() {
		o.since, o.began, o.reason = now.UTC(), clock.Now(), alerttext.Bound(cause.Error(), alerttext.MaxTitle)
	}
	if clock.Since(o.began) < storagePatience || clock.Now().Before(o.next) {
		return
	}
	if o.got == nil {
		o.got = map[string]bool{}
		s.metrics.news.WithLabelValues(string(stock.StorageDown)).Inc()
	}
	o.next = clock.After(directEvery)
	b := s.book.Load()
	var left []Target
	for key, t := range b.targets {
		if _, off := s.facts.mirror.disabled(t.ID, t.Recipient); !off && !o.got[key] && slices.Contains(b.Owner, t.ID) {
			left = append(left, t)
		}
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, t := range left {
		wg.Go(func() {
			if err := s.sendDirectly(ctx, b, t, o.alert(now)); err != nil {
				s.log.Error("the owner does not hear that nothing can be kept", "channel", t.ID, "err", err)
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
func (s *storage) sendDirectly(ctx context.Context, b *book, t Target, a stock.Alert) error {
	l := stock.Letter{
		Event: newsEvent(storageNews, a.News.Since, string(a.Kind)), Channel: t.ID, Recipient: t.Recipient, Epoch: s.epoch,
		Alert: a, MadeAt: a.ObservedAt, NotAfter: a.ObservedAt.Add(a.Kind.Info().Life),
	}
	m, err := alerttext.Render(l, alerttext.View{Language: b.Language, Location: b.Location, Now: clock.Wall(), Type: t.Type})
	if err != nil {
		return err
	}
	m.Silent = b.Quiet[t.ID].On(clock.Wall())
	lane := s.lanes.of(targetKey(t.ID, t.Recipient))
	if !lane.enter(ctx, busyPatience) {
		return errBusy
	}
	defer lane.leave()
	if _, _, err := sendTimed(ctx, t, m); err != nil {
		s.metrics.count(t.ID, outcomeRetry)
		return err
	}
	s.metrics.count(t.ID, outcomeSent)
	return nil
}

// end writes down that an outage is over, for whoever tells the owner, and
// reports whether that worked.
func (s *storage) end(ctx context.Context, o *outage) bool {
	if o.over.IsZero() {
		o.over = clock.Wall().UTC()
	}
	t := trouble{Kind: stock.StorageDown, News: stock.News{Reason: stock.Said(o.reason), Since: o.since}, Told: true, Over: o.over}
	err := inTime(ctx, func(ctx context.Context) error {
		_, err := s.facts.put(ctx, storageNews, t, 0)
		return err
	})
	if err != nil && !errors.Is(err, stock.ErrConflict) && ctx.Err() == nil { // a conflict: the end of one before waits to be told
		s.log.Warn("that everything can be kept again is told later", "err", err)
	}
	return err == nil
}
