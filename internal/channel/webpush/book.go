package webpush

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Prefix begins the keys of the facts that are subscriptions:
// sub.<channel>.<recipient>.
const Prefix = "sub"

// MaxSubscriptions is how many browsers one channel may have. Each alert is a
// request for each of them.
const MaxSubscriptions = 200

// ErrFull says that a channel has as many subscribers as it may have.
var ErrFull = errors.New("the channel has no room for another browser: remove one first")

// Book knows all subscriptions. Changes are written to Facts and come back from
// there, so that all processes learn of them in one way: see Learn.
type Book struct {
	facts Facts

	mu  sync.Mutex
	all map[string]map[string]Subscription // by channel and recipient
}

// NewBook returns an empty book.
func NewBook(facts Facts) *Book {
	return &Book{facts: facts, all: map[string]map[string]Subscription{}}
}

// Learn takes in what stands under a key, nil for nothing, and reports whether
// that is news.
func (b *Book) Learn(key string, value []byte) bool {
	words := strings.Split(key, ".")
	if len(words) != 3 || words[0] != Prefix {
		return false
	}
	channel, recipient := words[1], words[2]
	var s Subscription
	ok := value != nil && json.Unmarshal(value, &s) == nil && s.Recipient() == recipient
	b.mu.Lock()
	defer b.mu.Unlock()
	old, had := b.all[channel][recipient]
	switch {
	case !ok && !had, ok && had && s == old:
		return false
	case !ok:
		delete(b.all[channel], recipient)
		return true
	case b.all[channel] == nil:
		b.all[channel] = map[string]Subscription{}
	}
	b.all[channel][recipient] = s
	return true
}

// Of returns the subscriptions of a channel, the oldest first.
func (b *Book) Of(channel string) []Subscription {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []Subscription
	for _, s := range b.all[channel] {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b Subscription) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Endpoint, b.Endpoint))
	})
	return list
}

// Add writes a subscription down. One that is there already gets its new keys.
func (b *Book) Add(ctx context.Context, channel string, s Subscription) error {
	key := factKey(channel, s.Recipient())
	known, err := b.facts.Fact(ctx, key)
	if err != nil {
		return fmt.Errorf("read subscription: %w", err)
	}
	if known.Rev == 0 && len(b.Of(channel)) >= MaxSubscriptions {
		return ErrFull
	}
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write subscription: %w", err)
	}
	if _, err := b.facts.PutFact(ctx, key, text, known.Rev); err != nil {
		return fmt.Errorf("write subscription: %w", err)
	}
	return nil
}

// Remove forgets a subscription. One that is not there is no error.
func (b *Book) Remove(ctx context.Context, channel, recipient string) error {
	if err := b.facts.DeleteFact(ctx, factKey(channel, recipient), 0); err != nil {
		return fmt.Errorf("remove subscription: %w", err)
	}
	return nil
}

func factKey(channel, recipient string) string { return Prefix + "." + channel + "." + recipient }
