package web

import (
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// held says why the offer of a record does not ring, by the rules that alerts go
// by; "" when it may. What others asked at the time is not known.
func (s *Server) held(p stock.Product, c stock.Change, cost pricing.Reckoning) string {
	f := guard.FactsOf(c)
	f.Offer.Effective = cost.Price
	if reason := guard.Judge(p, f).Held; reason != "" {
		return s.words.name("held", string(reason))
	}
	return ""
}
