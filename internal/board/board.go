// Package board says what the dashboard's list shows: which of a product's offers
// comes first, which state the product is in, and in which order products stand.
//
// It is pure: records and looks in, rows out. It knows no HTML and no store,
// and decides nothing about alerts: whether an offer is held is package
// guard's answer.
package board

import (
	"cmp"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Class is what an offer or a product is counted as.
type Class string

// The classes, in the order of the list.
const (
	Now     Class = "now"     // can be bought within the limits
	Maybe   Class = "maybe"   // what a buyer sees offers it, the page's data does not
	Later   Class = "later"   // can be ordered within the limits
	Held    Class = "held"    // can be bought or ordered, but a limit holds it
	No      Class = "no"      // cannot be bought
	Search  Class = "search"  // a search page, which has listings and no state
	Unclear Class = "unclear" // the page does not say
	Trouble Class = "trouble" // the page cannot be read
	Waiting Class = "waiting" // not looked at yet, or not confirmed
)

// Classes returns every class in the order of the list.
func Classes() []Class {
	return []Class{Now, Maybe, Later, Held, No, Search, Unclear, Trouble, Waiting}
}

// Rank is the place of a class in the list, 0 for the first.
func (c Class) Rank() int { return slices.Index(Classes(), c) }

// Offer is what one watch of a product says.
type Offer struct {
	Watch stock.Watch
	Known
	Class    Class // what the watch is counted as
	Stands   Class // the same by what was read last: one unread look changes no state
	Held     guard.Reason
	Cost     pricing.Reckoning // zero unless Reckoned
	Reckoned bool              // the user has rates for the shop
}

// Price returns what the offer costs, in the end where that is known.
func (o Offer) Price() stock.Price {
	switch {
	case o.Reckoned:
		return o.Cost.Price
	case o.Record == nil:
		return stock.Price{}
	}
	return cmp.Or(o.Record.Change.Price, o.Record.Change.Offer.Price)
}

// Since returns when the offer's state began, zero when it has none.
func (o Offer) Since() time.Time {
	if o.Record == nil {
		return time.Time{}
	}
	c := o.Record.Change
	if o.Stands == Maybe || o.Stands == Unclear {
		if d := o.Clarity(); d != nil {
			return d.Since
		}
		if c.Kind == stock.MaybeRestocked {
			return c.ObservedAt
		}
	}
	return c.Since
}

// Row is a product with what its watches say, the best first.
type Row struct {
	Product *stock.Product
	Class   Class   // that of the best offer, by what was read last
	Offers  []Offer // none: the product has no watch
	Trouble int     // how many of its pages cannot be read
}

// Best returns the offer that the row shows, nil when there is none.
func (r Row) Best() *Offer {
	if len(r.Offers) == 0 {
		return nil
	}
	return &r.Offers[0]
}

// Since returns when the state of the best offer began.
func (r Row) Since() time.Time {
	if o := r.Best(); o != nil {
		return o.Since()
	}
	return time.Time{}
}

// Reckon returns what an offer costs in the end; ok is false without rates for its shop.
type Reckon func(w stock.Watch, c stock.Change) (r pricing.Reckoning, ok bool)

// Build makes the row of a product from what is known of its watches.
func Build(p *stock.Product, known func(tid string) Known, reckon Reckon) Row {
	row := Row{Product: p, Class: Waiting}
	all := make([]Known, len(p.Watches))
	for i, w := range p.Watches {
		all[i] = known(w.ID)
	}
	for i, w := range p.Watches {
		o := judge(*p, w, all[i], asked(all, i), reckon)
		if o.Class == Trouble {
			row.Trouble++
		}
		row.Offers = append(row.Offers, o)
	}
	slices.SortStableFunc(row.Offers, better)
	if best := row.Best(); best != nil {
		row.Class = best.Stands
	}
	return row
}

// Judge says what one watch of a product is counted as, beside its others.
func Judge(p *stock.Product, w stock.Watch, known func(tid string) Known, reckon Reckon) Offer {
	for _, o := range Build(p, known, reckon).Offers {
		if o.Watch.ID == w.ID {
			return o
		}
	}
	return judge(*p, w, known(w.ID), nil, reckon)
}

func judge(p stock.Product, w stock.Watch, k Known, others []stock.Price, reckon Reckon) Offer {
	o := Offer{Watch: w, Known: k}
	if k.Record != nil {
		c := k.Record.Change
		if reckon != nil {
			o.Cost, o.Reckoned = reckon(w, c)
		}
		f := guard.FactsOf(c)
		f.Offer.Effective, f.Others = o.Cost.Price, others
		o.Held = guard.Judge(p, f).Held
	}
	o.Stands = o.stands()
	o.Class = o.Stands
	if k.Unread() {
		o.Class = Trouble
		if k.Record == nil || k.Record.Change.Problem != nil || o.Stands == Waiting {
			o.Stands = Trouble // for so long, or from the first look on, that what was read tells nothing of today
		}
	}
	return o
}

// stands is the class by what was read last.
func (o Offer) stands() Class {
	k := o.Known
	switch {
	case k.Maybe() && o.Held == "":
		return Maybe
	case k.Maybe():
		return Held
	case k.Unsure():
		return Unclear
	case k.Record != nil && k.Record.Change.Availability != stock.Unknown:
		return o.known(k.Record.Change.Availability.Group())
	case k.IsSearch():
		return Search
	}
	return Waiting
}

func (o Offer) known(g stock.Group) Class {
	switch {
	case g == stock.No:
		return No
	case o.Held != "":
		return Held
	case g == stock.Now:
		return Now
	}
	return Later
}

// asked returns what the other watches of a product ask, where it can be bought and
// is not used: what guards compare an offer with.
func asked(all []Known, not int) []stock.Price {
	var prices []stock.Price
	for i, k := range all {
		if i == not || k.Record == nil || k.Record.Change.Problem != nil || !k.Record.Change.Availability.Purchasable() {
			continue
		}
		f := guard.FactsOf(k.Record.Change)
		if c := f.Offer.Condition; c != stock.ConditionUsed && c != stock.ConditionRefurbished {
			prices = append(prices, f.Offer.Price)
		}
	}
	return prices
}

// better puts the offer first that a buyer would take: by class, then one that can be
// read, then the cheaper, then the newer.
func better(a, b Offer) int {
	return cmp.Or(
		cmp.Compare(a.Stands.Rank(), b.Stands.Rank()),
		cmp.Compare(boolRank(a.Class == Trouble), boolRank(b.Class == Trouble)),
		cheaper(a.Price(), b.Price()),
		b.Since().Compare(a.Since()),
	)
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// cheaper compares prices of one currency; a known price goes before none.
func cheaper(a, b stock.Price) int {
	switch {
	case a.Comparable(b):
		return cmp.Compare(a.Minor, b.Minor)
	case a.Known() != b.Known():
		return boolRank(!a.Known()) - boolRank(!b.Known())
	}
	return 0
}
