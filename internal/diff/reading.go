package diff

import (
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// reading is what one page said, as far as a change needs it.
type reading struct {
	offer    stock.Offer
	listings []stock.Listing
	evidence []stock.Evidence
	source   string
	strong   bool
	search   bool
	newest   bool // the listings are in order, the newest first
	gone     bool // the page was not found
}

// read returns what the look told, or nil when it told nothing at all. A 304
// comes with the reading that it repeats. A watch stays what its baseline was, a
// page or a search: an item's address that shows a list of others tells nothing
// of the item, nor does a misread list tell anything of its listings.
func (t *Track) read(o stock.Observation, at time.Time) *reading {
	switch o.Outcome {
	case stock.OK, stock.NotModified:
		r := &reading{
			offer: o.Offer, listings: o.Listings, evidence: o.Evidence, source: o.Source, strong: o.Strong,
			search: o.IsSearch && !known(o.Offer.Availability), newest: o.NewestFirst,
		}
		if (r.search && known(t.State.Availability) && !t.neverThere() || !r.search && t.searching()) && !t.stale(at) {
			return nil
		}
		return r
	case stock.NotFound:
		if t.searching() || o.IsSearch {
			return nil // a search has no availability that could end
		}
		return removed(t.State.Offer, o)
	default:
		return nil
	}
}

// removed is the reading of a page that is not there: the item as it was known,
// without what one could buy it for.
func removed(item stock.Offer, o stock.Observation) *reading {
	r := &reading{
		offer: stock.Offer{
			Availability: stock.Discontinued,
			Seller:       item.Seller,
			Condition:    item.Condition,
			Title:        item.Title,
			SKU:          item.SKU,
			Variant:      item.Variant,
			JAN:          item.JAN,
			URL:          item.URL,
			Image:        item.Image,
		},
		evidence: o.Evidence,
		source:   o.Source,
		gone:     true,
	}
	if len(r.evidence) == 0 {
		r.evidence = []stock.Evidence{{Method: stock.MethodStatus, Fact: stock.FactAvailability, Value: stock.Discontinued.String(), Text: trouble(o).Text}}
	}
	return r
}

func (r *reading) known() bool { return known(r.offer.Availability) }

// looks returns how many looks must agree on r before it is believed.
func (r *reading) looks(w stock.Watch) int {
	switch {
	case w.Confirm > 0:
		return w.Confirm
	case r.strong:
		return 1
	default:
		return 2
	}
}
