package page

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxState bounds the JSON of one script that is looked through.
const maxState = 4 << 20

// PageData reads the JSON that a page is drawn from: of a shop system that puts its
// variants into the order form, and of any other where an object has the page's own
// name and a field that tells the stock. It is asked only where the rest of the page
// is silent, since nobody knows such a shop's fields; it reads no price for the same
// reason (some systems write cents, others not).
func (d *Document) PageData() Finding {
	f := Finding{Method: stock.MethodPageData, Guessed: true}
	r := &dataReader{left: maxNodes, heading: d.Heading()}
	if own := d.ownHeadings(); len(own) > 0 {
		r.heading = Fold(textOf(own[len(own)-1]))
	}
	r.forms(d)
	if r.heading != "" {
		for i, s := range d.scripts {
			if v, ok := stateOf(attr(s, "type"), textOf(s)); ok && i < maxScripts {
				r.walk(v, fmt.Sprintf("script[%d]", i), 0)
			}
		}
	}
	r.settle(&f)
	return f
}

// assignment begins a script that is one value for the page's own scripts to read.
var assignment = pattern.MustCompile(`^\s*(?:(?:var|let|const)\s+)?[\w.$]+(?:\[["']\w+["']\])?\s*=\s*`)

// stateOf returns the JSON of a script of data; ok is false for any other script.
func stateOf(kind, text string) (v any, ok bool) {
	kind = strings.ToLower(kind)
	if len(text) > maxState || strings.Contains(kind, "ld+json") {
		return nil, false
	}
	if !strings.Contains(kind, "json") {
		begin := assignment.FindStringIndex(text[:min(len(text), 200)])
		if begin == nil {
			return nil, false
		}
		text = text[begin[1]:]
	}
	if text = strings.TrimSpace(text); text == "" || text[0] != '{' && text[0] != '[' {
		return nil, false
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	return v, dec.Decode(&v) == nil
}

// dataReader collects what the objects that are the page's product say.
type dataReader struct {
	heading string
	left    int // values that may still be visited
	said    []dataStatement
}

type dataStatement struct {
	says        stock.Availability
	text, where string
}

// forms reads the variants that an order form carries as an attribute. One that can
// be had makes the product one that can.
func (r *dataReader) forms(d *Document) {
	for _, form := range d.variations {
		variants, _ := ParseData(attr(form, "data-product_variations"))
		all := variants.List()
		best := dataStatement{}
		for j, v := range all {
			has, told := v.At("is_in_stock").Bool()
			if buys, ok := v.At("is_purchasable").Bool(); !told || ok && !buys {
				continue
			}
			s := dataStatement{stock.OutOfStock, "is_in_stock: " + strconv.FormatBool(has), fmt.Sprintf("form [data-product_variations][%d]", j)}
			if has {
				s.says = stock.InStock
			}
			if best.says == stock.Unknown || has && best.says != stock.InStock {
				best = s
			}
		}
		if best.says != stock.Unknown {
			r.said = append(r.said, best)
		}
	}
}

// walk looks for objects that are called as the page's heading.
func (r *dataReader) walk(v any, where string, depth int) {
	if r.left--; r.left < 0 || depth > maxDepth {
		return
	}
	switch x := v.(type) {
	case []any:
		for i, e := range x {
			r.walk(e, where+"["+strconv.Itoa(i)+"]", depth+1)
		}
	case map[string]any:
		if r.own(x) {
			r.product(x, where)
		}
		for _, key := range slices.Sorted(maps.Keys(x)) {
			switch x[key].(type) {
			case map[string]any, []any:
				r.walk(x[key], where+"."+key, depth+1)
			}
		}
	}
}

// own reports whether an object has the page's own name.
func (r *dataReader) own(m map[string]any) bool {
	for _, name := range []string{"name", "title", "productName", "product_name", "displayName", "productTitle"} {
		if s, ok := m[name].(string); ok && key(s) == key(r.heading) {
			return true
		}
	}
	return false
}

// stockFields are names of fields that tell the stock, in lower case without
// underscores, and what true means in them.
var stockFields = map[string]stock.Availability{
	"instock": stock.InStock, "isinstock": stock.InStock, "available": stock.InStock, "isavailable": stock.InStock, "availableforsale": stock.InStock,
	"purchasable": stock.InStock, "ispurchasable": stock.InStock, "buyable": stock.InStock, "isbuyable": stock.InStock, "orderable": stock.InStock, "isorderable": stock.InStock,
	"soldout": stock.SoldOut, "issoldout": stock.SoldOut, "outofstock": stock.OutOfStock, "isoutofstock": stock.OutOfStock,
	"stocknum":     stock.OutOfStock,
	"availability": stock.Unknown, "availabilitystatus": stock.Unknown, "stockstatus": stock.Unknown, "inventorystatus": stock.Unknown,
}

// product reads the fields of one object.
func (r *dataReader) product(m map[string]any, where string) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		yes, known := stockFields[strings.ToLower(strings.ReplaceAll(name, "_", ""))]
		if !known {
			continue
		}
		s := dataStatement{where: where + "." + name}
		switch v := m[name].(type) {
		case bool:
			s.text = name + ": " + strconv.FormatBool(v)
			switch {
			case v:
				s.says = yes
			case yes == stock.InStock:
				s.says = stock.OutOfStock
			case yes != stock.Unknown:
				s.says = stock.InStock
			}
		case string:
			s.text, s.says = v, availabilityOf(v, time.Time{})
		case json.Number:
			if yes == stock.OutOfStock && strings.HasSuffix(strings.ToLower(name), "num") && v == "0" {
				s.text, s.says = name+": 0", yes // a count of some may be of a thing that is not sold now
			}
		}
		if s.says != stock.Unknown {
			r.said = append(r.said, s)
		}
	}
}

// settle makes one statement of all, if they agree.
func (r *dataReader) settle(f *Finding) {
	if len(r.said) == 0 {
		return
	}
	first := r.said[0]
	for _, s := range r.said[1:] {
		if s.says.Group() != first.says.Group() {
			f.Reason = stock.Because(stock.ReasonDataContradicts, quotation(first.text), quotation(s.text))
			return
		}
	}
	f.Note(stock.FactAvailability, first.says.String(), first.text, first.where)
	f.Offers = []stock.Offer{{Availability: first.says}}
}
