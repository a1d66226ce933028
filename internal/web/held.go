package web

import (
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// held says why the offer of a record does not ring, by the rules that alerts go
// by; "" when it may. others is what the product's other watches ask.
func (s *Server) held(p stock.Product, c stock.Change, cost pricing.Reckoning, others []stock.Price) string {
	f := guard.FactsOf(c)
	f.Offer.Effective, f.Others = cost.Price, others
	if reason := guard.Judge(p, f).Held; reason != "" {
		return s.words.name("held", string(reason))
	}
	return ""
}

// asked returns what the other watches of a product ask, where it can be bought
// and is not used.
func (s *Server) asked(p stock.Product, tid string) []stock.Price {
	var prices []stock.Price
	for _, w := range p.Watches {
		r := s.live.get(w.ID).record
		if w.ID == tid || r == nil || r.Change.Problem != nil || !r.Change.Availability.Purchasable() {
			continue
		}
		f := guard.FactsOf(r.Change)
		if c := f.Offer.Condition; c != stock.ConditionUsed && c != stock.ConditionRefurbished {
			prices = append(prices, f.Offer.Price)
		}
	}
	return prices
}
