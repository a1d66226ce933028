package notify

import (
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// reckon returns what the offer of a record costs in the end, by the user's own
// rates for the shop of its watch. ok is false where there are none.
func (b *book) reckon(w stock.Watch, c stock.Change, at time.Time) (pricing.Reckoning, bool) {
	o := c.Offer
	o.Price = rules.Price(c)
	return b.Rates.Reckon(c.Watch.Source, stock.HostOf(alerttext.TapLink(w.URL, o.URL)), o, at)
}

// priced returns a record with its effective price, which is not stored since it
// depends on the user's rates and on the day.
func (b *book) priced(w stock.Watch, c stock.Change, at time.Time) stock.Change {
	r, _ := b.reckon(w, c, at)
	c.Offer.Effective = r.Price
	return c
}

// costBefore returns what the offer before a record cost in the end, by the same
// rates and on the same day as the record's own.
func (b *book) costBefore(w stock.Watch, e stock.Entry) stock.Price {
	if e.Change.Previous == nil {
		return stock.Price{}
	}
	o := e.Change.Previous.Offer()
	o.URL = e.Change.Offer.URL
	r, _ := b.Rates.Reckon(e.Change.Watch.Source, stock.HostOf(alerttext.TapLink(w.URL, o.URL)), o, rules.SeenAt(e))
	return r.Price
}
