package rules

import (
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Market is what each watch of a product asks, by its tid, as far as it can be
// bought there and is not used.
type Market map[string]stock.Price

// Note takes in a later record.
func (m Market) Note(c stock.Change) {
	used := c.Offer.Condition == stock.ConditionUsed || c.Offer.Condition == stock.ConditionRefurbished
	if c.Problem != nil || used || !c.Availability.Purchasable() || !Price(c).Known() {
		delete(m, c.Watch.ID)
		return
	}
	m[c.Watch.ID] = Price(c)
}

// Others returns what all watches but one ask.
func (m Market) Others(tid string) []stock.Price {
	var prices []stock.Price
	for id, p := range m {
		if id != tid {
			prices = append(prices, p)
		}
	}
	return prices
}
