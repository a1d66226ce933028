package pricing

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/stock"
)

var amounts = rapid.OneOf(rapid.Int64Range(0, 200_000), rapid.SampledFrom([]int64{0, 1, 99, 100, most - 1, most}))

func anyCalendar(t *rapid.T) Calendar {
	c := Calendar{
		Days:     rapid.SliceOfN(rapid.IntRange(1, 31), 0, 3).Draw(t, "days"),
		Weekdays: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) time.Weekday { return time.Weekday(rapid.IntRange(0, 6).Draw(t, "day")) }), 0, 3).Draw(t, "weekdays"),
	}
	if rapid.Bool().Draw(t, "until") {
		c.Until = friday.Add(time.Duration(rapid.Int64Range(-1e15, 1e15).Draw(t, "end")))
	}
	return c
}

var percents = rapid.Custom(func(t *rapid.T) stock.Share {
	return stock.Share(rapid.Int64Range(0, int64(stock.Whole)).Draw(t, "percent"))
})

// anyShop is what the configuration lets a user write down.
func anyShop(t *rapid.T) Shop {
	s := Shop{
		Currency: "JPY", Points: percents.Draw(t, "points"), IgnoreStated: rapid.Bool().Draw(t, "ignore"),
		WithoutTax: rapid.Bool().Draw(t, "without tax"), Tax: percents.Draw(t, "tax"), PointsPer: rapid.Int64Range(0, 1000).Draw(t, "per"),
		PointsCap: rapid.Int64Range(0, math.MaxInt32).Draw(t, "cap"), PointWorth: rapid.Int64Range(0, 1e6).Draw(t, "worth"),
		FreeShippingFrom: amounts.Draw(t, "free from"),
	}
	if rapid.Bool().Draw(t, "has shipping") {
		s.Shipping = new(amounts.Draw(t, "shipping"))
	}
	s.Bonuses = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Bonus {
		return Bonus{"b", percents.Draw(t, "points"), amounts.Draw(t, "min"), rapid.Int64Range(0, 10_000).Draw(t, "cap"), anyCalendar(t)}
	}), 0, 4).Draw(t, "bonuses")
	s.Coupons = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Coupon {
		return Coupon{"c", amounts.Draw(t, "amount"), percents.Draw(t, "share"), amounts.Draw(t, "min"), amounts.Draw(t, "max"), anyCalendar(t)}
	}), 0, 4).Draw(t, "coupons")
	return s
}

// anyOffer is what a page may say, nonsense included.
func anyOffer(t *rapid.T) stock.Offer {
	any64 := rapid.OneOf(amounts, rapid.Int64())
	o := stock.Offer{Price: stock.Price{Minor: any64.Draw(t, "price"), Currency: rapid.SampledFrom([]string{"JPY", "JPY", "JPY", "USD", ""}).Draw(t, "currency")}}
	if rapid.Bool().Draw(t, "states shipping") {
		o.Shipping = &stock.Price{Minor: any64.Draw(t, "shipping"), Currency: rapid.SampledFrom([]string{"JPY", "USD"}).Draw(t, "currency of shipping")}
	}
	if rapid.Bool().Draw(t, "states points") {
		o.Points = new(any64.Draw(t, "points"))
	}
	return o
}

func anyMoment(t *rapid.T) time.Time {
	return friday.Add(time.Duration(rapid.Int64Range(-1e16, 1e16).Draw(t, "at")))
}

func reckon(s Shop, o stock.Offer, at time.Time) (Reckoning, bool) {
	return Rates{Shops: map[string]Shop{"rakuten": s}, Location: tokyo}.Reckon("rakuten", "", o, at)
}

// Whatever a page says and a user wrote down, the result is no nonsense: at least
// zero, at most price and shipping, and just what its steps add up to.
func TestReckoningAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, o, at := anyShop(t), anyOffer(t), anyMoment(t)
		got, ok := reckon(s, o, at)
		if sane := o.Price.Currency == "JPY" && o.Price.Minor >= 0 && o.Price.Minor <= most; ok != sane {
			t.Fatalf("Reckon of %#v: ok %v, want %v", o.Price, ok, sane)
		}
		if !ok {
			return
		}
		var sum, plus int64
		for _, step := range got.Steps {
			sum += step.Amount.Minor
			plus += max(0, step.Amount.Minor)
			if step.Amount.Currency != "JPY" || step.Points < 0 {
				t.Fatalf("step %+v, want yen and no points below zero", step)
			}
		}
		if got.Price != stock.Yen(sum) || sum < 0 || sum > plus {
			t.Fatalf("Reckon = %s, want a price from 0 to %d that is the sum of the steps", steps(got), plus)
		}
		if got.Steps[0].Label != stock.StepPrice || got.Steps[0].Amount != o.Price {
			t.Fatalf("Reckon begins with %+v, want the price of %v", got.Steps[0], o.Price)
		}
		if again, _ := reckon(s, o, at); steps(again) != steps(got) {
			t.Fatalf("Reckon = %s and then %s", steps(got), steps(again))
		}
	})
}

// What is better for the buyer never makes an offer dearer.
func TestReckoningIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, o, at := anyShop(t), anyOffer(t), anyMoment(t)
		o.Price = stock.Yen(amounts.Draw(t, "yen"))
		before, _ := reckon(s, o, at)
		better := s
		switch rapid.IntRange(0, 4).Draw(t, "what") {
		case 0:
			better.Bonuses = append([]Bonus{{Name: "more", Points: percents.Draw(t, "more")}}, s.Bonuses...)
		case 1:
			better.PointsCap = 0
		case 2:
			better.Shipping, better.FreeShippingFrom = new(int64(0)), 0
			if s.Shipping == nil { // nobody knows what it was
				return
			}
		case 3:
			better.PointWorth++
		case 4:
			better.Points, o.Points = s.Points+1, nil
			before, _ = reckon(s, o, at)
		}
		if after, _ := reckon(better, o, at); after.Price.Minor > before.Price.Minor {
			t.Fatalf("Reckon = %s, and on better terms %s", steps(before), steps(after))
		}
	})
}

// A dearer offer is not cheaper in the end, but for the points that rounding gives
// or takes, as long as there are no limits that the price may reach.
func TestReckoningFollowsThePrice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Shop{
			Currency: "JPY", PointWorth: 100, Shipping: new(rapid.Int64Range(0, 2000).Draw(t, "shipping")),
			Points: stock.Share(rapid.Int64Range(0, 3000).Draw(t, "points")), WithoutTax: rapid.Bool().Draw(t, "without tax"), Tax: 1000,
			Bonuses: []Bonus{{Points: stock.Share(rapid.Int64Range(0, 3000).Draw(t, "bonus")), Cap: rapid.Int64Range(0, 2000).Draw(t, "cap")}},
			Coupons: []Coupon{{Share: stock.Share(rapid.Int64Range(0, 3000).Draw(t, "coupon")), Max: rapid.Int64Range(0, 2000).Draw(t, "max")}},
		}
		low := rapid.Int64Range(0, 100_000).Draw(t, "low")
		high := low + rapid.Int64Range(0, 100_000).Draw(t, "more")
		cheap, _ := reckon(s, stock.Offer{Price: stock.Yen(low)}, friday)
		dear, _ := reckon(s, stock.Offer{Price: stock.Yen(high)}, friday)
		if rounding := int64(2); dear.Price.Minor+rounding < cheap.Price.Minor {
			t.Fatalf("%d yen cost %s, %d yen only %s", low, steps(cheap), high, steps(dear))
		}
	})
}
