package bus

import (
	"context"
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
type FactStore struct{ bucket }

// Fact returns what stands under a key, with Rev 0 when nothing does.
func (s *FactStore) Fact(ctx context.Context, key string) (stock.KV, error) {
	if !factKey(key) {
		return stock.KV{}, fmt.Errorf("read fact: %q cannot be a key", key)
	}
	fact, err := s.get(ctx, key)
	if err != nil {
		return stock.KV{}, fmt.Errorf("read fact %s: %w", key, err)
	}
	return fact, nil
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
	next, err := s.replace(ctx, key, value, rev)
	if err != nil {
		return 0, fmt.Errorf("write fact %s: %w", key, err)
	}
	return next, nil
}

// DeleteFact removes a fact if its revision is still rev, else it gives
// ErrConflict; rev 0 removes whatever stands there, nothing included.
func (s *FactStore) DeleteFact(ctx context.Context, key string, rev uint64) error {
	if !factKey(key) {
		return fmt.Errorf("delete fact: %q cannot be a key", key)
	}
	if err := s.remove(ctx, key, rev, jetstream.PurgeTTL(markerLife)); err != nil {
		return fmt.Errorf("delete fact %s: %w", key, err)
	}
	return nil
}

// Facts lists the facts whose key begins with the words of prefix ("" for all,
// "held." or "held" for held.a.b), those first that were written first. Of more
// than 5000 it returns the first 5000: the caller finds the others
// next time.
func (s *FactStore) Facts(ctx context.Context, prefix string) ([]stock.KV, error) {
	filter, err := factFilter(prefix)
	if err != nil {
		return nil, fmt.Errorf("list facts: %w", err)
	}
	entries, err := s.list(ctx, filter, maxFacts)
	if err != nil {
		return nil, fmt.Errorf("list facts %s: %w", filter, err)
	}
	all := make([]stock.KV, len(entries))
	for i, e := range entries {
		all[i] = kvOf(e)
	}
	return all, nil
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
	return s.again(ctx, 250*time.Millisecond, "follow facts "+filter, s.follower(filter, each).read)
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
