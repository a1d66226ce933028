package diff

import (
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// verdict is what looks must agree on before the availability changes: all that
// can decide the kind of the change, whatever the state is.
type verdict struct {
	group stock.Group
	drawn bool // by lottery or invitation; not told apart where nothing can be ordered
}

func (r *reading) verdict() verdict {
	v := verdict{group: r.offer.Availability.Group()}
	v.drawn = v.group != stock.No && r.offer.SaleMode.Drawn()
	return v
}

// drawn reports whether what is known can be had by lottery or invitation only.
func drawn(s stock.State) bool { return s.Availability.Purchasable() && s.SaleMode.Drawn() }

// transition is the change table for availability: the kind of going from a known
// state to a reading, "" when the two agree or nothing was known.
func transition(from stock.State, r *reading) stock.Kind {
	was, is := from.Availability.Group(), r.verdict()
	opened := drawn(from) && !is.drawn // for everybody
	switch {
	case was == stock.GroupUnknown, was == stock.No && is.group == stock.No:
		return ""
	case is.group == stock.No:
		return stock.SoldOutKind
	case was == stock.Now && is.group == stock.Now && !opened, was == stock.Later && is.group == stock.Later && is.drawn == drawn(from):
		return ""
	case was == stock.Now && is.group == stock.Later && !opened:
		return stock.SoldOutKind
	default:
		return r.offer.OpeningKind()
	}
}

// settle lets the availability follow the reading once enough looks agree. It
// returns the kinds of change that this made, and whether the state now stands
// for the reading: false while the reading waits to be confirmed.
func (t *Track) settle(r *reading, need int, at time.Time) (kinds []stock.Kind, settled bool) {
	kind := transition(t.State, r)
	if kind == "" && t.State.Clarity == nil {
		t.verdict = tally[verdict]{}
		t.adopt(r, at, at, false)
		return nil, true
	}
	if t.drawVanished(r) {
		need = max(need, 2)
	}
	// The count is not cleared below: should the record be refused, the same look
	// confirms again after Rebase. The next look that agrees clears it.
	if t.verdict.see(r.verdict(), at) < need {
		return nil, false
	}
	kinds = []stock.Kind{kind}
	if t.State.Clarity != nil {
		kinds = afterDoubt(t.State, r, kind, t.verdict.since)
	}
	since := latest(t.verdict.since, t.State.LastIn, t.State.LastOut) // others may have seen the old state since it began
	t.adopt(r, since, at, t.anew(kinds))
	return kinds, true
}

// drawVanished reports whether a draw is over only because the page no longer
// speaks of it: a word for an open sale is not there either.
func (t *Track) drawVanished(r *reading) bool {
	was, is := t.State.Availability.Group(), r.offer.Availability.Group()
	return drawn(t.State) && r.offer.SaleMode == "" && is != stock.No && (is == stock.Later || was == stock.Now)
}

// anew reports whether kinds begin another offer than the one that was known, so
// that its terms are not compared with those of before.
func (t *Track) anew(kinds []stock.Kind) bool {
	return slices.ContainsFunc(kinds, func(k stock.Kind) bool {
		return k.Info().Opens || k == stock.SoldOutKind || k == stock.Baseline
	})
}

// begin takes a reading without comparing it with anything.
func (t *Track) begin(r *reading, lowStock int64, at time.Time) {
	t.verdict, t.price, t.few = tally[verdict]{}, tally[stock.Price]{}, 0
	t.State.Clarity = nil
	t.adopt(r, at, at, true)
	t.State.Since = at
	if r.offer.Availability.Purchasable() && beatable(r.offer.Price) {
		t.State.LastPriceNow = r.offer.Price
	}
	t.State.LowTold, t.State.StaleTold = fewLeft(r.offer, lowStock), false
	t.upgraded = false
}

// adopt makes the reading the state. since is when its availability was first
// seen; anew says that the offer is another than before.
func (t *Track) adopt(r *reading, since, at time.Time, anew bool) {
	s := &t.State
	was, is := s.Availability.Group(), r.offer.Availability.Group()
	if was != is || anew && s.Clarity != nil {
		s.Since = since
		s.LowTold, s.StaleTold = false, false
	}
	if is != stock.Now {
		t.few = 0
	}
	if is == stock.No {
		t.price = tally[stock.Price]{}
	}
	offer := r.offer
	switch {
	case anew || !offer.Availability.Purchasable():
		s.Unpriced = offer.Availability.Purchasable() && !beatable(offer.Price)
		t.terms = nil
	case !t.upgraded:
		offer = offer.With(s.Offer.Terms()) // until others are confirmed
	}
	s.Availability, s.SaleMode, s.Price = offer.Availability, offer.SaleMode, offer.Price
	s.Offer, s.Evidence = offer, r.evidence
	s.ObservedAt, s.Clarity = at, nil
	t.touch(at)
}

// comparePrice compares an offer that can be ordered with the price to beat. While
// the availability itself waits to be confirmed, looks at the price count, but
// change nothing. The first price of an offer that was told without one is no drop
// and no rise: it may be what makes the offer acceptable.
func (t *Track) comparePrice(offer stock.Offer, need int, settled, anew bool, at time.Time) stock.Kind {
	best, price := t.State.LastPriceNow, offer.Price
	if !offer.Availability.Purchasable() || !beatable(price) {
		return ""
	}
	if price == best && !t.State.Unpriced {
		t.price = tally[stock.Price]{}
		return ""
	}
	looks := t.price.see(price, at)
	if !settled || looks < need && (best.Known() || !anew) {
		return ""
	}
	first := t.State.Unpriced || !best.Known()
	t.State.LastPriceNow, t.State.Unpriced = price, false
	switch {
	case anew && !price.Comparable(best):
		return ""
	case first, !price.Comparable(best):
		return stock.OfferChanged
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
func (t *Track) outForLong(settled bool, at time.Time) stock.Kind {
	s := &t.State
	if !settled || s.StaleTold || s.Availability.Group() != stock.No || s.Since.IsZero() || at.Sub(s.Since) < staleAfter {
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
