package notify

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// othersTimeout bounds the look at the other shops: the alert is worth more
// than its last line.
const othersTimeout = time.Second

// alert gathers the facts that are the same for every recipient.
func (r *routing) alert(ctx context.Context, a announcement) stock.Alert {
	c := r.entry.Change
	offer := c.Offer
	if c.Availability != stock.Unknown {
		offer.Availability = c.Availability
	}
	if offer.SaleMode == "" {
		offer.SaleMode = c.SaleMode
	}
	offer.Price = rules.Price(c)
	reckoning, _ := r.book.reckon(r.watch, c, rules.SeenAt(r.entry))
	offer.Effective = reckoning.Price
	offer.URL = alerttext.TapLink(r.watch.URL, offer.URL)
	offer.Image = alerttext.ImageLink(offer.Image)
	evidence := c.Evidence
	if a.kind == stock.MaybeRestocked {
		evidence = alerttext.BothSides(evidence)
	}
	return stock.Alert{
		Kind:       a.kind,
		Also:       a.also,
		Product:    stock.ProductRef{ID: r.product.ID, Name: alerttext.Bound(r.product.Name, alerttext.MaxTitle)},
		Watch:      stock.WatchRef{ID: r.watch.ID, URL: r.watch.URL, Source: c.Watch.Source},
		Offer:      alerttext.BoundOffer(offer),
		Reckoning:  alerttext.BoundSteps(reckoning.Steps),
		Previous:   c.Previous,
		Others:     r.others(ctx),
		Marks:      r.marks(ctx),
		Problem:    alerttext.BoundProblem(c.Problem),
		ObservedAt: rules.SeenAt(r.entry),
		Evidence:   alerttext.BoundEvidence(evidence),
	}
}

// others says what the product's other watches last saw, what can be bought
// first and the cheaper in the end before the dearer. A watch that cannot be read
// now says nothing.
func (r *routing) others(ctx context.Context) []stock.Other {
	var out []stock.Other
	newest := r.elsewhere(ctx)
	for _, w := range r.product.Watches {
		c, ok := newest[w.ID]
		if !ok || c.Problem != nil || c.Availability == stock.Unknown {
			continue
		}
		reckoning, _ := r.book.reckon(w, c, rules.SeenAt(r.entry))
		out = append(out, stock.Other{
			Source: c.Watch.Source, URL: w.URL,
			Availability: c.Availability, Price: rules.Price(c), Effective: reckoning.Price,
		})
	}
	slices.SortStableFunc(out, func(a, b stock.Other) int {
		return cmp.Or(
			cmp.Compare(a.Availability.Group(), b.Availability.Group()),
			cmp.Compare(costs(a), costs(b)),
		)
	})
	return out[:min(len(out), alerttext.MaxOthers)]
}

// costs orders shops by what they ask in the end, as far as that is known; one
// without a price comes last.
func costs(o stock.Other) int64 {
	switch {
	case o.Effective.Known():
		return o.Effective.Minor
	case o.Price.Known():
		return o.Price.Minor
	}
	return math.MaxInt64
}

// marks warns of what is suspicious about an offer, and says what is special about its
// change. The reason that no longer holds stands directly behind its mark.
func (r *routing) marks(ctx context.Context) []string {
	c := r.entry.Change
	by := rules.Circumstances{Others: r.market(ctx).Others(r.watch.ID), Before: r.before(r.entry)}
	marks := guard.Judge(r.product, by.Facts(c)).Marks
	if c.WasUnclear() {
		marks = append(marks, stock.MarkWasUnclear)
	}
	if why, ok := rules.NowWithin(r.product, c, by); ok {
		marks = append(marks, guard.MarkNowWithin, string(why))
	}
	return marks
}
