package bus

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// RecordsSince hands over the records of all watches that were stored since a time,
// in the order in which they were written. Those that cannot be read are left out.
func (b *Bus) RecordsSince(ctx context.Context, t time.Time, each func(stock.Entry)) error {
	from := jetstream.ConsumerConfig{FilterSubject: "obs.>", DeliverPolicy: jetstream.DeliverByStartTimePolicy, OptStartTime: &t}
	err := b.scanFrom(ctx, b.obs, from, func(m jetstream.Msg) {
		if e, err := entryOf(m); err == nil {
			each(e)
		}
	})
	if err != nil {
		return fmt.Errorf("read records since %s: %w", t.UTC().Format(time.RFC3339), err)
	}
	return nil
}
