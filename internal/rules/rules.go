// Package rules says which records ring, and as what: by their kinds, by the limits of
// the product (package guard), and by the records around them, which make bursts and
// cool-downs.
//
// It is pure: the same records and rules give the same answer, after a restart and in
// another process. It does not know channels, routes or quiet hours: who hears of what
// rings, and when, is package notify's.
package rules

import (
	"cmp"
	"slices"

	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Verdict is what the rules say of one record, before anything is known of the
// records around it.
type Verdict struct {
	Kind  stock.Kind   // as the buyers hear it; "" when the record is not for them
	Also  []stock.Kind // what else happened in the same look
	Held  string       // why the buyers do not hear it although its kind rings, a guard.Reason; "" when they do
	Owner []stock.Kind // the owner's news in it, strongest first
}

// Rings reports whether the buyers hear of it.
func (v Verdict) Rings() bool { return v.Kind != "" && v.Held == "" }

// Circumstances are what a record is judged by beside the product's limits, as far
// as they are known.
type Circumstances struct {
	Others []stock.Price // what other shops ask
	Before stock.Price   // what the offer before cost in the end, by the rates of the record's day
}

// Judge applies the rules that need nothing but the record and the product:
// which kinds ring, and the limits on offers.
func Judge(p stock.Product, kinds []stock.Kind, c stock.Change, by Circumstances) Verdict {
	var v Verdict
	all := happened(p, c)
	ringing := slices.ContainsFunc(all, func(k stock.Kind) bool {
		if k == stock.PriceDrop {
			return dropRings(p, c)
		}
		return slices.Contains(kinds, k)
	})
	if ringing {
		v.Kind, v.Also = all[0], all[1:]
		if v.Kind.Info().Audience != stock.ForOwner { // which offers nothing
			v.Held = string(cmp.Or(guard.Judge(p, by.Facts(c)).Held, heldUntilOut(p, c, by)))
		}
	}
	if k := opens(p, kinds, c, by); k != "" && (!ringing || !all[0].Info().Opens) {
		v.Kind, v.Also, v.Held = k, slices.DeleteFunc(slices.Clone(all), func(other stock.Kind) bool { return other == k }), ""
	}
	for _, k := range all {
		if k.Info().Audience == stock.ForOwner && (k != stock.Gone || !slices.Contains(kinds, k)) {
			v.Owner = append(v.Owner, k)
		}
	}
	return v
}

// Facts returns what package guard judges of a record.
func (by Circumstances) Facts(c stock.Change) guard.Facts {
	f := guard.FactsOf(c)
	f.Others = by.Others
	return f
}

// opens returns the kind as which a record rings since its offer was held before and
// no longer is; "" when it does not.
func opens(p stock.Product, kinds []stock.Kind, c stock.Change, by Circumstances) stock.Kind {
	o := by.Facts(c).Offer
	o.SaleMode = SaleMode(c)
	if k := o.OpeningKind(); slices.Contains(kinds, k) {
		if _, ok := NowWithin(p, c, by); ok {
			return k
		}
	}
	return ""
}

// heldUntilOut returns why an offer was held that a record says can no longer be
// ordered: nobody heard that it could.
func heldUntilOut(p stock.Product, c stock.Change, by Circumstances) guard.Reason {
	was, ok := guard.Before(c)
	if !ok || c.Availability.Purchasable() || c.Clarity != nil {
		return ""
	}
	was.Offer.Effective, was.Others = by.Before, by.Others
	return guard.Judge(p, was).Held
}

// NowWithin reports whether what can be ordered was held before a record and no
// longer is, and the reason that no longer holds. What is in doubt, or cannot be
// read, is not known to be acceptable.
func NowWithin(p stock.Product, c stock.Change, by Circumstances) (why guard.Reason, ok bool) {
	was, ok := guard.Before(c)
	if !ok || c.Clarity != nil || c.Problem != nil {
		return "", false
	}
	was.Offer.Effective, was.Others = by.Before, by.Others
	if why, ok = guard.NowWithin(p, was, by.Facts(c)); !ok {
		return "", false
	}
	return why, true
}

// happened returns the kinds of a record, strongest first. A first look counts as
// what firstLook says; it comes after a readable when the page could not be read
// from the start.
func happened(p stock.Product, c stock.Change) []stock.Kind {
	all := append([]stock.Kind{c.Kind}, c.Also...)
	if i := slices.Index(all, stock.Baseline); i >= 0 {
		all[i] = firstLook(p, c)
		order := stock.Kinds()
		slices.SortStableFunc(all, func(a, b stock.Kind) int { return cmp.Compare(slices.Index(order, a), slices.Index(order, b)) })
	}
	return all
}

// firstLook says what a baseline counts as: nothing, unless the user asked to be
// told of stock that was there from the start.
func firstLook(p stock.Product, c stock.Change) stock.Kind {
	switch {
	case !p.AlertOnFirst || !c.Availability.Purchasable():
		return stock.Baseline
	case c.SaleMode.Drawn():
		return stock.LotteryOpen
	case c.Availability.Group() == stock.Now:
		return stock.Restocked
	}
	return stock.Baseline
}

// dropRings reports whether a price fell far enough, or to the user's limit.
func dropRings(p stock.Product, c stock.Change) bool {
	now := Price(c)
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
