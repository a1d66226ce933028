package web

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Whoever edits products is told one of these, or stock.ErrConflict (somebody else
// wrote since) or stock.ErrTooMany.
var (
	// ErrReadOnly says that a product stands in the configuration file.
	ErrReadOnly = errors.New("this product stands in the configuration file: change it there (pause and resume work here too)")
	// ErrNoAddress says that a new product names no page.
	ErrNoAddress = errors.New("give the address of a page: url, urls or watch")
)

// MistakesError says what is wrong with a product, in the configuration's own words.
type MistakesError struct{ Lines []string }

func (e MistakesError) Error() string {
	errs := make([]error, len(e.Lines))
	for i, line := range e.Lines {
		errs[i] = errors.New(line)
	}
	return errors.Join(errs...).Error()
}

// WatchedError says which product an address or an id belongs to already.
type WatchedError struct{ Product, URL string }

func (e WatchedError) Error() string {
	if e.URL == "" {
		return "there is a product " + e.Product + " already"
	}
	return "product " + e.Product + " watches " + e.URL + " already"
}

// ProductEntry is a product as it is kept.
type ProductEntry struct {
	ID       string
	Revision uint64 // for the next write; 0: nothing is kept
	Origin   string // "config": it stands in the file, and is read-only but for pause
	Paused   bool
	Created  time.Time
	Updated  time.Time
	Table    json.RawMessage // the configuration's own keys; nil for one of the file
	Mistakes []string        // that came with a change of the configuration
	Warnings []string        // what is hardly meant
}

// OriginConfig is the origin of products that stand in the file.
const OriginConfig = "config"

// OriginWishList is the origin of products that came from a wish list, paused until
// somebody resumes them.
const OriginWishList = "wishlist"

// Editor keeps the products that people edit while everything runs.
type Editor interface {
	// Entry returns how a product is kept; ErrNoProduct.
	Entry(id string) (ProductEntry, error)
	// Create makes a product of a table, or of url, urls and interval beside the keys
	// of a product. Without an id it gets one.
	Create(ctx context.Context, table []byte, origin string) (ProductEntry, error)
	// Put replaces a product's table, Patch parts of it (a JSON merge patch), and
	// Delete removes it, if its revision is still rev.
	Put(ctx context.Context, id string, table []byte, rev uint64) (ProductEntry, error)
	Patch(ctx context.Context, id string, patch []byte, rev uint64) (ProductEntry, error)
	Delete(ctx context.Context, id string, rev uint64) error
	// Add adds watches, as Create takes them, to a product.
	Add(ctx context.Context, id string, watches []byte) (ProductEntry, error)
	// Pause stops looking at a product, or begins again.
	Pause(ctx context.Context, id string, paused bool) (ProductEntry, error)
	// Export writes all products but those of the file as TOML.
	Export() ([]byte, error)
}
