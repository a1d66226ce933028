// Package guard says whether an offer is one that the user wants to be woken for:
// within the price limits, at no reseller's price, not too good to be true, in a
// condition and from a seller that the user takes. What smells is marked, and
// held unless the user says otherwise.
//
// It is pure: the same offer and limits give the same verdict, so that what rang
// and what the dashboard shows are the same. It does not know kinds of change,
// times or channels, nor what a thing is worth: only the list price and what
// others ask.
package guard

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Reason says why an offer is held.
type Reason string

// The reasons, the one that weighs most first.
const (
	AboveMax       Reason = "above_max_price"
	AboveEffective Reason = "above_max_effective_price"
	OtherCurrency  Reason = "other_currency"
	NoPrice        Reason = "price_unknown"
	SellerDenied   Reason = "seller_denied"
	SellerNotOurs  Reason = "seller_not_allowed"
	Condition      Reason = "condition_not_wanted"
	AboveList      Reason = "above_max_above_list"
	FarBelowList   Reason = "far_below_list_price"
	FarBelowOthers Reason = "far_below_other_offers"
	SellerBad      Reason = "seller_badly_rated"
	SellerNew      Reason = "seller_new"
)

// Reasons returns every Reason.
func Reasons() []Reason {
	return []Reason{
		AboveMax, AboveEffective, OtherCurrency, NoPrice, SellerDenied, SellerNotOurs, Condition,
		AboveList, FarBelowList, FarBelowOthers, SellerBad, SellerNew,
	}
}

// The marks of an alert that come from here, beside the names of the reasons.
const (
	MarkAboveList        = "above_list_price"  // by any amount
	MarkSellerUnknown    = "seller_unknown"    // while sellers are limited
	MarkRatingUnknown    = "rating_unknown"    // of the seller of something suspicious
	MarkConditionUnknown = "condition_unknown" // while conditions are limited
)

// Facts is what is judged.
type Facts struct {
	Offer    stock.Offer // with its price and, where there are rates, its effective price
	State    stock.Price // that the watch's state speaks of, when it is another one
	Previous stock.Price // of what can no longer be bought
	Others   []stock.Price
}

// FactsOf returns what is to be judged of a record. Its effective price is the
// caller's to set.
func FactsOf(c stock.Change) Facts {
	f := Facts{Offer: c.Offer, State: c.Price}
	if c.Availability != stock.Unknown {
		f.Offer.Availability = c.Availability
	}
	if !f.Offer.Price.Known() {
		f.Offer.Price = c.Price
	}
	if c.Kind == stock.MaybeRestocked {
		// Whoever follows the alert buys what the page shows now, not what it was.
		f.Offer.Availability = stock.InStock
	}
	if c.Previous != nil {
		f.Previous = c.Previous.Price
		if sameOffer(c) && !f.Offer.Price.Known() {
			f.Offer.Price = f.Previous // a look without a price does not erase the last one
		}
	}
	return f
}

// sameOffer reports whether a record is of an offer that could be ordered before, for
// a price, and still can.
func sameOffer(c stock.Change) bool {
	was := c.Previous.Availability
	return was.Purchasable() && was.Group() == c.Availability.Group() && !c.Unpriced
}

// Verdict is what the guards make of an offer.
type Verdict struct {
	Held  Reason   // "": it may ring
	Marks []string // what to tell beside it
}

// minOthers is how many other offers say what is usual: of two, one may be the
// reseller.
const minOthers = 3

// Judge applies a product's limits. That something cannot be bought any more
// needs neither price nor seller.
func Judge(p stock.Product, f Facts) Verdict {
	var v Verdict
	out := f.Offer.Availability.Group() == stock.No
	v.hold(price(p, f, out))
	v.seller(p, f.Offer, out)
	v.market(p, f)
	return v
}

func (v *Verdict) hold(r Reason) {
	if v.Held == "" {
		v.Held = r
	}
}

func (v *Verdict) mark(m string) {
	if !slices.Contains(v.Marks, m) {
		v.Marks = append(v.Marks, m)
	}
}

// price checks an offer against the price limits, "" when it is within.
func price(p stock.Product, f Facts, out bool) Reason {
	above := func(q, limit stock.Price) bool { return q.Comparable(limit) && q.Minor > limit.Minor }
	over := above(f.Offer.Price, p.MaxPrice) || above(f.State, p.MaxPrice)
	if out && !f.Offer.Price.Known() {
		over = over || above(f.Previous, p.MaxPrice)
	}
	limit := p.MaxPrice
	if !limit.Known() {
		limit = p.MaxEffective
	}
	switch {
	case over:
		return AboveMax
	case above(InTheEnd(f.Offer), p.MaxEffective):
		return AboveEffective
	case out || !limit.Known() || f.Offer.Price.Comparable(limit) || p.Limits.RingUnpriced:
		return ""
	case f.Offer.Price.Known():
		return OtherCurrency
	}
	return NoPrice
}

// InTheEnd is what an offer costs: without the user's rates that is its price with
// the shipping that it states.
func InTheEnd(o stock.Offer) stock.Price {
	cost := o.Price
	switch {
	case o.Effective.Known():
		return o.Effective
	case o.Shipping != nil && o.Shipping.Comparable(cost) && o.Shipping.Minor > 0:
		if cost.Minor += o.Shipping.Minor; cost.Minor < o.Price.Minor {
			return o.Price // nonsense that overflows
		}
	}
	return cost
}

// seller checks an offer against the lists of sellers and conditions. What a page
// does not say is marked and passes: most shops' pages say neither, since they
// sell new things themselves.
func (v *Verdict) seller(p stock.Product, o stock.Offer, out bool) {
	l := p.Limits
	switch {
	case o.Seller == "":
		if !out && len(l.SellersAllow)+len(l.SellersDeny) > 0 {
			v.mark(MarkSellerUnknown)
		}
	case listed(l.SellersDeny, o.Seller):
		v.hold(SellerDenied)
		v.mark(string(SellerDenied))
	case len(l.SellersAllow) > 0 && !listed(l.SellersAllow, o.Seller):
		v.hold(SellerNotOurs)
		v.mark(string(SellerNotOurs))
	}
	switch {
	case len(l.Conditions) == 0 || slices.Contains(l.Conditions, o.Condition):
	case o.Condition != "":
		v.hold(Condition)
		v.mark(string(Condition))
	case !out:
		v.mark(MarkConditionUnknown)
	}
}

// listed reports whether a seller is in a list, whatever the case of its letters
// and the spaces between its words. A private person is listed by the hash that
// alerts and dashboard show.
func listed(list []string, seller string) bool {
	name := strings.Join(strings.Fields(seller), " ")
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(strings.Join(strings.Fields(s), " "), name) })
}

// market compares an offer with what the thing usually costs, and its seller
// against what others say of them. What cannot be bought any more is no danger.
func (v *Verdict) market(p stock.Product, f Facts) {
	o, l := f.Offer, p.Limits
	if o.Availability.Group() == stock.No {
		return
	}
	if o.Price.Comparable(p.ListPrice) && o.Price.Minor > p.ListPrice.Minor {
		v.mark(MarkAboveList)
		if l.MaxAboveList != nil && o.Price.Minor-p.ListPrice.Minor > l.MaxAboveList.Of(p.ListPrice.Minor) {
			v.hold(AboveList)
		}
	}
	for _, r := range []Reason{tooCheap(p, f), badSeller(l, o.SellerRating)} {
		if r == "" {
			continue
		}
		v.mark(string(r))
		if o.SellerRating == nil {
			v.mark(MarkRatingUnknown)
		}
		if !l.RingSuspicious {
			v.hold(r)
		}
	}
}

// tooCheap says against what a price is suspiciously low: the list price, and
// only where that is not known what others ask. A used thing may be cheap.
func tooCheap(p stock.Product, f Facts) Reason {
	o := f.Offer
	if o.Condition == stock.ConditionUsed || o.Condition == stock.ConditionRefurbished {
		return ""
	}
	usual, reason := p.ListPrice, FarBelowList
	if !usual.Known() {
		usual, reason = median(f.Others, o.Price), FarBelowOthers
	}
	if o.Price.Comparable(usual) && o.Price.Minor < p.Limits.SuspiciousBelow.Of(usual.Minor) {
		return reason
	}
	return ""
}

// median returns the lower middle of the prices in the currency of like, no price
// when they are too few to say anything.
func median(prices []stock.Price, like stock.Price) stock.Price {
	all := slices.DeleteFunc(slices.Clone(prices), func(q stock.Price) bool { return !q.Comparable(like) })
	if len(all) < minOthers {
		return stock.Price{}
	}
	slices.SortFunc(all, func(a, b stock.Price) int { return cmp.Compare(a.Minor, b.Minor) })
	return all[(len(all)-1)/2]
}

func badSeller(l stock.Limits, r *stock.Rating) Reason {
	switch {
	case r == nil:
		return ""
	case r.Count < l.MinRatings:
		return SellerNew
	case stock.Share(r.GoodPercent*100) < l.MinRating:
		return SellerBad
	}
	return ""
}
