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
	case r == nil:
	case r.search:
		kinds = t.browse(p, w, r, at)
	case r.known():
		kinds = t.learn(p, r, r.looks(w), at)
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
	if blank && !r.gone {
		t.begin(r, p.LowStock, at)
		return []stock.Kind{stock.Baseline}
	}
	kind, settled := t.settle(r, need, at)
	if kind != "" {
		kinds = append(kinds, kind)
		if blank {
			kinds = append(kinds, stock.Baseline) // a page that was never there is a first look too
		}
	}
	if kind := t.comparePrice(r.offer, need, settled, at); kind != "" {
		kinds = append(kinds, kind)
	}
	if kind := t.countFew(r.offer, p.LowStock, need, settled); kind != "" {
		kinds = append(kinds, kind)
	}
	if kind := t.outForLong(r, settled, at); kind != "" {
		kinds = append(kinds, kind)
	}
	return kinds
}

// told reports whether the look that r comes from told something. One 404 may be
// a slip of the shop; it does once it is believed.
func (t *Track) told(r *reading) bool {
	switch {
	case r == nil:
		return false
	case r.gone:
		return t.State.Availability == stock.Discontinued
	default:
		return r.search || r.known()
	}
}

// record writes down the state after a look that brought kinds.
func (t *Track) record(p stock.Product, w stock.Watch, o stock.Observation, before stock.State, kinds []stock.Kind) *stock.Change {
	order := stock.Kinds()
	slices.SortFunc(kinds, func(a, b stock.Kind) int { return slices.Index(order, a) - slices.Index(order, b) })
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

// previous is what was known before the look, nil when that was nothing.
func previous(before stock.State, kinds []stock.Kind) *stock.Previous {
	if !known(before.Availability) {
		return nil
	}
	price := before.Price
	beaten := slices.Contains(kinds, stock.PriceDrop) || slices.Contains(kinds, stock.PriceRise)
	if beaten || !price.Known() {
		price = before.LastPriceNow
	}
	return &stock.Previous{Availability: before.Availability, Price: price, Since: before.Since}
}
