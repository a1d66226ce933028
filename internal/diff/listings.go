package diff

import (
	"fmt"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	keptListings = 500 // ids that a state remembers, as the contract says
	toldListings = 5   // new listings that a record names beside the one it offers
)

// searching reports whether the state is that of a search page.
func (t *Track) searching() bool { return !known(t.State.Availability) && !t.State.Since.IsZero() }

// browse compares the listings of a search page with those seen before. An id is
// new once, however often its seller puts it back to the top. A listing above the
// limit is not remembered, so that it is new when it becomes cheap enough; one
// that is sold already is of no use to anybody.
func (t *Track) browse(p stock.Product, r *reading, at time.Time) []stock.Kind {
	first := !t.searching() || t.stale(at)
	fresh := t.remember(p, r.listings)
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
func (t *Track) remember(p stock.Product, page []stock.Listing) (fresh []stock.Listing) {
	var shown []string
	for _, l := range page {
		hash := stock.ShortHash(l.ID)
		if l.ID == "" || slices.Contains(shown, hash) {
			continue
		}
		if !slices.Contains(t.State.Seen, hash) {
			if !wanted(p, l) {
				continue
			}
			fresh = append(fresh, l)
		}
		shown = append(shown, hash)
	}
	seen := slices.DeleteFunc(slices.Clone(t.State.Seen), func(hash string) bool { return slices.Contains(shown, hash) })
	seen = append(seen, shown...)
	t.State.Seen = slices.Clip(seen[max(0, len(seen)-keptListings):])
	return fresh
}

// wanted reports whether a listing can be bought within the product's limit. One
// without a price, or in another currency, is not known to be.
func wanted(p stock.Product, l stock.Listing) bool {
	if l.Availability.Group() == stock.No {
		return false
	}
	return !p.MaxPrice.Known() || l.Price.Comparable(p.MaxPrice) && l.Price.Minor <= p.MaxPrice.Minor
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
		all = append(all, stock.Evidence{Method: method, Says: fmt.Sprintf("new listing %s: %q, %s", l.ID, l.Title, l.Price), Where: l.URL})
	}
	return append(all, page...)
}
