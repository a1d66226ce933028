package notify

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// fakePeople is the bucket in a map. Everything is done before or after an
// error, as crash decides, so that a caller never knows.
type fakePeople struct {
	mu     sync.Mutex
	facts  map[string]stock.KV
	rev    uint64
	crash  func() (before, after bool) // nil: never
	follow map[chan stock.KV]string    // to its prefix
}

func newPeople() *fakePeople {
	return &fakePeople{facts: map[string]stock.KV{}, follow: map[chan stock.KV]string{}}
}

// call runs do unless the crash comes before it; the caller holds mu.
func (p *fakePeople) call(do func() error) error {
	before, after := false, false
	if p.crash != nil {
		before, after = p.crash()
	}
	if before {
		return errDown
	}
	if err := do(); err != nil {
		return err
	}
	if after {
		return errDown
	}
	return nil
}

func (p *fakePeople) Fact(_ context.Context, key string) (f stock.KV, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	err = p.call(func() error {
		f = stock.KV{Key: key}
		if have, ok := p.facts[key]; ok {
			f = have
		}
		return nil
	})
	return f, err
}

func (p *fakePeople) PutFact(_ context.Context, key string, value []byte, rev uint64) (next uint64, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	err = p.call(func() error {
		if p.facts[key].Rev != rev {
			return fmt.Errorf("put %s: %w", key, stock.ErrConflict)
		}
		p.rev++
		next = p.rev
		p.set(stock.KV{Key: key, Value: append([]byte{}, value...), Rev: next})
		return nil
	})
	return next, err
}

func (p *fakePeople) DeleteFact(_ context.Context, key string, rev uint64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.call(func() error {
		if rev != 0 && p.facts[key].Rev != rev {
			return fmt.Errorf("delete %s: %w", key, stock.ErrConflict)
		}
		p.set(stock.KV{Key: key})
		return nil
	})
}

// set stores a fact and tells the followers; the caller holds mu.
func (p *fakePeople) set(f stock.KV) {
	if f.Value == nil {
		delete(p.facts, f.Key)
	} else {
		p.facts[f.Key] = f
	}
	for ch, prefix := range p.follow {
		if strings.HasPrefix(f.Key, prefix) {
			ch <- f
		}
	}
}

func (p *fakePeople) Facts(_ context.Context, prefix string) (all []stock.KV, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	err = p.call(func() error {
		for key, f := range p.facts {
			if strings.HasPrefix(key, prefix) {
				all = append(all, f)
			}
		}
		return nil
	})
	return all, err
}

func (p *fakePeople) FollowFacts(ctx context.Context, prefix string, each func(stock.KV)) error {
	ch := make(chan stock.KV, 10_000) // never full in a test: set holds the lock while it sends
	p.mu.Lock()
	p.follow[ch] = prefix
	for key, f := range p.facts {
		if strings.HasPrefix(key, prefix) {
			ch <- f
		}
	}
	ch <- stock.KV{}
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.follow, ch)
	}()
	for {
		select {
		case f := <-ch:
			each(f)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// keys returns the keys that there are below a prefix.
func (p *fakePeople) keys(prefix string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	keys := []string{}
	for key := range p.facts {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	return keys
}

var _ People = (*fakePeople)(nil)
