package notify

import (
	"context"

	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

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
func (r *routing) market(ctx context.Context) rules.Market {
	m := rules.Market{}
	for tid, c := range r.elsewhere(ctx) {
		c.Watch.ID = tid
		m.Note(c)
	}
	return m
}
