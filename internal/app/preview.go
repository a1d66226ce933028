package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/shop"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/watch"
	"github.com/sainyuka/sainyuka/internal/web"
)

// lookOnce looks at a page now, as a watcher does: here when its host is ours, else
// by the watcher whose it is.
func (l *live) lookOnce(ctx context.Context, rawURL string) (stock.Observation, error) {
	if l.watcher != nil {
		if o, ours := l.lookHere(ctx, rawURL); ours {
			return o, nil
		}
	}
	o, err := l.bus.AskLook(ctx, watch.Shard(askedHost(withKeys(l.app.config.Load()), rawURL)), rawURL)
	if errors.Is(err, bus.ErrNobody) {
		return o, fmt.Errorf("%w: %w", web.ErrNoWatcher, err)
	}
	return o, err
}

// lookHere looks at a page whose host is this process's to ask, unless that is left
// alone for now.
func (l *live) lookHere(ctx context.Context, rawURL string) (o stock.Observation, ours bool) {
	host := l.app.observer.Host(rawURL)
	term, ours := l.watcher.Own(host)
	if !ours {
		return o, false
	}
	if wait := l.watcher.Left(host); wait > 0 {
		return stock.Observation{
			URL: rawURL, Source: l.app.observer.Source(rawURL), Outcome: stock.RateLimited,
			Reason: stock.Because(stock.ReasonLeftAlone, wait.Round(time.Second)), RetryAfter: wait,
		}, true
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(term, cancel)()
	return l.app.observer.Observe(ctx, rawURL), true
}

// preview implements what the API shows of a page before it is watched.
func (l *live) preview(ctx context.Context, rawURL string) (web.Preview, error) {
	cfg := l.app.config.Load()
	p, found := cfg.Product("preview", mustJSON(map[string]any{"watch": []any{map[string]any{"url": rawURL}}}))
	wrong, warnings := found.In(cfg.Language)
	if len(wrong) > 0 {
		return web.Preview{}, web.MistakesError{Lines: wrong}
	}
	set := withKeys(cfg)
	host := askedHost(set, rawURL)
	v := web.Preview{
		Product: p, Host: host, Every: cfg.Every(host), Warnings: warnings,
		Restricted: set.Restricted(rawURL), Kinds: cfg.Alerts.Kinds,
	}
	v.Accepted = v.Restricted && termsTaken(cfg, host)
	if known, ok := shop.ByID(set.Name(rawURL)); ok {
		v.Shop = known.Name(cfg.Language)
	}
	for _, have := range cfg.Products {
		if slices.ContainsFunc(have.Watches, func(w stock.Watch) bool { return stock.NormalizeURL(w.URL) == stock.NormalizeURL(rawURL) }) {
			v.Watched = have.ID
		}
	}
	var err error
	v.Look, err = l.lookOnce(ctx, rawURL)
	return v, err
}

// elsewhere asks the official searches that the user has keys for who has a thing.
func (l *live) elsewhere(ctx context.Context, jan, words string) (web.Found, error) {
	if _, err := Queries(jan, words); err != nil {
		return web.Found{}, mistake(err.Error())
	}
	return findBy(ctx, l.app.config.Load(), jan, words, l.lookOnce)
}

// termsTaken reports whether the user has taken on the terms of a host.
func termsTaken(cfg *config.Config, host string) bool {
	bare, _, _ := strings.Cut(host, ":")
	return slices.Contains(cfg.Fetch.TermsAccepted, host) || slices.Contains(cfg.Fetch.TermsAccepted, bare)
}
