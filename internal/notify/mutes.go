package notify

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// mutes are the products that nobody wants to hear of at present.
type mutes struct {
	facts *facts
	book  *atomic.Pointer[book]
}

// list is Notifier.Mutes.
func (ms *mutes) list() []stock.Mute {
	ms.facts.mirror.mu.Lock()
	defer ms.facts.mirror.mu.Unlock()
	now := time.Now()
	list := slices.SortedFunc(maps.Values(ms.facts.mirror.mutes), func(a, b stock.Mute) int { return cmp.Compare(a.Product, b.Product) })
	return slices.DeleteFunc(list, func(m stock.Mute) bool { return m.Over(now) })
}

// mute is Notifier.Mute.
func (ms *mutes) mute(ctx context.Context, product string, d time.Duration, by string) error {
	if _, ok := ms.book.Load().products[product]; !ok {
		return fmt.Errorf("mute product %q: %w", product, ErrUnknown)
	}
	m := stock.Mute{By: by, At: time.Now().UTC().Truncate(time.Second)}
	if d > 0 {
		m.Until = m.At.Add(d)
	}
	if err := ms.facts.overwrite(ctx, prefixMute+"."+product, m); err != nil {
		return fmt.Errorf("mute product %s: %w", product, err)
	}
	return nil
}

// unmute is Notifier.Unmute.
func (ms *mutes) unmute(ctx context.Context, product string) error {
	if _, ok := ms.book.Load().products[product]; !ok {
		return fmt.Errorf("unmute product %q: %w", product, ErrUnknown)
	}
	if err := ms.facts.forget(ctx, prefixMute+"."+product, 0); err != nil {
		return fmt.Errorf("unmute product %s: %w", product, err)
	}
	return nil
}
