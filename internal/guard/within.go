package guard

import "github.com/sainyuka/sainyuka/internal/stock"

// MarkNowWithin marks an alert of an offer that a limit held before and no limit holds now.
const MarkNowWithin = "now_within_limits"

// Before returns the facts of the state before a record, as FactsOf returns those of the
// record itself; ok is false when nothing could be ordered then.
func Before(c stock.Change) (f Facts, ok bool) {
	if c.Previous == nil || !c.Previous.Availability.Purchasable() {
		return Facts{}, false
	}
	return Facts{Offer: c.Previous.Offer()}, true
}

// NowWithin reports whether an offer that can be ordered was held before and is not held
// now, and by which limit it was. Both are judged by today's limits, and the caller gives
// both today's effective prices and other offers: a change that comes from the calendar
// or from other shops alone then counts on both sides, and is not reported.
func NowWithin(p stock.Product, was, is Facts) (why Reason, ok bool) {
	if !was.Offer.Availability.Purchasable() || !is.Offer.Availability.Purchasable() {
		return "", false
	}
	why = Judge(p, was).Held
	return why, why != "" && Judge(p, is).Held == ""
}
