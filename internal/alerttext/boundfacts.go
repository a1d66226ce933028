package alerttext

import (
	"slices"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// BoundOffer makes the texts of an offer short and harmless.
func BoundOffer(o stock.Offer) stock.Offer {
	o.Title = Bound(o.Title, MaxTitle)
	for _, s := range []*string{&o.Seller, &o.Condition, &o.SKU, &o.Variant, &o.JAN} {
		*s = Bound(*s, MaxFact)
	}
	return o
}

// BoundEvidence is the evidence that an alert has room for.
func BoundEvidence(all []stock.Evidence) []stock.Evidence {
	var out []stock.Evidence
	for _, e := range all[:min(len(all), MaxEvidence)] {
		out = append(out, e.Clip(func(s string) string { return Bound(s, MaxFact) }))
	}
	return out
}

// BoundProblem makes the reason of a problem short and harmless.
func BoundProblem(p *stock.Problem) *stock.Problem {
	if p == nil {
		return nil
	}
	return &stock.Problem{Outcome: p.Outcome, Reason: p.Reason.Clip(func(s string) string { return Bound(s, MaxTitle) }), Since: p.Since}
}

// BoundSteps makes the names in a reckoning harmless, and joins the points of
// the last lines when there are too many, so that it still adds up.
func BoundSteps(all []stock.Step) []stock.Step {
	var out []stock.Step
	for i, s := range all {
		s.Name = Bound(s.Name, MaxFact)
		if i < MaxSteps {
			out = append(out, s)
			continue
		}
		last := &out[MaxSteps-1]
		last.Name = ""
		last.Points += s.Points
		last.Amount.Minor += s.Amount.Minor
	}
	return out
}

// BothSides puts what the page shows a buyer and what its data says in front of all
// other evidence of a maybe.
func BothSides(all []stock.Evidence) []stock.Evidence {
	box := slices.IndexFunc(all, func(e stock.Evidence) bool {
		return e.Method == stock.MethodBuyBox && e.About(stock.FactAvailability, stock.FactButton)
	})
	data := slices.IndexFunc(all, func(e stock.Evidence) bool {
		return e.Method != stock.MethodBuyBox && e.About(stock.FactAvailability)
	})
	var out []stock.Evidence
	for _, i := range []int{box, data} {
		if i >= 0 {
			out = append(out, all[i])
		}
	}
	for i, e := range all {
		if i != box && i != data {
			out = append(out, e)
		}
	}
	return out
}
