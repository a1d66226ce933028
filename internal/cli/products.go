package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/app"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/web"
)

// productFlags are what add and edit take.
type productFlags struct {
	config, name, id, interval, maxPrice, to string
	tags                                     tagList
	given                                    map[string]bool
	reply                                    reply
}

// tagList is a flag that may be given several times.
type tagList []string

func (t *tagList) String() string { return strings.Join(*t, ",") }

// Set implements flag.Value.
func (t *tagList) Set(s string) error {
	*t = append(*t, strings.Split(s, ",")...)
	return nil
}

func (f *productFlags) define(fs *flag.FlagSet) {
	fs.StringVar(&f.config, "config", "", "the configuration `FILE` (default config.toml)")
	fs.StringVar(&f.name, "name", "", "how alerts call it")
	fs.StringVar(&f.interval, "interval", "", "average wait between two looks, such as 60s")
	fs.StringVar(&f.maxPrice, "max-price", "", "`PRICE` above which nothing rings")
	fs.Var(&f.tags, "tag", "a `WORD` of your own; may be given several times")
}

// parse reads the flags, and notes which were given.
func (f *productFlags) parse(fs *flag.FlagSet, args []string) ([]string, error) {
	rest, err := parse(fs, args)
	f.given = map[string]bool{}
	fs.Visit(func(x *flag.Flag) { f.given[x.Name] = true })
	return rest, err
}

// table returns the keys of a product that were given. An empty one takes its key
// away.
func (f *productFlags) table() map[string]any {
	t := map[string]any{}
	for flag, key := range map[string]string{"name": "name", "max-price": "max_price"} {
		v := map[string]string{"name": f.name, "max-price": f.maxPrice}[flag]
		switch {
		case f.given[flag] && v == "":
			t[key] = nil
		case f.given[flag]:
			t[key] = v
		}
	}
	if f.given["tag"] {
		t["tags"] = []string(f.tags)
	}
	return t
}

func add(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "add")
	f := productFlags{reply: replies(env, fs)}
	f.define(fs)
	fs.StringVar(&f.id, "id", "", "its short name, 1 to 32 of a-z, 0-9 and -; one is made up")
	fs.StringVar(&f.to, "to", "", "`ID` of the product that has these pages too")
	urls, err := f.parse(fs, args)
	switch {
	case err != nil:
		return err
	case len(urls) == 0:
		return usagef("add needs the URL of a page")
	}
	table := f.table()
	if f.interval != "" {
		table["interval"] = f.interval
	}
	if f.id != "" {
		table["id"] = f.id
	}
	return withProducts(ctx, env, f.config, loadOrBegin, func(ctx context.Context, d web.Editor) error {
		if f.to != "" {
			table = map[string]any{"urls": urls}
			if f.interval != "" {
				table["interval"] = f.interval
			}
			return printProduct(env, f.reply, "pages added", func() (web.ProductEntry, error) { return d.Add(ctx, f.to, asJSONText(table)) })
		}
		if f.given["id"] || f.given["name"] || len(urls) == 1 { // one product, perhaps of several shops
			table["urls"] = urls
			if r, running := d.(remoteProducts); running && !f.given["name"] {
				if title := r.title(ctx, env, urls[0]); title != "" {
					table["name"] = title
				}
			}
			return printProduct(env, f.reply, "added", func() (web.ProductEntry, error) { return d.Create(ctx, asJSONText(table), "cli") })
		}
		var errs []error
		for _, u := range urls {
			table["url"] = u
			errs = append(errs, printProduct(env, f.reply, "added", func() (web.ProductEntry, error) { return d.Create(ctx, asJSONText(table), "cli") }))
		}
		return errors.Join(errs...)
	})
}

func edit(ctx context.Context, env Env, args []string) error {
	fs := newFlags(env, "edit")
	f := productFlags{reply: replies(env, fs)}
	f.define(fs)
	ids, err := f.parse(fs, args)
	switch {
	case err != nil:
		return err
	case len(ids) != 1:
		return usagef("edit needs one ID")
	}
	patch := f.table()
	return withProducts(ctx, env, f.config, loadConfig, func(ctx context.Context, d web.Editor) error {
		return printProduct(env, f.reply, "changed", func() (web.ProductEntry, error) {
			e, err := d.Entry(ids[0])
			if err != nil {
				return e, err
			}
			if f.given["interval"] {
				if patch["watch"], err = everyWatch(e.Table, f.interval); err != nil {
					return e, err
				}
			}
			if len(patch) == 0 {
				return e, usagef("edit needs what to change: see `%s edit -h`", env.Program)
			}
			return d.Patch(ctx, ids[0], asJSONText(patch), e.Revision)
		})
	})
}

// everyWatch returns the watches of a table with another interval.
func everyWatch(table []byte, interval string) ([]map[string]any, error) {
	var t struct {
		Watch []map[string]any `json:"watch"`
	}
	d := json.NewDecoder(bytes.NewReader(table))
	d.UseNumber()
	if len(table) > 0 {
		if err := d.Decode(&t); err != nil {
			return nil, fmt.Errorf("read the product: %w", err)
		}
	}
	for _, w := range t.Watch {
		w["interval"] = interval
	}
	return t.Watch, nil
}

func remove(ctx context.Context, env Env, args []string) error {
	return eachProduct(ctx, env, "remove", args, func(ctx context.Context, d web.Editor, r reply, id string) error {
		e, err := d.Entry(id)
		if err == nil {
			err = d.Delete(ctx, id, e.Revision)
		}
		if err != nil {
			return err
		}
		return r.print(map[string]any{"product": id, "done": "removed"}, say("product %s: %s", id, said{format: "removed"}))
	})
}

func pause(ctx context.Context, env Env, args []string) error {
	return eachProduct(ctx, env, "pause", args, func(ctx context.Context, d web.Editor, r reply, id string) error {
		return printProduct(env, r, "paused", func() (web.ProductEntry, error) { return d.Pause(ctx, id, true) })
	})
}

func resume(ctx context.Context, env Env, args []string) error {
	return eachProduct(ctx, env, "resume", args, func(ctx context.Context, d web.Editor, r reply, id string) error {
		return printProduct(env, r, "looked at again", func() (web.ProductEntry, error) { return d.Pause(ctx, id, false) })
	})
}

// eachProduct does something with each product that is named, also after a failure.
func eachProduct(ctx context.Context, env Env, command string, args []string, do func(context.Context, web.Editor, reply, string) error) error {
	fs := newFlags(env, command)
	r := replies(env, fs)
	path := fs.String("config", "", "the configuration `FILE` (default config.toml)")
	ids, err := parse(fs, args)
	switch {
	case err != nil:
		return err
	case len(ids) == 0:
		return usagef("%s needs the ID of a product", command)
	}
	return withProducts(ctx, env, *path, loadConfig, func(ctx context.Context, d web.Editor) error {
		var errs []error
		for _, id := range ids {
			errs = append(errs, do(ctx, d, r, id))
		}
		return errors.Join(errs...)
	})
}

// withProducts opens the products of a configuration: through the running daemon, or
// on the bus itself.
func withProducts(ctx context.Context, env Env, path string, load func(string) (*config.Config, error), do func(context.Context, web.Editor) error) error {
	cfg, err := load(path)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if d := dialDaemon(ctx, cfg.DataDir); d != nil {
		return asUsage(do(ctx, remoteProducts{d, ctx}))
	}
	b, done, err := openBus(ctx, env, cfg)
	if err != nil {
		return err
	}
	defer done()
	e, err := app.NewProducts(ctx, b.Products, cfg)
	if err != nil {
		return err
	}
	return asUsage(do(ctx, e))
}

// asUsage makes mistakes in what was given one in how the program was called.
func asUsage(err error) error {
	var bad web.MistakesError
	if errors.As(err, &bad) || errors.Is(err, web.ErrNoProduct) || errors.Is(err, web.ErrReadOnly) {
		return usageError{err}
	}
	return err
}

// printProduct says what became of a product.
func printProduct(env Env, r reply, what string, do func() (web.ProductEntry, error)) error {
	e, err := do()
	if err != nil {
		return err
	}
	for _, w := range e.Warnings {
		fmt.Fprintf(env.Stderr, "%s: %s\n", e.ID, w)
	}
	return r.print(map[string]any{"product": e.ID, "done": what, "paused": e.Paused, "warnings": orEmpty(e.Warnings)}, say("product %s: %s", e.ID, said{format: what}))
}

func asJSONText(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // of texts
	}
	return text
}

// remoteProducts are the products of a running daemon.
type remoteProducts struct {
	d   *daemon
	ctx context.Context //nolint:containedctx // of one command
}

var _ web.Editor = remoteProducts{}

func productPath(id string) string { return "/api/v1/products/" + url.PathEscape(id) }

// send asks for a change and reads the product that comes of it.
func (r remoteProducts) send(ctx context.Context, method, path string, body []byte, rev *uint64) (web.ProductEntry, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://sainyuka"+path, bytes.NewReader(body))
	if err != nil {
		return web.ProductEntry{}, fmt.Errorf("ask the running daemon: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if rev != nil {
		req.Header.Set("If-Match", strconv.FormatUint(*rev, 10))
	}
	resp, err := r.d.http.Do(req)
	if err != nil {
		return web.ProductEntry{}, fmt.Errorf("ask the running daemon: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if err != nil {
		return web.ProductEntry{}, fmt.Errorf("ask the running daemon: %w", err)
	}
	var answer struct {
		ID       string          `json:"id"`
		Revision uint64          `json:"revision"`
		Origin   string          `json:"origin"`
		Paused   bool            `json:"paused"`
		Table    json.RawMessage `json:"table"`
		Warnings []string        `json:"warnings"`
		Error    string          `json:"error"`
	}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &answer); err != nil {
			return web.ProductEntry{}, fmt.Errorf("read the daemon's answer (%s): %w", resp.Status, err)
		}
	}
	e := web.ProductEntry{ID: answer.ID, Revision: answer.Revision, Origin: answer.Origin, Paused: answer.Paused, Table: answer.Table, Warnings: answer.Warnings}
	switch {
	case resp.StatusCode < 300:
		return e, nil
	case resp.StatusCode == http.StatusUnprocessableEntity:
		return e, web.MistakesError{Lines: []string{answer.Error}}
	case resp.StatusCode == http.StatusNotFound:
		id, _, _ := strings.Cut(strings.TrimPrefix(path, "/api/v1/products/"), "/")
		return e, fmt.Errorf("%w: %s", web.ErrNoProduct, id)
	case resp.StatusCode == http.StatusForbidden:
		return e, web.ErrReadOnly
	case answer.Error != "":
		return e, errors.New(answer.Error)
	}
	return e, fmt.Errorf("ask the running daemon: %s", resp.Status)
}

// Entry implements web.Editor.
func (r remoteProducts) Entry(id string) (web.ProductEntry, error) {
	return r.send(r.ctx, http.MethodGet, productPath(id), nil, nil)
}

// Create implements web.Editor.
func (r remoteProducts) Create(ctx context.Context, table []byte, origin string) (web.ProductEntry, error) {
	return r.send(ctx, http.MethodPost, "/api/v1/products?origin="+origin, table, nil)
}

// Put implements web.Editor.
func (r remoteProducts) Put(ctx context.Context, id string, table []byte, rev uint64) (web.ProductEntry, error) {
	return r.send(ctx, http.MethodPut, productPath(id), table, &rev)
}

// Patch implements web.Editor.
func (r remoteProducts) Patch(ctx context.Context, id string, patch []byte, rev uint64) (web.ProductEntry, error) {
	return r.send(ctx, http.MethodPatch, productPath(id), patch, &rev)
}

// Delete implements web.Editor.
func (r remoteProducts) Delete(ctx context.Context, id string, rev uint64) error {
	_, err := r.send(ctx, http.MethodDelete, productPath(id), nil, &rev)
	return err
}

// Add implements web.Editor.
func (r remoteProducts) Add(ctx context.Context, id string, watches []byte) (web.ProductEntry, error) {
	return r.send(ctx, http.MethodPost, productPath(id)+"/watches", watches, nil)
}

// Pause implements web.Editor.
func (r remoteProducts) Pause(ctx context.Context, id string, paused bool) (web.ProductEntry, error) {
	verb := "/resume"
	if paused {
		verb = "/pause"
	}
	return r.send(ctx, http.MethodPost, productPath(id)+verb, nil, nil)
}

// Export implements web.Editor.
func (r remoteProducts) Export() ([]byte, error) {
	return r.d.ask(r.ctx, http.MethodGet, "/api/v1/export")
}
