package diff

import (
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Fold returns what is known after a look, and the record that the look makes,
// nil for none. The record has everything but PublishedAt and Watcher. Fold is
// total: no observation, however broken, makes it fail. It keeps what o points
// to, so the caller must not change that afterwards.
func (t Track) Fold(p stock.Product, w stock.Watch, o stock.Observation) (Track, *stock.Change) {
	at := t.advance(o.At)
	before := t.State
	r := t.read(o, at)

	var kinds []stock.Kind
	switch {
	case r != nil && r.search:
		kinds = t.browse(p, w, r, at)
	case r != nil && r.gone:
		kinds = t.miss(r, at)
	case r != nil && r.known():
		kinds = t.learn(p, r, r.looks(w), at)
	case t.unclear(o):
		kinds = t.wonder(w, o, at)
	}
	if t.told(r) {
		t.seen = at
		kinds = t.heal(kinds)
	} else {
		kinds = t.endure(kinds, o, at)
	}
	if len(kinds) == 0 {
		return t, nil
	}
	t.State.ObservedAt = at
	return t, t.record(p, w, o, before, kinds)
}

// learn compares a reading with the state, one question after the other, and
// returns what was found.
func (t *Track) learn(p stock.Product, r *reading, need int, at time.Time) (kinds []stock.Kind) {
	blank := t.blank(at)
	t.missing, t.row = time.Time{}, nil
	if blank {
		t.begin(r, p.LowStock, at)
		return []stock.Kind{stock.Baseline}
	}
	kinds, settled := t.settle(r, need, at)
	whole := t.anew(kinds)
	if kind := t.comparePrice(r.offer, need, settled, whole, at); kind != "" {
		kinds = append(kinds, kind)
	}
	if t.compareTerms(r.offer, need, settled, whole) && !slices.Contains(kinds, stock.OfferChanged) {
		kinds = append(kinds, stock.OfferChanged)
	}
	if kind := t.countFew(r.offer, p.LowStock, need, settled); kind != "" {
		kinds = append(kinds, kind)
	}
	if kind := t.outForLong(settled, at); kind != "" {
		kinds = append(kinds, kind)
	}
	if settled && t.upgraded {
		// What an older version did not read is no change of the offer.
		t.upgraded = false
		kinds = slices.DeleteFunc(kinds, func(k stock.Kind) bool { return k == stock.OfferChanged })
	}
	return kinds
}

// miss counts a page that is not there. Twice in a row, whatever else was seen
// between but a look that told something, it is gone.
func (t *Track) miss(r *reading, at time.Time) []stock.Kind {
	blank, was := t.blank(at), t.State.Availability
	first := t.missing.IsZero()
	if first {
		t.missing = at
	}
	switch {
	case was == stock.Discontinued && t.State.Clarity == nil:
		if !first {
			t.verdict = tally[verdict]{}
		}
		t.adopt(r, at, at, false)
		return nil
	case first:
		return nil
	}
	unsure := t.State.Clarity != nil
	t.row, t.verdict = nil, tally[verdict]{}
	// The count is not cleared, see settle.
	t.adopt(r, latest(t.missing, t.State.LastIn, t.State.LastOut), at, was.Group() != stock.No)
	switch {
	case !known(was):
		return []stock.Kind{stock.Baseline}
	case was == stock.Discontinued && unsure:
		return []stock.Kind{stock.Cleared}
	case blank:
		return []stock.Kind{stock.Gone, stock.Baseline}
	}
	return []stock.Kind{stock.Gone}
}

// told reports whether the look that r comes from told something. One 404 may be
// a slip of the shop; it does once it is believed.
func (t *Track) told(r *reading) bool {
	switch {
	case r == nil:
		return false
	case r.gone:
		return t.State.Availability == stock.Discontinued && t.State.Clarity == nil
	default:
		return r.search || r.known()
	}
}

// record writes down the state after a look that brought kinds.
func (t *Track) record(p stock.Product, w stock.Watch, o stock.Observation, before stock.State, kinds []stock.Kind) *stock.Change {
	slices.SortFunc(kinds, func(a, b stock.Kind) int { return a.Strength() - b.Strength() })
	return &stock.Change{
		V:        stock.RecordVersion,
		Product:  stock.ProductRef{ID: p.ID, Name: p.Name},
		Watch:    stock.WatchRef{ID: w.ID, URL: w.URL, Source: o.Source},
		Kind:     kinds[0],
		Also:     append([]stock.Kind(nil), kinds[1:]...), // nil, not empty, when there is nothing else
		State:    t.State,
		Previous: previous(before, kinds),
	}
}

// previous is what was known before the look, nil when that was nothing. Its price
// is the one that was beaten, or the last one told while the offer could be ordered.
func previous(before stock.State, kinds []stock.Kind) *stock.Previous {
	if !known(before.Availability) && before.Clarity == nil {
		return nil
	}
	price, open := before.Price, before.Availability.Purchasable()
	beaten := slices.Contains(kinds, stock.PriceDrop) || slices.Contains(kinds, stock.PriceRise)
	switch {
	case beaten:
		price = before.LastPriceNow
	case open && before.Unpriced:
		price = stock.Price{}
	case open && before.Clarity != nil, !price.Known():
		price = before.LastPriceNow
	}
	return &stock.Previous{
		Availability: before.Availability, Price: price, Terms: before.Offer.Terms(), Since: before.Since, Clarity: before.Clarity,
	}
}
