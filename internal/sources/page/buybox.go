package page

import "github.com/sainyuka/sainyuka/internal/stock"

// BuyBox reads the page's order form.
func (d *Document) BuyBox() Finding { return Finding{Method: stock.MethodBuyBox} }
