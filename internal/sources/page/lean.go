package page

import "github.com/sainyuka/sainyuka/internal/stock"

// doubt says why the methods together give no availability.
func (s settlement) doubt() stock.Doubt {
	if s.silent {
		return stock.Silent
	}
	return stock.Contradiction
}

// lean says which way an unclear page leans, by what a buyer sees of it: no where
// the box denies it, even beside an offer, or offers only what cannot be pressed or
// notifies; yes where the box offers it while only the data denies it.
func lean(findings []Finding) stock.Lean {
	offered := false
	for _, f := range findings {
		if f.Method != stock.MethodBuyBox {
			continue
		}
		switch a := f.Offer().Availability; {
		case a.Group() == stock.No, f.Conflict != stock.Unknown, !f.Idle.None() && a == stock.Unknown:
			return stock.LeansNo
		case a.Purchasable():
			offered = true
		}
	}
	if offered {
		return stock.LeansYes
	}
	return ""
}
