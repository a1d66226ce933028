package diff

import (
	"math"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// terms are other terms of an offer than those known, each with the number of
// looks in a row that showed it. It is never changed once it stands in a Track.
type terms struct {
	seen  plainTerms
	looks plainCounts
}

// plainTerms are stock.Terms that compare by value; the zero value of a field is
// a fact that a page does not state.
type plainTerms struct {
	mode      stock.SaleMode
	shipping  stock.Price
	points    stated[int64]
	seller    string
	rating    stated[stock.Rating]
	condition string
}

type plainCounts struct{ mode, shipping, points, seller, rating, condition int }

// stated tells a fact of nothing from one that is not stated.
type stated[T comparable] struct {
	is    bool
	value T
}

func plain(t stock.Terms) plainTerms {
	p := plainTerms{mode: t.SaleMode, seller: t.Seller, condition: t.Condition}
	if t.Shipping != nil {
		p.shipping = *t.Shipping
	}
	if t.Points != nil {
		p.points = stated[int64]{true, *t.Points}
	}
	if t.SellerRating != nil {
		p.rating = stated[stock.Rating]{true, *t.SellerRating}
	}
	return p
}

// compareTerms compares an offer that can be ordered with the terms known of it,
// each for itself, takes those that enough looks showed, and reports whether there
// are any. A fact that is not stated changes nothing. While a return from doubt waits
// to be confirmed, looks at the terms count, but change nothing.
func (t *Track) compareTerms(offer stock.Offer, need int, settled, anew bool) bool {
	known := plain(t.State.Offer.Terms())
	is := plain(offer.Terms())
	switch {
	case anew || settled && !offer.Availability.Purchasable():
		t.terms = nil
		return false
	case !offer.Availability.Purchasable() || !settled && t.State.Clarity == nil:
		return false
	case !settled:
		need = math.MaxInt
	}
	if is == known && t.terms == nil {
		return false
	}
	if settled && known.mode == "" && is.mode == stock.Open {
		known.mode, t.State.SaleMode, t.State.Offer.SaleMode = is.mode, is.mode, is.mode // what rules took it for
	}
	var w terms
	if t.terms != nil {
		w = *t.terms
	}
	to := &t.State.Offer
	changed := false
	if showed(&known.mode, &w.seen.mode, is.mode, &w.looks.mode, need) {
		to.SaleMode, t.State.SaleMode, changed = offer.SaleMode, offer.SaleMode, true
	}
	if showed(&known.shipping, &w.seen.shipping, is.shipping, &w.looks.shipping, need) {
		to.Shipping, changed = offer.Shipping, true
	}
	if showed(&known.points, &w.seen.points, is.points, &w.looks.points, need) {
		to.Points, changed = offer.Points, true
	}
	if showed(&known.seller, &w.seen.seller, is.seller, &w.looks.seller, need) {
		to.Seller, changed = offer.Seller, true
	}
	if showed(&known.rating, &w.seen.rating, is.rating, &w.looks.rating, need) {
		to.SellerRating, changed = offer.SellerRating, true
	}
	if showed(&known.condition, &w.seen.condition, is.condition, &w.looks.condition, need) {
		to.Condition, changed = offer.Condition, true
	}
	t.terms = nil
	if w.looks != (plainCounts{}) {
		t.terms = &w
	}
	return changed
}

// showed counts a look at one fact and reports whether enough of them showed
// another value than the known one. The count is not cleared then, see settle.
func showed[T comparable](known, waiting *T, is T, looks *int, need int) bool {
	var none T
	switch {
	case is == none:
		return false
	case is == *known:
		*looks = 0
		return false
	case *looks == 0 || is != *waiting:
		*waiting, *looks = is, 0
	}
	*looks++
	return *looks >= need
}
