package diff

import (
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// doubtLooks is how many unclear looks in a row make a remembered doubt, unless
	// the watch wants more.
	doubtLooks = 3
	// maybeLooks is how many looks must lean yes, unless the watch wants more.
	maybeLooks = 2
	// longDoubt is how long a doubt lasts before what was known in front of it is
	// too old to be the same time in stock.
	longDoubt = time.Hour
)

// row is a row of unclear looks. It is never changed once it stands in a Track.
type row struct {
	looks       int
	since, last time.Time
	lean        tally[stock.Lean] // the looks at its end that lean the same way
}

// unclear reports whether a look says of the watch's product, unclearly, whether it
// can be bought.
func (t *Track) unclear(o stock.Observation) bool {
	return o.Outcome.Good() && o.Doubt != "" && !o.IsSearch && !known(o.Offer.Availability) && !t.searching()
}

// wonder counts an unclear look and remembers the doubt once it lasts.
func (t *Track) wonder(w stock.Watch, o stock.Observation, at time.Time) []stock.Kind {
	r := row{since: at}
	if t.row != nil {
		r = *t.row
	}
	r.looks, r.last = r.looks+1, at
	agree := r.lean.see(o.Leans, at)
	t.row = &r

	was := t.State.Clarity
	next := stock.Clarity{Since: r.since}
	if was != nil {
		next = *was
	}
	next.Unclear, next.Reason = r.looks, o.Doubt
	maybe := t.maybe(w, o.Leans, agree)
	switch enough := max(w.Confirm, doubtLooks); {
	case maybe:
		next.Leans, next.Maybe = stock.LeansYes, true
	case agree >= enough:
		next.Leans = o.Leans
		next.Maybe = next.Maybe && o.Leans != stock.LeansNo
	case was == nil && r.looks < enough:
		return nil // not yet remembered
	}
	if was == nil {
		t.verdict, t.missing = tally[verdict]{}, time.Time{} // the return from doubt is confirmed by looks of its own
	}
	t.State.Clarity, t.State.Evidence = &next, o.Evidence
	t.keepFacts(o.Offer, maybe)
	if maybe && t.upgraded {
		t.upgraded = false
		return nil
	}
	return kindOfDoubt(t.State.Availability.Group(), was, next, maybe)
}

// maybe reports whether a look, the latest of agree ones, leans yes often enough to
// tell it, after a no or a doubt that leant no.
func (t *Track) maybe(w stock.Watch, lean stock.Lean, agree int) bool {
	c := t.State.Clarity
	if lean != stock.LeansYes || agree < max(w.Confirm, maybeLooks) || c != nil && c.Maybe {
		return false
	}
	return t.State.Availability.Group() == stock.No || c != nil && c.Leans == stock.LeansNo
}

// kindOfDoubt is the record that a doubt makes: none of what was not available
// anyway, nor while what was in stock goes on looking so.
func kindOfDoubt(known stock.Group, was *stock.Clarity, is stock.Clarity, maybe bool) []stock.Kind {
	begins := was == nil
	if known == stock.Now {
		begins = is.Leans != stock.LeansYes && (was == nil || was.Leans == stock.LeansYes)
	}
	switch {
	case maybe:
		return []stock.Kind{stock.MaybeRestocked}
	case begins && known != stock.No:
		return []stock.Kind{stock.UnclearKind}
	}
	return nil
}

// keepFacts keeps what an unclear look shows beside the availability: its price,
// and all that may decide about an alert when there is one.
func (t *Track) keepFacts(seen stock.Offer, all bool) {
	s := &t.State
	if seen.Price.Known() {
		s.Offer.Price = seen.Price
	}
	if all {
		kept := s.Offer
		s.Offer = seen
		s.Offer.Availability = kept.Availability
		if !seen.Price.Known() {
			s.Offer.Price = kept.Price
		}
		for _, f := range []struct{ is, was *string }{
			{&s.Offer.Title, &kept.Title},
			{&s.Offer.SKU, &kept.SKU},
			{&s.Offer.JAN, &kept.JAN},
			{&s.Offer.URL, &kept.URL},
			{&s.Offer.Image, &kept.Image},
		} {
			if *f.is == "" {
				*f.is = *f.was
			}
		}
	}
	s.Price, s.SaleMode = s.Offer.Price, s.Offer.SaleMode
}

// afterDoubt returns the kinds that a clear reading makes after a remembered doubt.
// kind is that of the change from what was known in front of it, "" for none; since
// is when the reading was first seen.
func afterDoubt(from stock.State, r *reading, kind stock.Kind, since time.Time) []stock.Kind {
	c, was, is := from.Clarity, from.Availability.Group(), r.offer.Availability.Group()
	switch {
	case is == stock.No && was == stock.No:
		return []stock.Kind{stock.Cleared}
	case is == stock.No:
		kinds := []stock.Kind{stock.SoldOutKind}
		if was == stock.GroupUnknown {
			kinds[0] = stock.Baseline
		}
		if c.Maybe {
			kinds = append(kinds, stock.Cleared)
		}
		return kinds
	case was == stock.GroupUnknown, c.Maybe, is == stock.Now && kind == "" && (c.Leans == stock.LeansNo || since.Sub(c.Since) >= longDoubt):
		return []stock.Kind{r.offer.OpeningKind()}
	case kind != "":
		return []stock.Kind{kind}
	}
	return []stock.Kind{stock.Cleared}
}
