package app

import (
	"context"
	"log/slog"
	"sync"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Find asks the queries side by side, each once and as politely as a watcher
// would, and returns what they saw in their order.
func Find(ctx context.Context, cfg *config.Config, version string, queries []stock.Query, log *slog.Logger) ([]stock.Observation, error) {
	o, err := newObserver(cfg, version, cfg.Every, log)
	if err != nil {
		return nil, err
	}
	defer o.close()
	seen := make([]stock.Observation, len(queries))
	var wg sync.WaitGroup
	for i, q := range queries {
		wg.Go(func() { seen[i] = o.Observe(ctx, q.URL()) })
	}
	wg.Wait()
	return seen, nil
}
