package bus

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// scanTimeout is how long it may take to read what a stream holds under one
// subject, and scanBatch how much is asked for at a time.
const (
	scanTimeout = 15 * time.Second
	scanBatch   = 500
	unheardWait = 50 * time.Millisecond
)

// errGap says that messages are missing between the last one and this.
var errGap = errors.New("messages are missing")

// scan hands over what is in a stream under a subject now, in order.
func (l *link) scan(ctx context.Context, s jetstream.Stream, subject string, policy jetstream.DeliverPolicy, each func(jetstream.Msg)) error {
	return l.scanFrom(ctx, s, jetstream.ConsumerConfig{FilterSubject: subject, DeliverPolicy: policy}, each)
}

// scanFrom hands over what a reader of a stream has before it now, in order.
func (l *link) scanFrom(ctx context.Context, s jetstream.Stream, from jetstream.ConsumerConfig, each func(jetstream.Msg)) error {
	ctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	cons, err := reader(ctx, s, from)
	if err != nil {
		return err
	}
	defer l.drop(s, cons)
	seq, left := uint64(0), cons.CachedInfo().NumPending
	for left > 0 {
		batch, err := cons.Fetch(int(min(left, scanBatch)), jetstream.FetchMaxWait(callTimeout))
		if err != nil {
			return err
		}
		before := seq
		for m := range batch.Messages() {
			if seq, err = inOrder(m, seq); err != nil {
				return err
			}
			each(m)
		}
		if err := batch.Error(); err != nil && !unheard(ctx, err) {
			return err
		}
		if left -= min(left, seq-before); left > 0 {
			// Either there are more batches, or messages went away meanwhile.
			info, err := cons.Info(ctx)
			if err != nil {
				return err
			}
			left = info.NumPending
		}
	}
	return nil
}

// unheard waits for a moment when err says that nobody heard a pull, and reports
// whether that was so: in a cluster a server may not know yet that another one has
// the reader. One that is really gone is found by asking for its Info.
func unheard(ctx context.Context, err error) bool {
	return errors.Is(err, nats.ErrNoResponders) && pause(ctx, unheardWait)
}

// reader makes a consumer that reads without acknowledging and that nobody has
// to clean up.
func reader(ctx context.Context, s jetstream.Stream, c jetstream.ConsumerConfig) (jetstream.Consumer, error) {
	c.AckPolicy, c.MemoryStorage, c.Replicas = jetstream.AckNonePolicy, true, 1
	c.InactiveThreshold = time.Minute
	ctx, cancel := call(ctx)
	defer cancel()
	return s.CreateConsumer(ctx, c)
}

// drop removes a reader early; if that fails it goes by itself.
func (l *link) drop(s jetstream.Stream, cons jetstream.Consumer) {
	ctx, cancel := call(context.Background())
	defer cancel()
	if err := s.DeleteConsumer(ctx, cons.CachedInfo().Name); err != nil {
		l.log.Debug("remove a reader", "err", err)
	}
}

// inOrder checks that m is the message after the one with consumer sequence
// last, and returns its own.
func inOrder(m jetstream.Msg, last uint64) (uint64, error) {
	meta, err := m.Metadata()
	if err != nil {
		return last, err
	}
	if meta.Sequence.Consumer != last+1 {
		return last, errGap
	}
	return meta.Sequence.Consumer, nil
}

// untilReconnect returns a context that also ends when the connection comes
// back after an interruption. Requests that were waiting at the server are gone
// then, and the library would notice only by missing heartbeats.
func (l *link) untilReconnect(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	status := l.nc.StatusChanged(nats.CONNECTED)
	go func() {
		defer l.nc.RemoveStatusListener(status)
		select {
		case <-status:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
