package bus

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// SentSince counts the letters that were sent since a time, of which proof is
// kept for two weeks.
func (rs *Receipts) SentSince(ctx context.Context, t time.Time) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*callTimeout)
	defer cancel()
	cons, err := reader(ctx, rs.sent, jetstream.ConsumerConfig{
		FilterSubject: "sent.>", DeliverPolicy: jetstream.DeliverByStartTimePolicy, OptStartTime: &t, HeadersOnly: true,
	})
	if err != nil {
		return 0, fmt.Errorf("count letters sent since %s: %w", t.UTC().Format(time.RFC3339), err)
	}
	defer rs.drop(rs.sent, cons)
	return int(min(cons.CachedInfo().NumPending, 1<<30)), nil
}
