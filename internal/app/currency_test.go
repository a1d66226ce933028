package app

import (
	"testing"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// A "$" on a page that names no currency is the currency of the product, if that is
// written so; two products that differ decide nothing.
func TestCurrencyOfProduct(t *testing.T) {
	const url = "https://shop.example.com/item/1"
	product := func(currency string) stock.Product {
		return stock.Product{ID: "a", Currency: currency, Watches: []stock.Watch{{URL: url}}}
	}
	body := []byte(`<html lang="en"><head><title>Lamp</title></head><body><h1>Lamp</h1><p class="price">$399.00</p><button>Add to cart</button></body></html>`)
	for _, c := range []struct {
		products []stock.Product
		want     string
	}{
		{nil, "399"},
		{[]stock.Product{product("CAD")}, "399.00 CAD"},
		{[]stock.Product{product("JPY")}, "399"},
		{[]stock.Product{product("CAD"), product("USD")}, "399"},
	} {
		o := withKeys(&config.Config{Products: c.products}).Read(stock.Page{URL: url, FinalURL: url, Status: 200, Outcome: stock.OK, Body: body})
		if got := o.Offer.Price.String(); got != c.want {
			t.Errorf("price with products %v: %q, want %q", c.products, got, c.want)
		}
	}
}
