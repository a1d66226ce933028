package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// RecordsSince hands over the records of all watches that were stored since a time,
// in the order in which they were written. Those that cannot be read are left out.
func (j *Journal) RecordsSince(ctx context.Context, t time.Time, each func(stock.Entry)) error {
	from := jetstream.ConsumerConfig{FilterSubject: "obs.>", DeliverPolicy: jetstream.DeliverByStartTimePolicy, OptStartTime: &t}
	err := j.scanFrom(ctx, j.obs, from, func(m jetstream.Msg) {
		if e, err := entryOf(m); err == nil {
			each(e)
		}
	})
	if err != nil {
		return fmt.Errorf("read records since %s: %w", t.UTC().Format(time.RFC3339), err)
	}
	return nil
}

// Record returns the record of a sequence; an error that wraps stock.ErrNotFound when
// it is gone.
func (j *Journal) Record(ctx context.Context, seq uint64) (stock.Entry, error) {
	ctx, cancel := call(ctx)
	defer cancel()
	m, err := j.obs.GetMsg(ctx, seq)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return stock.Entry{}, fmt.Errorf("record %d: %w", seq, stock.ErrNotFound)
	}
	if err != nil {
		return stock.Entry{}, fmt.Errorf("read record %d: %w", seq, err)
	}
	c, err := decodeChange(m.Data)
	if err != nil {
		return stock.Entry{}, fmt.Errorf("read record %d: %w", seq, err)
	}
	return stock.Entry{Seq: m.Sequence, Change: c, At: m.Time}, nil
}
