package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// casTries is how often a write is tried that does not depend on what others wrote.
const casTries = 5

// productEditor takes the edits of products: it checks each by the rules of the file,
// writes it with its revision, and has it applied here before it answers. It
// implements web.Editor.
type productEditor struct {
	book   *productBook
	store  productStore
	base   func() *config.Config // the file's
	merged func() *config.Config // with the products of the book
	apply  func() error
	log    *slog.Logger

	mu sync.Mutex // one edit at a time, so that two do not take one address
}

// editor returns the editor of a running process.
func (a *App) editor(store productStore) *productEditor {
	return &productEditor{book: &a.products, store: store, base: a.base.Load, merged: a.config.Load, apply: a.applyProducts, log: a.log}
}

// Entry implements web.Editor.
func (d *productEditor) Entry(id string) (web.ProductEntry, error) {
	products := d.merged().Products
	i := slices.IndexFunc(products, func(p stock.Product) bool { return p.ID == id })
	if i < 0 {
		return web.ProductEntry{}, fmt.Errorf("%w: %s", web.ErrNoProduct, id)
	}
	e, kept := d.book.get(id)
	out := web.ProductEntry{ID: id, Paused: products[i].Paused}
	if kept {
		out.Revision = e.rev
	}
	if configured(d.base(), id) {
		out.Origin = web.OriginConfig
		return out, nil
	}
	out.Origin, out.Created, out.Updated = e.meta.Origin, e.meta.Created, e.meta.Updated
	out.Mistakes, out.Warnings = e.found.In(d.base().Language)
	out.Table = mustJSON(e.table)
	return out, nil
}

// Entries returns the entries of all products by id, without their tables.
func (d *productEditor) Entries() map[string]web.ProductEntry {
	all, ofFile := map[string]web.ProductEntry{}, map[string]bool{}
	for _, p := range d.base().Products {
		ofFile[p.ID] = true
	}
	for _, p := range d.merged().Products {
		e, kept := d.book.get(p.ID)
		out := web.ProductEntry{ID: p.ID, Paused: p.Paused, Origin: web.OriginConfig}
		if kept {
			out.Revision = e.rev
		}
		if !ofFile[p.ID] {
			out.Origin, out.Created, out.Updated = e.meta.Origin, e.meta.Created, e.meta.Updated
		}
		all[p.ID] = out
	}
	return all
}

// Create implements web.Editor.
func (d *productEditor) Create(ctx context.Context, text []byte, origin string) (web.ProductEntry, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	table, err := jsonObject(text)
	if err != nil {
		return web.ProductEntry{}, mistake(err.Error())
	}
	if err := spread(table); err != nil {
		return web.ProductEntry{}, err
	}
	if err := d.unwatched("", table); err != nil {
		return web.ProductEntry{}, err
	}
	id, given := table["id"].(string)
	if !given {
		id = d.freeID(table)
		table["id"] = id
	}
	if d.taken(id) {
		return web.ProductEntry{}, web.WatchedError{Product: id}
	}
	now := clock.Wall().UTC().Truncate(time.Second)
	return d.write(ctx, id, table, entryMeta{Origin: origin, Created: now}, 0)
}

// Put implements web.Editor.
func (d *productEditor) Put(ctx context.Context, id string, text []byte, rev uint64) (web.ProductEntry, error) {
	return d.edit(ctx, id, rev, func(map[string]any) (map[string]any, error) {
		table, err := jsonObject(text)
		if err == nil {
			err = spread(table)
		}
		return table, err
	})
}

// Patch implements web.Editor.
func (d *productEditor) Patch(ctx context.Context, id string, text []byte, rev uint64) (web.ProductEntry, error) {
	return d.edit(ctx, id, rev, func(table map[string]any) (map[string]any, error) {
		patch, err := jsonObject(text)
		if err != nil {
			return nil, err
		}
		return mergePatch(table, patch), nil
	})
}

// edit writes what change makes of a product's table.
func (d *productEditor) edit(ctx context.Context, id string, rev uint64, change func(map[string]any) (map[string]any, error)) (web.ProductEntry, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.editable(id); err != nil {
		return web.ProductEntry{}, err
	}
	e, err := d.read(ctx, id)
	switch {
	case err != nil:
		return web.ProductEntry{}, err
	case e.rev != rev:
		return web.ProductEntry{}, fmt.Errorf("product %s: %w", id, stock.ErrConflict)
	}
	table, err := change(maps.Clone(e.table))
	switch {
	case errors.Is(err, web.ErrNoAddress):
		return web.ProductEntry{}, err
	case err != nil:
		return web.ProductEntry{}, mistake(err.Error())
	}
	return d.write(ctx, id, table, e.meta, rev)
}

// Add implements web.Editor.
func (d *productEditor) Add(ctx context.Context, id string, text []byte) (web.ProductEntry, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.editable(id); err != nil {
		return web.ProductEntry{}, err
	}
	more, err := jsonObject(text)
	if err != nil {
		return web.ProductEntry{}, mistake(err.Error())
	}
	if err := spread(more); err != nil {
		return web.ProductEntry{}, err
	}
	if err := d.unwatched("", more); err != nil {
		return web.ProductEntry{}, err
	}
	return d.again(ctx, id, func(table map[string]any) map[string]any {
		have, _ := table["watch"].([]any)
		table["watch"] = slices.Concat(have, more["watch"].([]any))
		return table
	})
}

// again writes a change that holds whatever others wrote meanwhile.
func (d *productEditor) again(ctx context.Context, id string, change func(map[string]any) map[string]any) (web.ProductEntry, error) {
	for try := 1; ; try++ {
		e, err := d.read(ctx, id)
		if err != nil {
			return web.ProductEntry{}, err
		}
		out, err := d.write(ctx, id, change(maps.Clone(e.table)), e.meta, e.rev)
		if try == casTries || !errors.Is(err, stock.ErrConflict) {
			return out, err
		}
	}
}

// Delete implements web.Editor.
func (d *productEditor) Delete(ctx context.Context, id string, rev uint64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.editable(id); err != nil {
		return err
	}
	if err := d.store.DeleteProduct(ctx, id, rev); err != nil {
		return err
	}
	d.log.Info("a product was removed", "product", id)
	return d.noted(stock.KV{Key: id})
}

// editable refuses what is not there, and what the file says.
func (d *productEditor) editable(id string) error {
	if configured(d.base(), id) {
		return fmt.Errorf("%s: %w", id, web.ErrReadOnly)
	}
	if !d.taken(id) {
		return fmt.Errorf("%w: %s", web.ErrNoProduct, id)
	}
	return nil
}

// read reads an entry as it stands in the store, which may be newer than the book.
func (d *productEditor) read(ctx context.Context, id string) (entry, error) {
	kv, err := d.store.ProductEntry(ctx, id)
	if err != nil {
		return entry{}, err
	}
	if kv.Rev == 0 {
		return entry{}, fmt.Errorf("%w: %s", web.ErrNoProduct, id)
	}
	meta, table, err := parseEntry(kv.Value)
	if err != nil {
		return entry{}, fmt.Errorf("read product %s: %w", id, err)
	}
	return entry{rev: kv.Rev, meta: meta, table: table}, nil
}

// write checks a table and writes it over revision rev.
func (d *productEditor) write(ctx context.Context, id string, table map[string]any, meta entryMeta, rev uint64) (web.ProductEntry, error) {
	if is, said := table["paused"].(bool); said {
		meta.Paused = &is
	} else if _, odd := table["paused"]; !odd {
		table["paused"] = meta.Paused != nil && *meta.Paused
	}
	cfg := d.merged()
	_, found := cfg.Product(id, mustJSON(table))
	if wrong, _ := found.In(cfg.Language); len(wrong) > 0 {
		return web.ProductEntry{}, web.MistakesError{Lines: wrong}
	}
	value := maps.Clone(table)
	value["id"], value["origin"], value["created"] = id, meta.Origin, meta.Created
	value["updated"] = clock.Wall().UTC().Truncate(time.Second)
	next, err := d.store.PutProduct(ctx, id, mustJSON(value), rev)
	if err != nil {
		return web.ProductEntry{}, err
	}
	d.log.Info("a product was written", "product", id)
	if err := d.noted(stock.KV{Key: id, Value: mustJSON(value), Rev: next}); err != nil {
		return web.ProductEntry{}, err
	}
	return d.Entry(id)
}

// noted applies what was just written, so that who asks next sees it.
func (d *productEditor) noted(kv stock.KV) error {
	if _, err := d.book.note(kv); err != nil {
		return fmt.Errorf("product %s: %w", kv.Key, err)
	}
	return d.apply()
}

// Pause implements web.Editor.
func (d *productEditor) Pause(ctx context.Context, id string, paused bool) (web.ProductEntry, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !configured(d.base(), id) {
		if !d.taken(id) {
			return web.ProductEntry{}, fmt.Errorf("%w: %s", web.ErrNoProduct, id)
		}
		return d.again(ctx, id, func(table map[string]any) map[string]any {
			table["paused"] = paused
			return table
		})
	}
	for try := 1; ; try++ {
		err := d.pauseConfigured(ctx, id, paused)
		if err == nil {
			return d.Entry(id)
		}
		if try == casTries || !errors.Is(err, stock.ErrConflict) {
			return web.ProductEntry{}, err
		}
	}
}

// pauseConfigured pauses a product of the file: its entry holds nothing else, and is
// removed where it says what the file says.
func (d *productEditor) pauseConfigured(ctx context.Context, id string, paused bool) error {
	kv, err := d.store.ProductEntry(ctx, id)
	if err != nil {
		return err
	}
	products := d.base().Products
	i := slices.IndexFunc(products, func(p stock.Product) bool { return p.ID == id })
	if products[i].Paused == paused {
		if kv.Rev == 0 {
			return d.noted(kv)
		}
		if err := d.store.DeleteProduct(ctx, id, kv.Rev); err != nil {
			return err
		}
		return d.noted(stock.KV{Key: id})
	}
	value := mustJSON(map[string]any{"paused": paused})
	next, err := d.store.PutProduct(ctx, id, value, kv.Rev)
	if err != nil {
		return err
	}
	return d.noted(stock.KV{Key: id, Value: value, Rev: next})
}

// Export implements web.Editor.
func (d *productEditor) Export() ([]byte, error) {
	var tables []map[string]any
	for _, p := range d.merged().Products {
		e, kept := d.book.get(p.ID)
		if !kept || e.table == nil || configured(d.base(), p.ID) {
			continue
		}
		table := maps.Clone(e.table)
		table["id"] = p.ID
		if !p.Paused {
			delete(table, "paused")
		}
		tables = append(tables, table)
	}
	return config.Export(tables)
}

// taken reports whether there is a product of an id, read or not.
func (d *productEditor) taken(id string) bool {
	_, kept := d.book.get(id)
	return kept || configured(d.base(), id)
}

// unwatched refuses addresses that a product other than id watches already.
func (d *productEditor) unwatched(id string, table map[string]any) error {
	have := map[string]string{}
	for _, p := range d.merged().Products {
		for _, w := range p.Watches {
			have[stock.NormalizeURL(w.URL)] = p.ID
		}
	}
	for _, raw := range addresses(table) {
		if p := have[stock.NormalizeURL(raw)]; p != "" && p != id {
			return web.WatchedError{Product: p, URL: raw}
		}
	}
	return nil
}

func mistake(lines ...string) error { return web.MistakesError{Lines: lines} }

var _ web.Editor = (*productEditor)(nil)

func mustJSON(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // of what came from JSON, and times
	}
	return text
}
