package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// peopleStore is the notifier's view of the facts about people.
type peopleStore struct{ *bus.Bus }

// Fact returns what stands under a key.
func (s peopleStore) Fact(ctx context.Context, key string) (stock.KV, error) {
	f, err := s.Bus.Fact(ctx, key)
	return stock.KV(f), err
}

// PutFact writes a fact over the one with revision rev.
func (s peopleStore) PutFact(ctx context.Context, key string, value []byte, rev uint64) (uint64, error) {
	next, err := s.Bus.PutFact(ctx, key, value, rev)
	return next, peopleError(err)
}

// DeleteFact removes a fact if its revision is still rev.
func (s peopleStore) DeleteFact(ctx context.Context, key string, rev uint64) error {
	return peopleError(s.Bus.DeleteFact(ctx, key, rev))
}

// Facts lists the facts below a prefix.
func (s peopleStore) Facts(ctx context.Context, prefix string) ([]stock.KV, error) {
	facts, err := s.Bus.Facts(ctx, prefix)
	list := make([]stock.KV, len(facts))
	for i, f := range facts {
		list[i] = stock.KV(f)
	}
	return list, err
}

// FollowFacts hands over the facts below a prefix and their changes.
func (s peopleStore) FollowFacts(ctx context.Context, prefix string, each func(stock.KV)) error {
	return s.Bus.FollowFacts(ctx, prefix, func(f bus.Fact) { each(stock.KV(f)) })
}

func peopleError(err error) error {
	if errors.Is(err, bus.ErrConflict) {
		return fmt.Errorf("%w: %w", stock.ErrConflict, err)
	}
	return err
}
