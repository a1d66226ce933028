package guard

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/stock"
)

var prices = rapid.Custom(func(t *rapid.T) stock.Price {
	return stock.Price{
		Minor:    rapid.OneOf(rapid.Int64Range(0, 200), rapid.Int64()).Draw(t, "minor"),
		Currency: rapid.SampledFrom([]string{"JPY", "JPY", "JPY", "USD", ""}).Draw(t, "currency"),
	}
})

// limits are what the configuration lets a user set.
var limits = rapid.Custom(func(t *rapid.T) stock.Limits {
	l := stock.Limits{
		SuspiciousBelow: stock.Share(rapid.Int64Range(0, 100_00).Draw(t, "suspicious")),
		SellersAllow:    rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 0, 2).Draw(t, "allow"),
		SellersDeny:     rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 0, 2).Draw(t, "deny"),
		Conditions:      rapid.SliceOfN(rapid.SampledFrom([]string{"new", "used"}), 0, 2).Draw(t, "conditions"),
		MinRatings:      rapid.Int64Range(0, 100).Draw(t, "ratings"), MinRating: stock.Share(rapid.Int64Range(0, 100_00).Draw(t, "rating")),
		RingUnpriced: rapid.Bool().Draw(t, "unpriced"), RingSuspicious: rapid.Bool().Draw(t, "suspicious rings"),
	}
	if rapid.Bool().Draw(t, "above") {
		l.MaxAboveList = new(stock.Share(rapid.Int64Range(0, 1000_00).Draw(t, "above list")))
	}
	return l
})

// Whatever a page says and whatever else the user set: nothing above max_price
// rings, nor what costs more than max_effective_price in the end.
func TestNothingAboveTheLimitsRings(t *testing.T) {
	yen := rapid.Custom(func(t *rapid.T) stock.Price { return stock.Yen(rapid.Int64Range(1, 200).Draw(t, "yen")) })
	rapid.Check(t, func(t *rapid.T) {
		p := stock.Product{MaxPrice: yen.Draw(t, "max"), MaxEffective: yen.Draw(t, "max effective"), ListPrice: yen.Draw(t, "list"), Limits: limits.Draw(t, "limits")}
		f := Facts{
			Offer: stock.Offer{
				Availability: rapid.SampledFrom(stock.Availabilities()).Draw(t, "availability"), Price: prices.Draw(t, "price"), Effective: prices.Draw(t, "effective"),
				Seller: rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "seller"), Condition: rapid.SampledFrom([]string{"", "new", "used", "mint"}).Draw(t, "condition"),
			},
			State: prices.Draw(t, "state"), Previous: prices.Draw(t, "previous"), Others: rapid.SliceOfN(prices, 0, 5).Draw(t, "others"),
		}
		v := Judge(p, f)
		for _, q := range []stock.Price{f.Offer.Price, f.State} {
			if q.Comparable(p.MaxPrice) && q.Minor > p.MaxPrice.Minor && v.Held == "" {
				t.Fatalf("%v rings above max_price %v", q, p.MaxPrice)
			}
		}
		if e := f.Offer.Effective; e.Known() && e.Comparable(p.MaxEffective) && e.Minor > p.MaxEffective.Minor && v.Held == "" {
			t.Fatalf("%v in the end rings above max_effective_price %v", e, p.MaxEffective)
		}
		if f.Offer.Availability.Group() != stock.No && !f.Offer.Price.Comparable(p.MaxPrice) && !p.Limits.RingUnpriced && v.Held == "" {
			t.Fatalf("%v rings although max_price is %v", f.Offer.Price, p.MaxPrice)
		}
		if v.Held != "" && !slices.Contains(Reasons(), v.Held) {
			t.Fatalf("held for %q, which nobody has words for", v.Held)
		}
		if again := Judge(p, f); again.Held != v.Held || !slices.Equal(again.Marks, v.Marks) {
			t.Fatalf("judged %+v and then %+v", v, again)
		}
	})
}
