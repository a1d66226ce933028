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
func (s *Signals) PublishHint(h stock.Hint) error {
	h.Source = stock.Clip(h.Source, 64)
	body, err := encode(h)
	if err == nil {
		err = s.nc.Publish(subjectHints, body)
	}
	if err != nil {
		return fmt.Errorf("publish a hint on %s: %w", h.Product, err)
	}
	return nil
}

// FollowHints hands over hints as they come, until ctx ends.
func (s *Signals) FollowHints(ctx context.Context, each func(stock.Hint)) error {
	return s.listen(ctx, subjectHints, func(m *nats.Msg) {
		var h stock.Hint
		if err := json.Unmarshal(m.Data, &h); err != nil || h.Product == "" {
			s.log.Warn("a hint cannot be read", "err", err)
			return
		}
		each(h)
	})
}
