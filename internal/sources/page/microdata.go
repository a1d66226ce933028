package page

import (
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func (d *Document) readMicrodata() Finding {
	r := &microdata{doc: d, left: maxNodes, steps: 4 * maxTags}
	var things []*item
	for _, n := range d.items {
		if things = append(things, r.item(n, "", 0)); r.left <= 0 {
			break
		}
	}
	things = adopt(things)
	switch loose := d.looseOffer(); {
	case len(loose) == 0:
	case len(products(things)) == 0:
		things = append(things, loose...)
	default:
		fillOnly(things, loose[0])
	}
	return d.readItems(stock.MethodMicrodata, things)
}

// looseOffer makes an offer of the price and availability that a page marks
// without saying of what: an itemscope is missing around them. Values that
// disagree are those of several things, and then nobody knows whose.
func (d *Document) looseOffer() []*item {
	o := &item{types: []string{"offer"}, where: "[itemprop]", props: map[string][]value{}}
	seen := map[string]int{}
	for _, n := range d.props {
		name := short(attr(n, "itemprop"))
		if name != "price" && name != "availability" && name != "pricecurrency" || scoped(n) || d.elsewhere(n) {
			continue
		}
		v := propertyValue(n)
		seen[name]++
		if had := o.props[name]; len(had) > 0 && had[0].any != v || seen[name] > 3 {
			return nil
		}
		o.props[name] = []value{{v, "[itemprop=" + name + "]"}}
	}
	if len(o.props["price"]) == 0 && len(o.props["availability"]) == 0 {
		return nil
	}
	return []*item{o}
}

// fillOnly gives the page's only product what stands outside of its element: its one
// offer, or what that does not say. The template began the element too late, or closed
// it too early.
func fillOnly(things []*item, loose *item) {
	all := products(things)
	if len(all) != 1 {
		return // several products: whose it is, nobody can tell
	}
	switch offers := all[0].props["offers"]; {
	case len(offers) == 0 && len(loose.props["availability"]) > 0:
		all[0].props["offers"] = []value{{loose, loose.where}}
	case len(offers) == 1:
		offer, ok := offers[0].any.(*item)
		if !ok {
			return
		}
		for name, values := range loose.props {
			if len(offer.props[name]) == 0 {
				offer.props[name] = values
			}
		}
	}
}

// scoped reports whether n is inside an item.
func scoped(n *html.Node) bool {
	for p := n; p != nil; p = p.Parent {
		if hasAttr(p, "itemscope") {
			return true
		}
	}
	return false
}

// adopt gives an offer that stands beside the page's only product, not in it, to
// that product: a template closed the product's element too early.
func adopt(things []*item) []*item {
	var product *item
	var offers []value
	for _, it := range things {
		switch {
		case it.isProduct() && product != nil:
			return things // several products: whose offer it is, nobody can tell
		case it.isProduct():
			product = it
		case it.isOffer():
			offers = append(offers, value{it, it.where})
		}
	}
	if product != nil && len(offers) == 1 && len(product.props["offers"]) == 0 {
		product.props["offers"] = offers
	}
	return things
}

type microdata struct {
	doc   *Document
	left  int // properties that may still be read
	steps int // elements that may still be visited: itemref can lead to one part again and again
}

// item reads the element n, which has itemscope.
func (r *microdata) item(n *html.Node, parent string, depth int) *item {
	it := &item{id: attr(n, "itemid"), props: map[string][]value{}}
	for t := range strings.FieldsSeq(attr(n, "itemtype")) {
		it.types = append(it.types, short(t))
	}
	it.where = strings.TrimSpace(parent + " " + selector(n, it.types))
	if depth > maxDepth {
		return it
	}
	r.collect(it, n, depth, 0)
	refs := strings.Fields(attr(n, "itemref"))
	for _, ref := range refs[:min(len(refs), 20)] {
		if m := r.doc.byID(ref); m != nil && m != n && !contains(m, n) {
			r.element(it, m, depth, 0)
		}
	}
	return it
}

// collect reads the properties of it from the elements below n.
func (r *microdata) collect(it *item, n *html.Node, depth, level int) {
	if level > 512 {
		return
	}
	for c := n.FirstChild; c != nil && r.left > 0 && r.steps > 0; c = c.NextSibling {
		r.steps--
		if c.Type == html.ElementNode {
			r.element(it, c, depth, level)
		}
	}
}

// element reads n, which belongs to it, and what is below.
func (r *microdata) element(it *item, n *html.Node, depth, level int) {
	names := attr(n, "itemprop")
	scope := hasAttr(n, "itemscope")
	if names == "" {
		if !scope {
			r.collect(it, n, depth, level+1)
		}
		return
	}
	var v any
	for name := range strings.FieldsSeq(strings.ToLower(names)) {
		name = short(name)
		if !properties[name] {
			continue
		}
		if v == nil {
			r.left--
			if scope {
				v = r.item(n, it.where, depth+1)
			} else {
				v = propertyValue(n)
			}
		}
		where := it.where + " [itemprop=" + name + "]"
		it.props[name] = append(it.props[name], value{v, where})
	}
	if !scope {
		r.collect(it, n, depth, level+1)
	}
}

// propertyValue returns what an element with itemprop says. A content attribute
// counts on any element: shops put it wherever a text is not for machines.
func propertyValue(n *html.Node) string {
	if hasAttr(n, "content") {
		return attr(n, "content")
	}
	switch n.DataAtom {
	case atom.Link, atom.A, atom.Area:
		if href := attr(n, "href"); href != "" {
			return href
		}
	case atom.Img, atom.Source, atom.Embed, atom.Iframe:
		return attr(n, "src")
	case atom.Data, atom.Meter:
		return attr(n, "value")
	case atom.Time:
		if t := attr(n, "datetime"); t != "" {
			return t
		}
	case atom.Object:
		return attr(n, "data")
	}
	return clip(visible(n), 500)
}

// selector names an itemscope element for evidence.
func selector(n *html.Node, types []string) string {
	s := n.Data
	if id := attr(n, "id"); id != "" {
		s += "#" + id
	}
	if len(types) > 0 {
		s += "[itemtype$=" + types[0] + "]"
	}
	return s
}
