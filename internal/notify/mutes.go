package notify

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
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
	now := clock.Wall()
	list := slices.Concat(slices.Collect(maps.Values(ms.facts.mirror.mutes)), slices.Collect(maps.Values(ms.facts.mirror.muteIn)))
	slices.SortFunc(list, func(a, b stock.Mute) int {
		return cmp.Or(cmp.Compare(a.Product, b.Product), cmp.Compare(a.Channel, b.Channel))
	})
	return slices.DeleteFunc(list, func(m stock.Mute) bool { return m.Over(now) })
}

// mute is Notifier.Mute.
func (ms *mutes) mute(ctx context.Context, product string, d time.Duration, by string) error {
	return ms.muteIn(ctx, "", product, d, by)
}

// muteIn mutes a product for one channel, "": for all.
func (ms *mutes) muteIn(ctx context.Context, channel, product string, d time.Duration, by string) error {
	if _, ok := ms.book.Load().products[product]; !ok {
		return fmt.Errorf("mute product %q: %w", product, ErrUnknown)
	}
	m := stock.Mute{By: by, At: clock.Wall().UTC().Truncate(time.Second)}
	if d > 0 {
		m.Until = m.At.Add(d)
	}
	if err := ms.facts.overwrite(ctx, muteKey(channel, product), m); err != nil {
		return fmt.Errorf("mute product %s: %w", product, err)
	}
	return nil
}

// unmute is Notifier.Unmute.
func (ms *mutes) unmute(ctx context.Context, product string) error {
	if _, ok := ms.book.Load().products[product]; !ok {
		return fmt.Errorf("unmute product %q: %w", product, ErrUnknown)
	}
	for _, m := range ms.list() { // and what single channels said
		if m.Product == product && m.Channel != "" {
			if err := ms.unmuteIn(ctx, m.Channel, product); err != nil {
				return err
			}
		}
	}
	return ms.unmuteIn(ctx, "", product)
}

// unmuteIn takes back a mute of one channel, "": that of all.
func (ms *mutes) unmuteIn(ctx context.Context, channel, product string) error {
	if err := ms.facts.forget(ctx, muteKey(channel, product), 0); err != nil {
		return fmt.Errorf("unmute product %s: %w", product, err)
	}
	return nil
}

func muteKey(channel, product string) string {
	if channel == "" {
		return prefixMute + "." + product
	}
	return prefixMuteIn + "." + channel + "." + product
}
