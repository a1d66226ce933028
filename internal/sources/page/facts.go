package page

import (
	"strconv"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Tell notes evidence for the facts of o of which nothing noted speaks yet: for a
// reader that takes them all from one place.
func (f *Finding) Tell(o stock.Offer, where string) {
	for _, e := range Facts(f.Method, o, where) {
		if !f.About(e.Fact) {
			f.Evidence = append(f.Evidence, e)
		}
	}
}

// Facts returns the evidence for the facts of o beside its availability, which all
// stand in one place.
func Facts(m stock.Method, o stock.Offer, where string) []stock.Evidence {
	f := Finding{Method: m}
	say := func(fact stock.Fact, value string) {
		if value != "" {
			f.Note(fact, value, value, where)
		}
	}
	if o.Price.Known() {
		say(stock.FactPrice, o.Price.String())
	}
	say(stock.FactTitle, o.Title)
	say(stock.FactSeller, o.Seller)
	say(stock.FactCondition, o.Condition)
	say(stock.FactJAN, o.JAN)
	if o.Quantity != nil {
		say(stock.FactQuantity, strconv.FormatInt(*o.Quantity, 10))
	}
	if o.Shipping != nil {
		say(stock.FactShipping, o.Shipping.String())
	}
	if o.Points != nil {
		say(stock.FactPoints, strconv.FormatInt(*o.Points, 10))
	}
	if o.SaleMode != stock.Open {
		say(stock.FactSaleMode, string(o.SaleMode))
	}
	return f.Evidence
}

// jan returns the GTIN-13 of an item, as JAN and EAN are called there; "" for
// one whose check digit is wrong.
func jan(it *item) string {
	for _, name := range []string{"gtin13", "gtin", "ean", "gtin14", "isbn", "mpn", "productid", "sku"} {
		s, _ := it.text(name)
		if i := strings.LastIndexByte(s, ':'); i >= 0 {
			s = s[i+1:] // "jan:4902370553024"
		}
		s = codeSigns.Replace(s)
		if len(s) == 14 && s[0] == '0' {
			s = s[1:]
		}
		if ValidJAN(s) {
			return s
		}
	}
	return ""
}

// codeSigns takes out what parts the digits of a code.
var codeSigns = strings.NewReplacer("-", "", " ", "")

// ValidJAN reports whether s is a JAN (EAN-13) with the right check digit.
func ValidJAN(s string) bool {
	return len(s) == 13 && strings.Trim(s, "0") != "" && stock.CheckCode(s) == nil
}

// condition returns the condition that an item states, in stock's words.
func condition(it *item) string { return Condition(conditionText(it, nil)) }

func conditionText(it, other *item) string {
	s, _ := it.text("itemcondition")
	if s == "" && other != nil {
		s, _ = other.text("itemcondition")
	}
	return s
}

// Condition reads a schema.org OfferItemCondition or the short form of it.
func Condition(s string) string {
	switch strings.TrimSuffix(short(s), "condition") {
	case "new", "新品":
		return stock.ConditionNew
	case "used", "damaged", "中古":
		return stock.ConditionUsed
	case "refurbished":
		return stock.ConditionRefurbished
	}
	return ""
}

// variantName names a variant by what tells it from its siblings.
func variantName(v *item, title string) string {
	var parts []string
	for _, name := range []string{"color", "size"} {
		if s, _ := v.text(name); s != "" {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 {
		if s, _ := v.text("name"); s != title {
			parts = append(parts, s)
		}
	}
	return clip(strings.Join(parts, " / "), 100)
}

// shipping returns the one shipping rate that an offer names. With several, by
// region or weight, none of them is the buyer's.
func shipping(o *item) *stock.Price {
	details := o.children("shippingdetails")
	if len(details) != 1 {
		return nil
	}
	rates := details[0].children("shippingrate")
	if len(rates) != 1 {
		return nil
	}
	s, _ := rates[0].text("value")
	currency := currencyOf(rates[0], o)
	if n := wholeNumber(s); n != nil && *n == 0 && currency != "" {
		return &stock.Price{Currency: currency}
	}
	if p, ok := PlainPrice(s, currency); ok {
		return &p
	}
	return nil
}

// seller returns the name of a shop. A private person's is only kept as a hash.
func seller(o *item) string {
	name, _ := o.text("seller", "offeredby")
	for _, s := range o.children("seller", "offeredby") {
		if s.is("person") && name != "" {
			return stock.ShortHash(name)
		}
	}
	return clip(name, 100)
}

// wholeNumber reads a count; nil when s is none.
func wholeNumber(s string) *int64 {
	s, frac, _ := strings.Cut(strings.ReplaceAll(Fold(s), ",", ""), ".")
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strings.Trim(frac, "0") != "" {
		return nil
	}
	return &n
}
