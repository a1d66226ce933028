package app

import (
	"context"
	"errors"

	"github.com/sainyuka/sainyuka/internal/bus"
	"github.com/sainyuka/sainyuka/internal/notify"
	"github.com/sainyuka/sainyuka/internal/watch"
	"github.com/sainyuka/sainyuka/internal/web"
)

// The packages above the bus declare what they need in words of their own, so
// that they can be read and tested without it. These adapters are all that
// stands between.

type leaseStore struct{ *bus.Bus }

// Leases lists the leases that are held.
func (s leaseStore) Leases(ctx context.Context) ([]watch.Lease, error) {
	held, err := s.Bus.Leases(ctx)
	list := make([]watch.Lease, len(held))
	for i, l := range held {
		list[i] = watch.Lease(l)
	}
	return list, err
}

type alertStore struct{ *bus.Bus }

// History returns the newest n records of a watch, oldest first.
func (s alertStore) History(ctx context.Context, tid string, n int) ([]notify.Entry, error) {
	entries, err := s.Bus.History(ctx, tid, n)
	list := make([]notify.Entry, len(entries))
	for i, e := range entries {
		list[i] = notify.Entry(e)
	}
	return list, err
}

type pageStore struct{ *bus.Bus }

// History returns the newest n records of a watch, oldest first.
func (s pageStore) History(ctx context.Context, tid string, n int) ([]web.Record, error) {
	entries, err := s.Bus.History(ctx, tid, n)
	list := make([]web.Record, len(entries))
	for i, e := range entries {
		list[i] = web.Record(e)
	}
	return list, err
}

// Redrive puts a dead letter back into the outbox.
func (s pageStore) Redrive(ctx context.Context, id string) error {
	return pageError(s.Bus.Redrive(ctx, id))
}

// Discard removes a dead letter.
func (s pageStore) Discard(ctx context.Context, id string) error {
	return pageError(s.Bus.Discard(ctx, id))
}

func pageError(err error) error {
	if errors.Is(err, bus.ErrNotFound) {
		return web.ErrNotFound
	}
	return err
}
