package homeassistant

import (
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/shop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// The values of the sensor "availability". Unknown is a value of its own: what
// nobody could read is not out of stock.
const (
	InStock    = "in_stock"     // within the limits
	Held       = "held"         // in stock, outside of the limits
	Orderable  = "orderable"    // a pre-order or the like, within the limits
	OutOfStock = "out_of_stock" // at least one page says so, and none has it
	Unknown    = "unknown"      // no page could be read, or none said
)

// values are all of them, the best first.
var values = []string{InStock, Orderable, Held, OutOfStock, Unknown}

// State is what is published of a product. Numbers are absent where nothing can
// be ordered.
type State struct {
	Availability   string     `json:"availability"`
	SaleMode       string     `json:"sale_mode,omitempty"`
	Price          *string    `json:"price"` // decimal
	EffectivePrice *string    `json:"effective_price"`
	Currency       string     `json:"currency,omitempty"`
	Link           string     `json:"link"` // at most 255 characters, as long as a state may be
	URL            string     `json:"url,omitempty"`
	Shop           string     `json:"shop,omitempty"`
	Since          *time.Time `json:"since,omitempty"`
	Unread         int        `json:"unread"` // pages that say nothing now
	Muted          bool       `json:"muted"`
}

// maxState is the most characters that Home Assistant takes as a state.
const maxState = 255

// offer is what one watch of a product has.
type offer struct {
	value   string
	cost    stock.Price // in the end
	ordered pricing.Reckoning
	watch   stock.Watch
	change  stock.Change
}

// stateOf judges the records of a product's watches by its limits: the best offer,
// the cheapest in the end of those that are equally good.
func stateOf(p stock.Product, records map[string]stock.Change, rates pricing.Rates, language string, at time.Time) State {
	s := State{Availability: Unknown}
	var best *offer
	for _, w := range p.Watches {
		c, ok := records[w.ID]
		if !ok || c.Problem != nil || c.Clarity != nil || c.Availability.Group() == stock.GroupUnknown {
			s.Unread++
			continue
		}
		o := judge(p, w, c, records, rates, at)
		if best == nil || better(o, *best) {
			best = &o
		}
	}
	if best == nil {
		return s
	}
	s.Availability = best.value
	if best.value == OutOfStock {
		return s
	}
	c := best.change
	s.SaleMode, s.Since = string(c.SaleMode), &c.Since
	if price := guard.FactsOf(c).Offer.Price; price.Known() {
		amount := price.Amount()
		s.Price, s.Currency = &amount, price.Currency
	}
	if best.ordered.Price.Known() {
		amount := best.ordered.Price.Amount()
		s.EffectivePrice = &amount
	}
	s.URL = alerttext.TapLink(best.watch.URL, c.Offer.URL)
	if len(s.URL) <= maxState {
		s.Link = s.URL
	}
	host := stock.HostOf(s.URL)
	if s.Shop = shop.NameAt(c.Watch.Source, host, language); s.Shop == "" {
		s.Shop = stock.ShopHost(s.URL)
	}
	return s
}

// judge returns what a watch has, by the limits that alerts go by.
func judge(p stock.Product, w stock.Watch, c stock.Change, records map[string]stock.Change, rates pricing.Rates, at time.Time) offer {
	o := offer{watch: w, change: c, value: OutOfStock}
	if !c.Availability.Purchasable() {
		return o
	}
	f := guard.FactsOf(c)
	host := stock.HostOf(alerttext.TapLink(w.URL, c.Offer.URL))
	if r, ok := rates.Reckon(c.Watch.Source, host, f.Offer, at); ok {
		o.ordered, f.Offer.Effective = r, r.Price
	}
	for _, other := range p.Watches {
		if r, ok := records[other.ID]; ok && other.ID != w.ID && r.Problem == nil && r.Availability.Purchasable() {
			f.Others = append(f.Others, guard.FactsOf(r).Offer.Price)
		}
	}
	o.cost = guard.InTheEnd(f.Offer)
	switch {
	case guard.Judge(p, f).Held != "":
		o.value = Held
	case c.Availability.Group() == stock.Later:
		o.value = Orderable
	default:
		o.value = InStock
	}
	return o
}

func better(a, b offer) bool {
	ra, rb := rank(a.value), rank(b.value)
	if ra != rb {
		return ra < rb
	}
	if a.cost.Comparable(b.cost) {
		return a.cost.Minor < b.cost.Minor
	}
	return a.cost.Known() && !b.cost.Known()
}

func rank(value string) int {
	for i, v := range values {
		if v == value {
			return i
		}
	}
	return len(values)
}
