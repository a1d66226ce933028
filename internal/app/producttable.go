package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// jsonObject reads one JSON object, with its numbers as they are written.
func jsonObject(text []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("must be a JSON object: %w", err)
	}
	if d.More() || v == nil {
		return nil, errors.New("must be one JSON object")
	}
	return v, nil
}

// spread turns the short form of a product's pages (url, urls, interval) into its
// watches.
func spread(table map[string]any) error {
	var urls []any
	if u, ok := table["url"]; ok {
		urls = append(urls, u)
	}
	if list, ok := table["urls"].([]any); ok {
		urls = append(urls, list...)
	}
	watches, _ := table["watch"].([]any)
	for _, u := range urls {
		w := map[string]any{"url": u}
		if interval, ok := table["interval"]; ok {
			w["interval"] = interval
		}
		watches = append(watches, w)
	}
	if len(watches) == 0 {
		return web.ErrNoAddress
	}
	if len(urls) > 0 {
		delete(table, "interval")
	}
	delete(table, "url")
	delete(table, "urls")
	table["watch"] = watches
	return nil
}

// addresses returns the URLs of a table's watches.
func addresses(table map[string]any) (urls []string) {
	watches, _ := table["watch"].([]any)
	for _, item := range watches {
		w, _ := item.(map[string]any)
		if u, ok := w["url"].(string); ok {
			urls = append(urls, u)
		}
	}
	return urls
}

// mergePatch applies a JSON merge patch (RFC 7396).
func mergePatch(to, patch map[string]any) map[string]any {
	to = maps.Clone(to)
	if to == nil {
		to = map[string]any{}
	}
	for key, v := range patch {
		below, isTable := v.(map[string]any)
		switch {
		case v == nil:
			delete(to, key)
		case isTable:
			had, _ := to[key].(map[string]any)
			to[key] = mergePatch(had, below)
		default:
			to[key] = v
		}
	}
	return to
}

// freeID makes an id of what a table says, that no product has.
func (d *productEditor) freeID(table map[string]any) string {
	name, _ := table["name"].(string)
	id := slug(name)
	if urls := addresses(table); len(id) < 3 && len(urls) > 0 {
		id = slug(stock.HostOf(urls[0])) + "-" + stock.ShortHash(urls[0])[:6]
	}
	id = strings.Trim(id, "-")
	for n, free := 2, id; ; n++ {
		if !d.taken(free) {
			return free
		}
		free = fmt.Sprintf("%s-%d", id, n)
	}
}

// slug keeps of a text what an id may hold, of which room is left for a number.
func slug(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case b.Len() >= 22:
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}
