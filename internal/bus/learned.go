package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// learnedKey hashes the host: a key may not hold all that a host's name may.
func learnedKey(host string) string { return "host." + stock.ShortHash(host) }

// Learned returns what was learned about a host, nil when nothing was.
func (b *Bus) Learned(ctx context.Context, host string) ([]byte, error) {
	ctx, cancel := call(ctx)
	defer cancel()
	e, err := b.learned.Get(ctx, learnedKey(host))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what is known of host %s: %w", host, err)
	}
	return e.Value(), nil
}

// Learn replaces what is known about a host.
func (b *Bus) Learn(ctx context.Context, host string, value []byte) error {
	ctx, cancel := call(ctx)
	defer cancel()
	if _, err := b.learned.Put(ctx, learnedKey(host), value); err != nil {
		return fmt.Errorf("write what is known of host %s: %w", host, sentinel(err))
	}
	return nil
}
