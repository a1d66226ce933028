package notify

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Test sends the longest message that can come up to every recipient of a
// channel, through the sender that real alerts take, and returns the last
// receipt and how long the channel took. Recipients that were disabled and get it
// are sent alerts again; nothing else is written.
func (n *Notifier) Test(ctx context.Context, channelID string) (r Receipt, took time.Duration, err error) {
	b := n.book.Load()
	found := false
	for _, t := range b.Targets {
		if t.ID != channelID {
			continue
		}
		found = true
		p := sampleProduct(b.Products)
		now := time.Now()
		l := SampleLetter(p, now)
		l.Channel, l.Recipient, l.Epoch = t.ID, t.Recipient, n.epoch
		l.Alert.Evidence[0].Text = clean("sainyuka "+n.version+" test-alert", maxFact)
		m, err := Render(l, b.view(t, p))
		if err != nil {
			return r, took, err
		}
		m.Actions = n.buttons.sample(b, l)
		r, took, err = sendTimed(ctx, b.targets[targetKey(t.ID, t.Recipient)], m)
		if err != nil {
			return r, took, fmt.Errorf("send test alert to channel %s: %w", t.ID, err)
		}
		if err := n.welcome(ctx, t); err != nil {
			n.log.Error("a channel that works stays disabled", "channel", t.ID, "err", err)
		}
	}
	if !found && slices.Contains(b.channels(), channelID) {
		return r, took, fmt.Errorf("channel %q has no recipient yet: nobody has subscribed", channelID)
	}
	if !found {
		return r, took, fmt.Errorf("channel %q is not configured", channelID)
	}
	return r, took, nil
}

func sendTimed(ctx context.Context, t Target, m Message) (Receipt, time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, t.Timeout)
	defer cancel()
	start := time.Now()
	r, err := t.Channel.Send(ctx, m)
	return r, time.Since(start), err
}

// sampleProduct is the user's first product that has a page to open, so that the
// tap on a test opens something of the user's own.
func sampleProduct(products []stock.Product) stock.Product {
	for _, p := range products {
		if len(p.Watches) > 0 && webURL(p.Watches[0].URL) != nil {
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
	long := func(s string, n int) string { return clean(strings.Repeat(s, n), n) }
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
			Seller: long("商店", titleName), Variant: long("色", titleName), Title: long("長い商品名 ", maxTitle), URL: w.URL,
		},
		Previous:   &stock.Previous{Availability: stock.Discontinued, Price: stock.Price{Minor: price.Minor + 12345, Currency: price.Currency}, Since: now.Add(-999 * time.Hour)},
		Marks:      []string{markTest, guard.MarkAboveList, string(guard.FarBelowList)},
		ObservedAt: now,
	}
	a.Offer.SellerRating = &stock.Rating{GoodPercent: 98, Count: 123456}
	a.Reckoning = []stock.Step{
		{Label: stock.StepPrice, Amount: price},
		{Label: stock.StepShipping, Amount: stock.Price{Currency: price.Currency}},
		{Label: stock.StepCoupon, Name: long("券", titleName), Amount: stock.Price{Minor: -1000, Currency: price.Currency}},
	}
	for len(a.Reckoning) < maxSteps {
		a.Reckoning = append(a.Reckoning, stock.Step{Label: stock.StepBonus, Name: long("祭", titleName), Points: 499, Amount: stock.Price{Minor: -499, Currency: price.Currency}})
	}
	for range maxEvidence {
		a.Evidence = append(a.Evidence, stock.Evidence{Method: stock.MethodMicrodata, Fact: stock.FactAvailability, Value: stock.InStock.String(), Text: long("在庫", maxFact), Where: long("$.a", maxFact)})
	}
	for range maxOthers {
		a.Others = append(a.Others, stock.Other{Source: "yahoo", URL: w.URL, Availability: stock.OnlineOnly, Price: price, Effective: a.Offer.Effective})
	}
	return stock.Letter{
		Event: "dtest" + strconv.FormatInt(now.UnixNano(), 10), Channel: "test", Recipient: stock.ShortHash("test"), Epoch: "test",
		Alert: a, MadeAt: now, NotAfter: now.Add(time.Hour),
	}
}
