package config

import (
	"strings"

	"github.com/andybalholm/cascadia"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxRule bounds a rule: longer ones are a pasted page.
const maxRule = 500

// rules reads how the user wants pages to be read, of a watch or of a whole host.
func (s *section) rules() stock.Rules {
	r := stock.Rules{
		StockSelector: s.selector("stock_selector"), PriceSelector: s.selector("price_selector"), IgnoreSelector: s.selector("ignore_selector"),
		InStockText: s.pattern("in_stock_text"), SoldOutText: s.pattern("sold_out_text"),
	}
	if r.InStockText != "" && r.InStockText == r.SoldOutText {
		s.errorf("sold_out_text", "is in_stock_text too: one text cannot say both")
	}
	return r
}

// selector reads a CSS selector.
func (s *section) selector(key string) string {
	text := strings.TrimSpace(s.upTo(key, "", maxRule))
	if err := CheckSelector(text); err != nil {
		s.errorf(key, "must be a CSS selector such as \"#stock .label\": %v", err)
		return ""
	}
	return text
}

// CheckSelector says what is wrong with a CSS selector; "" when nothing is.
func CheckSelector(text string) error {
	if text == "" {
		return nil
	}
	_, err := cascadia.ParseGroup(text)
	return err
}

// pattern reads a text to look for, or a regular expression between slashes.
func (s *section) pattern(key string) string {
	text := s.upTo(key, "", maxRule)
	if text == "" {
		return ""
	}
	if _, err := stock.TextPattern(text); err != nil {
		s.errorf(key, "must be a text, or a regular expression between slashes: %v", err)
		return ""
	}
	return text
}

// Rules returns the user's rules for a watch's URL: its own, and its host's where it
// has none.
func (c *Config) Rules(rawURL string) stock.Rules {
	if r, ok := c.PageRules[rawURL]; ok {
		return r
	}
	h, _ := c.host(stock.HostOf(rawURL))
	return h.Rules
}

// rulesByURL returns the rules of every watched page.
func rulesByURL(products []stock.Product) map[string]stock.Rules {
	var all map[string]stock.Rules
	for i := range products {
		for _, w := range products[i].Watches {
			if w.Rules == (stock.Rules{}) {
				continue
			}
			if all == nil {
				all = map[string]stock.Rules{}
			}
			all[w.URL] = w.Rules
		}
	}
	return all
}

// Try has a page read by rules that are not in the file, before those that are.
func (c *Config) Try(rawURL string, r stock.Rules) {
	r = r.Over(c.Rules(rawURL))
	if c.PageRules == nil {
		c.PageRules = map[string]stock.Rules{}
	}
	c.PageRules[rawURL] = r
}
