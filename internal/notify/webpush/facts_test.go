package webpush_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
)

var errConflict = errors.New("another was written in between")

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

func (f *facts) Fact(_ context.Context, key string) ([]byte, uint64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.values[key], f.revs[key], f.err
}

func (f *facts) PutFact(_ context.Context, key string, value []byte, rev uint64) error {
	if hook := f.before; hook != nil {
		f.before = nil
		hook()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.err != nil:
		return f.err
	case f.revs[key] != rev:
		return errConflict
	}
	f.rev++
	f.values[key], f.revs[key] = value, f.rev
	return nil
}

func (f *facts) DeleteFact(_ context.Context, key string) error {
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
