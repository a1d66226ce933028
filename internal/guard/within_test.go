package guard

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestNowWithin(t *testing.T) {
	p := stock.Product{MaxPrice: stock.Yen(54978), MaxEffective: stock.Yen(54000), ListPrice: stock.Yen(49980), Limits: stock.Limits{
		MaxAboveList: new(stock.Share(20_00)), SuspiciousBelow: 50_00, SellersDeny: []string{"転売屋"},
		Conditions: []string{stock.ConditionNew}, MinRating: 90_00, MinRatings: 10,
	}}
	in := func(yen int64, terms stock.Terms) stock.Previous {
		return stock.Previous{Availability: stock.InStock, Price: stock.Yen(yen), Terms: terms}
	}
	can := func(yen int64, terms stock.Terms) stock.Offer { return in(yen, terms).Offer() }
	good := can(49980, stock.Terms{})
	with := func(p stock.Previous, a stock.Availability) stock.Previous { p.Availability = a; return p }
	for _, tt := range []struct {
		name string
		was  stock.Previous
		is   stock.Offer
		kind stock.Kind
		want Reason
	}{
		{"another seller", in(49980, stock.Terms{Seller: "転売屋"}), can(49980, stock.Terms{Seller: "任天堂"}), stock.OfferChanged, SellerDenied},
		{"new after used", in(49980, stock.Terms{Condition: stock.ConditionUsed}), can(49980, stock.Terms{Condition: stock.ConditionNew}), stock.OfferChanged, Condition},
		{"no price before", stock.Previous{Availability: stock.InStock}, good, stock.OfferChanged, NoPrice},
		{"yen after dollars", stock.Previous{Availability: stock.InStock, Price: dollars(10000)}, good, stock.OfferChanged, OtherCurrency},
		{"cheaper", in(60000, stock.Terms{}), good, stock.PriceDrop, AboveMax},
		{"dearer than a scam", in(9800, stock.Terms{}), good, stock.PriceRise, FarBelowList},
		{"free shipping", in(53500, stock.Terms{Shipping: new(stock.Yen(600))}), can(53500, stock.Terms{Shipping: new(stock.Yen(0))}), stock.OfferChanged, AboveEffective},
		{"a seller who is rated", in(49980, stock.Terms{SellerRating: &stock.Rating{GoodPercent: 100, Count: 9}}), can(49980, stock.Terms{SellerRating: &stock.Rating{GoodPercent: 100, Count: 10}}), stock.OfferChanged, SellerNew},
		{"clear again", in(60000, stock.Terms{}), good, stock.Cleared, AboveMax},
		{"for later", with(in(60000, stock.Terms{}), stock.PreOrder), can(49980, stock.Terms{SaleMode: stock.Lottery}), stock.PriceDrop, AboveMax},

		{"still held for the same", in(60000, stock.Terms{}), can(59000, stock.Terms{}), stock.PriceDrop, ""},
		{"held for another reason", in(60000, stock.Terms{}), can(49980, stock.Terms{Seller: "転売屋"}), stock.OfferChanged, ""},
		{"never held", in(49980, stock.Terms{}), can(48000, stock.Terms{}), stock.PriceDrop, ""},
		{"held, then sold out", in(60000, stock.Terms{}), stock.Offer{Availability: stock.OutOfStock}, stock.SoldOutKind, ""},
		{"sold out before", with(in(60000, stock.Terms{}), stock.SoldOut), good, stock.Restocked, ""},
		{"nothing known before", with(in(60000, stock.Terms{}), stock.Unknown), good, stock.Restocked, ""},
		{"a look that shows no price", in(60000, stock.Terms{}), stock.Offer{Availability: stock.InStock}, stock.OfferChanged, ""},
		{"a look that shows no price takes none back", in(49980, stock.Terms{Seller: "転売屋"}), stock.Offer{Availability: stock.InStock, Seller: "任天堂"}, stock.OfferChanged, SellerDenied},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := stock.Change{Kind: tt.kind, State: stock.State{Availability: tt.is.Availability, Price: tt.is.Price, Offer: tt.is}, Previous: &tt.was}
			was, ok := Before(c)
			why, now := NowWithin(p, was, FactsOf(c))
			if now != (tt.want != "") || now && (why != tt.want || !ok) {
				t.Errorf("from %+v to %+v: now within %v, %q no longer holds, want %q", tt.was, tt.is, now, why, tt.want)
			}
		})
	}
}

// A maybe is judged as what could be ordered: nobody hears of one that is too dear.
func TestAMaybeIsJudgedAsAnOffer(t *testing.T) {
	c := stock.Change{Kind: stock.MaybeRestocked, State: stock.State{
		Availability: stock.OutOfStock, Price: stock.Yen(49980), Offer: stock.Offer{Availability: stock.OutOfStock, Price: stock.Yen(49980), Seller: "転売屋"},
	}}
	p := stock.Product{MaxPrice: stock.Yen(54978), Limits: stock.Limits{SuspiciousBelow: 50_00}}
	if held := Judge(p, FactsOf(c)).Held; held != "" {
		t.Errorf("a maybe within the limits is held for %s", held)
	}
	p.ListPrice = stock.Yen(100000)
	if held := Judge(p, FactsOf(c)).Held; held != FarBelowList {
		t.Errorf("a maybe at less than half of the list price is held for %q, want %q", held, FarBelowList)
	}
}

// What is the same in every fact is never newly within the limits, whatever they,
// the rates and the other offers are; nor is what cannot be ordered.
func TestNothingIsNewlyWithinByItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := stock.Product{MaxPrice: prices.Draw(t, "max"), MaxEffective: prices.Draw(t, "max effective"), ListPrice: prices.Draw(t, "list"), Limits: limits.Draw(t, "limits")}
		f := Facts{
			Offer: stock.Offer{
				Availability: rapid.SampledFrom(stock.Availabilities()).Draw(t, "availability"), Price: prices.Draw(t, "price"), Effective: prices.Draw(t, "effective"),
				Seller: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "seller"),
			},
			Others: rapid.SliceOfN(prices, 0, 5).Draw(t, "others"),
		}
		if why, ok := NowWithin(p, f, f); ok {
			t.Fatalf("%+v is newly within the limits of %+v: %s held it", f, p, why)
		}
		gone := f
		gone.Offer.Availability = stock.SoldOut
		if why, ok := NowWithin(p, f, gone); ok {
			t.Fatalf("what sold out is newly within the limits: %s held it", why)
		}
	})
}
