package bus

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/nats-io/nats.go"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const subjectHints = "hints"

// PublishHint tells all watchers a reason to look. Nothing is kept, and nobody
// need be there: a hint is worth some minutes.
func (b *Bus) PublishHint(h stock.Hint) error {
	h.Source = clip(h.Source, 64)
	body, err := encode(h)
	if err == nil {
		err = b.nc.Publish(subjectHints, body)
	}
	if err != nil {
		return fmt.Errorf("publish a hint on %s: %w", h.Product, err)
	}
	return nil
}

// FollowHints hands over hints as they come, until ctx ends.
func (b *Bus) FollowHints(ctx context.Context, each func(stock.Hint)) error {
	sub, err := b.nc.Subscribe(subjectHints, func(m *nats.Msg) {
		var h stock.Hint
		if err := json.Unmarshal(m.Data, &h); err != nil || h.Product == "" {
			b.log.Warn("a hint cannot be read", "err", err)
			return
		}
		if ctx.Err() == nil {
			each(h)
		}
	})
	if err != nil {
		return fmt.Errorf("follow hints: %w", err)
	}
	<-ctx.Done()
	if err := sub.Unsubscribe(); err != nil {
		b.log.Debug("end following hints", "err", err)
	}
	return ctx.Err()
}
