package page

import (
	"net/url"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// mainProduct returns the product that the page is about: one, or several items
// that describe the same (one for each size). It returns none, and why, when the
// page has several products and nothing tells which one is its own.
func (d *Document) mainProduct(products []*item) ([]*item, stock.Reason) {
	if len(products) <= 1 {
		return products, stock.Reason{}
	}
	best, top := -1, []*item(nil)
	for _, p := range products {
		switch s := d.claim(p); {
		case s > best:
			best, top = s, []*item{p}
		case s == best:
			top = append(top, p)
		}
	}
	if len(top) == 1 && best > 0 || same(top) {
		return top, stock.Reason{}
	}
	return nil, stock.Because(stock.ReasonManyProducts, len(products))
}

// claim weighs how much speaks for p being the page's own product.
func (d *Document) claim(p *item) int {
	score := 0
	link, _ := p.text("url")
	if link == "" {
		link = p.id
	}
	if u, err := d.URL.Parse(link); err == nil && link != "" {
		if samePath(u, d.URL) || samePath(u, parseURL(d.Canonical())) {
			score += 8
		} else {
			score -= 2
		}
	}
	if s, _ := p.text("sku", "productid"); len(s) >= 3 && strings.Contains(strings.ToLower(d.URL.RequestURI()), strings.ToLower(s)) {
		score += 4
	}
	name, _ := p.text("name")
	if named(name, d.Heading()) || named(name, d.Meta("og:title")) || named(name, d.Title()) {
		score += 4
	}
	if score > 0 && len(p.children("offers", "offer", "hasvariant")) > 0 {
		score++
	}
	return max(score, 0)
}

// named reports whether a heading is, or holds, the name of a product.
func named(name, heading string) bool {
	return namedByKey(key(name), key(heading))
}

// namedByKey is named for two keys.
func namedByKey(name, heading string) bool {
	return name != "" && heading != "" && (strings.Contains(heading, name) || len(heading) >= 12 && strings.Contains(name, heading))
}

// same reports whether items describe one product: they have one name, or one
// address that is not merely a common prefix.
func same(items []*item) bool {
	if len(items) == 0 {
		return false
	}
	name, _ := items[0].text("name")
	link, _ := items[0].text("url")
	for _, it := range items[1:] {
		n, _ := it.text("name")
		l, _ := it.text("url")
		if !(n != "" && key(n) == key(name)) && !(l != "" && l == link) {
			return false
		}
	}
	return true
}

// namedOffer reports whether the page's address asks for the offer o: by a
// parameter (a variant's id, a sku) that its own address has too.
func (d *Document) namedOffer(o stock.Offer) bool {
	q := d.URL.Query()
	if o.SKU != "" {
		for _, vs := range q {
			for _, v := range vs {
				if strings.EqualFold(v, o.SKU) {
					return true
				}
			}
		}
	}
	u := parseURL(o.URL)
	if u == nil || !samePath(u, d.URL) || len(u.Query()) == 0 {
		return false
	}
	for name, vs := range u.Query() {
		if got := q[name]; len(got) == 0 || got[0] != vs[0] {
			return false
		}
	}
	return true
}

func parseURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil || s == "" {
		return nil
	}
	return u
}

// samePath reports whether two addresses lead to one page, whatever their
// scheme, query, case and closing slash.
func samePath(a, b *url.URL) bool {
	if a == nil || b == nil || !strings.EqualFold(a.Hostname(), b.Hostname()) {
		return false
	}
	return strings.EqualFold(strings.TrimSuffix(a.Path, "/"), strings.TrimSuffix(b.Path, "/")) && strings.Trim(a.Path, "/") != ""
}
