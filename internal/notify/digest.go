package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/history"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// digestEvery is how exact the digest's time is.
	digestEvery = 20 * time.Second
	// maxDigest is how many products a digest names; the others it counts.
	maxDigest = 15
)

// digestMark says up to when the digests went.
type digestMark struct {
	At time.Time `json:"at"`
}

// digests is the stage of the summary at fixed times.
type digests struct {
	store Store
	facts *facts
	out   *outbox
	book  *atomic.Pointer[book]
	epoch string
}

// tell writes the digest when its time has come. The first one comes at
// the first time after the program learned that it is wanted; of several that
// were missed only one comes, for the whole time.
func (ds *digests) tell(ctx context.Context) error {
	b := ds.book.Load()
	if len(b.Digest.Channels) == 0 {
		return nil
	}
	now := clock.Wall()
	slot := b.Digest.Last(b.Location, now)
	var last digestMark
	rev, err := ds.facts.read(ctx, digestFact, &last)
	switch {
	case err != nil:
		return fmt.Errorf("read when the last digest went: %w", err)
	case rev == 0:
		last.At = now
		_, err := ds.facts.put(ctx, digestFact, last, 0)
		return unlessConflict(err)
	case !slot.After(last.At):
		return nil
	}
	d, err := ds.digest(ctx, b, last.At, slot)
	if err != nil {
		return err
	}
	event := "digest-" + slot.UTC().Format("20060102-1504")
	a := stock.Alert{Kind: stock.Summary, Digest: &d, ObservedAt: now}
	for _, t := range b.Targets {
		if !slices.Contains(b.Digest.Channels, t.ID) {
			continue
		}
		l := stock.Letter{
			Event: event, Channel: t.ID, Recipient: t.Recipient, Epoch: ds.epoch,
			Alert: a, MadeAt: now, NotAfter: now.Add(stock.Summary.Info().Life),
		}
		if _, err := ds.out.place(ctx, addressed{t, l}); err != nil {
			return fmt.Errorf("tell the digest: %w", err)
		}
	}
	_, err = ds.facts.put(ctx, digestFact, digestMark{At: slot}, rev)
	return unlessConflict(err)
}

// unlessConflict drops ErrConflict: another process has made the same write.
func unlessConflict(err error) error {
	if errors.Is(err, stock.ErrConflict) {
		return nil
	}
	return err
}

// digest says what happened to every product between two times.
func (ds *digests) digest(ctx context.Context, b *book, from, to time.Time) (stock.Digest, error) {
	d := stock.Digest{From: from, To: to}
	for _, p := range b.Products {
		records := make([][]stock.Entry, len(p.Watches))
		for i, w := range p.Watches {
			var err error
			if records[i], err = ds.store.History(ctx, w.ID, maxHistory); err != nil {
				return d, fmt.Errorf("read history of watch %s: %w", w.ID, err)
			}
		}
		one := history.Digest(p, records, from, to)
		one.Name = alerttext.Bound(p.Name, alerttext.MaxName)
		d.Products = append(d.Products, one)
	}
	history.SortDigests(d.Products)
	d.More = max(0, len(d.Products)-maxDigest)
	d.Products = d.Products[:len(d.Products)-d.More]
	return d, nil
}
