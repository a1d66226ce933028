// Package pricing reckons what an offer costs in the end: its price and its
// shipping, less the best coupon and the worth of the points that come back, by
// the rates and the calendar that the user wrote down.
//
// It knows no shop's rules, asks nobody and keeps nothing: the same offer, rates
// and moment give the same answer. What an offer does not state and the user did
// not write down is left out of the sum, and the reckoning says so. All sums are
// in whole minor units; fractions of points and of discounts are cut off, as
// shops do.
package pricing

import (
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/shop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Rates are the user's own terms at the shops.
type Rates struct {
	Shops    map[string]Shop // by host, or by the source that reads the shop
	Location *time.Location  // of the calendar; nil: UTC
}

// Shop says what one shop gives and takes. Amounts are minor units of Currency.
type Shop struct {
	Currency string // an offer in another is not reckoned

	Points       stock.Share // of every order
	IgnoreStated bool        // Points also where the offer itself states points
	WithoutTax   bool        // points are given on the price without tax
	Tax          stock.Share // that prices hold, for WithoutTax
	PointsPer    int64       // points are given for each full amount of this; 0: to the minor unit
	PointsCap    int64       // most points of one order; 0: no limit
	PointWorth   int64       // of one point, in hundredths of a minor unit; 100: a point is a yen, or a cent
	Bonuses      []Bonus

	Shipping         *int64 // nil: not known
	FreeShippingFrom int64  // orders of this or more are sent free; 0: none
	Coupons          []Coupon
}

// Bonus is points on top, on some days.
type Bonus struct {
	Name   string
	Points stock.Share
	Min    int64 // smallest order that gets it
	Cap    int64 // most points of one order; 0: no limit
	When   Calendar
}

// Coupon takes an amount or a share off one order.
type Coupon struct {
	Name   string
	Amount int64       // or
	Share  stock.Share // of the price
	Min    int64       // smallest order that it is good for
	Max    int64       // most that it takes off; 0: no limit
	When   Calendar
}

// Reckoning is an effective price and how it came about.
type Reckoning struct {
	Price stock.Price
	Steps []stock.Step // their amounts add up to Price
}

// most bounds the amounts that are reckoned with: far above any price, and low
// enough that no sum of a few of them overflows.
const most = 1 << 53

// Reckon returns what an offer costs at a moment. ok is false when there is
// nothing to reckon with: no price, no rates for the shop, or rates in another
// currency. The shop is found by its host, with its port or without, and else by
// the source that read it; the mall behind an official API goes by the name of
// its pages too.
func (r Rates) Reckon(source, host string, o stock.Offer, at time.Time) (rec Reckoning, ok bool) {
	s, ok := r.shop(source, host)
	if !ok || !o.Price.Known() || o.Price.Currency != s.Currency || o.Price.Minor < 0 || o.Price.Minor > most {
		return Reckoning{}, false
	}
	if r.Location == nil {
		r.Location = time.UTC
	}
	return s.reckon(o, at.In(r.Location)), true
}

func (r Rates) shop(source, host string) (Shop, bool) {
	bare, _, _ := strings.Cut(host, ":")
	known, _ := shop.ByID(source)
	for _, key := range []string{host, bare, source, known.Mall} {
		if s, ok := r.Shops[key]; ok && key != "" {
			return s, true
		}
	}
	return Shop{}, false
}

func (s Shop) reckon(o stock.Offer, at time.Time) Reckoning {
	price := o.Price.Minor
	t := tally{currency: s.Currency}
	t.add(stock.StepPrice, "", 0, price)
	if amount, known := s.shipping(o); known {
		t.add(stock.StepShipping, "", 0, amount)
	} else {
		t.add(stock.StepShippingUnknown, "", 0, 0)
	}
	discount, name := s.coupon(price, at)
	if discount > 0 {
		t.add(stock.StepCoupon, name, 0, -discount)
	}
	earned, worth := int64(0), int64(0)
	for _, g := range s.points(o, discount, at) {
		points := g.points
		if s.PointsCap > 0 {
			points = min(points, s.PointsCap-earned)
		}
		if points <= 0 {
			continue
		}
		// The worth of all together, so that no fraction is lost between two kinds.
		// Nobody is paid for buying.
		all := mulDiv(earned+points, s.PointWorth, 100)
		t.add(g.label, g.name, points, -min(all-worth, t.sum))
		earned, worth = earned+points, all
	}
	return Reckoning{Price: stock.Price{Minor: t.sum, Currency: s.Currency}, Steps: t.steps}
}

// tally is a reckoning while it is made.
type tally struct {
	currency string
	sum      int64
	steps    []stock.Step
}

func (t *tally) add(label stock.StepLabel, name string, points, amount int64) {
	t.sum += amount
	t.steps = append(t.steps, stock.Step{Label: label, Name: name, Points: points, Amount: stock.Price{Minor: amount, Currency: t.currency}})
}

// shipping returns what it costs to send an offer: what the offer states, else
// what the user knows of the shop.
func (s Shop) shipping(o stock.Offer) (amount int64, known bool) {
	switch {
	case o.Shipping != nil && o.Shipping.Currency == s.Currency && o.Shipping.Minor >= 0 && o.Shipping.Minor <= most:
		return o.Shipping.Minor, true
	case s.FreeShippingFrom > 0 && o.Price.Minor >= s.FreeShippingFrom:
		return 0, true
	case s.Shipping != nil:
		return *s.Shipping, true
	}
	return 0, false
}

// coupon returns the discount of the best coupon: an order takes one.
func (s Shop) coupon(price int64, at time.Time) (discount int64, name string) {
	for _, c := range s.Coupons {
		if price < c.Min || !c.When.covers(at) {
			continue
		}
		d := c.Amount
		if c.Share > 0 {
			d = c.Share.Of(price)
		}
		if c.Max > 0 {
			d = min(d, c.Max)
		}
		if d = min(d, price); d > discount {
			discount, name = d, c.Name
		}
	}
	return discount, name
}

// gift is points of one origin.
type gift struct {
	label  stock.StepLabel
	name   string
	points int64
}

// points returns what an order earns. Shipping earns nothing, nor does what a
// coupon has paid: that is taken in full from the amount that counts, also where
// the amount is without tax.
func (s Shop) points(o stock.Offer, discount int64, at time.Time) []gift {
	price := o.Price.Minor
	counts := price
	if s.WithoutTax {
		counts -= mulDiv(price, int64(s.Tax), int64(stock.Whole+s.Tax))
	}
	counts = max(0, counts-discount)
	if s.PointsPer > 1 {
		counts -= counts % s.PointsPer
	}
	base := s.Points.Of(counts)
	if o.Points != nil && *o.Points >= 0 && !s.IgnoreStated {
		base = min(*o.Points, most)
	}
	gifts := []gift{{stock.StepPoints, "", base}}
	for _, b := range s.Bonuses {
		if price < b.Min || !b.When.covers(at) {
			continue
		}
		n := b.Points.Of(counts)
		if b.Cap > 0 {
			n = min(n, b.Cap)
		}
		gifts = append(gifts, gift{stock.StepBonus, b.Name, n})
	}
	return gifts
}
