package webpush_test

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// facts is a Facts in memory.
type facts struct {
	mu     sync.Mutex
	values map[string][]byte
	revs   map[string]uint64
	rev    uint64
	err    error
	before func() // runs before the next write
}

func newFacts() *facts { return &facts{values: map[string][]byte{}, revs: map[string]uint64{}} }

func (f *facts) Fact(_ context.Context, key string) (stock.KV, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return stock.KV{Key: key, Value: f.values[key], Rev: f.revs[key]}, f.err
}

func (f *facts) PutFact(_ context.Context, key string, value []byte, rev uint64) (uint64, error) {
	if hook := f.before; hook != nil {
		f.before = nil
		hook()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.err != nil:
		return 0, f.err
	case f.revs[key] != rev:
		return 0, stock.ErrConflict
	}
	f.rev++
	f.values[key], f.revs[key] = value, f.rev
	return f.rev, nil
}

func (f *facts) DeleteFact(_ context.Context, key string, _ uint64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.values, key)
	delete(f.revs, key)
	return f.err
}

func (f *facts) keys() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.values))
}
