package page

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// The bounds of what is read from the JSON-LD of one page.
const (
	maxScripts = 100
	maxNodes   = 50_000
	maxDepth   = 32
)

// JSONLD returns what the page's schema.org JSON-LD says.
func (d *Document) JSONLD() Finding { return d.structuredData()[0].clone() }

// Microdata returns what the page's schema.org microdata says.
func (d *Document) Microdata() Finding { return d.structuredData()[1].clone() }

func (d *Document) structuredData() *[2]Finding {
	if d.structured == nil {
		d.structured = &[2]Finding{d.readJSONLD(), d.readMicrodata()}
	}
	return d.structured
}

func (d *Document) readJSONLD() Finding {
	r := &graph{byID: map[string]*item{}, left: maxNodes, names: map[string]string{}}
	scripts := 0
	for i, s := range d.scripts {
		if !strings.Contains(strings.ToLower(attr(s, "type")), "ld+json") {
			continue
		}
		if scripts++; scripts > maxScripts {
			break
		}
		docs, err := decodeJSON(textOf(s))
		if err != nil && len(docs) == 0 {
			r.broken = append(r.broken, fmt.Sprintf("script[%d]: %v", i, err))
		}
		for _, v := range docs {
			r.roots = append(r.roots, r.values(v, fmt.Sprintf("script[%d]", i), 0)...)
		}
	}
	f := d.readItems(stock.MethodJSONLD, r.things())
	if len(r.broken) > 0 && len(f.Offers) == 0 {
		f.Note(stock.FactPage, "", strings.Join(r.broken, "; "), "", stock.NoteBroken)
	}
	return f
}

// graph collects the items of all JSON-LD blocks of a page.
type graph struct {
	roots  []value
	byID   map[string]*item
	left   int // nodes that may still be read
	broken []string
	names  map[string]string // see nameOf
}

// nameOf returns the name of the property that a key of an object stands for, "" for one
// that is not read. The objects of a list have the same keys.
func (r *graph) nameOf(key string) string {
	name, known := r.names[key]
	if known {
		return name
	}
	switch name = strings.ToLower(key); name {
	case "@type", "type", "@id", "@value":
	default:
		if !strings.HasPrefix(name, "@") {
			name = short(name)
		}
		if !properties[name] {
			name = ""
		}
	}
	r.names[key] = name
	return name
}

// values makes items of a decoded JSON value: one, or many for an array.
func (r *graph) values(v any, where string, depth int) []value {
	if depth > maxDepth || r.left <= 0 {
		return nil
	}
	r.left--
	switch x := v.(type) {
	case string, json.Number:
		return []value{{x, where}}
	case []any:
		var all []value
		for i, e := range x {
			all = append(all, r.values(e, where+"["+strconv.Itoa(i)+"]", depth+1)...)
		}
		return all
	case map[string]any:
		return []value{{r.item(x, where, depth), where}}
	}
	return nil // null says nothing, and of true and false see item
}

// item makes an item of a JSON object, with the properties that are read.
func (r *graph) item(m map[string]any, where string, depth int) *item {
	it := &item{where: where, props: map[string][]value{}}
	keys := make([]string, 0, len(m))
	for key := range m {
		if r.nameOf(key) != "" {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys) // so that one page always reads the same
	for _, key := range keys {
		v := m[key]
		switch name := r.nameOf(key); name {
		case "@type", "type":
			for _, t := range r.values(v, where, depth+1) {
				if s, ok := t.any.(string); ok {
					it.types = append(it.types, short(s))
				}
			}
		case "@id":
			it.id, _ = v.(string)
		case "@value": // {"@value": "1980"}
			it.props["value"] = append(it.props["value"], r.values(v, where, depth+1)...)
		default:
			if yes, ok := v.(bool); ok && name == "valueaddedtaxincluded" {
				v = strconv.FormatBool(yes)
			}
			it.props[name] = append(it.props[name], r.values(v, where+"."+key, depth+1)...)
		}
	}
	if old := r.byID[it.id]; it.id != "" && (old == nil || len(old.props) < len(it.props)) {
		r.byID[it.id] = it
	}
	return it
}

// things returns the items that the page speaks of itself: those at the top of a
// block, in its @graph, and what a WebPage calls its main entity.
func (r *graph) things() []*item {
	var all []*item
	seen := map[*item]bool{}
	var visit func(vs []value, depth int)
	visit = func(vs []value, depth int) {
		for _, v := range vs {
			it, ok := v.any.(*item)
			if !ok || depth > maxDepth {
				continue
			}
			it = r.resolve(it)
			if seen[it] {
				continue
			}
			seen[it] = true
			r.link(it, 0)
			all = append(all, it)
			visit(it.props["@graph"], depth+1)
			visit(it.props["mainentity"], depth+1)
			visit(it.props["mainentityofpage"], depth+1)
		}
	}
	visit(r.roots, 0)
	return all
}

// resolve follows a reference, an item with an @id and nothing else.
func (r *graph) resolve(it *item) *item {
	if len(it.props) == 0 && len(it.types) == 0 && r.byID[it.id] != nil {
		return r.byID[it.id]
	}
	return it
}

// link replaces the references below it by what they refer to.
func (r *graph) link(it *item, depth int) {
	if depth > 4 {
		return
	}
	for _, name := range []string{"offers", "offer", "itemoffered", "hasvariant", "pricespecification", "seller"} {
		for i, v := range it.props[name] {
			if c, ok := v.any.(*item); ok {
				c = r.resolve(c)
				it.props[name][i].any = c
				r.link(c, depth+1)
			}
		}
	}
}
