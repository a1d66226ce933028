package pricing

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

var (
	tokyo  = time.FixedZone("JST", 9*60*60)
	friday = time.Date(2026, 12, 4, 12, 0, 0, 0, tokyo)
)

// steps writes a reckoning in a line: price 1000, shipping 550, points(10) -10 = 1540.
func steps(r Reckoning) string {
	var parts []string
	for _, s := range r.Steps {
		label := string(s.Label)
		if s.Name != "" {
			label += " " + s.Name
		}
		if s.Points != 0 {
			label += fmt.Sprintf("(%d)", s.Points)
		}
		parts = append(parts, label+" "+s.Amount.Amount())
	}
	return strings.Join(parts, ", ") + " = " + r.Price.Amount()
}

// plain is a shop at which a point is a yen and prices count as they stand.
func plain(change func(*Shop)) Shop {
	s := Shop{Currency: "JPY", PointWorth: 100, Tax: 1000}
	if change != nil {
		change(&s)
	}
	return s
}

func TestReckon(t *testing.T) {
	offer := func(yen int64) stock.Offer { return stock.Offer{Price: stock.Yen(yen)} }
	with := func(o stock.Offer, change func(*stock.Offer)) stock.Offer { change(&o); return o }
	rakuten := plain(func(s *Shop) { s.Points, s.WithoutTax, s.PointsPer = 100, true, 100 })
	day5 := Bonus{Name: "5", Points: 100, When: Calendar{Days: []int{5, 10, 15, 20, 25, 30}}}
	for _, tt := range []struct {
		name  string
		shop  Shop
		offer stock.Offer
		at    time.Time
		want  string
	}{
		{"nothing known", plain(nil), offer(1980), friday, "price 1980, shipping_unknown 0 = 1980"},
		{"stated free shipping", plain(nil), with(offer(1980), func(o *stock.Offer) { o.Shipping = new(stock.Yen(0)) }), friday, "price 1980, shipping 0 = 1980"},
		{
			"stated shipping wins", plain(func(s *Shop) { s.Shipping, s.FreeShippingFrom = new(int64(550)), 1000 }),
			with(offer(1980), func(o *stock.Offer) { o.Shipping = new(stock.Yen(700)) }), friday, "price 1980, shipping 700 = 2680",
		},
		{
			"shipping in another currency is not stated", plain(func(s *Shop) { s.Shipping = new(int64(550)) }),
			with(offer(1980), func(o *stock.Offer) { o.Shipping = &stock.Price{Minor: 700, Currency: "USD"} }), friday, "price 1980, shipping 550 = 2530",
		},
		{"flat shipping", plain(func(s *Shop) { s.Shipping, s.FreeShippingFrom = new(int64(550)), 3980 }), offer(3979), friday, "price 3979, shipping 550 = 4529"},
		{"free from", plain(func(s *Shop) { s.Shipping, s.FreeShippingFrom = new(int64(550)), 3980 }), offer(3980), friday, "price 3980, shipping 0 = 3980"},
		{"free from, else unknown", plain(func(s *Shop) { s.FreeShippingFrom = 3980 }), offer(3979), friday, "price 3979, shipping_unknown 0 = 3979"},

		{"points with tax", plain(func(s *Shop) { s.Points = 100 }), offer(1980), friday, "price 1980, shipping_unknown 0, points(19) -19 = 1961"},
		// The shop's own example: 1,980 yen hold 180 yen of tax, and 1,800 earn 18 points.
		{"points without tax", rakuten, offer(1980), friday, "price 1980, shipping_unknown 0, points(18) -18 = 1962"},
		{"points of full hundreds", rakuten, offer(2088), friday, "price 2088, shipping_unknown 0, points(18) -18 = 2070"},
		{"points on food", plain(func(s *Shop) { s.Points, s.WithoutTax, s.Tax = 100, true, 800 }), offer(1080), friday, "price 1080, shipping_unknown 0, points(10) -10 = 1070"},
		{"no points for shipping", plain(func(s *Shop) { s.Points, s.Shipping = 1000, new(int64(500)) }), offer(1000), friday, "price 1000, shipping 500, points(100) -100 = 1400"},
		{
			"stated points win", plain(func(s *Shop) { s.Points = 100 }),
			with(offer(1000), func(o *stock.Offer) { o.Points = new(int64(100)) }), friday, "price 1000, shipping_unknown 0, points(100) -100 = 900",
		},
		{
			"stated points do not win", plain(func(s *Shop) { s.Points, s.IgnoreStated = 100, true }),
			with(offer(1000), func(o *stock.Offer) { o.Points = new(int64(100)) }), friday, "price 1000, shipping_unknown 0, points(10) -10 = 990",
		},
		{
			"stated points below zero", plain(func(s *Shop) { s.Points = 100 }),
			with(offer(1000), func(o *stock.Offer) { o.Points = new(int64(-100)) }), friday, "price 1000, shipping_unknown 0, points(10) -10 = 990",
		},
		{"a point is worth less", plain(func(s *Shop) { s.Points, s.PointWorth = 1000, 85 }), offer(1010), friday, "price 1010, shipping_unknown 0, points(101) -85 = 925"},
		{
			"fractions of two kinds", plain(func(s *Shop) { s.Points, s.PointWorth, s.Bonuses = 300, 85, []Bonus{{Points: 700}} }),
			offer(100), friday, "price 100, shipping_unknown 0, points(3) -2, bonus(7) -6 = 92",
		},
		{"points are worth nothing", plain(func(s *Shop) { s.Points, s.PointWorth = 1000, 0 }), offer(1000), friday, "price 1000, shipping_unknown 0, points(100) 0 = 1000"},
		{"capped", plain(func(s *Shop) { s.Points, s.PointsCap = 1000, 70 }), offer(1000), friday, "price 1000, shipping_unknown 0, points(70) -70 = 930"},

		{"no bonus on the 4th", plain(func(s *Shop) { s.Bonuses = []Bonus{day5} }), offer(1000), friday, "price 1000, shipping_unknown 0 = 1000"},
		{"bonus on the 5th", plain(func(s *Shop) { s.Bonuses = []Bonus{day5} }), offer(1000), friday.AddDate(0, 0, 1), "price 1000, shipping_unknown 0, bonus 5(10) -10 = 990"},
		{"the 5th by the user's clock", plain(func(s *Shop) { s.Bonuses = []Bonus{day5} }), offer(1000), time.Date(2026, 12, 4, 15, 0, 0, 0, time.UTC), "price 1000, shipping_unknown 0, bonus 5(10) -10 = 990"},
		{
			"bonuses with caps", plain(func(s *Shop) {
				s.Points, s.PointsCap = 100, 100
				s.Bonuses = []Bonus{{Name: "a", Points: 500, Cap: 40}, {Name: "b", Points: 1000, Cap: 60}, {Name: "c", Points: 1000}}
			}), offer(1000), friday, "price 1000, shipping_unknown 0, points(10) -10, bonus a(40) -40, bonus b(50) -50 = 900",
		},
		{"bonus from an amount on", plain(func(s *Shop) { s.Bonuses = []Bonus{{Points: 100, Min: 1001}} }), offer(1000), friday, "price 1000, shipping_unknown 0 = 1000"},

		{"coupon", plain(func(s *Shop) { s.Coupons = []Coupon{{Name: "c", Amount: 300}} }), offer(1000), friday, "price 1000, shipping_unknown 0, coupon c -300 = 700"},
		{
			"the best coupon that is good", plain(func(s *Shop) {
				s.Coupons = []Coupon{
					{Name: "small", Amount: 90},
					{Name: "best", Share: 1000},
					{Name: "same", Amount: 100},
					{Name: "min", Amount: 500, Min: 1001},
					{Name: "over", Amount: 500, When: Calendar{Until: friday}},
					{Name: "limit", Share: 9000, Max: 99},
				}
			}), offer(1000), friday, "price 1000, shipping_unknown 0, coupon best -100 = 900",
		},
		{
			"coupon of more than the price", plain(func(s *Shop) { s.Coupons, s.Shipping = []Coupon{{Amount: 3000}}, new(int64(500)) }),
			offer(1000), friday, "price 1000, shipping 500, coupon -1000 = 500",
		},
		{
			"no points for what a coupon paid", plain(func(s *Shop) { s.Points, s.Coupons = 1000, []Coupon{{Amount: 300}} }),
			offer(1000), friday, "price 1000, shipping_unknown 0, coupon -300, points(70) -70 = 630",
		},
		// The shop's own example: 2,000 yen before tax, a coupon of 500, 15 points.
		{
			"a coupon comes off in full before tax", plain(func(s *Shop) { s.Points, s.WithoutTax, s.Coupons = 100, true, []Coupon{{Amount: 500}} }),
			offer(2200), friday, "price 2200, shipping_unknown 0, coupon -500, points(15) -15 = 1685",
		},
		{
			"points of more than the price", plain(func(s *Shop) { s.Points, s.Bonuses = 6000, []Bonus{{Points: 6000}} }),
			offer(1000), friday, "price 1000, shipping_unknown 0, points(600) -600, bonus(600) -400 = 0",
		},
		{"for nothing", plain(func(s *Shop) { s.Points = 100 }), offer(0), friday, "price 0, shipping_unknown 0 = 0"},
	} {
		rates := Rates{Shops: map[string]Shop{"rakuten": tt.shop}, Location: tokyo}
		got, ok := rates.Reckon("rakuten", "item.rakuten.co.jp", tt.offer, tt.at)
		if !ok || steps(got) != tt.want {
			t.Errorf("%s: Reckon = %s (%v), want %s", tt.name, steps(got), ok, tt.want)
		}
	}
}

func TestReckonNeedsRates(t *testing.T) {
	rates := Rates{Shops: map[string]Shop{"rakuten": plain(nil)}}
	for name, o := range map[string]stock.Offer{
		"no price":           {},
		"another currency":   {Price: stock.Price{Minor: 100, Currency: "USD"}},
		"no currency":        {Price: stock.Price{Minor: 100}},
		"a price below zero": {Price: stock.Yen(-1)},
		"beyond all prices":  {Price: stock.Yen(most + 1)},
	} {
		if got, ok := rates.Reckon("rakuten", "", o, friday); ok {
			t.Errorf("%s: Reckon = %s, want none", name, steps(got))
		}
	}
	if got, ok := rates.Reckon("page", "shop.example", stock.Offer{Price: stock.Yen(100)}, friday); ok {
		t.Errorf("Reckon without rates for the shop = %s, want none", steps(got))
	}
}

func TestShopIsFound(t *testing.T) {
	worth := func(yen int64) Shop { return plain(func(s *Shop) { s.Shipping = &yen }) }
	rates := Rates{Shops: map[string]Shop{"shop.example:8443": worth(1), "shop.example": worth(2), "yahoo": worth(3), "rakuten": worth(4), "rakuten-books": worth(5)}}
	for _, tt := range []struct {
		source, host string
		want         int64
	}{
		{"page", "shop.example:8443", 1},
		{"page", "shop.example:9000", 2},
		{"yahoo", "shop.example", 2},
		{"yahoo", "store.shopping.yahoo.co.jp", 3},
		{"yahoo-api", "", 3},
		{"rakuten-api", "item.rakuten.co.jp", 4},
		{"rakuten-books", "books.rakuten.co.jp", 5},
	} {
		got, ok := rates.Reckon(tt.source, tt.host, stock.Offer{Price: stock.Yen(100)}, friday)
		if !ok || got.Price != stock.Yen(100+tt.want) {
			t.Errorf("Reckon(%q, %q) = %v (%v), want %v", tt.source, tt.host, got.Price, ok, stock.Yen(100+tt.want))
		}
	}
}

func TestCalendar(t *testing.T) {
	december := Calendar{From: friday, Until: friday.AddDate(0, 0, 7)}
	sundays := Calendar{Weekdays: []time.Weekday{time.Sunday}}
	fifths := Calendar{Days: []int{5, 15}, Weekdays: []time.Weekday{time.Saturday}}
	for _, tt := range []struct {
		name string
		c    Calendar
		at   time.Time
		want bool
	}{
		{"always", Calendar{}, friday, true},
		{"before it begins", december, friday.Add(-1), false},
		{"when it begins", december, friday, true},
		{"its last moment", december, december.Until.Add(-1), true},
		{"when it is over", december, december.Until, false},
		{"a friday", sundays, friday, false},
		{"a sunday", sundays, friday.AddDate(0, 0, 2), true},
		{"both, on a saturday", fifths, friday.AddDate(0, 0, 1), true},
		{"both, on a tuesday", fifths, friday.AddDate(0, 0, 11), false},
	} {
		if got := tt.c.covers(tt.at); got != tt.want {
			t.Errorf("%s: covers(%s) = %v, want %v", tt.name, tt.at, got, tt.want)
		}
	}
}

func TestMulDiv(t *testing.T) {
	const big = 1<<63 - 1
	for _, tt := range []struct{ a, b, c, want int64 }{
		{1980, 1000, 11000, 180},
		{7, 1, 2, 3},
		{0, 5, 3, 0},
		{-7, 1, 2, 0},
		{7, -1, 2, 0},
		{7, 1, 0, 0},
		{big, 10000, 10000, big},
		{big, 9999, 10000, big/10000*9999 + big%10000*9999/10000},
		{big, big, 1, big},
		{big, 2, 1, big},
	} {
		if got := mulDiv(tt.a, tt.b, tt.c); got != tt.want {
			t.Errorf("mulDiv(%d, %d, %d) = %d, want %d", tt.a, tt.b, tt.c, got, tt.want)
		}
	}
}
