package guard

import "github.com/sainyuka/sainyuka/internal/stock"

// MarkNowWithin marks an alert of an offer that was held and is so no longer.
const MarkNowWithin = "now_within_limits"

// Before returns what is to be judged of what was known before a record, as FactsOf
// does of the record itself; ok is false where that could not be ordered.
func Before(c stock.Change) (f Facts, ok bool) {
	if c.Previous == nil || !c.Previous.Availability.Purchasable() {
		return Facts{}, false
	}
	return Facts{Offer: c.Previous.Offer()}, true
}

// NowWithin reports whether an offer that can be ordered was held and no longer is,
// and the reason that no longer holds. Both are judged by the product's limits of
// today, and the caller gives both the effective prices and other offers of today:
// then what the calendar or other shops alone make acceptable was so before too.
func NowWithin(p stock.Product, was, is Facts) (why Reason, ok bool) {
	if !was.Offer.Availability.Purchasable() || !is.Offer.Availability.Purchasable() {
		return "", false
	}
	why = Judge(p, was).Held
	return why, why != "" && Judge(p, is).Held == ""
}
