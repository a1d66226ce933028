package page

import (
	"net/url"
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// chooseVariant chooses among the offers of structured data: those that the page's
// address or heading names, by the surest sign that names some and not all. Where the
// address asks for a variant that none of several different offers is told to be,
// the offers say nothing of it.
func (d *Document) chooseVariant(f *Finding, read []readOffer) {
	for _, sign := range []func(readOffer) bool{
		func(o readOffer) bool { return d.namedOffer(o.Offer) },
		d.namedByValue, d.namedByPath, d.namedByCode, d.namedByHeading,
	} {
		hits := namedBy(read, sign)
		if len(hits) == 0 || len(hits) == len(read) {
			continue
		}
		best := hits[0]
		for _, i := range hits[1:] {
			if better(f.Offers[i], f.Offers[best]) {
				best = i
			}
		}
		f.Chosen = best
		f.noteChoice(stock.NoteAddressed)
		return
	}
	f.Choose(nil)
	if len(d.askedVariant()) > 0 && differ(f.Offers) {
		f.Offers[f.Chosen].Availability = stock.Unknown
		f.Conflict = stock.OutOfStock
		f.Reason = stock.Because(stock.ReasonVariantUnknown)
	}
}

func namedBy(read []readOffer, sign func(readOffer) bool) []int {
	var hits []int
	for i, o := range read {
		if sign(o) {
			hits = append(hits, i)
		}
	}
	return hits
}

// differ reports whether several offers of different variants are in different groups.
func differ(offers []stock.Offer) bool {
	for _, o := range offers[min(1, len(offers)):] {
		if o.Availability.Group() != offers[0].Availability.Group() && (o.Variant != offers[0].Variant || o.SKU != offers[0].SKU) {
			return true
		}
	}
	return false
}

// variantNames are the names of parameters that choose a variant.
var variantNames = pattern.MustCompile(`(?i)^(variant|variation|variante|sku|colou?r|size|style|option|attribute_|pa_|farbe|gr(ö|oe)sse|größe|couleur|taille|colore|taglia|color|talla|swatch|dwvar_|vid$|カラー|サイズ|色)`)

// askedVariant returns the values by which the page's address asks for a variant.
func (d *Document) askedVariant() []string {
	var all []string
	add := func(q url.Values) {
		for name, values := range q {
			if variantNames.MatchString(name) {
				all = append(all, values...)
			}
		}
	}
	add(d.URL.Query())
	if q, err := url.ParseQuery(strings.TrimLeft(d.fragment(), "/?!")); err == nil {
		add(q)
	}
	return slices.DeleteFunc(all, func(s string) bool { return strings.TrimSpace(s) == "" })
}

// fragment returns what stands behind the # of the watch's address.
func (d *Document) fragment() string {
	if d.URL.Fragment != "" {
		return d.URL.Fragment
	}
	if u := parseURL(d.Page.URL); u != nil {
		return u.Fragment
	}
	return ""
}

// namedByValue reports whether an offer's variant is called as the address asks.
func (d *Document) namedByValue(o readOffer) bool {
	asked := d.askedVariant()
	if len(asked) == 0 || o.Variant == "" && o.SKU == "" {
		return false
	}
	parts := strings.FieldsFunc(key(o.Variant), func(r rune) bool { return r == '/' || r == ',' || r == ' ' || r == '-' })
	for _, v := range asked {
		if k := key(v); k != key(o.SKU) && k != key(o.Variant) && !slices.Contains(parts, k) {
			return false
		}
	}
	return true
}

// namedByPath reports whether an offer, or the product that it is of, has the page's
// own address, or an id that ends as that does.
func (d *Document) namedByPath(o readOffer) bool {
	for _, it := range []*item{o.item, o.product} {
		link, _ := it.text("url")
		for _, ref := range []string{link, it.id} {
			u, err := d.URL.Parse(ref)
			if err != nil || ref == "" || !samePath(u, d.URL) {
				continue
			}
			if u.Fragment == "" && len(u.Query()) == 0 || u.Fragment != "" && u.Fragment == d.fragment() {
				return true
			}
		}
	}
	return false
}

// namedByCode reports whether the last part of the path, or the fragment, is or ends
// with the offer's number or variant.
func (d *Document) namedByCode(o readOffer) bool {
	path := strings.Trim(key(d.URL.Path), "/")
	last := path[strings.LastIndexByte(path, '/')+1:]
	number, _ := o.product.text("gtin13", "gtin", "productid", "mpn")
	for _, code := range []string{key(o.SKU), key(number), strings.ReplaceAll(key(o.Variant), " ", "-")} {
		if code == "" {
			continue
		}
		for _, place := range []string{last, key(d.fragment())} {
			if place == code || strings.HasSuffix(place, "-"+code) || strings.HasSuffix(place, "_"+code) || strings.HasSuffix(place, "="+code) || strings.HasSuffix(place, "/"+code) {
				return true
			}
		}
	}
	return false
}

// namedByHeading reports whether the heading is the name of the offer's product, or
// ends with its variant.
func (d *Document) namedByHeading(o readOffer) bool {
	heading := key(d.Heading())
	name, _ := o.product.text("name")
	if heading == "" {
		return false
	}
	if key(name) == heading {
		return true
	}
	v := key(o.Variant)
	return v != "" && (strings.HasSuffix(heading, " "+v) || strings.HasSuffix(heading, "("+v+")") || strings.HasSuffix(heading, "/"+v) || strings.HasSuffix(heading, "- "+v))
}
