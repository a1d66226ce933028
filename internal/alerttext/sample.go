package alerttext

import (
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// SampleProduct is the user's first product that has a page to open, so that the
// tap on a test opens something of the user's own.
func SampleProduct(products []stock.Product) stock.Product {
	for _, p := range products {
		if len(p.Watches) > 0 && WebURL(p.Watches[0].URL) != nil {
			return p
		}
	}
	const page = "https://item.rakuten.co.jp/"
	return stock.Product{
		ID: "test", Name: "Nintendo Switch 2", ListPrice: stock.Yen(49980),
		Watches: []stock.Watch{{ID: stock.WatchID("test", page), URL: page}},
	}
}

// SampleLetter returns a letter about a product in which every fact is there and
// every text as long as it can be. A channel that takes it takes all.
func SampleLetter(p stock.Product, now time.Time) stock.Letter {
	quantity, points, free := int64(2), int64(4998), stock.Yen(0)
	w := p.Watches[0]
	long := func(s string, n int) string { return channel.Clean(strings.Repeat(s, n), n) }
	price := stock.Yen(49980)
	if p.ListPrice.Known() {
		price = p.ListPrice
	}
	a := stock.Alert{
		Kind: stock.Restocked, Also: []stock.Kind{stock.PriceDrop, stock.LowStock},
		Product: stock.ProductRef{ID: p.ID, Name: p.Name},
		Watch:   stock.WatchRef{ID: w.ID, URL: w.URL, Source: "rakuten"},
		Offer: stock.Offer{
			Availability: stock.LimitedAvailability, SaleMode: stock.MembersOnly, Price: price, Effective: stock.Price{Minor: price.Minor + 1, Currency: price.Currency},
			Shipping: &free, Points: &points, Quantity: &quantity, Condition: stock.ConditionRefurbished,
			Seller: long("商店", MaxName), Variant: long("色", MaxName), Title: long("長い商品名 ", MaxTitle), URL: w.URL,
		},
		Previous:   &stock.Previous{Availability: stock.Discontinued, Price: stock.Price{Minor: price.Minor + 12345, Currency: price.Currency}, Since: now.Add(-999 * time.Hour)},
		Marks:      []string{MarkTest, guard.MarkAboveList, string(guard.FarBelowList)},
		ObservedAt: now,
	}
	a.Offer.SellerRating = &stock.Rating{GoodPercent: 98, Count: 123456}
	a.Reckoning = []stock.Step{
		{Label: stock.StepPrice, Amount: price},
		{Label: stock.StepShipping, Amount: stock.Price{Currency: price.Currency}},
		{Label: stock.StepCoupon, Name: long("券", MaxName), Amount: stock.Price{Minor: -1000, Currency: price.Currency}},
	}
	for len(a.Reckoning) < MaxSteps {
		a.Reckoning = append(a.Reckoning, stock.Step{Label: stock.StepBonus, Name: long("祭", MaxName), Points: 499, Amount: stock.Price{Minor: -499, Currency: price.Currency}})
	}
	for range MaxEvidence {
		a.Evidence = append(a.Evidence, stock.Evidence{Method: stock.MethodMicrodata, Fact: stock.FactAvailability, Value: stock.InStock.String(), Text: long("在庫", MaxFact), Where: long("$.a", MaxFact)})
	}
	for range MaxOthers {
		a.Others = append(a.Others, stock.Other{Source: "yahoo", URL: w.URL, Availability: stock.OnlineOnly, Price: price, Effective: a.Offer.Effective})
	}
	return stock.Letter{
		Event: "dtest" + strconv.FormatInt(now.UnixNano(), 10), Channel: "test", Recipient: stock.ShortHash("test"), Epoch: "test",
		Alert: a, MadeAt: now, NotAfter: now.Add(time.Hour),
	}
}
