package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/shop"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/watch"
	"github.com/sainyuka/sainyuka/internal/web"
)

// ask looks at a page now, as a watcher does: here when this process owns its host, else
// by the watcher that owns it.
func (l *live) ask(ctx context.Context, ask stock.LookRequest) (stock.LookAnswer, error) {
	if l.watcher != nil {
		if a, ours := l.lookHere(ctx, ask); ours {
			return a, nil
		}
	}
	a, err := l.bus.Signals.AskLook(ctx, watch.Shard(l.lookHost(ask)), ask)
	if errors.Is(err, bus.ErrNobody) {
		return a, fmt.Errorf("%w: %w", web.ErrNoWatcher, err)
	}
	return a, err
}

// picture fetches a picture by the watcher that may ask its host.
func (l *live) picture(ctx context.Context, address string) ([]byte, error) {
	if e := l.app.o.Engine; e != nil && e.DiskFull() {
		return nil, errors.New("the disk is full: what room is left is for changes and alerts")
	}
	a, err := l.ask(ctx, stock.LookRequest{URL: address, Picture: true})
	if err == nil && len(a.Picture) == 0 {
		err = a.Reason.Err()
	}
	return a.Picture, err
}

// preview implements what the API shows of a page before it is watched.
func (l *live) preview(ctx context.Context, ask stock.LookRequest) (web.Preview, error) {
	cfg := l.app.config.Load()
	watched := watchedBy(cfg.Products, ask.URL)
	id := cmp.Or(watched, "preview") // so that it is read by the rules of its product
	rules := ask.Rules
	if watched != "" && rules == nil {
		rules = new(cfg.Rules(ask.URL))
	}
	p, found := cfg.Product(id, mustJSON(map[string]any{"watch": []any{watchTable(ask.URL, rules)}}))
	wrong, warnings := found.In(cfg.Language)
	if len(wrong) > 0 {
		return web.Preview{}, web.MistakesError{Lines: wrong}
	}
	if ask.Rules != nil {
		ask.Rules = &p.Watches[0].Rules // with those of the host
	}
	set := withKeys(cfg)
	host := askedHost(set, ask.URL)
	v := web.Preview{
		Product: p, Host: host, Every: cfg.Every(host), Warnings: warnings, Watched: watched,
		Restricted: set.Restricted(ask.URL), Kinds: cfg.Alerts.Kinds,
	}
	v.Accepted = v.Restricted && termsTaken(cfg, host)
	if known, ok := shop.ByID(set.Name(ask.URL)); ok {
		v.Shop = known.Name(cfg.Language)
	}
	answer, err := l.ask(ctx, ask)
	v.Look, v.Tries, v.Outline = answer.Observation, answer.Tries, answer.Outline
	return v, err
}

// watchTable returns a watch of an address as a table with the keys of the configuration.
func watchTable(rawURL string, rules *stock.Rules) map[string]any {
	table := map[string]any{}
	if rules != nil {
		if err := json.Unmarshal(mustJSON(rules), &table); err != nil {
			panic(err) // of what was just written
		}
	}
	table["url"] = rawURL
	return table
}

// watchedBy returns the product that watches an address, "" for none.
func watchedBy(products []stock.Product, rawURL string) string {
	want := stock.NormalizeURL(rawURL)
	for _, p := range products {
		if slices.ContainsFunc(p.Watches, func(w stock.Watch) bool { return stock.NormalizeURL(w.URL) == want }) {
			return p.ID
		}
	}
	return ""
}

// elsewhere asks the official searches that the user has keys for who has a thing.
func (l *live) elsewhere(ctx context.Context, jan, words string) (web.Found, error) {
	if _, err := Queries(jan, words); err != nil {
		return web.Found{}, mistake(err.Error())
	}
	return findBy(ctx, l.app.config.Load(), jan, words, func(ctx context.Context, rawURL string) (stock.Observation, error) {
		a, err := l.ask(ctx, stock.LookRequest{URL: rawURL})
		return a.Observation, err
	})
}

// termsTaken reports whether the user has taken on the terms of a host.
func termsTaken(cfg *config.Config, host string) bool {
	bare, _, _ := strings.Cut(host, ":")
	return slices.Contains(cfg.Fetch.TermsAccepted, host) || slices.Contains(cfg.Fetch.TermsAccepted, bare)
}
