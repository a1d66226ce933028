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

// Signals are short-lived messages between processes: plain NATS messages, of
// which nothing is kept, and which may be lost.
type Signals struct{ *link }

// PublishLooks publishes the live status of watches.
func (s *Signals) PublishLooks(shard int, looks []stock.Look) error {
	short := func(text string) string { return stock.Clip(text, 200) }
	for chunk := range slices.Chunk(looks, looksPerMessage) {
		chunk = slices.Clone(chunk)
		for i := range chunk {
			chunk[i].Reason = chunk[i].Reason.Clip(short)
			chunk[i].Why = stock.Why(stock.Reason(chunk[i].Why).Clip(short))
		}
		body, err := encode(chunk)
		if err == nil {
			err = s.nc.Publish("status."+strconv.Itoa(shard), body)
		}
		if err != nil {
			return fmt.Errorf("publish %d looks of shard %d: %w", len(chunk), shard, err)
		}
	}
	return nil
}

// FollowLooks hands over live status as it comes, until ctx ends.
func (s *Signals) FollowLooks(ctx context.Context, each func([]stock.Look)) error {
	return s.listen(ctx, "status.*", func(m *nats.Msg) {
		var looks []stock.Look
		if err := json.Unmarshal(m.Data, &looks); err != nil {
			s.log.Warn("live status cannot be read", "err", err)
			return
		}
		each(looks)
	})
}
