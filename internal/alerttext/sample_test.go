package alerttext

import (
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// What the longest test alert says of prices adds up, whatever the product costs.
func TestSampleAddsUp(t *testing.T) {
	for _, list := range []stock.Price{{}, stock.Yen(300), stock.Yen(49980), stock.Yen(2_000_000), {Minor: 59999, Currency: "USD"}} {
		p := switch2()
		p.ListPrice = list
		a := SampleLetter(p, noon).Alert
		var sum, points int64
		for _, s := range a.Reckoning {
			sum += s.Amount.Minor
			points += s.Points
		}
		o := a.Offer
		if o.Effective.Minor != sum || sum <= 0 || o.Points == nil || *o.Points != points || o.Shipping == nil {
			t.Errorf("list price %s: effective price %s, points %v, shipping %v; the reckoning comes to %d with %d points: %+v", list, o.Effective, o.Points, o.Shipping, sum, points, a.Reckoning)
		}
		if o.Price.Minor+o.Shipping.Minor-1000-points != o.Effective.Minor {
			t.Errorf("list price %s: %s and %s shipping less coupon 1000 and %d points is not %s", list, o.Price, o.Shipping, points, o.Effective)
		}
	}
}
