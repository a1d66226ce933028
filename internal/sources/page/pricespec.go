package page

import (
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// statedPrice is the price that an offer states, with the item it was read from.
type statedPrice struct {
	price stock.Price
	// grouped is the other reading of an amount whose point may be one of thousands,
	// as in "12.995": it counts where the page shows just that.
	grouped stock.Price
	item    *item
	asked   bool // an amount is named at all, so that a price of 0 can be told from none
}

// price reads the price of the offer o of the product p.
func (r *offerReader) price(o, p *item) statedPrice {
	currency := currencyOf(o, p)
	if s, _ := o.text("price"); s != "" {
		return stated(s, currency, o)
	}
	spec := payable(o.children("pricespecification"), r.doc.ownCurrency())
	if spec == nil {
		return statedPrice{item: o}
	}
	s, _ := spec.text("price")
	if c := currencyOf(spec); c != "" {
		currency = c
	}
	return stated(s, currency, spec)
}

func stated(text, currency string, it *item) statedPrice {
	s := statedPrice{price: known(PlainPrice(text, currency)), item: it, asked: true}
	if ambiguous(text) {
		if other, ok := ParsePrice(text, currency); ok && other != s.price {
			s.grouped = other
		}
	}
	return s
}

// payable returns the price specification that a buyer pays: of the price alone, not
// of reference, not for members, not per unit, not in instalments.
func payable(specs []*item, home string) *item {
	var best *item
	for _, s := range specs {
		if text, _ := s.text("price"); text == "" || specRank(s, home) == 0 {
			continue
		}
		if best == nil || specRank(s, home) > specRank(best, home) {
			best = s
		}
	}
	return best
}

// referencePrices are parts of the names of price types that nobody is asked.
var referencePrices = []string{"list", "strike", "srp", "regular", "retail", "invoice", "minimumadvertised", "map"}

// specRank ranks a price specification; 0 is none that a buyer pays.
func specRank(s *item, home string) int {
	kind, _ := s.text("pricetype")
	kind = strings.ToLower(kind)
	switch {
	case s.is("deliverychargespecification", "paymentchargespecification"),
		containsAny(kind, referencePrices),
		len(s.props["validformembertier"]) > 0, len(s.props["billingduration"]) > 0, len(s.props["billingincrement"]) > 0, len(s.props["membershippointsearned"]) > 0,
		perUnit(s), leastOf(s) > 1:
		return 0
	}
	rank := 10
	if strings.Contains(kind, "sale") {
		rank += 4
	}
	if currencyOf(s) == home && home != "" {
		rank += 2
	}
	if tax, _ := s.text("valueaddedtaxincluded"); tax == "false" {
		rank--
	}
	return rank
}

// perUnit reports whether a specification prices an amount of the thing, as 100 ml, and
// not the thing.
func perUnit(s *item) bool {
	return slices.ContainsFunc(s.children("referencequantity"), func(q *item) bool {
		n, _ := q.text("value")
		unit, _ := q.text("unitcode")
		return n != "1" || unit != "" && unit != "C62" && unit != "EA" && unit != "NMB"
	})
}

// leastOf returns the number of pieces from which a specification holds; 0 when it
// names none.
func leastOf(s *item) int64 {
	for _, q := range s.children("eligiblequantity") {
		if text, _ := q.text("minvalue"); text != "" {
			if n := wholeNumber(text); n != nil {
				return *n
			}
		}
	}
	return 0
}

// ownCurrency returns the currency in which the page sells, where its offers are in
// several: the one that it names in its head, that of the watched product, or its
// country's.
func (d *Document) ownCurrency() string {
	if c := d.currencyOfMeta(); c != "" {
		return c
	}
	if d.assumed != "" {
		return d.assumed
	}
	return d.homeCurrency()
}

// ownFirst puts the offers in the page's own currency before those in others, each in
// their order.
func (r *offerReader) ownFirst() {
	several := slices.ContainsFunc(r.offers, func(o readOffer) bool {
		return o.Price.Known() && r.offers[0].Price.Known() && o.Price.Currency != r.offers[0].Price.Currency
	})
	if own := r.doc.ownCurrency(); several && own != "" {
		slices.SortStableFunc(r.offers, func(a, b readOffer) int {
			return foreign(a, own) - foreign(b, own)
		})
	}
}

func foreign(o readOffer, own string) int {
	if o.Price.Currency == own {
		return 0
	}
	return 1
}
