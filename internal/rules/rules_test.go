package rules

import (
	"slices"
	"testing"

	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestJudge(t *testing.T) {
	kinds := []stock.Kind{stock.Restocked, stock.LotteryOpen, stock.Orderable, stock.NewListing}
	prices := func(before, now stock.Price) func(*stock.Product, *stock.Change) {
		return func(_ *stock.Product, c *stock.Change) {
			c.Kind, c.Price, c.Offer.Price = stock.PriceDrop, now, now
			c.Previous = &stock.Previous{Availability: stock.InStock, Price: before}
		}
	}
	with := func(k stock.Kind, also ...stock.Kind) func(*stock.Product, *stock.Change) {
		return func(_ *stock.Product, c *stock.Change) { c.Kind, c.Also = k, also }
	}
	const above, unknown, foreign = string(guard.AboveMax), string(guard.NoPrice), string(guard.OtherCurrency)
	for _, tt := range []struct {
		name  string
		more  []stock.Kind // kinds that ring besides the default ones
		edit  func(*stock.Product, *stock.Change)
		kind  stock.Kind
		held  string
		owner []stock.Kind
	}{
		{name: "a restock rings", kind: stock.Restocked},
		{name: "a sale-out does not", edit: with(stock.SoldOutKind)},
		{name: "a sale-out rings when the user asks", more: []stock.Kind{stock.SoldOutKind}, edit: with(stock.SoldOutKind), kind: stock.SoldOutKind},
		{name: "a lesser kind that rings brings the record", edit: with(stock.SoldOutKind, stock.NewListing), kind: stock.SoldOutKind},
		{name: "few left does not", edit: with(stock.LowStock)},
		{name: "a first look does not", edit: with(stock.Baseline)},
		{name: "a first look that finds stock, when the user asks", edit: func(p *stock.Product, c *stock.Change) {
			c.Kind, p.AlertOnFirst = stock.Baseline, true
		}, kind: stock.Restocked},
		{name: "a first look that finds a lottery, when the user asks", edit: func(p *stock.Product, c *stock.Change) {
			c.Kind, p.AlertOnFirst, c.SaleMode = stock.Baseline, true, stock.Lottery
		}, kind: stock.LotteryOpen},
		{name: "a first look that finds none", edit: func(p *stock.Product, c *stock.Change) {
			c.Kind, p.AlertOnFirst, c.Availability = stock.Baseline, true, stock.OutOfStock
		}},
		{name: "a first look that finds pre-orders", edit: func(p *stock.Product, c *stock.Change) {
			c.Kind, p.AlertOnFirst, c.Availability = stock.Baseline, true, stock.PreOrder
		}},
		{name: "a first look after trouble", edit: with(stock.Readable, stock.Baseline), owner: []stock.Kind{stock.Readable}},
		{name: "a first look after trouble that finds stock, when the user asks", edit: func(p *stock.Product, c *stock.Change) {
			c.Kind, c.Also, p.AlertOnFirst = stock.Readable, []stock.Kind{stock.Baseline}, true
		}, kind: stock.Restocked, owner: []stock.Kind{stock.Readable}},
		{name: "a reseller's price", edit: func(p *stock.Product, c *stock.Change) {
			p.MaxPrice, p.Limits.MaxAboveList = stock.Price{}, new(stock.Share(20_00))
			c.Offer.Price = stock.Yen(59977)
		}, kind: stock.Restocked, held: string(guard.AboveList)},
		{name: "a drop of just the smallest share", edit: prices(stock.Yen(50000), stock.Yen(47500)), kind: stock.PriceDrop},
		{name: "a drop a yen smaller", edit: prices(stock.Yen(50000), stock.Yen(47501))},
		{name: "a small drop to the limit", edit: prices(stock.Yen(54979), stock.Yen(54978)), kind: stock.PriceDrop},
		{name: "a small drop from the limit", edit: prices(stock.Yen(54978), stock.Yen(54977))},
		{name: "a great drop that stays above the limit", edit: prices(stock.Yen(90000), stock.Yen(60000)), kind: stock.PriceDrop, held: above},
		{name: "a drop by amount", edit: func(p *stock.Product, c *stock.Change) {
			prices(stock.Yen(50000), stock.Yen(49000))(p, c)
			p.MinDrop = stock.Drop{Amount: stock.Yen(1000)}
		}, kind: stock.PriceDrop},
		{name: "a drop short of the amount", edit: func(p *stock.Product, c *stock.Change) {
			prices(stock.Yen(50000), stock.Yen(49001))(p, c)
			p.MinDrop = stock.Drop{Amount: stock.Yen(1000)}
		}},
		{name: "a drop between two currencies is none, but dollars were held", edit: prices(stock.Price{Minor: 50000, Currency: "USD"}, stock.Yen(100)), kind: stock.Restocked},
		{name: "nor where dollars were not held", edit: func(p *stock.Product, c *stock.Change) {
			prices(stock.Price{Minor: 50000, Currency: "USD"}, stock.Yen(100))(p, c)
			p.MaxPrice = stock.Price{}
		}},
		{name: "any drop rings without a smallest one", edit: func(p *stock.Product, c *stock.Change) {
			prices(stock.Yen(50000), stock.Yen(49999))(p, c)
			p.MinDrop = stock.Drop{}
		}, kind: stock.PriceDrop},
		{name: "a price above the limit", edit: func(_ *stock.Product, c *stock.Change) { c.Offer.Price = stock.Yen(54979) }, kind: stock.Restocked, held: above},
		{name: "a state above the limit", edit: func(_ *stock.Product, c *stock.Change) { c.Price = stock.Yen(54979) }, kind: stock.Restocked, held: above},
		{name: "a price at the limit", edit: func(_ *stock.Product, c *stock.Change) { c.Offer.Price, c.Price = stock.Yen(54978), stock.Yen(54978) }, kind: stock.Restocked},
		{name: "no price", edit: func(_ *stock.Product, c *stock.Change) { c.Offer.Price, c.Price = stock.Price{}, stock.Price{} }, kind: stock.Restocked, held: unknown},
		{name: "no price and no limit", edit: func(p *stock.Product, c *stock.Change) {
			p.MaxPrice, c.Offer.Price, c.Price = stock.Price{}, stock.Price{}, stock.Price{}
		}, kind: stock.Restocked},
		{name: "dollars", edit: func(_ *stock.Product, c *stock.Change) {
			c.Offer.Price = stock.Price{Minor: 100, Currency: "USD"}
		}, kind: stock.Restocked, held: foreign},
		{name: "an amount without a currency", edit: func(_ *stock.Product, c *stock.Change) {
			c.Offer.Price = stock.Price{Minor: 100}
		}, kind: stock.Restocked, held: foreign},
		{name: "sold out without a price", more: []stock.Kind{stock.SoldOutKind}, edit: func(_ *stock.Product, c *stock.Change) {
			c.Kind, c.Availability, c.Price, c.Offer.Price = stock.SoldOutKind, stock.SoldOut, stock.Price{}, stock.Price{}
		}, kind: stock.SoldOutKind},
		{name: "sold out what was too dear", more: []stock.Kind{stock.SoldOutKind}, edit: func(_ *stock.Product, c *stock.Change) {
			c.Kind, c.Availability, c.Price, c.Offer.Price = stock.SoldOutKind, stock.SoldOut, stock.Price{}, stock.Price{}
			c.Previous.Price = stock.Yen(99999)
		}, kind: stock.SoldOutKind, held: above},
		{name: "a page that cannot be read is the owner's", edit: with(stock.Unread), owner: []stock.Kind{stock.Unread}},
		{name: "and the buyers' too, when the user asks", more: []stock.Kind{stock.Unread}, edit: func(_ *stock.Product, c *stock.Change) {
			c.Kind, c.Price, c.Offer.Price = stock.Unread, stock.Price{}, stock.Price{}
		}, kind: stock.Unread, owner: []stock.Kind{stock.Unread}},
		{name: "and one that can again", edit: with(stock.Readable), owner: []stock.Kind{stock.Readable}},
		{name: "readable with a restock", edit: with(stock.Restocked, stock.Readable), kind: stock.Restocked, owner: []stock.Kind{stock.Readable}},
		{name: "a page that is gone is the owner's", edit: with(stock.Gone), owner: []stock.Kind{stock.Gone}},
		{name: "or the buyers', when the user asks", more: []stock.Kind{stock.Gone}, edit: with(stock.Gone), kind: stock.Gone},
		{name: "out for a month", edit: with(stock.StaleOut), owner: []stock.Kind{stock.StaleOut}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := switch2()
			c := restock(p, noon)
			if tt.edit != nil {
				tt.edit(&p, &c)
			}
			v := Judge(p, append(slices.Clone(kinds), tt.more...), c, Circumstances{})
			if v.Kind != tt.kind || v.Held != tt.held || !slices.Equal(v.Owner, tt.owner) {
				t.Errorf("Judge(%s %v, offer %v, before %v) = kind %q held %q owner %v, want %q %q %v",
					c.Kind, c.Also, c.Offer.Price, c.Previous, v.Kind, v.Held, v.Owner, tt.kind, tt.held, tt.owner)
			}
		})
	}
}
