package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// digestEvery is how exact the digest's time is.
	digestEvery = 20 * time.Second
	// maxDigest is how many products a digest names; the others it counts.
	maxDigest = 15
	// staleAfter is how long no shop had a thing before it is worth looking elsewhere.
	staleAfter = 30 * 24 * time.Hour
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
	now := time.Now()
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

// unlessConflict is for writes that somebody else may have made just as well.
func unlessConflict(err error) error {
	if errors.Is(err, stock.ErrConflict) {
		return nil
	}
	return err
}

// digest reckons what became of every product between two times: what happened
// and what is stale before what is as it was.
func (ds *digests) digest(ctx context.Context, b *book, from, to time.Time) (stock.Digest, error) {
	d := stock.Digest{From: from, To: to}
	for _, p := range b.Products {
		one, err := ds.product(ctx, p, from, to)
		if err != nil {
			return d, err
		}
		d.Products = append(d.Products, one)
	}
	rank := func(p stock.ProductDigest) int {
		switch {
		case p.Restocks > 0:
			return 0
		case p.Group == stock.Now.String():
			return 1
		case p.Stale:
			return 2
		case p.Troubled > 0:
			return 3
		}
		return 4
	}
	slices.SortStableFunc(d.Products, func(x, y stock.ProductDigest) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(y.Restocks, x.Restocks))
	})
	d.More = max(0, len(d.Products)-maxDigest)
	d.Products = d.Products[:len(d.Products)-d.More]
	return d, nil
}

// span is a time in stock.
type span struct{ from, to time.Time }

// product reckons what became of one product.
func (ds *digests) product(ctx context.Context, p stock.Product, from, to time.Time) (stock.ProductDigest, error) {
	d := stock.ProductDigest{ID: p.ID, Name: alerttext.Bound(p.Name, alerttext.MaxName), Group: stock.GroupUnknown.String(), Watches: len(p.Watches)}
	var spans []span
	var since time.Time // the latest of the watches' times out
	out, known := 0, 0  // watches; a search says nothing of the thing itself
	for _, w := range p.Watches {
		history, err := ds.store.History(ctx, w.ID, maxHistory)
		if err != nil {
			return d, fmt.Errorf("read history of watch %s: %w", w.ID, err)
		}
		if len(history) == 0 {
			continue
		}
		came, ofWatch := inStock(history, from, to)
		d.Restocks += came
		spans = append(spans, ofWatch...)
		c := history[len(history)-1].Change
		if c.LastIn.After(d.LastIn) {
			d.LastIn = c.LastIn
		}
		if c.Problem != nil || c.Availability != stock.Unknown {
			known++
		}
		switch {
		case c.Problem != nil:
			d.Troubled++
		case c.Availability.Group() == stock.No:
			out++
			if c.Since.After(since) {
				since = c.Since
			}
		}
		best(&d, w, c)
	}
	d.InStock = int64(covered(spans) / time.Second)
	if out == known && out > 0 {
		d.OutSince, d.Stale = since, to.Sub(since) >= staleAfter
	}
	if d.Group == stock.Now.String() {
		d.LastIn = time.Time{}
	}
	return d, nil
}

// best takes over a watch's state when it is better than what the digest has.
func best(d *stock.ProductDigest, w stock.Watch, c stock.Change) {
	order := []string{stock.Now.String(), stock.Later.String(), stock.No.String(), stock.GroupUnknown.String()}
	group := c.Availability.Group()
	if c.Problem != nil {
		return // what it said before may not be so
	}
	has, is := slices.Index(order, d.Group), slices.Index(order, group.String())
	cheaper := rules.Price(c).Known() && (!d.Price.Known() || rules.Price(c).Comparable(d.Price) && rules.Price(c).Minor < d.Price.Minor)
	if is > has || is == has && !cheaper {
		return
	}
	d.Group = group.String()
	if c.Availability.Purchasable() {
		d.Source, d.Price = c.Watch.Source, rules.Price(c)
		d.Host = hostOfWatch(w.URL)
	}
}

// inStock returns the times between two instants at which a watch had it, and how
// often it came.
func inStock(history []stock.Entry, from, to time.Time) (came int, spans []span) {
	var open *span
	was := stock.GroupUnknown
	for _, e := range history {
		at, group := rules.SeenAt(e), e.Change.Availability.Group()
		if at.After(to) {
			break
		}
		switch {
		case group == stock.Now && open == nil:
			open = &span{from: at}
			if was != stock.GroupUnknown && !at.Before(from) {
				came++
			}
		case group != stock.Now && group != stock.GroupUnknown && open != nil:
			open.to = at
			spans = append(spans, *open)
			open = nil
		}
		if group != stock.GroupUnknown {
			was = group
		}
	}
	if open != nil {
		spans = append(spans, span{open.from, to})
	}
	spans = slices.DeleteFunc(spans, func(s span) bool { return !s.to.After(from) })
	for i := range spans {
		if spans[i].from.Before(from) {
			spans[i].from = from
		}
	}
	return came, spans
}

// covered is how long at least one of the spans lasted.
func covered(spans []span) (sum time.Duration) {
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	var end time.Time
	for _, s := range spans {
		if s.from.Before(end) {
			s.from = end
		}
		if s.to.After(s.from) {
			sum += s.to.Sub(s.from)
			end = s.to
		}
	}
	return sum
}

func hostOfWatch(raw string) string {
	u := alerttext.WebURL(raw)
	if u == nil {
		return ""
	}
	return strings.TrimPrefix(stock.HostKey(u), "www.")
}
