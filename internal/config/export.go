package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/pelletier/go-toml/v2"
)

// leading are the keys of a product that stand first where it is written as TOML.
var leading = []string{"id", "url", "name", "jan", "keywords", "currency", "list_price", "max_price", "max_effective_price"}

// Export writes products that are kept as JSON in the form of the file.
func Export(products []map[string]any) ([]byte, error) {
	var b bytes.Buffer
	for i, p := range products {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("[[product]]\n")
		if err := keys(&b, p, "watch"); err != nil {
			return nil, err
		}
		list, _ := p["watch"].([]any)
		for _, item := range list {
			w, ok := item.(map[string]any)
			if !ok {
				continue
			}
			b.WriteString("\n[[product.watch]]\n")
			if err := keys(&b, w); err != nil {
				return nil, err
			}
		}
	}
	return b.Bytes(), nil
}

// Exported reads what Export wrote.
func Exported(text []byte) ([]map[string]any, error) {
	var file struct {
		Product []map[string]any `toml:"product"`
	}
	if err := toml.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("read the products: %w", err)
	}
	return file.Product, nil
}

// keys writes a line for each key except those that are written as tables of their own.
func keys(b *bytes.Buffer, table map[string]any, except ...string) error {
	names := slices.Sorted(maps.Keys(table))
	slices.SortStableFunc(names, func(x, y string) int { return place(x) - place(y) })
	e := toml.NewEncoder(b).SetTablesInline(true)
	for _, key := range names {
		if table[key] == nil || slices.Contains(except, key) {
			continue
		}
		if err := e.Encode(map[string]any{key: plain(table[key])}); err != nil {
			return fmt.Errorf("write key %s as TOML: %w", key, err)
		}
	}
	return nil
}

func place(key string) int {
	if i := slices.Index(leading, key); i >= 0 {
		return i
	}
	return len(leading)
}

// plain gives the numbers of JSON their types.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plain(v[i])
		}
		return list
	case map[string]any:
		table := make(map[string]any, len(v))
		for k := range v {
			table[k] = plain(v[k])
		}
		return table
	}
	return v
}
