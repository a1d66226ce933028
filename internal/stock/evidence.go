package stock

import (
	"cmp"
	"slices"
	"strings"
)

// Evidence is one reason for one fact: how it was read, which text said it, and
// where that text stands.
type Evidence struct {
	Method Method `json:"method"`
	Says   string `json:"says"`            // the fact and the text it rests on: `availability InStock: "在庫あり"`
	Where  string `json:"where,omitempty"` // JSON path or CSS selector
}

// Fact is what the evidence speaks of: "availability", "price", "title".
func (e Evidence) Fact() string {
	fact, _, _ := strings.Cut(e.Says, " ")
	return strings.TrimSuffix(fact, ":")
}

// decisive are the facts that decide whether somebody is told, strongest first.
var decisive = []string{"availability", "sale", "price", "quantity"}

// DecisiveFirst returns the evidence with that of the decisive facts first, and
// otherwise in its order: wherever there is room for some only, the rest goes.
func DecisiveFirst(all []Evidence) []Evidence {
	rank := func(e Evidence) int {
		if i := slices.Index(decisive, e.Fact()); i >= 0 {
			return i
		}
		return len(decisive)
	}
	return slices.SortedStableFunc(slices.Values(all), func(a, b Evidence) int { return cmp.Compare(rank(a), rank(b)) })
}
