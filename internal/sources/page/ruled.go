package page

import (
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Ruled returns what the user's rules make of a page that was read as o: they go
// before all other evidence. A rule that matches nothing says nothing, and then
// nobody else may say it either: the shop has changed its page, or the rule is wrong.
func (d *Document) Ruled(o stock.Observation, r stock.Rules) stock.Observation {
	if r.IgnoreSelector != "" && d.Ignored == 0 {
		return unclear(o, stock.Silent, unmatched("ignore_selector", r.IgnoreSelector))
	}
	if r.OfStock() {
		if o = d.ruledStock(o, r); o.Doubt != "" {
			return o
		}
	}
	if r.PriceSelector != "" {
		return d.ruledPrice(o, r.PriceSelector)
	}
	return o
}

func unmatched(rule, value string) stock.Reason {
	return stock.Because(stock.ReasonRuleUnmatched, rule, value)
}

// unclear takes back what a page was read to say of its stock.
func unclear(o stock.Observation, why stock.Doubt, reason stock.Reason) stock.Observation {
	o.Outcome, o.Doubt, o.Leans, o.Reason = stock.OK, why, "", reason
	o.Offer.Availability, o.Offer.Quantity, o.Strong = stock.Unknown, nil, false
	o.Offers, o.Listings, o.IsSearch = nil, nil, false
	o.Evidence = without(o.Evidence, stock.FactAvailability)
	return o
}

func without(all []stock.Evidence, f stock.Fact) []stock.Evidence {
	return slices.DeleteFunc(slices.Clone(all), func(e stock.Evidence) bool { return e.Fact == f })
}

// ruledStock reads the stock where and as the user says.
func (d *Document) ruledStock(o stock.Observation, r stock.Rules) stock.Observation {
	places := []Part{{d.HTML.Nodes[0]}}
	where := "the page"
	if r.StockSelector != "" {
		if places = parts(d.HTML.Selection, r.StockSelector, func(*html.Node) bool { return true }); len(places) == 0 {
			return unclear(o, stock.Silent, unmatched("stock_selector", r.StockSelector))
		}
		where = r.StockSelector
	}
	var a stock.Availability
	var text string
	if r.InStockText == "" && r.SoldOutText == "" {
		a, text = ownWords(places)
		if a == stock.Unknown {
			return unclear(o, stock.Silent, stock.Because(stock.ReasonRuleUnknownWords, r.StockSelector, quotation(text)))
		}
	} else {
		in, inOK := found(places, r.InStockText)
		out, outOK := found(places, r.SoldOutText)
		switch {
		case inOK && outOK:
			return unclear(o, stock.Contradiction, stock.Because(stock.ReasonRulesContradict, quotation(in), quotation(out)))
		case inOK:
			a, text = stock.InStock, in
		case outOK:
			a, text = stock.OutOfStock, out
		case r.InStockText == "":
			return unclear(o, stock.Silent, unmatched("sold_out_text", r.SoldOutText))
		case r.SoldOutText == "":
			return unclear(o, stock.Silent, unmatched("in_stock_text", r.InStockText))
		default:
			return unclear(o, stock.Silent, stock.Because(stock.ReasonRulesUnmatched, r.InStockText, r.SoldOutText))
		}
	}
	return withAvailability(o, a, stock.Evidence{Method: stock.MethodRule, Fact: stock.FactAvailability, Value: a.String(), Text: quotation(text), Where: where})
}

func withAvailability(o stock.Observation, a stock.Availability, says stock.Evidence) stock.Observation {
	o.Outcome, o.Reason, o.Doubt, o.Leans, o.Strong = stock.OK, stock.Reason{}, "", "", true
	o.Offer.Availability = a
	if o.IsSearch {
		o.IsSearch, o.Listings = false, nil // the user says that it is one product's page
	}
	if a.Purchasable() && o.Offer.SaleMode == "" {
		o.Offer.SaleMode = stock.Open
	}
	if a.Group() != stock.Now {
		o.Offer.Quantity = nil
	}
	o.Offers = []stock.Offer{o.Offer}
	o.Evidence = append([]stock.Evidence{says}, without(o.Evidence, stock.FactAvailability)...)
	return o
}

// ownWords reads the first of the places that says something of the stock, or is a
// button that orders or would.
func ownWords(places []Part) (a stock.Availability, text string) {
	for _, p := range places {
		label := p.Label()
		if text == "" {
			text = label
		}
		says, ok := StockPhrase(label)
		switch {
		case ok && says != stock.Unknown:
			return says, label
		case Buys(label) && p.Disabled():
			return stock.OutOfStock, label
		case Buys(label):
			return stock.InStock, label
		}
	}
	return stock.Unknown, text
}

// found looks for the text of a rule in the places.
func found(places []Part, rule string) (text string, ok bool) {
	if rule == "" {
		return "", false
	}
	if !strings.HasPrefix(rule, "/") || !strings.HasSuffix(rule, "/") {
		rule = Fold(rule) // as the page's text is
	}
	pattern, err := stock.TextPattern(rule)
	if err != nil {
		return "", false // the configuration has refused it
	}
	for _, p := range places {
		for _, t := range []string{p.Text(), p.Label()} {
			if at := pattern.FindString(t); at != "" {
				return at, true
			}
		}
	}
	return "", false
}

// ruledPrice reads the price where the user says. A page on which nothing can be
// bought may show none.
func (d *Document) ruledPrice(o stock.Observation, selector string) stock.Observation {
	hint := d.currency()
	for i, n := range d.HTML.Find(selector).Nodes {
		p := Part{n}
		if i == maxMatches || concealed(n) && n.DataAtom != atom.Meta && n.DataAtom != atom.Input {
			continue
		}
		for _, text := range []string{p.Text(), Fold(p.Attr("content")), Fold(p.Attr("value"))} {
			price, ok := ParsePrice(text, hint)
			if !ok || price.Minor <= 0 {
				continue
			}
			o.Offer.Price = price
			o.Evidence = append([]stock.Evidence{{Method: stock.MethodRule, Fact: stock.FactPrice, Value: price.String(), Text: quotation(text), Where: selector}}, without(o.Evidence, stock.FactPrice)...)
			if len(o.Offers) <= 1 {
				o.Offers = []stock.Offer{o.Offer}
			}
			return o
		}
	}
	if o.Offer.Availability.Group() == stock.No {
		return o
	}
	return unclear(o, stock.Silent, unmatched("price_selector", selector))
}
