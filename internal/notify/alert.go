package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// The bounds of an alert's facts. A letter has to fit in maxLetter; the others
// keep one fact from crowding out the rest.
const (
	maxLetter   = 8<<10 - 256
	maxOthers   = 10
	maxEvidence = 6
	maxTitle    = 200 // grapheme clusters
	maxFact     = 100
)

// othersTimeout bounds the look at the other shops: the alert is worth more
// than its last line.
const othersTimeout = time.Second

// The marks of an alert.
const (
	markLate      = "late"
	markAboveList = "above_list_price"
	markFarBelow  = "far_below_list_price"
	markTest      = "test"
)

// alert gathers the facts that are the same for every recipient.
func (r *routing) alert(ctx context.Context, a announcement, history []Entry) stock.Alert {
	c := r.entry.Change
	offer := c.Offer
	if c.Availability != stock.Unknown {
		offer.Availability = c.Availability
	}
	if offer.SaleMode == "" {
		offer.SaleMode = c.SaleMode
	}
	offer.Price = price(c)
	offer.URL = tapLink(r.watch.URL, offer.URL)
	offer.Image = imageLink(offer.Image)
	return stock.Alert{
		Kind:       a.kind,
		Also:       a.also,
		Product:    stock.ProductRef{ID: r.product.ID, Name: clean(r.product.Name, maxTitle)},
		Watch:      stock.WatchRef{ID: r.watch.ID, URL: CutBytes(r.watch.URL, maxURL), Source: c.Watch.Source},
		Offer:      bounded(offer),
		Previous:   previous(c, history),
		Others:     r.others(ctx),
		Marks:      marks(r.product, offer),
		Problem:    c.Problem,
		ObservedAt: r.entry.seen(),
		Evidence:   boundedEvidence(c.Evidence),
	}
}

// previous returns what the watch said before, and since when, which stands in
// the record before this one.
func previous(c stock.Change, history []Entry) *stock.Previous {
	if c.Previous == nil {
		return nil
	}
	p := *c.Previous
	for _, e := range slices.Backward(history[:max(0, len(history)-1)]) {
		if e.Change.Watch.ID != c.Watch.ID {
			continue
		}
		if p.Since.IsZero() && e.Change.Availability.Group() == p.Availability.Group() {
			p.Since = e.Change.Since
		}
		break
	}
	return &p
}

// others says what the product's other watches last saw, what can be bought
// first and the cheaper before the dearer. A watch that cannot be read or read
// now says nothing.
func (r *routing) others(ctx context.Context) []stock.Other {
	ctx, cancel := context.WithTimeout(ctx, othersTimeout)
	defer cancel()
	var out []stock.Other
	for _, w := range r.product.Watches {
		if w.ID == r.watch.ID {
			continue
		}
		c, seq, err := r.n.store.Last(ctx, w.ID)
		if err != nil {
			r.log.Warn("other shops are left out of an alert", "err", err)
			break
		}
		if seq == 0 || c.Problem != nil || c.Availability == stock.Unknown {
			continue
		}
		out = append(out, stock.Other{
			Source: c.Watch.Source, URL: w.URL,
			Availability: c.Availability, Price: price(c), Effective: c.Offer.Effective,
		})
	}
	slices.SortStableFunc(out, func(a, b stock.Other) int {
		return cmp.Or(
			cmp.Compare(a.Availability.Group(), b.Availability.Group()),
			cmp.Compare(a.Price.Minor, b.Price.Minor),
		)
	})
	return out[:min(len(out), maxOthers)]
}

// marks warns of prices that the product's list price makes suspicious.
func marks(p stock.Product, o stock.Offer) []string {
	if !o.Price.Comparable(p.ListPrice) {
		return nil
	}
	switch {
	case o.Price.Minor > p.ListPrice.Minor:
		return []string{markAboveList}
	case o.Price.Minor < p.ListPrice.Minor/2 && o.Condition != stock.ConditionUsed && o.Condition != stock.ConditionRefurbished:
		return []string{markFarBelow}
	}
	return nil
}

// bounded makes the texts of an offer short and harmless.
func bounded(o stock.Offer) stock.Offer {
	o.Title = clean(o.Title, maxTitle)
	for _, s := range []*string{&o.Seller, &o.Condition, &o.SKU, &o.Variant, &o.JAN} {
		*s = clean(*s, maxFact)
	}
	return o
}

func boundedEvidence(all []stock.Evidence) []stock.Evidence {
	var out []stock.Evidence
	for _, e := range all[:min(len(all), maxEvidence)] {
		out = append(out, stock.Evidence{Method: e.Method, Says: clean(e.Says, maxFact), Where: clean(e.Where, maxFact)})
	}
	return out
}

// fit cuts a letter's facts until it fits in the outbox: first what explains,
// then the other shops, then what describes. What must be left fits always.
func fit(l stock.Letter) stock.Letter {
	cuts := []func(a *stock.Alert) bool{
		func(a *stock.Alert) bool { return dropLast(&a.Evidence) },
		func(a *stock.Alert) bool { return dropLast(&a.Others) },
		func(a *stock.Alert) bool { return halve(&a.Offer.Title) },
		func(a *stock.Alert) bool {
			return replace(&a.Offer.Image, "") || replace(&a.Offer.Variant, "") || replace(&a.Offer.SKU, "")
		},
		func(a *stock.Alert) bool { return halve(&a.Offer.Seller) || halve(&a.Product.Name) },
		func(a *stock.Alert) bool { return replace(&a.Offer.URL, tapLink(a.Watch.URL, "")) },
	}
	if l.Alert.Problem != nil {
		p := *l.Alert.Problem
		p.Reason = clean(p.Reason, maxTitle)
		l.Alert.Problem = &p
	}
	for len(cuts) > 0 && size(l) > maxLetter {
		if !cuts[0](&l.Alert) {
			cuts = cuts[1:]
		}
	}
	return l
}

func size(l stock.Letter) int {
	b, err := json.Marshal(l)
	if err != nil {
		return 0 // cannot happen: every field marshals
	}
	return len(b)
}

func dropLast[T any](s *[]T) bool {
	if len(*s) == 0 {
		return false
	}
	*s = (*s)[:len(*s)-1]
	return true
}

func halve(s *string) bool {
	if len(*s) < 16 {
		return false
	}
	*s = CutBytes(*s, len(*s)/2)
	return true
}

func replace(s *string, by string) bool {
	changed := *s != by
	*s = by
	return changed
}
