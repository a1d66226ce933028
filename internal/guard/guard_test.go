package guard

import (
	"slices"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func dollars(cents int64) stock.Price { return stock.Price{Minor: cents, Currency: "USD"} }

// limited is a product with the limits that the configuration sets by default.
func limited(change func(*stock.Product)) stock.Product {
	p := stock.Product{ListPrice: stock.Yen(50000), Limits: stock.Limits{SuspiciousBelow: 50_00, MaxAboveList: new(stock.Share(20_00))}}
	if change != nil {
		change(&p)
	}
	return p
}

func offer(yen int64, change func(*stock.Offer)) Facts {
	f := Facts{Offer: stock.Offer{Availability: stock.InStock, Price: stock.Yen(yen)}}
	if change != nil {
		change(&f.Offer)
	}
	return f
}

func TestPriceLimits(t *testing.T) {
	both := func(p *stock.Product) { p.MaxPrice, p.MaxEffective = stock.Yen(55000), stock.Yen(50000) }
	effective := func(p *stock.Product) { p.MaxEffective = stock.Yen(50000) }
	ring := func(p *stock.Product) { both(p); p.Limits.RingUnpriced = true }
	out := func(price, before stock.Price) Facts {
		return Facts{Offer: stock.Offer{Availability: stock.SoldOut, Price: price}, Previous: before}
	}
	for _, tt := range []struct {
		name  string
		limit func(*stock.Product)
		facts Facts
		want  Reason
	}{
		{"no limit", nil, offer(50000, nil), ""},
		{"no price and no limit", nil, Facts{}, ""},
		{"at both limits", both, offer(55000, func(o *stock.Offer) { o.Effective = stock.Yen(50000) }), ""},
		{"above max_price, whatever comes back", both, offer(55001, func(o *stock.Offer) { o.Effective = stock.Yen(1) }), AboveMax},
		{"a state above max_price", both, Facts{Offer: stock.Offer{Price: stock.Yen(1)}, State: stock.Yen(55001)}, AboveMax},
		{"above max_effective_price", both, offer(52000, func(o *stock.Offer) { o.Effective = stock.Yen(50001) }), AboveEffective},
		{"without rates the price counts", effective, offer(50001, nil), AboveEffective},
		{"with its shipping", effective, offer(49500, func(o *stock.Offer) { o.Shipping = new(stock.Yen(501)) }), AboveEffective},
		{"with free shipping", effective, offer(50000, func(o *stock.Offer) { o.Shipping = new(stock.Yen(0)) }), ""},
		{"with shipping in dollars", effective, offer(50000, func(o *stock.Offer) { o.Shipping = new(dollars(1)) }), ""},
		{"with shipping beyond counting", effective, offer(50000, func(o *stock.Offer) { o.Shipping = new(stock.Yen(1<<63 - 1)) }), ""},
		{"no price", both, offer(0, func(o *stock.Offer) { o.Price = stock.Price{} }), NoPrice},
		{"no price and an effective limit", effective, offer(0, func(o *stock.Offer) { o.Price = stock.Price{} }), NoPrice},
		{"dollars", both, offer(0, func(o *stock.Offer) { o.Price = dollars(100) }), OtherCurrency},
		{"no currency", both, offer(0, func(o *stock.Offer) { o.Price.Minor, o.Price.Currency = 100, "" }), OtherCurrency},
		{"no price may ring", ring, offer(0, func(o *stock.Offer) { o.Price = stock.Price{} }), ""},
		{"dollars may ring", ring, offer(0, func(o *stock.Offer) { o.Price = dollars(100) }), ""},
		{"above max_price may not", ring, offer(55001, nil), AboveMax},
		{"sold out without a price", both, out(stock.Price{}, stock.Price{}), ""},
		{"sold out what was too dear", both, out(stock.Price{}, stock.Yen(55001)), AboveMax},
		{"sold out for less than before", both, out(stock.Yen(50000), stock.Yen(55001)), ""},
	} {
		if got := Judge(limited(tt.limit), tt.facts).Held; got != tt.want {
			t.Errorf("%s: held for %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestMarket(t *testing.T) {
	noList := func(p *stock.Product) { p.ListPrice = stock.Price{} }
	rated := func(p *stock.Product) { p.Limits.MinRating, p.Limits.MinRatings = 95_00, 10 }
	with := func(f Facts, others ...stock.Price) Facts { f.Others = others; return f }
	around := []stock.Price{stock.Yen(48000), stock.Yen(52000), stock.Yen(120000), dollars(1)}
	far, unrated := string(FarBelowList), MarkRatingUnknown
	for _, tt := range []struct {
		name  string
		limit func(*stock.Product)
		facts Facts
		held  Reason
		marks []string
	}{
		{"at the list price", nil, offer(50000, nil), "", nil},
		{"a little above", nil, offer(50001, nil), "", []string{MarkAboveList}},
		{"just so much above", nil, offer(60000, nil), "", []string{MarkAboveList}},
		{"more than that", nil, offer(60001, nil), AboveList, []string{MarkAboveList}},
		{"above without a limit", func(p *stock.Product) { p.Limits.MaxAboveList = nil }, offer(500000, nil), "", []string{MarkAboveList}},
		{"beyond counting", nil, offer(1<<63-1, nil), AboveList, []string{MarkAboveList}},
		{"half", nil, offer(25000, nil), "", nil},
		{"less than half", nil, offer(24999, nil), FarBelowList, []string{far, unrated}},
		{"less than half, used", nil, offer(24999, func(o *stock.Offer) { o.Condition = stock.ConditionUsed }), "", nil},
		{"less than half, refurbished", nil, offer(24999, func(o *stock.Offer) { o.Condition = stock.ConditionRefurbished }), "", nil},
		{"less than half, sold out", nil, offer(24999, func(o *stock.Offer) { o.Availability = stock.SoldOut }), "", nil},
		{"less than half may ring", func(p *stock.Product) { p.Limits.RingSuspicious = true }, offer(24999, nil), "", []string{far, unrated}},
		{"never suspicious", func(p *stock.Product) { p.Limits.SuspiciousBelow = 0 }, offer(1, nil), "", nil},
		{"a negative price", nil, offer(-1<<63, nil), FarBelowList, []string{far, unrated}},
		{"dollars", nil, offer(0, func(o *stock.Offer) { o.Price = dollars(1) }), "", nil},
		{"no price", nil, offer(0, func(o *stock.Offer) { o.Price = stock.Price{} }), "", nil},

		{"far below others", noList, with(offer(25999, nil), around...), FarBelowOthers, []string{string(FarBelowOthers), unrated}},
		{"half of others", noList, with(offer(26000, nil), around...), "", nil},
		{"others are too few", noList, with(offer(1, nil), around[1:]...), "", nil},
		{"the list price goes before others", nil, with(offer(25000, nil), stock.Yen(99999), stock.Yen(99999), stock.Yen(99999)), "", nil},

		{"a good seller", rated, offer(50000, func(o *stock.Offer) { o.SellerRating = &stock.Rating{GoodPercent: 95, Count: 10} }), "", nil},
		{"a bad seller", rated, offer(50000, func(o *stock.Offer) { o.SellerRating = &stock.Rating{GoodPercent: 94, Count: 10} }), SellerBad, []string{string(SellerBad)}},
		{"a new seller", rated, offer(50000, func(o *stock.Offer) { o.SellerRating = &stock.Rating{GoodPercent: 100, Count: 9} }), SellerNew, []string{string(SellerNew)}},
		{"a new seller asks little", rated, offer(20000, func(o *stock.Offer) { o.SellerRating = &stock.Rating{} }), FarBelowList, []string{far, string(SellerNew)}},
		{"nobody knows the seller", rated, offer(50000, nil), "", nil},
	} {
		got := Judge(limited(tt.limit), tt.facts)
		if got.Held != tt.held || !slices.Equal(got.Marks, tt.marks) {
			t.Errorf("%s: held for %q, marks %v, want %q, %v", tt.name, got.Held, got.Marks, tt.held, tt.marks)
		}
	}
}

func TestSellersAndConditions(t *testing.T) {
	ours := func(p *stock.Product) {
		p.Limits.SellersAllow, p.Limits.SellersDeny = []string{"Amazon.co.jp", "ビッグ  商店"}, []string{"転売 屋", "amazon.co.jp "}
	}
	fresh := func(p *stock.Product) { p.Limits.Conditions = []string{stock.ConditionNew} }
	by := func(seller string) Facts { return offer(50000, func(o *stock.Offer) { o.Seller = seller }) }
	like := func(condition string) Facts { return offer(50000, func(o *stock.Offer) { o.Condition = condition }) }
	gone := func(f Facts) Facts { f.Offer.Availability = stock.SoldOut; return f }
	for _, tt := range []struct {
		name  string
		limit func(*stock.Product)
		facts Facts
		held  Reason
		marks []string
	}{
		{"anybody", nil, by("x"), "", nil},
		{"allowed", ours, by(" ビッグ 商店"), "", nil},
		{"denied", ours, by("転売　屋"), SellerDenied, []string{string(SellerDenied)}},
		{"denied before allowed", ours, by("AMAZON.CO.JP"), SellerDenied, []string{string(SellerDenied)}},
		{"not in the list", ours, by("somebody"), SellerNotOurs, []string{string(SellerNotOurs)}},
		{"not said", ours, by(""), "", []string{MarkSellerUnknown}},
		{"not said and sold out", ours, gone(by("")), "", nil},
		{"any condition", nil, like(stock.ConditionUsed), "", nil},
		{"new", fresh, like(stock.ConditionNew), "", nil},
		{"used", fresh, like(stock.ConditionUsed), Condition, []string{string(Condition)}},
		{"condition not said", fresh, like(""), "", []string{MarkConditionUnknown}},
		{"condition not said and sold out", fresh, gone(like("")), "", nil},
	} {
		got := Judge(limited(tt.limit), tt.facts)
		if got.Held != tt.held || !slices.Equal(got.Marks, tt.marks) {
			t.Errorf("%s: held for %q, marks %v, want %q, %v", tt.name, got.Held, got.Marks, tt.held, tt.marks)
		}
	}
}

func TestFactsOf(t *testing.T) {
	c := stock.Change{
		State:    stock.State{Availability: stock.SoldOut, Price: stock.Yen(2), Offer: stock.Offer{Availability: stock.InStock, Seller: "s"}},
		Previous: &stock.Previous{Price: stock.Yen(3)},
	}
	want := Facts{Offer: stock.Offer{Availability: stock.SoldOut, Price: stock.Yen(2), Seller: "s"}, State: stock.Yen(2), Previous: stock.Yen(3)}
	if got := FactsOf(c); got.Offer != want.Offer || got.State != want.State || got.Previous != want.Previous {
		t.Errorf("FactsOf = %+v, want %+v", got, want)
	}
	c.Availability, c.Previous, c.Offer.Price = stock.Unknown, nil, stock.Yen(1)
	if got := FactsOf(c); got.Offer.Availability != stock.InStock || got.Offer.Price != stock.Yen(1) || got.Previous.Known() {
		t.Errorf("FactsOf a listing = %+v, want its own availability and price", got)
	}
}
