package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// maxProducts is how many products are kept beside those of the configuration,
	// which has no such bound: each change is applied by reading all of them.
	maxProducts = 10_000
	// maxProduct holds a product with well over a hundred watches.
	maxProduct = 64 << 10
)

// ErrTooMany says that no further product is taken.
var ErrTooMany = stock.ErrTooMany

// ProductStore is the bucket of the products that were added while it runs.
type ProductStore struct {
	*link

	kv jetstream.KeyValue
}

// ProductEntry returns what stands under a product's id, with Rev 0 when nothing does.
func (ps *ProductStore) ProductEntry(ctx context.Context, id string) (stock.KV, error) {
	if !token(id) {
		return stock.KV{}, fmt.Errorf("read product: %q cannot be a key", id)
	}
	ctx, cancel := call(ctx)
	defer cancel()
	e, err := ps.kv.Get(ctx, id)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return stock.KV{Key: id}, nil
	}
	if err != nil {
		return stock.KV{}, fmt.Errorf("read product %s: %w", id, err)
	}
	return factOf(e), nil
}

// PutProduct writes a product over the one with revision rev (0: there must be
// none), and returns its own revision. ErrConflict says that another was written in
// between. After any other error it may be there all the same: read it.
func (ps *ProductStore) PutProduct(ctx context.Context, id string, value []byte, rev uint64) (uint64, error) {
	switch {
	case !token(id):
		return 0, fmt.Errorf("write product: %q cannot be a key", id)
	case len(value) > maxProduct:
		return 0, fmt.Errorf("write product %s: %w: %d bytes are more than %d", id, ErrTooMany, len(value), maxProduct)
	}
	ctx, cancel := call(ctx)
	defer cancel()
	if rev != 0 {
		next, err := ps.kv.Update(ctx, id, value, rev)
		if err != nil {
			return 0, fmt.Errorf("write product %s: %w", id, sentinel(err))
		}
		return next, nil
	}
	s, err := ps.kv.Status(ctx)
	if err != nil {
		return 0, fmt.Errorf("count the products: %w", err)
	}
	if s.Values() >= maxProducts { // deleted ones count for an hour
		return 0, fmt.Errorf("write product %s: %w: there are %d", id, ErrTooMany, maxProducts)
	}
	next, err := ps.kv.Create(ctx, id, value)
	if err != nil {
		return 0, fmt.Errorf("write product %s: %w", id, sentinel(err))
	}
	return next, nil
}

// DeleteProduct removes a product if its revision is still rev, else it gives
// ErrConflict.
func (ps *ProductStore) DeleteProduct(ctx context.Context, id string, rev uint64) error {
	if !token(id) {
		return fmt.Errorf("delete product: %q cannot be a key", id)
	}
	ctx, cancel := call(ctx)
	defer cancel()
	if err := ps.kv.Purge(ctx, id, jetstream.PurgeTTL(markerLife), jetstream.LastRevision(rev)); err != nil {
		return fmt.Errorf("delete product %s: %w", id, sentinel(err))
	}
	return nil
}

// FollowProducts hands over the products that are there, then one without a key,
// which says that this was all, and then every change, with a nil Value for what
// was deleted, until ctx ends. After an interruption it hands over all that is there
// again, and as deleted what is there no longer.
func (ps *ProductStore) FollowProducts(ctx context.Context, each func(stock.KV)) error {
	f := factFollower{link: ps.link, kv: ps.kv, filter: ">", each: each, known: make(map[string]bool)}
	return ps.again(ctx, 250*time.Millisecond, "follow products", f.read)
}
