package alerttext

import (
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/shop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// SampleProduct is the user's first product that has a page to open, so that the
// tap on a test opens something of the user's own.
func SampleProduct(products []stock.Product) stock.Product {
	for _, p := range products {
		if len(p.Watches) > 0 && stock.WebURL(p.Watches[0].URL) != nil {
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
	quantity := int64(2)
	w := p.Watches[0]
	long := func(s string, n int) string { return channel.Clean(strings.Repeat(s, n), n) }
	price := stock.Yen(49980)
	if p.ListPrice.Known() && p.ListPrice.Minor >= price.Minor { // of a cheaper thing nothing would be left to pay
		price = p.ListPrice
	}
	a := stock.Alert{
		Kind: stock.Restocked, Also: []stock.Kind{stock.PriceDrop, stock.LowStock},
		Product: stock.ProductRef{ID: p.ID, Name: p.Name},
		Watch:   stock.WatchRef{ID: w.ID, URL: w.URL, Source: "rakuten"},
		Offer: stock.Offer{
			Availability: stock.LimitedAvailability, SaleMode: stock.MembersOnly, Price: price,
			Quantity: &quantity, Condition: stock.ConditionRefurbished,
			Seller: long("商店", MaxName), Variant: long("色", MaxName), Title: long("長い商品名 ", MaxTitle), URL: w.URL,
		},
		Previous:   &stock.Previous{Availability: stock.Discontinued, Price: stock.Price{Minor: price.Minor + 12345, Currency: price.Currency}, Since: now.Add(-999 * time.Hour)},
		Marks:      []string{MarkTest, guard.MarkAboveList, string(guard.FarBelowList)},
		ObservedAt: now,
	}
	a.Offer.SellerRating = &stock.Rating{GoodPercent: 98, Count: 123456}
	a.Reckoning = []stock.Step{
		{Label: stock.StepPrice, Amount: price},
		{Label: stock.StepShipping, Amount: stock.Price{Minor: 1100, Currency: price.Currency}},
		{Label: stock.StepCoupon, Name: long("券", MaxName), Amount: stock.Price{Minor: -1000, Currency: price.Currency}},
	}
	for len(a.Reckoning) < MaxSteps {
		a.Reckoning = append(a.Reckoning, stock.Step{Label: stock.StepBonus, Name: long("祭", MaxName), Points: 499, Amount: stock.Price{Minor: -499, Currency: price.Currency}})
	}
	sumUp(&a)
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

// sumUp fills in what an offer's reckoning comes to: its shipping, its points and
// what it costs in the end.
func sumUp(a *stock.Alert) {
	total := stock.Price{Currency: a.Offer.Price.Currency}
	var points int64
	for _, s := range a.Reckoning {
		total.Minor += s.Amount.Minor
		points += s.Points
		if s.Label == stock.StepShipping {
			a.Offer.Shipping = &s.Amount
		}
	}
	a.Offer.Effective, a.Offer.Points = total, &points
}

// TypicalOffer is what a test alert shows of a product whose pages have said
// nothing yet: its price is the user's own list price or limit, where there is one.
func TypicalOffer(p stock.Product) stock.Offer {
	o := stock.Offer{Availability: stock.InStock, Title: p.Name, Price: stock.Yen(49980)}
	switch {
	case p.ListPrice.Known():
		o.Price = p.ListPrice
	case p.MaxPrice.Known():
		o.Price = p.MaxPrice
	}
	return o
}

// TypicalLetter returns a letter as most are: a restock of the product's first
// page with the given offer, marked as a test. from names what read it, "" when
// that is not known.
func TypicalLetter(p stock.Product, from string, o stock.Offer, now time.Time) stock.Letter {
	w := p.Watches[0]
	if from == "" {
		if s, ok := shop.OfHost(stock.HostOf(w.URL)); ok {
			from = s.ID
		}
	}
	o.Availability, o.URL = stock.InStock, w.URL
	return stock.Letter{
		Event: "dtest" + strconv.FormatInt(now.UnixNano(), 10), Channel: "test", Recipient: stock.ShortHash("test"), Epoch: "test",
		Alert: stock.Alert{
			Kind:       stock.Restocked,
			Product:    stock.ProductRef{ID: p.ID, Name: p.Name},
			Watch:      stock.WatchRef{ID: w.ID, URL: w.URL, Source: from},
			Offer:      o,
			Previous:   &stock.Previous{Availability: stock.OutOfStock, Price: o.Price, Since: now.Add(-3 * time.Hour)},
			Marks:      []string{MarkTest},
			ObservedAt: now,
			Evidence:   []stock.Evidence{{Method: stock.MethodPageData, Fact: stock.FactAvailability, Value: stock.InStock.String()}},
		},
		MadeAt: now, NotAfter: now.Add(time.Hour),
	}
}
