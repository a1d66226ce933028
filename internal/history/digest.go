package history

import (
	"cmp"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// staleAfter is for how long a product must be out of stock everywhere until the digest
// calls it stale.
const staleAfter = 30 * 24 * time.Hour

// span is a time in stock.
type span struct{ from, to time.Time }

// Digest sums up a product between two times. records has those of each watch, in the
// order of p.Watches.
func Digest(p stock.Product, records [][]stock.Entry, from, to time.Time) stock.ProductDigest {
	d := stock.ProductDigest{ID: p.ID, Name: p.Name, Group: stock.GroupUnknown.String(), Watches: len(p.Watches)}
	var spans []span
	var since time.Time // the latest of the watches' times out
	out, known := 0, 0  // watches; a search says nothing of the thing itself
	for i, w := range p.Watches {
		history := records[i]
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
	return d
}

// SortDigests puts those first that were restocked, then what can be bought, what is
// stale and what is in trouble.
func SortDigests(all []stock.ProductDigest) {
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
	slices.SortStableFunc(all, func(x, y stock.ProductDigest) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(y.Restocks, x.Restocks))
	})
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
		d.Host = stock.ShopHost(w.URL)
	}
}

// inStock returns the spans between two times in which a watch was in stock, and how
// often it was restocked.
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

// covered returns how long at least one span lasted at any moment: overlaps count once.
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
