package page

import (
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Meta element names, the stronger first.
var (
	metaPrices       = []string{"product:sale_price:amount", "product:price:amount", "og:price:amount", "og:price"}
	metaCurrencies   = []string{"product:sale_price:currency", "product:price:currency", "og:price:currency"}
	metaAvailability = []string{"product:availability", "og:availability"}
)

// OpenGraph reads the page's Open Graph and other product meta elements.
func (d *Document) OpenGraph() Finding {
	f := Finding{Method: stock.MethodOpenGraph}
	o := stock.Offer{
		Title: clip(d.Meta("og:title", "twitter:title"), 300),
		Image: d.Absolute(d.Meta("og:image:secure_url", "og:image", "twitter:image")),
		SKU:   d.Meta("product:retailer_item_id"),
	}
	if s := d.Meta("product:ean", "product:gtin", "product:gtin13"); ValidJAN(s) {
		o.JAN = s
	}
	if c := Condition(d.Meta("product:condition", "og:condition")); c != "" {
		o.Condition = c
		f.Note(stock.FactCondition, c, d.Meta("product:condition", "og:condition"), "meta[property=product:condition]")
	}
	d.metaStock(&f, &o)
	for _, name := range metaPrices {
		s := d.Meta(name)
		if p, ok := PlainPrice(s, Currency(d.Meta(metaCurrencies...))); ok && !strings.ContainsAny(s, "~〜～") {
			o.Price, f.Grouped = p, stated(s, p.Currency, nil).grouped
			f.Note(stock.FactPrice, p.String(), s, "meta[property="+name+"]")
			break
		}
	}
	d.twitterFacts(&f, &o)
	if o.Title != "" {
		f.Note(stock.FactTitle, o.Title, o.Title, "meta[property=og:title]")
	}
	if o == (stock.Offer{}) {
		return f
	}
	f.Tell(o, "meta[property^=product]")
	f.Offers = []stock.Offer{o}
	return f
}

// metaStock reads the availability; an element that stands there twice and says two
// things says none.
func (d *Document) metaStock(f *Finding, o *stock.Offer) {
	for _, name := range metaAvailability {
		first := ""
		for _, m := range d.metas {
			if !strings.EqualFold(attr(m, "property"), name) && !strings.EqualFold(attr(m, "name"), name) {
				continue
			}
			s := Fold(attr(m, "content"))
			switch a := availabilityOf(s, d.Page.FetchedAt); {
			case a == stock.Unknown:
			case o.Availability == stock.Unknown:
				o.Availability, first = a, s
			case o.Availability.Group() != a.Group():
				o.Availability, f.Conflict = stock.Unknown, stock.OutOfStock
				f.Reason = stock.Because(stock.ReasonMetaContradicts, name, quotation(first), quotation(s))
				return
			}
		}
		if o.Availability != stock.Unknown {
			f.Note(stock.FactAvailability, o.Availability.String(), first, "meta[property="+name+"]")
			return
		}
	}
}

// twitterFacts reads the pairs of label and text that shops print for cards of
// links: twitter:label1 "Price", twitter:data1 "$20".
func (d *Document) twitterFacts(f *Finding, o *stock.Offer) {
	for _, n := range []string{"1", "2"} {
		text, where := d.Meta("twitter:data"+n), "meta[name=twitter:data"+n+"]"
		switch label := key(d.Meta("twitter:label" + n)); {
		case cardPrice.in(label) && !o.Price.Known():
			if p, ok := ParsePrice(text, d.currencyOfMeta()); ok && p.Minor > 0 && !strings.ContainsAny(text, "~〜～–-") {
				o.Price = p
				f.Note(stock.FactPrice, p.String(), text, where)
			}
		case cardStock.in(label) && o.Availability == stock.Unknown:
			if a := availabilityOf(text, d.Page.FetchedAt); a != stock.Unknown {
				o.Availability = a
				f.Note(stock.FactAvailability, a.String(), text, where)
			}
		}
	}
}

var (
	cardPrice = newLexicon("price", "価格", "preis", "prix", "precio", "prezzo", "preço", "prijs", "cena", "ár", "preț", "цена", "ціна", "pris", "hinta", "fiyat", "價格", "价格", "가격")
	cardStock = newLexicon("availability", "在庫", "verfügbarkeit", "disponibilité", "disponibilidad", "disponibilità", "disponibilidade", "beschikbaarheid", "dostępność", "dostupnost", "dostupnosť", "наличие", "tillgänglighet", "stok durumu")
)

func (d *Document) currencyOfMeta() string { return Currency(d.Meta(metaCurrencies...)) }
