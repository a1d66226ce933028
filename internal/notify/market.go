package notify

import (
	"context"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// market is what each watch of a product asks, by its tid, as far as it can be
// bought there and is not used.
type market map[string]stock.Price

// note takes in a later record.
func (m market) note(c stock.Change) {
	used := c.Offer.Condition == stock.ConditionUsed || c.Offer.Condition == stock.ConditionRefurbished
	if c.Problem != nil || used || !c.Availability.Purchasable() || !price(c).Known() {
		delete(m, c.Watch.ID)
		return
	}
	m[c.Watch.ID] = price(c)
}

// others returns what all watches but one ask.
func (m market) others(tid string) []stock.Price {
	var prices []stock.Price
	for id, p := range m {
		if id != tid {
			prices = append(prices, p)
		}
	}
	return prices
}

// elsewhere returns the newest records of the product's other watches, by their
// tids. They are read once; what cannot be read in time is left out.
func (r *routing) elsewhere(ctx context.Context) map[string]stock.Change {
	if r.newest != nil {
		return r.newest
	}
	r.newest = map[string]stock.Change{}
	ctx, cancel := context.WithTimeout(ctx, othersTimeout)
	defer cancel()
	for _, w := range r.product.Watches {
		if w.ID == r.watch.ID {
			continue
		}
		c, seq, err := r.at.store.Last(ctx, w.ID)
		if err != nil {
			r.log.Warn("other shops are left out of an alert", "err", err)
			break
		}
		if seq > 0 {
			r.newest[w.ID] = c
		}
	}
	return r.newest
}

// market returns what the product's other watches ask now.
func (r *routing) market(ctx context.Context) market {
	m := market{}
	for tid, c := range r.elsewhere(ctx) {
		c.Watch.ID = tid
		m.note(c)
	}
	return m
}
