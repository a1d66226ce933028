package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// maxFact is twice a letter, and maxFacts more than people will ever have:
	// both only keep a mistake from growing without bound.
	maxFact  = 16 << 10
	maxFacts = 5000
	// markerLife is how long the bucket remembers that a fact was deleted. A
	// follower that was away for longer learns of it from what is missing.
	markerLife = time.Hour
)

// FactStore is the bucket of what is known about people: what they muted, pressed and
// subscribed, and what waits for them.
type FactStore struct {
	*link

	kv jetstream.KeyValue
}

// Fact returns what stands under a key, with Rev 0 when nothing does.
func (s *FactStore) Fact(ctx context.Context, key string) (stock.KV, error) {
	if !factKey(key) {
		return stock.KV{}, fmt.Errorf("read fact: %q cannot be a key", key)
	}
	ctx, cancel := call(ctx)
	defer cancel()
	e, err := s.kv.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return stock.KV{Key: key}, nil
	}
	if err != nil {
		return stock.KV{}, fmt.Errorf("read fact %s: %w", key, err)
	}
	return factOf(e), nil
}

// PutFact writes a fact over the one with revision rev (0: there must be none),
// and returns its own revision. ErrConflict says that another was written in
// between. After any other error the fact may be there all the same: read it.
func (s *FactStore) PutFact(ctx context.Context, key string, value []byte, rev uint64) (uint64, error) {
	switch {
	case !factKey(key):
		return 0, fmt.Errorf("write fact: %q cannot be a key", key)
	case len(value) > maxFact:
		return 0, fmt.Errorf("write fact %s: %d bytes are more than %d", key, len(value), maxFact)
	}
	ctx, cancel := call(ctx)
	defer cancel()
	var next uint64
	var err error
	if rev == 0 {
		next, err = s.kv.Create(ctx, key, value)
	} else {
		next, err = s.kv.Update(ctx, key, value, rev)
	}
	if err != nil {
		return 0, fmt.Errorf("write fact %s: %w", key, sentinel(err))
	}
	return next, nil
}

// DeleteFact removes a fact if its revision is still rev, else it gives
// ErrConflict; rev 0 removes whatever stands there, nothing included.
func (s *FactStore) DeleteFact(ctx context.Context, key string, rev uint64) error {
	if !factKey(key) {
		return fmt.Errorf("delete fact: %q cannot be a key", key)
	}
	ctx, cancel := call(ctx)
	defer cancel()
	options := []jetstream.KVDeleteOpt{jetstream.PurgeTTL(markerLife)}
	if rev != 0 {
		options = append(options, jetstream.LastRevision(rev))
	}
	if err := s.kv.Purge(ctx, key, options...); err != nil {
		return fmt.Errorf("delete fact %s: %w", key, sentinel(err))
	}
	return nil
}

// Facts lists the facts whose key begins with the words of prefix ("" for all,
// "held." or "held" for held.a.b), those first that were written first. Of more
// than 5000 it returns the first 5000: whoever works them off meets the others
// next time.
func (s *FactStore) Facts(ctx context.Context, prefix string) ([]stock.KV, error) {
	filter, err := factFilter(prefix)
	if err != nil {
		return nil, fmt.Errorf("list facts: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	w, err := s.kv.Watch(ctx, filter, jetstream.IgnoreDeletes())
	if err != nil {
		return nil, fmt.Errorf("list facts %s: %w", filter, err)
	}
	defer func() { _ = w.Stop() }()
	var all []stock.KV
	for {
		e, err := nextFact(ctx, w)
		switch {
		case err != nil:
			return nil, fmt.Errorf("list facts %s: %w", filter, err)
		case e == nil:
			return all, nil
		case len(all) == maxFacts:
			s.log.Warn("there are more facts than are read at once", "keys", filter, "facts", maxFacts)
			return all, nil
		}
		all = append(all, factOf(e))
	}
}

// FollowFacts hands over the facts below a prefix as [FactStore.Facts] lists them, then
// one without a key, which says that this was all, and then every change, with a
// nil Value for what was deleted, until ctx ends. After
// an interruption it hands over all that is there again, and as deleted what is
// there no longer: of several changes meanwhile only the last is seen.
func (s *FactStore) FollowFacts(ctx context.Context, prefix string, each func(stock.KV)) error {
	filter, err := factFilter(prefix)
	if err != nil {
		return fmt.Errorf("follow facts: %w", err)
	}
	f := factFollower{link: s.link, kv: s.kv, filter: filter, each: each, known: make(map[string]bool)}
	return s.again(ctx, 250*time.Millisecond, "follow facts "+filter, f.read)
}

type factFollower struct {
	*link

	kv     jetstream.KeyValue
	filter string
	each   func(stock.KV)
	known  map[string]bool // the keys that were handed over and not deleted
}

// read follows until the connection was interrupted.
func (f *factFollower) read(ctx context.Context) error {
	ctx, cancel := f.untilReconnect(ctx)
	defer cancel()
	w, err := f.kv.Watch(ctx, f.filter)
	if err != nil {
		return err
	}
	defer func() { _ = w.Stop() }()
	missing := make(map[string]bool, len(f.known)) // until the list is complete
	for key := range f.known {
		missing[key] = true
	}
	for {
		e, err := nextFact(ctx, w)
		if err != nil {
			return err
		}
		if e == nil {
			for key := range missing {
				f.hand(stock.KV{Key: key})
			}
			f.each(stock.KV{})
			continue
		}
		delete(missing, e.Key())
		f.hand(factOf(e))
	}
}

// hand passes a fact on, but not that something is gone which never was.
func (f *factFollower) hand(fact stock.KV) {
	if fact.Value == nil {
		if !f.known[fact.Key] {
			return
		}
		delete(f.known, fact.Key)
	} else {
		f.known[fact.Key] = true
	}
	f.each(fact)
}

// nextFact waits for a watcher's next entry. Nil without an error means that all
// that was there has been listed.
func nextFact(ctx context.Context, w jetstream.KeyWatcher) (jetstream.KeyValueEntry, error) {
	select {
	case e, ok := <-w.Updates():
		if !ok {
			return nil, errors.New("the connection was lost")
		}
		return e, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func factOf(e jetstream.KeyValueEntry) stock.KV {
	if e.Operation() != jetstream.KeyValuePut {
		return stock.KV{Key: e.Key()}
	}
	return stock.KV{Key: e.Key(), Value: append([]byte{}, e.Value()...), Rev: e.Revision()} // empty is not nil
}

// factFilter is the pattern of the keys that begin with the words of a prefix.
func factFilter(prefix string) (string, error) {
	if prefix == "" {
		return ">", nil
	}
	words := strings.TrimSuffix(prefix, ".")
	if !factKey(words) {
		return "", fmt.Errorf("%q cannot begin a key", prefix)
	}
	return words + ".>", nil
}

// factKey reports whether a key is made of words that are safe in a subject.
func factKey(key string) bool {
	words := strings.Split(key, ".")
	if len(words) > 8 {
		return false
	}
	for _, w := range words {
		if w == "" || len(w) > 64 || strings.Trim(w, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
			return false
		}
	}
	return true
}
