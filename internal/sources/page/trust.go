package page

import (
	"slices"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// verdicts returns what each method alone says of the availability.
func verdicts(findings []Finding) []stock.MethodVerdict {
	var all []stock.MethodVerdict
	for _, f := range findings {
		if a := f.Offer().Availability; a != stock.Unknown {
			all = append(all, stock.MethodVerdict{Method: f.Method, Availability: a})
		}
	}
	return all
}

// distrust takes from findings the availability that methods read which are no
// evidence of it on this host, and says so in their evidence. The other facts stay.
func distrust(findings []Finding, methods []stock.Method) []Finding {
	if len(methods) == 0 {
		return findings
	}
	out := slices.Clone(findings)
	for i, f := range out {
		if !slices.Contains(methods, f.Method) {
			continue
		}
		f = f.clone()
		for j := range f.Offers {
			f.Offers[j].Availability = stock.Unknown
		}
		for j := range f.Evidence {
			if f.Evidence[j].Fact == stock.FactAvailability {
				f.Evidence[j].Note, f.Evidence[j].Args = stock.NoteNeverMoves, nil
			}
		}
		f.Conflict, f.Idle, f.Reason = stock.Unknown, stock.Reason{}, stock.Reason{}
		out[i] = f
	}
	return out
}
