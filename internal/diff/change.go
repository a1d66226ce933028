package diff

import (
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// verdict is what looks must agree on before the availability changes: all that
// can decide the kind of the change, whatever the state is.
type verdict struct {
	group stock.Group
	drawn bool // by lottery or invitation; not told apart where nothing can be ordered
	gone  bool
}

func (r *reading) verdict() verdict {
	v := verdict{group: r.offer.Availability.Group(), gone: r.gone}
	v.drawn = v.group != stock.No && r.offer.SaleMode.Drawn()
	return v
}

// transition is the change table for availability: the kind of going from a known
// state to a reading, "" when the two agree.
func transition(from stock.State, r *reading) stock.Kind {
	was, is := from.Availability.Group(), r.verdict()
	switch {
	case is.gone && from.Availability != stock.Discontinued:
		return stock.Gone
	case is.group == was && !(is.group == stock.Later && is.drawn && !from.SaleMode.Drawn()):
		return ""
	case is.group == stock.No, was == stock.Now:
		return stock.SoldOutKind
	case is.drawn:
		return stock.LotteryOpen
	case is.group == stock.Now:
		return stock.Restocked
	default:
		return stock.Orderable
	}
}

// settle lets the availability follow the reading once enough looks agree. It
// returns the kind of change that this made, and whether the state now stands
// for the reading: false while the reading waits to be confirmed.
func (t *Track) settle(r *reading, need int, at time.Time) (kind stock.Kind, settled bool) {
	kind, since := transition(t.State, r), at
	switch {
	case kind == "":
		t.verdict = tally[verdict]{}
	case t.verdict.see(r.verdict(), at) < need:
		return "", false
	default:
		// The count is not cleared: should the record be refused, the same look
		// confirms again after Rebase. The next look that agrees clears it.
		// Others may have seen the old state since it began.
		since = latest(t.verdict.since, t.State.LastIn, t.State.LastOut)
	}
	t.adopt(r, since, at)
	return kind, true
}

// begin takes a reading without comparing it with anything.
func (t *Track) begin(r *reading, lowStock int64, at time.Time) {
	t.verdict, t.price, t.few = tally[verdict]{}, tally[stock.Price]{}, 0
	t.adopt(r, at, at)
	t.State.Since = at
	if r.offer.Availability.Purchasable() && beatable(r.offer.Price) {
		t.State.LastPriceNow = r.offer.Price
	}
	t.State.LowTold, t.State.StaleTold = fewLeft(r.offer, lowStock), false
}

// adopt makes the reading the state. since is when its availability was first seen.
func (t *Track) adopt(r *reading, since, at time.Time) {
	s := &t.State
	was, is := s.Availability.Group(), r.offer.Availability.Group()
	if was != is {
		s.Since = since
		s.LowTold, s.StaleTold = false, false
	}
	if is != stock.Now {
		t.few = 0
	}
	if is == stock.No {
		t.price = tally[stock.Price]{}
	}
	s.Availability, s.SaleMode, s.Price = r.offer.Availability, r.offer.SaleMode, r.offer.Price
	s.Offer, s.Evidence = r.offer, r.evidence
	s.ObservedAt = at
	t.touch(at)
}

// comparePrice compares an offer that can be ordered with the price to beat. While
// the availability itself waits to be confirmed, looks at the price count, but
// change nothing.
func (t *Track) comparePrice(offer stock.Offer, need int, settled bool, at time.Time) stock.Kind {
	best, price := t.State.LastPriceNow, offer.Price
	if !offer.Availability.Purchasable() || !beatable(price) {
		return ""
	}
	if price == best {
		t.price = tally[stock.Price]{}
		return ""
	}
	looks := t.price.see(price, at)
	if !settled || best.Known() && looks < need {
		return ""
	}
	t.State.LastPriceNow = price
	switch {
	case !price.Comparable(best):
		return ""
	case price.Minor < best.Minor:
		return stock.PriceDrop
	default:
		return stock.PriceRise
	}
}

// beatable reports whether p can be a price to beat. An amount of nothing is how
// a page without a price looks when it is misread.
func beatable(p stock.Price) bool { return p.Currency != "" && p.Minor > 0 }

// countFew tells once per time in stock that few are left.
func (t *Track) countFew(offer stock.Offer, lowStock int64, need int, settled bool) stock.Kind {
	if t.State.LowTold || offer.Quantity == nil || offer.Availability.Group() != stock.Now {
		return ""
	}
	if !fewLeft(offer, lowStock) {
		t.few = 0
		return ""
	}
	t.few++
	if !settled || t.few < need {
		return ""
	}
	t.State.LowTold = true
	return stock.LowStock
}

// staleAfter is how long a thing is out of stock before it is worth telling that
// it may never come back there.
const staleAfter = 30 * 24 * time.Hour

// outForLong tells once per time out of stock that it lasts. The time counts from
// the first look that saw it out, so it takes a look that still does; of a page
// that was removed that was told.
func (t *Track) outForLong(r *reading, settled bool, at time.Time) stock.Kind {
	s := &t.State
	if r.gone || !settled || s.StaleTold || s.Availability.Group() != stock.No || s.Since.IsZero() || at.Sub(s.Since) < staleAfter {
		return ""
	}
	s.StaleTold = true
	return stock.StaleOut
}

// fewLeft reports whether an offer says a quantity at or below the limit; a limit
// of 0 means that nobody wants to know.
func fewLeft(offer stock.Offer, lowStock int64) bool {
	q := offer.Quantity
	return lowStock > 0 && offer.Availability.Group() == stock.Now && q != nil && 0 <= *q && *q <= lowStock
}
