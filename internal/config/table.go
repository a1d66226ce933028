package config

import "slices"

// table is what the keys of a table are set to. Most tables have a few keys, of which a
// map would take several times the memory; and there are two for each product.
type table struct {
	list []entry
	all  map[string]*node // the same, of a table with many keys
}

type entry struct {
	name  string
	value *node
}

// fewKeys are found faster one by one.
const fewKeys = 16

// get returns the value of a key, nil when there is none.
func (t *table) get(name string) *node {
	if t == nil {
		return nil
	}
	if t.all != nil {
		return t.all[name]
	}
	for _, e := range t.list {
		if e.name == name {
			return e.value
		}
	}
	return nil
}

// set adds a key, which is not there yet.
func (t *table) set(name string, value *node) {
	t.list = append(t.list, entry{name, value})
	switch {
	case t.all != nil:
		t.all[name] = value
	case len(t.list) > fewKeys:
		t.all = make(map[string]*node, len(t.list))
		for _, e := range t.list {
			t.all[e.name] = e.value
		}
	}
}

// names returns the keys in alphabetical order.
func (t *table) names() []string {
	if t == nil {
		return nil
	}
	names := make([]string, len(t.list))
	for i, e := range t.list {
		names[i] = e.name
	}
	slices.Sort(names)
	return names
}
