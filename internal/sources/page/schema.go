package page

import (
	"slices"
	"strconv"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// readItems reads the page's product from the things that one method found.
func (d *Document) readItems(m stock.Method, things []*item) Finding {
	f := Finding{Method: m}
	products := products(things)
	main, why := d.mainProduct(products)
	if len(main) == 0 {
		f.Reason = why
		return f
	}
	r := &offerReader{doc: d}
	for _, p := range main {
		r.product(p, "", 0)
	}
	r.ownFirst()
	for _, o := range r.offers {
		f.Offers = append(f.Offers, o.Offer)
	}
	if len(r.offers) == 0 { // a product without an offer still has a name
		r.offers = append(r.offers, readOffer{Offer: r.about(main[0], stock.Offer{}), item: main[0], product: main[0]})
		f.Offers = append(f.Offers, r.offers[0].Offer)
	}
	if r.cut {
		f.Note(stock.FactPage, strconv.Itoa(maxOffers), "", "", stock.NoteFirstOffers)
	}
	d.chooseVariant(&f, r.offers)
	chosen := r.offers[f.Chosen]
	chosen.Availability = f.Offers[f.Chosen].Availability
	r.explain(&f, chosen)
	return f
}

// products returns the products among things. An offer that names what it offers
// is turned into a product with that offer, as is the only offer of a page without
// products.
func products(things []*item) []*item {
	var all, nameless []*item
	for _, it := range things {
		if it.isProduct() {
			all = append(all, it)
			continue
		}
		if !it.isOffer() {
			continue
		}
		if len(it.children("itemoffered")) == 0 {
			nameless = append(nameless, it)
		}
		for _, p := range it.children("itemoffered") {
			if len(p.props["offers"]) == 0 {
				p.props["offers"] = []value{{it, it.where}}
			}
			all = append(all, p)
		}
	}
	if len(all) == 0 && len(nameless) == 1 {
		o := nameless[0]
		return []*item{{types: []string{"product"}, where: o.where, props: map[string][]value{"offers": {{o, o.where}}}}}
	}
	return all
}

// readOffer is an offer with the items it was read from.
type readOffer struct {
	stock.Offer
	item, product *item
	stated        statedPrice
	doubtful      bool
	conflict      stock.Availability // what the offer's own fields also say
	why           stock.Reason
	from          stock.Price // lowest price of an aggregate: a fact, not this offer's price
}

type offerReader struct {
	doc    *Document
	offers []readOffer
	cut    bool
}

// product reads the offers of p and of its variants.
func (r *offerReader) product(p *item, variant string, depth int) {
	if depth > 2 {
		return
	}
	about := r.about(p, stock.Offer{Variant: variant})
	for _, o := range p.children("offers", "offer") {
		r.offer(o, p, about, 0)
	}
	for _, v := range p.children("hasvariant") {
		r.product(v, variantName(v, about.Title), depth+1)
	}
}

// about fills in what a product says for all its offers.
func (r *offerReader) about(p *item, o stock.Offer) stock.Offer {
	o.Title, _ = p.text("name", "title")
	o.Title = clip(o.Title, 300)
	o.SKU, _ = p.text("sku", "productid", "mpn")
	o.JAN = jan(p)
	image, _ := p.text("image")
	o.Image = r.doc.Absolute(image)
	o.Condition = condition(p)
	return o
}

// offer reads the item o, an Offer or AggregateOffer of the product p.
func (r *offerReader) offer(o, p *item, about stock.Offer, depth int) {
	if nested := o.children("offers", "offer"); len(nested) > 0 && depth < 3 {
		before := len(r.offers)
		for _, n := range nested {
			r.offer(n, p, about, depth+1)
		}
		if low, _ := o.text("lowprice"); complete(r.offers[before:], low, currencyOf(o, p)) {
			return
		}
		r.offers = r.offers[:before] // the cheapest is not among those listed: the whole is read instead
	}
	if len(r.offers) >= maxOffers {
		r.cut = true
		return
	}
	out := readOffer{Offer: about, item: o, product: p}
	out.Availability, out.conflict, out.why = offered(o, r.doc.Page.FetchedAt)
	out.stated = r.price(o, p)
	out.Price = out.stated.price
	out.doubtful = out.stated.asked && !out.Price.Known()
	if o.is("aggregateoffer") || len(o.props["price"]) == 0 {
		low, _ := o.text("lowprice")
		out.from, _ = PlainPrice(low, currencyOf(o, p))
		if high, _ := o.text("highprice"); !out.Price.Known() && out.from.Known() && known(PlainPrice(high, currencyOf(o, p))) == out.from {
			out.Price = out.from // all of them ask the same
		}
	}
	if s, _ := o.text("sku"); s != "" {
		out.SKU = s
	}
	if j := jan(o); j != "" {
		out.JAN = j
	}
	if c := condition(o); c != "" {
		out.Condition = c
	}
	if name, _ := o.text("name"); about.Variant == "" && name != about.Title {
		out.Variant = clip(name, 100)
	}
	link, _ := o.text("url")
	out.URL = r.doc.Absolute(link)
	out.Seller = seller(o)
	if q, _ := o.text("inventorylevel"); q != "" {
		out.Quantity = wholeNumber(q)
	}
	out.Shipping = shipping(o)
	r.offers = append(r.offers, out)
}

// complete reports whether the offers listed below an aggregate hold the cheapest
// one, whose price is low. Marketplaces list some of a thousand.
func complete(offers []readOffer, low, currency string) bool {
	from, ok := PlainPrice(low, currency)
	if !ok {
		return true
	}
	return slices.ContainsFunc(offers, func(o readOffer) bool { return o.Price == from })
}

// known drops a price that is none, as 0 is.
func known(p stock.Price, ok bool) stock.Price {
	if !ok {
		return stock.Price{}
	}
	return p
}

func currencyOf(items ...*item) string {
	for _, it := range items {
		if s, _ := it.text("pricecurrency", "currency"); s != "" {
			return Currency(s)
		}
	}
	return ""
}

// explain notes the evidence for the facts of the chosen offer.
func (r *offerReader) explain(f *Finding, o readOffer) {
	f.Doubtful, f.From, f.Grouped = o.doubtful, o.from, o.stated.grouped
	if o.conflict != stock.Unknown {
		f.Conflict = o.conflict
	}
	if !o.why.None() {
		f.Reason = o.why
	}
	note := func(fact stock.Fact, value string, it *item, name string, notes ...stock.Note) {
		if s, where := it.text(name); s != "" {
			f.Note(fact, value, s, where, notes...)
		}
	}
	switch text, where := o.item.text("availability"); {
	case o.Availability != stock.Unknown:
		f.Note(stock.FactAvailability, o.Availability.String(), text, where)
	case text != "" && o.why.None():
		f.Note(stock.FactAvailability, "", text, where, stock.NoteNotSchemaOrg)
	}
	switch {
	case o.Price.Known():
		if !o.stated.asked {
			note(stock.FactPrice, o.Price.String(), o.item, "lowprice", stock.NoteAllOffers)
			break
		}
		note(stock.FactPrice, o.Price.String(), o.stated.item, "price")
	case o.doubtful:
		note(stock.FactNoPrice, "", o.item, "price")
	case o.from.Known():
		note(stock.FactPriceFrom, o.from.String(), o.item, "lowprice", stock.NoteSeveralOffers)
	}
	if o.Title != "" {
		s, where := o.product.text("name", "title")
		f.Note(stock.FactTitle, o.Title, s, where)
	}
	if o.Condition != "" {
		f.Note(stock.FactCondition, o.Condition, conditionText(o.item, o.product), o.item.where)
	}
	if o.JAN != "" {
		f.Note(stock.FactJAN, o.JAN, o.JAN, o.product.where)
	}
	if o.Seller != "" {
		f.Note(stock.FactSeller, o.Seller, o.Seller, o.item.where)
	}
	if o.Quantity != nil {
		note(stock.FactQuantity, strconv.FormatInt(*o.Quantity, 10), o.item, "inventorylevel")
	}
	f.Tell(o.Offer, o.item.where)
}
