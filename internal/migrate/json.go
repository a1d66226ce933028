package migrate

import (
	"encoding/json"
	"fmt"
)

// json tells the kinds of JSON apart.
func (b *builder) json(file []byte) error {
	var store datastore
	if json.Unmarshal(file, &store) == nil && store.Watching != nil {
		return b.watches(store)
	}
	var answer struct {
		Data []pbProduct `json:"data"`
	}
	if json.Unmarshal(file, &answer) == nil && answer.Data != nil {
		return b.priceBuddy(answer.Data)
	}
	var list []pbProduct
	if json.Unmarshal(file, &list) == nil {
		return b.priceBuddy(list)
	}
	if !json.Valid(file) {
		return fmt.Errorf("is neither JSON nor a text that is known: %w", ErrFormat)
	}
	return ErrFormat
}

// pbProduct is a product as PriceBuddy's API writes it, GET /api/products, see
// app/Filament/Resources/ProductResource/Api of github.com/jez500/pricebuddy.
type pbProduct struct {
	Title   string  `json:"title"`
	Status  string  `json:"status"`
	Notify  float64 `json:"notify_price"`
	Percent float64 `json:"notify_percent"`
	Tags    []struct {
		Name string `json:"name"`
	} `json:"tags"`
	Prices []pbPage `json:"price_cache"`
	URLs   []pbPage `json:"urls"`
}

type pbPage struct {
	URL string `json:"url"`
}

func (b *builder) priceBuddy(list []pbProduct) error {
	b.list.Format = "a PriceBuddy export"
	for _, p := range list {
		e := entry{name: p.Title, paused: p.Status == "archived" || p.Status == "paused"}
		had := map[string]bool{}
		for _, pages := range [][]pbPage{p.URLs, p.Prices} {
			for _, page := range pages {
				if page.URL != "" && !had[page.URL] {
					had[page.URL] = true
					e.pages = append(e.pages, page.URL)
				}
			}
		}
		for _, t := range p.Tags {
			e.tags = append(e.tags, t.Name)
		}
		if p.Notify > 0 {
			e.maxPrice = round(p.Notify)
		}
		if p.Percent > 0 {
			b.left(p.Title, "told of a price that fell by %v %%: write min_drop", p.Percent)
		}
		if len(e.pages) == 0 {
			b.left(p.Title, "has no address: ask the API with its urls")
			continue
		}
		if err := b.add(e); err != nil {
			return err
		}
	}
	return nil
}
