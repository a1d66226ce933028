package app

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// entry is a product of the bucket.
type entry struct {
	rev     uint64
	meta    entryMeta
	table   map[string]any // the configuration's own keys; nil: it only pauses one of the file
	product stock.Product  // as it was read by base
	found   config.Findings
	base    *config.Config // by whose rules it was read
}

// entryMeta stands beside the keys of the configuration.
type entryMeta struct {
	Paused  *bool     `json:"paused,omitempty"`
	Origin  string    `json:"origin,omitempty"`
	Created time.Time `json:"created,omitzero"`
	Updated time.Time `json:"updated,omitzero"`
}

// parseEntry splits what stands in the bucket.
func parseEntry(value []byte) (entryMeta, map[string]any, error) {
	var meta entryMeta
	table, err := jsonObject(value)
	if err != nil {
		return meta, nil, err
	}
	if err := json.Unmarshal(value, &meta); err != nil {
		return meta, nil, err
	}
	for _, key := range []string{"origin", "created", "updated"} {
		delete(table, key)
	}
	if _, paused := table["paused"]; paused && len(table) == 1 {
		table = nil
	}
	return meta, table, nil
}

// productBook is what the bucket of products holds, and what the configuration is
// with it. Its methods may be called at the same time.
type productBook struct {
	mu      sync.Mutex
	entries map[string]entry
}

// note takes over what stands under an id, and reports whether that was news.
func (b *productBook) note(kv stock.KV) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	had, known := b.entries[kv.Key]
	if kv.Value == nil {
		delete(b.entries, kv.Key)
		return known, nil
	}
	if known && had.rev >= kv.Rev {
		return false, nil
	}
	meta, table, err := parseEntry(kv.Value)
	if err != nil {
		return false, err
	}
	if b.entries == nil {
		b.entries = map[string]entry{}
	}
	b.entries[kv.Key] = entry{rev: kv.Rev, meta: meta, table: table}
	return true, nil
}

// get returns an entry.
func (b *productBook) get(id string) (entry, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, ok := b.entries[id]
	return e, ok
}

// configured reports whether the file has a product, which then wins.
func configured(base *config.Config, id string) bool {
	return slices.ContainsFunc(base.Products, func(p stock.Product) bool { return p.ID == id })
}

// over returns a configuration with the products of the book. Of an entry with
// mistakes, which can come in by a reload alone, what can be read is watched all the
// same: to lose a product because a channel was renamed would be worse.
func (b *productBook) over(base *config.Config) *config.Config {
	b.mu.Lock()
	defer b.mu.Unlock()
	var more []stock.Product
	paused := map[string]bool{}
	inFile := map[string]bool{}
	for _, p := range base.Products {
		inFile[p.ID] = true
	}
	ids := make([]string, 0, len(b.entries))
	for id := range b.entries {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(x, y string) int {
		if d := b.entries[x].meta.Created.Compare(b.entries[y].meta.Created); d != 0 {
			return d
		}
		return strings.Compare(x, y)
	})
	for _, id := range ids {
		e := b.entries[id]
		if e.meta.Paused != nil {
			paused[id] = *e.meta.Paused
		}
		if e.table == nil || inFile[id] {
			continue
		}
		if e.base != base {
			e.base = base
			e.product, e.found = base.Product(id, mustJSON(e.table))
			if len(e.found.Mistakes) > 0 && len(e.product.Notify) == 0 && !e.product.NotifyAll {
				e.product.NotifyAll = listed(e.table["notify"]) // those that it names are gone
			}
			b.entries[id] = e
		}
		more = append(more, e.product)
	}
	if len(more) == 0 && len(paused) == 0 {
		return base
	}
	return base.With(more, paused)
}

// listed reports whether a value of JSON is a list that names something.
func listed(v any) bool {
	list, _ := v.([]any)
	return len(list) > 0
}

// settleProducts is how long the bucket is left to change before its changes are
// applied: a hundred products that are added at once are one change.
const settleProducts = 100 * time.Millisecond

// openProducts reads the bucket, however long that takes, and follows it from then
// on: a watcher that did not know of its products would look at nothing.
func (a *App) openProducts(ctx context.Context, b productStore, later func(func() error)) error {
	read := make(chan struct{})
	var once sync.Once
	changed := make(chan struct{}, 1)
	later(func() error {
		return b.FollowProducts(ctx, func(kv stock.KV) {
			if kv.Key == "" {
				once.Do(func() { close(read) })
				return
			}
			news, err := a.products.note(kv)
			if err != nil {
				a.log.Error("a product cannot be read and is left as it was", "product", kv.Key, "err", err)
			}
			if news {
				signal(changed)
			}
		})
	})
	select {
	case <-read:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := a.applyProducts(); err != nil {
		return err
	}
	later(func() error {
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-changed:
			}
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(settleProducts):
			}
			if err := a.applyProducts(); err != nil {
				a.log.Error("a change of the products was not applied", "err", err)
			}
		}
	})
	return nil
}

// productStore is the bucket.
type productStore interface {
	FollowProducts(ctx context.Context, each func(stock.KV)) error
	ProductEntry(ctx context.Context, id string) (stock.KV, error)
	PutProduct(ctx context.Context, id string, value []byte, rev uint64) (uint64, error)
	DeleteProduct(ctx context.Context, id string, rev uint64) error
}

func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// applyProducts makes what the book says the running configuration, as a reload does.
func (a *App) applyProducts() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.take(a.base.Load())
}

// take makes a checked configuration, with the products of the book, the running one.
// App.mu is held.
func (a *App) take(base *config.Config) error {
	cfg := a.products.over(base)
	rules, err := newRules(cfg, a.o.Stdout)
	if err != nil {
		return err
	}
	rules.ShopPage = a.o.ShopPage
	a.warnOfProducts(cfg)
	a.base.Store(base)
	a.config.Store(cfg)
	if a.live != nil {
		a.live.set(cfg, rules)
	}
	return nil
}

// warnOfProducts logs what is wrong with products that were right when they were
// written.
func (a *App) warnOfProducts(cfg *config.Config) {
	for _, p := range cfg.Products {
		if e, ok := a.products.get(p.ID); ok && len(e.found.Mistakes) > 0 {
			a.log.Warn("a product does not fit the configuration: what is wrong is left out", "product", p.ID, "err", strings.Join(e.found.Mistakes, "; "))
		}
	}
}
