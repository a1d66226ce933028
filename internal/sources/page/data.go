package page

import (
	"encoding/json"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Data is a value in the JSON that a shop's page is drawn from. Shops add,
// rename and retype what is in it at will, so every step of a path may lead to
// nothing, and nothing is what is then read; no step fails.
type Data struct{ v any }

// Data returns the JSON of the script element with the id; ok is false when
// there is none or it is broken.
func (d *Document) Data(id string) (root Data, ok bool) {
	return ParseData(d.Script(id))
}

// ParseData reads JSON that stands elsewhere on a page; ok is false when there is
// none or it is broken.
func ParseData(text string) (root Data, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Data{}, false
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&root.v); err != nil {
		return Data{}, false
	}
	return root, true
}

// At walks down the names of objects.
func (d Data) At(path ...string) Data {
	for _, name := range path {
		m, _ := d.v.(map[string]any)
		d = Data{m[name]}
	}
	return d
}

// Exists reports whether there is a value, null being none.
func (d Data) Exists() bool { return d.v != nil }

// Names returns the names of an object's members, in no order.
func (d Data) Names() []string {
	m, _ := d.v.(map[string]any)
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	return names
}

// List returns the elements of an array, at most as many as offers are kept.
func (d Data) List() []Data {
	all, _ := d.v.([]any)
	list := make([]Data, 0, min(len(all), maxOffers))
	for _, v := range all[:min(len(all), maxOffers)] {
		list = append(list, Data{v})
	}
	return list
}

// Text returns a string or number as folded text; "" for anything else.
func (d Data) Text() string {
	switch x := d.v.(type) {
	case string:
		return Fold(x)
	case json.Number:
		return x.String()
	}
	return ""
}

// Bool returns a boolean; ok is false for anything else.
func (d Data) Bool() (value, ok bool) {
	value, ok = d.v.(bool)
	return value, ok
}

// Count returns a whole number of at least 0; nil for anything else.
func (d Data) Count() *int64 {
	if _, isText := d.v.(string); isText {
		return nil
	}
	return wholeNumber(d.Text())
}

// Yen returns a number or text as a price in yen; the zero Price when it is none
// or not above 0.
func (d Data) Yen() stock.Price {
	p, ok := PlainPrice(d.Text(), "JPY")
	if !ok {
		return stock.Price{}
	}
	return p
}
