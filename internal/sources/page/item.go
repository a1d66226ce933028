package page

import (
	"encoding/json"
	"slices"
	"strings"
)

// item is one thing of schema.org, read from JSON-LD or microdata: its types and
// properties by lower-case name. A value is a string, a json.Number or an *item.
type item struct {
	types []string // lower case, without the vocabulary
	id    string
	where string // JSON path or CSS selector
	props map[string][]value
}

// value is one value of a property with the place it was read from.
type value struct {
	any   // string, json.Number or *item
	where string
}

// properties are the ones that are read; all others (reviews, descriptions,
// recommendations) are left unread, so that no word in them can be taken for a
// fact of this product.
var properties = map[string]bool{
	"@graph": true, "mainentity": true, "mainentityofpage": true, "itemoffered": true, "hasvariant": true, "offers": true, "offer": true,
	"availability": true, "price": true, "pricecurrency": true, "lowprice": true, "highprice": true, "offercount": true, "pricespecification": true, "pricetype": true,
	"itemcondition": true, "sku": true, "productid": true, "mpn": true, "gtin": true, "gtin13": true, "gtin14": true, "gtin12": true, "gtin8": true, "ean": true, "isbn": true, "name": true, "title": true,
	"url": true, "image": true, "contenturl": true, "seller": true, "offeredby": true, "inventorylevel": true, "value": true,
	"referencequantity": true, "unitcode": true, "validformembertier": true, "membershippointsearned": true, "billingduration": true, "billingincrement": true, "valueaddedtaxincluded": true, "eligiblequantity": true, "minvalue": true,
	"availabilitystarts": true, "color": true, "size": true, "shippingdetails": true, "shippingrate": true, "currency": true, "additionaltype": true,
}

// is reports whether the item has one of the types.
func (it *item) is(types ...string) bool {
	return slices.ContainsFunc(it.types, func(t string) bool { return slices.Contains(types, t) })
}

// isProduct reports whether the item is a thing that is sold.
func (it *item) isProduct() bool {
	return it.is("product", "productgroup", "productmodel", "individualproduct", "someproducts", "vehicle", "car", "motorcycle", "book", "softwareapplication", "videogame", "event", "musicevent")
}

func (it *item) isOffer() bool { return it.is("offer", "aggregateoffer", "offerfordemand", "demand") }

// text returns the first text of a property, and where it stands.
func (it *item) text(names ...string) (string, string) {
	for _, name := range names {
		for _, v := range it.props[name] {
			switch x := v.any.(type) {
			case string:
				if s := Fold(x); s != "" {
					return s, v.where
				}
			case json.Number:
				return x.String(), v.where
			case *item:
				if s, _ := x.text("name", "url", "contenturl", "value"); s != "" {
					return s, v.where
				}
				if x.id != "" {
					return x.id, v.where
				}
			}
		}
	}
	return "", ""
}

// children returns the items that are values of the properties.
func (it *item) children(names ...string) []*item {
	var all []*item
	for _, name := range names {
		for _, v := range it.props[name] {
			if c, ok := v.any.(*item); ok {
				all = append(all, c)
			}
		}
	}
	return all
}

// short returns the name of a schema.org term in lower case: "Product" of
// "https://schema.org/Product" and "schema:Product".
func short(term string) string {
	term = strings.TrimSpace(term)
	if i := strings.LastIndexAny(term, "/#:"); i >= 0 {
		term = term[i+1:]
	}
	return strings.ToLower(term)
}
