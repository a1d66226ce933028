package watch

import (
	"cmp"
	"slices"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/diff"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// maxShown bounds how many listings of a search are kept, maxShownOfHost those of
	// all searches of a host: see maxRemembered.
	maxShown       = 20
	maxShownOfHost = 400
	// maxListed bounds the texts of a listing in bytes, and the addresses of those kept.
	maxListed = 200
	maxLink   = 500
)

// shownListings is what a search showed that can be bought, for who judges it by other limits:
// first what is above the product's limit, the cheaper before the dearer.
type shownListings struct {
	Listings []stock.Listing `json:"listings,omitempty"`
}

// shownOf returns what is kept of a look at a search.
func shownOf(p stock.Product, w stock.Watch, o stock.Observation) *shownListings {
	var kept []stock.Listing
	for _, l := range o.Listings {
		if l.ID == "" || len(l.ID) > maxListed || len(l.URL) > maxLink || !diff.Offered(w, l) {
			continue
		}
		l.Title = stock.Clip(l.Title, maxListed)
		kept = append(kept, l)
	}
	within := func(l stock.Listing) int {
		if p.MaxPrice.Known() && l.Price.Comparable(p.MaxPrice) && l.Price.Minor <= p.MaxPrice.Minor {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(kept, func(a, b stock.Listing) int {
		return cmp.Or(cmp.Compare(within(a), within(b)), cmp.Compare(a.Price.Minor, b.Price.Minor))
	})
	return &shownListings{kept[:min(len(kept), maxShown)]}
}

// keepShown notes what a look at a search showed. What comes after the first look is
// saved with the rest, now and then: busy searches change all the time.
func (h *host) keepShown(f *follow, o stock.Observation) {
	if !o.Outcome.Good() || !o.IsSearch {
		return
	}
	if f.shown == nil {
		h.saveWithin(troubleSave)
	}
	f.shown = shownOf(*f.product, *f.watch, o)
}

// ShownListings returns what the last look at a search of a host found that can be
// bought, by what the host's owner left in the Memory.
func ShownListings(raw []byte, host, tid string) ([]stock.Listing, error) {
	m, err := recallMemory(raw, host, clock.Wall())
	if err != nil || m.Watches[tid].Shown == nil {
		return nil, err
	}
	return m.Watches[tid].Shown.Listings, nil
}
