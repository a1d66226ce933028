package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// ruleKeys are the keys of the configuration by which a page is read, in the order in
// which they are shown.
var ruleKeys = []struct {
	key string
	of  func(*stock.Rules) *string
}{
	{"stock_selector", func(r *stock.Rules) *string { return &r.StockSelector }},
	{"in_stock_text", func(r *stock.Rules) *string { return &r.InStockText }},
	{"sold_out_text", func(r *stock.Rules) *string { return &r.SoldOutText }},
	{"price_selector", func(r *stock.Rules) *string { return &r.PriceSelector }},
	{"ignore_selector", func(r *stock.Rules) *string { return &r.IgnoreSelector }},
}

// rulesOf reads rules from a form or a query, which have the configuration's keys. What
// was pointed at goes before what was typed.
func rulesOf(q url.Values) (r stock.Rules) {
	for _, k := range ruleKeys {
		*k.of(&r) = strings.TrimSpace(q.Get(k.key))
	}
	for field, to := range map[string]*string{"stock": &r.StockSelector, "price": &r.PriceSelector} {
		if q.Has(field) && q.Get(field) != typed {
			*to = q.Get(field)
		}
	}
	return r
}

// typed is the choice of a selector that is written by hand.
const typed = "*"

// query returns rules as a query has them.
func ruleQuery(r stock.Rules) url.Values {
	q := url.Values{}
	for _, k := range ruleKeys {
		if v := *k.of(&r); v != "" {
			q.Set(k.key, v)
		}
	}
	return q
}

// withRules has the pages of a product's table read by rules: its addresses become watches.
func withRules(table map[string]any, r stock.Rules) map[string]any {
	if r == (stock.Rules{}) {
		return table
	}
	urls, _ := table["urls"].([]string)
	var watches []any
	for _, u := range urls {
		w := map[string]any{"url": u}
		if interval, ok := table["interval"]; ok {
			w["interval"] = interval
		}
		for _, k := range ruleKeys {
			if v := *k.of(&r); v != "" {
				w[k.key] = v
			}
		}
		watches = append(watches, w)
	}
	delete(table, "urls")
	delete(table, "interval")
	table["watch"] = watches
	return table
}

// ruleLines returns rules as they stand in the configuration file.
func ruleLines(r stock.Rules) (lines []string) {
	for _, k := range ruleKeys {
		if v := *k.of(&r); v != "" {
			lines = append(lines, k.key+" = "+strconv.Quote(v))
		}
	}
	return lines
}
