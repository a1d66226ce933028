package stock

import (
	"slices"
	"strings"
	"unique"
)

// Detached returns the observation with texts of its own. A text that was cut out of a
// page keeps the whole page in memory for as long as it is kept itself.
func (o Observation) Detached() Observation {
	o.URL, o.Source, o.Outcome, o.Doubt, o.Leans = strings.Clone(o.URL), strings.Clone(o.Source), clone(o.Outcome), clone(o.Doubt), clone(o.Leans)
	o.Next = strings.Clone(o.Next)
	o.Reason = o.Reason.detached()
	o.Offer = o.Offer.detached()
	o.Offers = slices.Clone(o.Offers)
	for i := range o.Offers {
		o.Offers[i] = o.Offers[i].detached()
	}
	o.Listings = slices.Clone(o.Listings)
	for i := range o.Listings {
		o.Listings[i] = o.Listings[i].detached()
	}
	o.Evidence = slices.Clone(o.Evidence)
	for i := range o.Evidence {
		o.Evidence[i] = o.Evidence[i].detached()
	}
	o.Verdicts = slices.Clone(o.Verdicts)
	for i := range o.Verdicts {
		o.Verdicts[i].Method = clone(o.Verdicts[i].Method)
	}
	return o
}

// clone is for what has few values: all that are equal are one copy.
func clone[T ~string](s T) T { return unique.Make(s).Value() }

func cloneAll(all []string) []string {
	all = slices.Clone(all)
	for i := range all {
		all[i] = strings.Clone(all[i])
	}
	return all
}

func (r Reason) detached() Reason {
	r.Text, r.Code, r.Args = strings.Clone(r.Text), clone(r.Code), cloneAll(r.Args)
	if r.Cause != nil {
		cause := r.Cause.detached()
		r.Cause = &cause
	}
	return r
}

func (p Price) detached() Price {
	p.Currency = clone(p.Currency)
	return p
}

func (o Offer) detached() Offer {
	o.SaleMode, o.Price, o.Effective = clone(o.SaleMode), o.Price.detached(), o.Effective.detached()
	if o.Shipping != nil {
		p := o.Shipping.detached()
		o.Shipping = &p
	}
	for _, s := range []*string{&o.Seller, &o.Condition, &o.Title, &o.SKU, &o.Variant, &o.JAN, &o.URL, &o.Image} {
		*s = strings.Clone(*s)
	}
	return o
}

func (l Listing) detached() Listing {
	l.ID, l.Title, l.URL, l.Condition = strings.Clone(l.ID), strings.Clone(l.Title), strings.Clone(l.URL), strings.Clone(l.Condition)
	l.Price = l.Price.detached()
	return l
}

func (e Evidence) detached() Evidence {
	e.Method, e.Fact, e.Note, e.Args = clone(e.Method), clone(e.Fact), clone(e.Note), cloneAll(e.Args)
	for _, s := range []*string{&e.Value, &e.Text, &e.Where, &e.Said} {
		*s = strings.Clone(*s)
	}
	return e
}
