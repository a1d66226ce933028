package rules

import (
	"slices"
	"testing"

	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// What was held and is acceptable now rings as what its availability gives; what
// was held and sells out, is in doubt or is still held does not.
func TestHeldThenAcceptable(t *testing.T) {
	kinds := []stock.Kind{stock.Restocked, stock.LotteryOpen, stock.Orderable, stock.MaybeRestocked, stock.NewListing}
	good := stock.Offer{Availability: stock.InStock, Price: stock.Yen(49980)}
	with := func(edit func(*stock.Offer)) stock.Offer {
		o := good
		edit(&o)
		return o
	}
	reseller := with(func(o *stock.Offer) { o.Seller = "転売屋" })
	dear := with(func(o *stock.Offer) { o.Price = stock.Yen(60000) })
	for _, tt := range []struct {
		name    string
		kinds   []stock.Kind // nil: the default ones
		was, is stock.Offer
		edit    func(*stock.Change)
		want    stock.Kind // "": nobody hears of it
		why     guard.Reason
	}{
		{name: "another seller", was: reseller, is: with(func(o *stock.Offer) { o.Seller = "任天堂" }), want: stock.Restocked, why: guard.SellerDenied},
		{name: "new after used", was: with(func(o *stock.Offer) { o.Condition = stock.ConditionUsed }), is: with(func(o *stock.Offer) { o.Condition = stock.ConditionNew }), want: stock.Restocked, why: guard.Condition},
		{name: "a price appears", was: stock.Offer{Availability: stock.InStock}, is: good, want: stock.Restocked, why: guard.NoPrice},
		{name: "free shipping", was: with(func(o *stock.Offer) { o.Price, o.Shipping = stock.Yen(53500), new(stock.Yen(600)) }), is: with(func(o *stock.Offer) { o.Price, o.Shipping = stock.Yen(53500), new(stock.Yen(0)) }), want: stock.Restocked, why: guard.AboveEffective},
		{name: "a price that is no longer suspicious", was: with(func(o *stock.Offer) { o.Price = stock.Yen(9800) }), is: good, edit: func(c *stock.Change) { c.Kind = stock.PriceRise }, want: stock.Restocked, why: guard.FarBelowList},
		{name: "a pre-order", was: with(func(o *stock.Offer) { o.Availability, o.Seller = stock.PreOrder, "転売屋" }), is: with(func(o *stock.Offer) { o.Availability = stock.PreOrder }), want: stock.Orderable, why: guard.SellerDenied},
		{name: "a lottery", was: reseller, is: with(func(o *stock.Offer) { o.SaleMode = stock.Lottery }), want: stock.LotteryOpen, why: guard.SellerDenied},
		{name: "for sale later only", kinds: append(slices.Clone(kinds), stock.SoldOutKind), was: reseller, is: with(func(o *stock.Offer) { o.Availability = stock.PreOrder }), edit: func(c *stock.Change) { c.Kind = stock.SoldOutKind }, want: stock.Orderable, why: guard.SellerDenied},
		{name: "a fall to the limit stays a price drop", was: dear, is: good, edit: func(c *stock.Change) { c.Kind = stock.PriceDrop }, want: stock.PriceDrop, why: guard.AboveMax},
		{name: "clear again", was: reseller, is: good, edit: func(c *stock.Change) {
			c.Kind, c.Previous.Clarity = stock.Cleared, &stock.Clarity{Unclear: 3, Reason: stock.Silent}
		}, want: stock.Restocked, why: guard.SellerDenied},

		{name: "of a kind that does not ring", kinds: []stock.Kind{stock.Orderable}, was: reseller, is: good, why: guard.SellerDenied},
		{name: "never held", was: good, is: with(func(o *stock.Offer) { o.Points = new(int64(500)) })},
		{name: "still held", was: reseller, is: with(func(o *stock.Offer) { o.Seller = "転売屋"; o.Points = new(int64(500)) })},
		{name: "held for another reason", was: reseller, is: dear},
		{name: "in doubt", was: reseller, is: good, edit: func(c *stock.Change) {
			c.Kind, c.Clarity = stock.UnclearKind, &stock.Clarity{Unclear: 3, Reason: stock.Silent}
		}},
		{name: "not readable", was: reseller, is: good, edit: func(c *stock.Change) { c.Kind, c.Problem = stock.Unread, &stock.Problem{Reason: stock.Said("blocked")} }},
		{name: "sold out", was: reseller, is: with(func(o *stock.Offer) { o.Availability = stock.SoldOut }), edit: func(c *stock.Change) { c.Kind = stock.SoldOutKind }},
		{name: "sold out, which rings, but nobody heard of it", kinds: append(slices.Clone(kinds), stock.SoldOutKind), was: reseller, is: with(func(o *stock.Offer) { o.Availability = stock.SoldOut }), edit: func(c *stock.Change) { c.Kind = stock.SoldOutKind }},
		{name: "sold out, which rings", kinds: append(slices.Clone(kinds), stock.SoldOutKind), was: good, is: with(func(o *stock.Offer) { o.Availability = stock.SoldOut }), edit: func(c *stock.Change) { c.Kind = stock.SoldOutKind }, want: stock.SoldOutKind},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := picky()
			c := changed(p, noon, tt.was, tt.is)
			if tt.edit != nil {
				tt.edit(&c)
			}
			if tt.kinds == nil {
				tt.kinds = kinds
			}
			v := Judge(p, tt.kinds, c, Circumstances{})
			got := v.Kind
			if !v.Rings() {
				got = ""
			}
			why, _ := NowWithin(p, c, Circumstances{})
			if got != tt.want || why != tt.why {
				t.Errorf("from %+v to %+v (%s): rings as %q, %q no longer holds; want %q, %q", tt.was, tt.is, c.Kind, got, why, tt.want, tt.why)
			}
		})
	}
}
