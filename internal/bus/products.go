package bus

import (
	"context"
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
type ProductStore struct{ bucket }

// ProductEntry returns what stands under a product's id, with Rev 0 when nothing does.
func (ps *ProductStore) ProductEntry(ctx context.Context, id string) (stock.KV, error) {
	if !token(id) {
		return stock.KV{}, fmt.Errorf("read product: %q cannot be a key", id)
	}
	entry, err := ps.get(ctx, id)
	if err != nil {
		return stock.KV{}, fmt.Errorf("read product %s: %w", id, err)
	}
	return entry, nil
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
	if rev == 0 {
		if err := ps.room(ctx); err != nil {
			return 0, fmt.Errorf("write product %s: %w", id, err)
		}
	}
	next, err := ps.replace(ctx, id, value, rev)
	if err != nil {
		return 0, fmt.Errorf("write product %s: %w", id, err)
	}
	return next, nil
}

// room returns ErrTooMany when no further product is taken.
func (ps *ProductStore) room(ctx context.Context) error {
	ctx, cancel := call(ctx)
	defer cancel()
	s, err := ps.kv.Status(ctx)
	if err != nil {
		return fmt.Errorf("count the products: %w", err)
	}
	if s.Values() >= maxProducts { // deleted ones count for an hour
		return fmt.Errorf("%w: there are %d", ErrTooMany, maxProducts)
	}
	return nil
}

// DeleteProduct removes a product if its revision is still rev, else it gives
// ErrConflict.
func (ps *ProductStore) DeleteProduct(ctx context.Context, id string, rev uint64) error {
	if !token(id) {
		return fmt.Errorf("delete product: %q cannot be a key", id)
	}
	if err := ps.remove(ctx, id, rev, jetstream.PurgeTTL(markerLife)); err != nil {
		return fmt.Errorf("delete product %s: %w", id, err)
	}
	return nil
}

// FollowProducts hands over the products that are there, then one without a key,
// which says that this was all, and then every change, with a nil Value for what
// was deleted, until ctx ends. After an interruption it hands over all that is there
// again, and as deleted what is there no longer.
func (ps *ProductStore) FollowProducts(ctx context.Context, each func(stock.KV)) error {
	return ps.again(ctx, 250*time.Millisecond, "follow products", ps.follower(">", each).read)
}
