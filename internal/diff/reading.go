package diff

import "github.com/sainyuka/sainyuka/internal/stock"

// reading is what one page said, as far as a change or a 304 needs it. It is
// never written after it was made, so Tracks share it.
type reading struct {
	offer    stock.Offer
	evidence []stock.Evidence
	source   string
	strong   bool
	search   bool
	gone     bool // the page was not found
}

// read returns what the look told, or nil when it told nothing at all, and
// remembers a page that was really read, since a 304 refers to that page even
// when it said Unknown.
func (t *Track) read(o stock.Observation) *reading {
	switch o.Outcome {
	case stock.OK:
		t.last = &reading{offer: o.Offer, evidence: o.Evidence, source: o.Source, strong: o.Strong, search: o.IsSearch}
		return t.last
	case stock.NotModified:
		return t.last
	case stock.NotFound:
		if t.last != nil && t.last.search && !t.last.known() {
			return nil // such a search has no availability that could end
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
		r.evidence = []stock.Evidence{{Method: stock.MethodStatus, Says: "availability Discontinued: " + trouble(o)}}
	}
	return r
}

func (r *reading) known() bool { return known(r.offer.Availability) }

// looks returns how many looks must agree on r before it is believed.
func (r *reading) looks(w stock.Watch) int {
	switch {
	case r.gone:
		return 2
	case w.Confirm > 0:
		return w.Confirm
	case r.strong:
		return 1
	default:
		return 2
	}
}
