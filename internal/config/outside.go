package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Findings are what is said of a product that is kept outside the file, a line each,
// as KEY: what is wrong.
type Findings struct {
	Mistakes, Warnings     []string
	MistakesJA, WarningsJA []string // the same in Japanese
}

// In returns them in a language.
func (f Findings) In(language string) (mistakes, warnings []string) {
	if language == inJapanese {
		return f.MistakesJA, f.WarningsJA
	}
	return f.Mistakes, f.Warnings
}

// Product reads a product that is kept outside the file, JSON with the file's own
// keys, by the file's own rules. Where there are mistakes, what could be read is
// returned all the same: keys with a mistake are at their defaults.
func (c *Config) Product(id string, table []byte) (stock.Product, Findings) {
	r := newReader("", os.LookupEnv)
	n, err := jsonNode(table)
	if err != nil {
		return stock.Product{ID: id}, Findings{Mistakes: []string{err.Error()}, MistakesJA: []string{saying{"%v", []any{err}}.in(inJapanese)}}
	}
	if n.keys.get("id") == nil {
		n.keys.set("id", &node{form: formText, text: id})
	}
	p := r.section(n, "", 0).product(map[string]int{}, c)
	if p.ID != id {
		if p.ID != "" {
			r.list.add(0, "id", "must be %q, as it was: what is known of the product hangs on it", id)
		}
		p.ID = id
	}
	clash := c.clash(&p)
	for _, w := range clash {
		r.list.add(0, "watch", "%s is watched twice with different rules: a page is read in one way, so give both the same", w)
	}
	return p, Findings{said(r.list.all, "en"), said(r.list.warnings, "en"), said(r.list.all, inJapanese), said(r.list.warnings, inJapanese)}
}

// clash returns the pages of p that the configuration reads by other rules, and lets
// p have those.
func (c *Config) clash(p *stock.Product) (urls []string) {
	for i := range p.Watches {
		w := &p.Watches[i]
		for _, other := range c.Products {
			if other.ID == p.ID {
				continue
			}
			j := slices.IndexFunc(other.Watches, func(o stock.Watch) bool { return o.URL == w.URL })
			if j >= 0 && other.Watches[j].Rules != w.Rules {
				urls = append(urls, w.URL)
				w.Rules = other.Watches[j].Rules
			}
		}
	}
	return urls
}

// said writes problems of what has no lines.
func said(all []problem, language string) []string {
	var out []string
	for _, p := range all {
		text := p.in(language)
		if p.key != "" {
			text = p.key + ": " + text
		}
		out = append(out, text)
	}
	return slices.Compact(out)
}

// With returns the configuration with further products behind its own, and with some
// paused or not. Its hash stays that of the file: the products that are edited while
// it runs are the same for all who follow them.
func (c *Config) With(more []stock.Product, paused map[string]bool) *Config {
	d := *c
	d.Products = slices.Concat(c.Products, more)
	for i := range d.Products {
		if is, said := paused[d.Products[i].ID]; said {
			d.Products[i].Paused = is
		}
	}
	d.PageRules = rulesByURL(d.Products)
	return &d
}

// jsonNode turns a JSON object into what the reader takes.
func jsonNode(text []byte) (*node, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		return nil, sayf("must be a JSON object: %v", err)
	}
	if d.More() {
		return nil, sayf("must be one JSON object")
	}
	if v == nil {
		v = map[string]any{}
	}
	return nodeOf(v), nil
}

// nodeOf turns a JSON value into a node. Null is left out, as is a key without it.
func nodeOf(v any) *node {
	n := &node{}
	switch v := v.(type) {
	case string:
		n.form, n.text = formText, v
	case bool:
		n.form, n.text = formBool, fmt.Sprint(v)
	case json.Number:
		n.form, n.text = formInteger, v.String()
		if strings.ContainsAny(n.text, ".eE") {
			n.form = formDecimal
		}
	case []any:
		n.form = formList
		for _, item := range v {
			n.items = append(n.items, nodeOf(item))
		}
	case map[string]any:
		n.form, n.keys = formTable, new(table)
		for key, item := range v {
			if item != nil {
				n.keys.set(key, nodeOf(item))
			}
		}
	}
	return n
}
