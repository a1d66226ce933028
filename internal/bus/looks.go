package bus

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/nats-io/nats.go"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// looksPerMessage keeps a message far below NATS' limit of 1 MiB.
const looksPerMessage = 256

// PublishLooks tells the live status of watches to whoever listens. Nothing is
// kept, and nobody need be there.
func (b *Bus) PublishLooks(shard int, looks []stock.Look) error {
	short := func(s string) string { return clip(s, 200) }
	for chunk := range slices.Chunk(looks, looksPerMessage) {
		chunk = slices.Clone(chunk)
		for i := range chunk {
			chunk[i].Reason = chunk[i].Reason.Clip(short)
			chunk[i].Why = stock.Why(stock.Reason(chunk[i].Why).Clip(short))
		}
		body, err := encode(chunk)
		if err == nil {
			err = b.nc.Publish("status."+strconv.Itoa(shard), body)
		}
		if err != nil {
			return fmt.Errorf("publish %d looks of shard %d: %w", len(chunk), shard, err)
		}
	}
	return nil
}

// FollowLooks hands over live status as it comes, until ctx ends.
func (b *Bus) FollowLooks(ctx context.Context, each func([]stock.Look)) error {
	sub, err := b.nc.Subscribe("status.*", func(m *nats.Msg) {
		var looks []stock.Look
		if err := json.Unmarshal(m.Data, &looks); err != nil {
			b.log.Warn("live status cannot be read", "err", err)
			return
		}
		if ctx.Err() == nil {
			each(looks)
		}
	})
	if err != nil {
		return fmt.Errorf("follow live status: %w", err)
	}
	<-ctx.Done()
	if err := sub.Unsubscribe(); err != nil {
		b.log.Debug("end following live status", "err", err)
	}
	return ctx.Err()
}
