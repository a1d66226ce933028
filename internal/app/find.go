package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// ErrQuestion says that a search needs a code or words.
var ErrQuestion = errors.New("give a code (jan) or words (q), one of them")

// Queries returns the question as each API takes it.
func Queries(jan, words string) ([]stock.Query, error) {
	switch {
	case (jan == "") == (words == ""):
		return nil, ErrQuestion
	case jan != "":
		if err := stock.CheckCode(jan); err != nil {
			return nil, fmt.Errorf("jan: %w", err)
		}
	}
	var queries []stock.Query
	for _, api := range stock.APIs() {
		if api == stock.RakutenBooksAPI && jan == "" {
			continue // knows codes only
		}
		q := stock.Query{API: api, JAN: jan, Words: words, Condition: stock.ConditionAny}
		if api == stock.RakutenBooksAPI {
			q.Condition = stock.ConditionNew // it sells nothing else
		}
		if _, err := stock.ParseQuery(q.URL()); err != nil {
			return nil, fmt.Errorf("q %w", err)
		}
		queries = append(queries, q)
	}
	return queries, nil
}

// Find asks all official APIs that the user has keys for, side by side, each once and
// as politely as a watcher would.
func Find(ctx context.Context, cfg *config.Config, version, jan, words string, log *slog.Logger) (web.Found, error) {
	o, err := newObserver(cfg, version, cfg.Every, log)
	if err != nil {
		return web.Found{}, err
	}
	defer o.close()
	return findBy(ctx, cfg, jan, words, func(ctx context.Context, rawURL string) (stock.Observation, error) {
		return o.Observe(ctx, rawURL), nil
	})
}

// findBy has look ask each API.
func findBy(ctx context.Context, cfg *config.Config, jan, words string, look func(context.Context, string) (stock.Observation, error)) (web.Found, error) {
	found := web.NewFound(jan, words)
	queries, err := Queries(jan, words)
	if err != nil {
		return found, err
	}
	queries = slices.DeleteFunc(queries, func(q stock.Query) bool { return !cfg.API.Has(q.API) })
	seen, errs := make([]stock.Observation, len(queries)), make([]error, len(queries))
	var wg sync.WaitGroup
	for i, q := range queries {
		wg.Go(func() { seen[i], errs[i] = look(ctx, q.URL()) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return found, err
	}
	found.Add(queries, seen)
	found.Price(cfg.Rates(), clock.Wall())
	return found, nil
}
