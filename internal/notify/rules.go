package notify

import (
	"cmp"
	"slices"

	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// verdict is what the rules say of one record, before anything is known of the
// records around it.
type verdict struct {
	kind  stock.Kind   // as the buyers hear it; "" when the record is not for them
	also  []stock.Kind // what else happened in the same look
	held  string       // why the buyers do not hear it although its kind rings, a guard.Reason; "" when they do
	owner []stock.Kind // the owner's news in it, strongest first
}

// rings reports whether the buyers hear of it.
func (v verdict) rings() bool { return v.kind != "" && v.held == "" }

// circumstances are what a record is judged by beside the product's limits, as far
// as they are known.
type circumstances struct {
	others []stock.Price // what other shops ask
	before stock.Price   // what the offer before cost in the end, by the rates of the record's day
}

// judge applies the rules that need nothing but the record and the product:
// which kinds ring, and the limits on offers.
func judge(p stock.Product, kinds []stock.Kind, c stock.Change, by circumstances) verdict {
	var v verdict
	all := happened(p, c)
	ringing := slices.ContainsFunc(all, func(k stock.Kind) bool {
		if k == stock.PriceDrop {
			return dropRings(p, c)
		}
		return slices.Contains(kinds, k)
	})
	if ringing {
		v.kind, v.also = all[0], all[1:]
		if v.kind.Info().Audience != stock.ForOwner { // which offers nothing
			v.held = string(cmp.Or(guard.Judge(p, by.of(c)).Held, heldUntilOut(p, c, by)))
		}
	}
	if k := opens(p, kinds, c, by); k != "" && (!ringing || !all[0].Info().Opens) {
		v.kind, v.also, v.held = k, slices.DeleteFunc(slices.Clone(all), func(other stock.Kind) bool { return other == k }), ""
	}
	for _, k := range all {
		if k.Info().Audience == stock.ForOwner && (k != stock.Gone || !slices.Contains(kinds, k)) {
			v.owner = append(v.owner, k)
		}
	}
	return v
}

// of returns what the guards judge of a record.
func (by circumstances) of(c stock.Change) guard.Facts {
	f := guard.FactsOf(c)
	f.Others = by.others
	return f
}

// opens returns the kind as which a record rings since its offer was held before and
// no longer is; "" when it does not.
func opens(p stock.Product, kinds []stock.Kind, c stock.Change, by circumstances) stock.Kind {
	o := by.of(c).Offer
	o.SaleMode = saleMode(c)
	if k := o.OpeningKind(); slices.Contains(kinds, k) {
		if _, ok := nowWithin(p, c, by); ok {
			return k
		}
	}
	return ""
}

// heldUntilOut returns why an offer was held that a record says can no longer be
// ordered: nobody heard that it could.
func heldUntilOut(p stock.Product, c stock.Change, by circumstances) guard.Reason {
	was, ok := guard.Before(c)
	if !ok || c.Availability.Purchasable() || c.Clarity != nil {
		return ""
	}
	was.Offer.Effective, was.Others = by.before, by.others
	return guard.Judge(p, was).Held
}

// nowWithin reports whether what can be ordered was held before a record and no
// longer is, and the reason that no longer holds. What is in doubt, or cannot be
// read, is not known to be acceptable.
func nowWithin(p stock.Product, c stock.Change, by circumstances) (why guard.Reason, ok bool) {
	was, ok := guard.Before(c)
	if !ok || c.Clarity != nil || c.Problem != nil {
		return "", false
	}
	was.Offer.Effective, was.Others = by.before, by.others
	if why, ok = guard.NowWithin(p, was, by.of(c)); !ok {
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
