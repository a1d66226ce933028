package rules

import (
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

func TestMarketForgetsWhatCannotBeBought(t *testing.T) {
	p := switch2()
	m := Market{}
	m.Note(restock(p, noon))
	if got := m.Others("another"); len(got) != 1 || got[0] != stock.Yen(49980) {
		t.Errorf("after a restock others ask %v, want 49980", got)
	}
	if got := m.Others(p.Watches[0].ID); len(got) != 0 {
		t.Errorf("the watch's own price is among others': %v", got)
	}
	for name, c := range map[string]func(*stock.Change){
		"sold out":   func(c *stock.Change) { c.Availability = stock.SoldOut },
		"used":       func(c *stock.Change) { c.Offer.Condition = stock.ConditionUsed },
		"unreadable": func(c *stock.Change) { c.Problem = &stock.Problem{} },
		"no price":   func(c *stock.Change) { c.Price, c.Offer.Price = stock.Price{}, stock.Price{} },
	} {
		m.Note(restock(p, noon))
		change := restock(p, noon)
		c(&change)
		if m.Note(change); len(m) != 0 {
			t.Errorf("%s: others ask %v, want nothing", name, m)
		}
	}
}
