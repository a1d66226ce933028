package app

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// readProductsTimeout bounds the reading of all products of a bus.
const readProductsTimeout = 10 * time.Second

// readProducts reads the whole bucket once. A product that cannot be read is left out:
// it watches nothing in any process.
func readProducts(ctx context.Context, store productStore) (*productBook, error) {
	ctx, whole := context.WithTimeout(ctx, readProductsTimeout)
	defer whole()
	book, complete := &productBook{}, false
	err := store.FollowProducts(ctx, func(kv stock.KV) {
		if kv.Key == "" {
			complete = true
			whole()
			return
		}
		_, _ = book.note(kv)
	})
	if !complete {
		return nil, fmt.Errorf("read the products that were added: %w", err)
	}
	return book, nil
}

// WithProducts returns a configuration with the products that were added while it ran.
func WithProducts(ctx context.Context, store productStore, cfg *config.Config) (*config.Config, error) {
	book, err := readProducts(ctx, store)
	if err != nil {
		return nil, err
	}
	return book.over(cfg), nil
}

// NewProducts returns the editor of a bus that no daemon in this process uses.
func NewProducts(ctx context.Context, store productStore, cfg *config.Config) (web.Editor, error) {
	book, err := readProducts(ctx, store)
	if err != nil {
		return nil, err
	}
	var merged atomic.Pointer[config.Config]
	apply := func() error {
		merged.Store(book.over(cfg))
		return nil
	}
	d := &productEditor{book: book, store: store, base: func() *config.Config { return cfg }, merged: merged.Load, apply: apply, log: slog.New(slog.DiscardHandler)}
	return d, apply()
}
