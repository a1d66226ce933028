package notify

import (
	"slices"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// verdict is what the rules say of one record, before anything is known of the
// records around it.
type verdict struct {
	kind  stock.Kind   // as the buyers hear it; "" when the record is not for them
	also  []stock.Kind // what else happened in the same look
	held  string       // why the buyers do not hear it although its kind rings; "" when they do
	owner []stock.Kind // the owner's news in it, strongest first
}

// rings reports whether the buyers hear of it.
func (v verdict) rings() bool { return v.kind != "" && v.held == "" }

// judge applies the rules that need nothing but the record and the product:
// which kinds ring, and the price limits.
func judge(p stock.Product, kinds []stock.Kind, c stock.Change) verdict {
	var v verdict
	happened := append([]stock.Kind{c.Kind}, c.Also...)
	if c.Kind == stock.Baseline {
		happened = firstLook(p, c)
	}
	ringing := slices.ContainsFunc(happened, func(k stock.Kind) bool {
		if k == stock.PriceDrop {
			return dropRings(p, c)
		}
		return slices.Contains(kinds, k)
	})
	if ringing {
		v.kind, v.also = happened[0], happened[1:]
		if !isOwnersNews(v.kind) { // which offers nothing
			v.held = priceGuard(p, c)
		}
	}
	for _, k := range happened {
		if isOwnersNews(k) && (k != stock.Gone || !slices.Contains(kinds, k)) {
			v.owner = append(v.owner, k)
		}
	}
	return v
}

// firstLook says what a baseline counts as: nothing, unless the user asked to be
// told of stock that was there from the start.
func firstLook(p stock.Product, c stock.Change) []stock.Kind {
	switch {
	case !p.AlertOnFirst || !c.Availability.Purchasable():
		return []stock.Kind{c.Kind}
	case c.SaleMode.Drawn():
		return []stock.Kind{stock.LotteryOpen}
	case c.Availability.Group() == stock.Now:
		return []stock.Kind{stock.Restocked}
	}
	return []stock.Kind{c.Kind}
}

// isOwnersNews reports whether a kind is about the watch rather than the offer.
func isOwnersNews(k stock.Kind) bool {
	switch k {
	case stock.Unread, stock.Readable, stock.Gone, stock.StaleOut:
		return true
	}
	return false
}

// dropRings reports whether a price fell far enough, or to the user's limit.
func dropRings(p stock.Product, c stock.Change) bool {
	now := price(c)
	if c.Previous == nil || !now.Comparable(c.Previous.Price) {
		return false
	}
	before, drop := c.Previous.Price, c.Previous.Price.Minor-now.Minor
	switch {
	case drop <= 0:
		return false
	case p.MaxPrice.Comparable(now) && before.Minor > p.MaxPrice.Minor && now.Minor <= p.MaxPrice.Minor:
		return true
	case p.MinDrop.Amount.Known():
		return p.MinDrop.Amount.Comparable(now) && drop >= p.MinDrop.Amount.Minor
	}
	const rounding = 1e-9 // of the multiplication: a drop of just 7.1 % counts as one
	return float64(drop)*100 >= p.MinDrop.Percent*float64(before.Minor)*(1-rounding)
}

// price returns the price that a record speaks of: its offer's, else its state's.
func price(c stock.Change) stock.Price {
	if c.Offer.Price.Known() {
		return c.Offer.Price
	}
	return c.Price
}

// priceGuard says why a record must not ring, "" when it may. A price that
// cannot be held against the limit holds the alert, since it may be any price;
// that something cannot be bought any more needs none.
func priceGuard(p stock.Product, c stock.Change) string {
	if !p.MaxPrice.Known() {
		return ""
	}
	above := func(q stock.Price) bool { return q.Comparable(p.MaxPrice) && q.Minor > p.MaxPrice.Minor }
	over := above(c.Offer.Price) || above(c.Price)
	out := c.Availability.Group() == stock.No
	if out && !price(c).Known() && c.Previous != nil {
		over = over || above(c.Previous.Price)
	}
	switch {
	case over:
		return "the price is above max_price"
	case out || price(c).Comparable(p.MaxPrice):
		return ""
	case price(c).Known():
		return "the price is in another currency than max_price"
	}
	return "max_price is set and the price is not known"
}
