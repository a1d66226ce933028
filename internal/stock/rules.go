package stock

import (
	"cmp"
	"regexp"
	"strings"
)

// Rules are what the user says of how a page is to be read. They are the strongest
// evidence of all. The zero Rules say nothing.
type Rules struct {
	StockSelector  string `json:"stock_selector,omitempty"`  // CSS: where the page tells the stock, or its order button
	PriceSelector  string `json:"price_selector,omitempty"`  // CSS: where the page shows the price
	InStockText    string `json:"in_stock_text,omitempty"`   // what it says when it is in stock: a text, or /a regular expression/
	SoldOutText    string `json:"sold_out_text,omitempty"`   // what it says when it is not
	IgnoreSelector string `json:"ignore_selector,omitempty"` // CSS: parts of the page that are not read at all
}

// Over returns r with what it leaves open taken from those for the whole host.
func (r Rules) Over(host Rules) Rules {
	return Rules{
		StockSelector: cmp.Or(r.StockSelector, host.StockSelector), PriceSelector: cmp.Or(r.PriceSelector, host.PriceSelector),
		InStockText: cmp.Or(r.InStockText, host.InStockText), SoldOutText: cmp.Or(r.SoldOutText, host.SoldOutText),
		IgnoreSelector: cmp.Or(r.IgnoreSelector, host.IgnoreSelector),
	}
}

// OfStock reports whether the rules say how to tell the stock.
func (r Rules) OfStock() bool {
	return r.StockSelector != "" || r.InStockText != "" || r.SoldOutText != ""
}

// TextPattern returns what a rule's text looks for: the regular expression between
// two slashes, else the text itself in whatever case.
func TextPattern(text string) (*regexp.Regexp, error) {
	if len(text) > 2 && strings.HasPrefix(text, "/") && strings.HasSuffix(text, "/") {
		return regexp.Compile(text[1 : len(text)-1])
	}
	return regexp.Compile("(?i)" + regexp.QuoteMeta(text))
}
