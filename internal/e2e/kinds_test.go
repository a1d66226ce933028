package e2e

import (
	"slices"
	"testing"

	"github.com/sainyuka/sainyuka/internal/fakeshop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// oddShops are shops that told nothing to those who only compare "in stock" with
// "out of stock", each with what happens in it, in turns of a few looks, and the
// alert that it must ring in the end.
var oddShops = []struct {
	name  string
	turns []func(*fakeshop.Item)
	kind  stock.Kind
	mark  string
}{
	{"always-in", []func(*fakeshop.Item){
		func(it *fakeshop.Item) { it.StaleData, it.Availability = true, stock.OutOfStock },
		func(it *fakeshop.Item) { it.Availability = stock.InStock },
	}, stock.Restocked, stock.MarkWasUnclear},
	{"no-button", []func(*fakeshop.Item){
		func(it *fakeshop.Item) { it.Layout, it.Availability = fakeshop.OpenGraph, stock.Unknown },
		func(it *fakeshop.Item) { it.Availability = stock.InStock },
	}, stock.Restocked, stock.MarkWasUnclear},
	{"button-removed", []func(*fakeshop.Item){
		func(it *fakeshop.Item) { it.Layout, it.Availability = fakeshop.OpenGraph, stock.OutOfStock },
		func(it *fakeshop.Item) { it.Availability = stock.Unknown },
		func(it *fakeshop.Item) { it.Availability = stock.InStock },
	}, stock.Restocked, stock.MarkWasUnclear},
	{"reseller-first", []func(*fakeshop.Item){
		func(it *fakeshop.Item) { it.Availability = stock.OutOfStock },
		func(it *fakeshop.Item) { it.Availability, it.Seller = stock.InStock, "転売市" },
		func(it *fakeshop.Item) { it.Seller = "おもちゃの森" },
	}, stock.Restocked, "now_within_limits"},
	{"data-denies", []func(*fakeshop.Item){
		func(it *fakeshop.Item) { it.Availability = stock.OutOfStock },
		func(it *fakeshop.Item) { it.DataDenies, it.Availability = true, stock.InStock },
	}, stock.MaybeRestocked, ""},
}

// Each of them rings once, as what it is, and nothing else rings; a receipt says
// how the first looks read them.
func TestOddShopsRing(t *testing.T) {
	c, s := newTown(t), newSink(t)
	var shops []shop
	for _, odd := range oddShops {
		p := c.shop(odd.name)
		c.Change(p.url, odd.turns[0])
		shops = append(shops, p)
	}
	config := settings{town: c, sink: s, shops: shops, receipts: true, alerts: "sellers_deny = [\"転売市\"]\n"}.write(t)
	startDaemon(t, config)
	looks(t, shops, 6)
	for turn := 1; turn < 3; turn++ {
		for i, odd := range oddShops {
			if turn < len(odd.turns) {
				c.Change(shops[i].url, odd.turns[turn])
			}
		}
		looks(t, shops, 6)
	}
	for i, odd := range oddShops {
		events := s.wait(t, shops[i].id, 1)
		if e := events[0]; e.Data.Kind != odd.kind || odd.mark != "" && !slices.Contains(e.Data.Marks, odd.mark) {
			t.Errorf("%s rang %v with marks %v, want %s with %q", odd.name, describe(events), e.Data.Marks, odd.kind, odd.mark)
		}
	}
	eventually(t, "a receipt", func() bool { return len(receiptsOf(s)) > 0 })
	looks(t, shops, 3)
	for i, odd := range oddShops {
		if events := s.of(shops[i].id); len(events) != 1 {
			t.Errorf("%s rang %d times, want once: %v", odd.name, len(events), describe(events))
		}
	}
	if got := receiptsOf(s); len(got) != 1 || got[0].Data.News == nil || got[0].Data.News.Pages != len(shops) {
		t.Errorf("receipts %+v, want one about %d pages", got, len(shops))
	}
}

func receiptsOf(s *sink) []event {
	return slices.DeleteFunc(s.all(), func(e event) bool { return e.Data.Kind != stock.SetupReceipt })
}
