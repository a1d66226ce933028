package diff

import (
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	keptListings = 500 // ids that a state remembers, as the contract says
	toldListings = 5   // new listings that a record names beside the one it offers

	overLimit = " above the limit" // after the id of a listing that was not wanted, in what is seen
)

// searching reports whether the state is that of a search page. Where nothing but a
// doubt is known, it is not.
func (t *Track) searching() bool {
	return !known(t.State.Availability) && !t.State.Since.IsZero() && t.State.Clarity == nil
}

// neverThere reports whether the page answered from its first look on that it is not
// there. Some shops say so of a search that finds nothing: its first hit is news.
func (t *Track) neverThere() bool {
	s := t.State
	return s.Availability == stock.Discontinued && s.Offer.Title == "" && s.Offer.SKU == "" && s.LastIn.IsZero() && !s.LastPriceNow.Known()
}

// browse compares the listings of a search page with those seen before. An id is
// new once, however often its seller puts it back to the top. A listing above the
// limit is not remembered, so that it is new when it becomes cheap enough; one
// that is sold already is of no use to anybody. Where a search shows the newest
// first, one below all that are known is no news either: it slid up from the next
// page when something above it was sold.
func (t *Track) browse(p stock.Product, w stock.Watch, r *reading, at time.Time) []stock.Kind {
	if t.neverThere() {
		t.State.Availability, t.State.Offer = stock.Unknown, stock.Offer{} // it was a search that had found nothing
	}
	first := !t.searching() || t.stale(at)
	fresh := t.remember(p, w, r)
	t.row, t.State.Clarity = nil, nil
	if first {
		t.State.Since, t.State.Evidence = at, r.evidence
		return []stock.Kind{stock.Baseline}
	}
	if len(fresh) == 0 {
		return nil
	}
	best := slices.MinFunc(fresh, cheaper)
	t.State.Offer = stock.Offer{
		Availability: best.Availability, Price: best.Price, Condition: best.Condition,
		Title: best.Title, SKU: best.ID, URL: best.URL,
	}
	t.State.Price = best.Price
	t.State.Evidence = testify(fresh, r.evidence)
	return []stock.Kind{stock.NewListing}
}

// remember moves the listings of a page to the end of those seen, where they are
// forgotten last, and returns the new ones.
func (t *Track) remember(p stock.Product, w stock.Watch, r *reading) (fresh []stock.Listing) {
	var shown []string
	known, tail := false, 0 // tail: of fresh, those below all that are known
	for _, l := range r.listings {
		met, dear := stock.ShortHash(l.ID), stock.ShortHash(l.ID+overLimit)
		if l.ID == "" || slices.Contains(shown, met) || slices.Contains(shown, dear) {
			continue
		}
		wasMet, wasDear := slices.Contains(t.State.Seen, met), slices.Contains(t.State.Seen, dear)
		switch {
		case wasMet:
			shown = append(shown, met)
		case wanted(p, w, l):
			shown = append(shown, met)
			fresh, tail = append(fresh, l), tail+1
		case r.newest && l.Availability.Group() != stock.No:
			shown = append(shown, dear) // to be told from one that slid up, should it become cheap
		}
		if wasMet || wasDear {
			known, tail = true, 0
		}
	}
	if r.newest && known {
		fresh = fresh[:len(fresh)-tail]
	}
	seen := slices.DeleteFunc(slices.Clone(t.State.Seen), func(hash string) bool { return slices.Contains(shown, hash) })
	seen = append(seen, shown...)
	t.State.Seen = slices.Clip(seen[max(0, len(seen)-keptListings):])
	return fresh
}

// wanted reports whether a listing can be bought within the limits. One without a
// price, or in another currency, is not known to be.
func wanted(p stock.Product, w stock.Watch, l stock.Listing) bool {
	return Offered(w, l) && (!p.MaxPrice.Known() || l.Price.Comparable(p.MaxPrice) && l.Price.Minor <= p.MaxPrice.Minor)
}

// Offered reports whether a listing can be bought and is what the watch looks for,
// whatever limit the product has.
func Offered(w stock.Watch, l stock.Listing) bool {
	switch {
	case l.Availability.Group() == stock.No:
		return false
	case w.Condition != "" && l.Condition != "" && (l.Condition == stock.ConditionNew) != (w.Condition == stock.ConditionNew):
		return false
	case w.MinPrice.Known() && (!l.Price.Comparable(w.MinPrice) || l.Price.Minor < w.MinPrice.Minor):
		return false
	}
	return true
}

// cheaper orders listings by price; those without one that can be compared come
// last.
func cheaper(a, b stock.Listing) int {
	switch {
	case a.Price.Comparable(b.Price) && a.Price.Minor != b.Price.Minor:
		if a.Price.Minor < b.Price.Minor {
			return -1
		}
		return 1
	case a.Price.Known() && !b.Price.Known():
		return -1
	case b.Price.Known() && !a.Price.Known():
		return 1
	}
	return 0
}

// testify names the new listings, before what the page said of itself.
func testify(fresh []stock.Listing, page []stock.Evidence) []stock.Evidence {
	method := stock.MethodBuyBox
	if len(page) > 0 {
		method = page[0].Method
	}
	var all []stock.Evidence
	for _, l := range fresh[:min(len(fresh), toldListings)] {
		all = append(all, stock.Evidence{
			Method: method, Fact: stock.FactListing, Value: l.ID, Text: l.Title, Where: l.URL, Note: stock.NotePriced, Args: []string{l.Price.String()},
		})
	}
	return append(all, page...)
}
