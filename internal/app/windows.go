package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxHistory is more than the bus keeps of a watch.
const maxHistory = 500

// WriteWindows writes the windows in the records of all watches, a JSON object
// per line, for the replay of schedules, and a line for each watch without times.
// The records are the log: there is no other one.
func WriteWindows(ctx context.Context, w io.Writer, cfg *config.Config, history func(ctx context.Context, tid string, n int) ([]stock.Entry, error)) error {
	set, lines := withKeys(cfg), json.NewEncoder(w)
	for _, p := range cfg.Products {
		for _, x := range p.Watches {
			host := askedHost(set, x.URL)
			if host == "" {
				continue // the query of an API without a key: nobody is asked
			}
			entries, err := history(ctx, x.ID, maxHistory)
			if err != nil {
				return fmt.Errorf("read history of watch %s: %w", x.ID, err)
			}
			if err := lines.Encode(stock.Window{Watch: x.ID, Host: host, Product: p.ID}); err != nil {
				return fmt.Errorf("write windows: %w", err)
			}
			for window := range stock.Windows(host, changes(entries)) {
				if err := lines.Encode(window); err != nil {
					return fmt.Errorf("write windows: %w", err)
				}
			}
		}
	}
	return nil
}

func changes(entries []stock.Entry) func(yield func(stock.Change) bool) {
	return func(yield func(stock.Change) bool) {
		for _, e := range entries {
			if !yield(e.Change) {
				return
			}
		}
	}
}
