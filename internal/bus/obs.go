package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Append writes a change as the next record of its watch, after the one with
// sequence last (0: the watch has none yet). It is one publish, without
// retries but for a full stream in which room could be made, and gives ErrConflict when another record stands there. After any
// error, a time-out above all, the record may be there: read Last before the
// next attempt.
func (b *Bus) Append(ctx context.Context, c stock.Change, last uint64) (seq uint64, err error) {
	subject, err := obsSubject(c.Watch.ID)
	if err != nil {
		return 0, fmt.Errorf("append %s: %w", c.Kind, err)
	}
	if c.PublishedAt.IsZero() {
		c.PublishedAt = clock.Wall().UTC()
	}
	body, err := encodeChange(c)
	if err != nil {
		return 0, fmt.Errorf("append %s of watch %s: %w", c.Kind, c.Watch.ID, err)
	}
	m := nats.NewMsg(subject)
	m.Data = body
	seq, err = b.publish(ctx, m, jetstream.WithExpectLastSequencePerSubject(last))
	if errors.Is(err, ErrFull) { // refused, so that it is not there
		if rerr := b.roomInOBS(ctx); rerr != nil {
			b.log.Error("no room in the stream of changes", "err", rerr)
		}
		seq, err = b.publish(ctx, m, jetstream.WithExpectLastSequencePerSubject(last))
	}
	b.appended(ctx, m.Size())
	if err != nil {
		return 0, fmt.Errorf("append %s of watch %s after record %d: %w", c.Kind, c.Watch.ID, last, err)
	}
	return seq, nil
}

// publish sends one message to JetStream and waits for its word.
func (b *Bus) publish(ctx context.Context, m *nats.Msg, opts ...jetstream.PublishOpt) (uint64, error) {
	ctx, cancel := call(ctx)
	defer cancel()
	ack, err := b.js.PublishMsg(ctx, m, append(opts, jetstream.WithRetryAttempts(0))...)
	if err != nil {
		return 0, sentinel(err)
	}
	return ack.Sequence, nil
}

// Last returns the last record of a watch and its sequence, 0 when there is
// none. When the last record cannot be read, the newest readable one stands in
// for it, or an empty Change; seq is in any case what the next Append needs.
func (b *Bus) Last(ctx context.Context, tid string) (c stock.Change, seq uint64, err error) {
	subject, err := obsSubject(tid)
	if err != nil {
		return stock.Change{}, 0, err
	}
	cctx, cancel := call(ctx)
	defer cancel()
	m, err := b.obs.GetLastMsgForSubject(cctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return stock.Change{}, 0, nil
	}
	if err != nil {
		return stock.Change{}, 0, fmt.Errorf("read last record of watch %s: %w", tid, err)
	}
	if c, err = decodeChange(m.Data); err == nil {
		return c, m.Sequence, nil
	}
	b.log.Error("the last record of a watch cannot be read, falling back to the one before", "watch", tid, "seq", m.Sequence, "err", err)
	older, err := b.History(ctx, tid, 1)
	if err != nil {
		return stock.Change{}, 0, err
	}
	if len(older) > 0 {
		c = older[0].Change
	}
	return c, m.Sequence, nil
}

// History returns the newest n records of a watch, oldest first. Records that
// cannot be read are left out.
func (b *Bus) History(ctx context.Context, tid string, n int) ([]stock.Entry, error) {
	subject, err := obsSubject(tid)
	if err != nil {
		return nil, err
	}
	var all []stock.Entry
	err = b.scan(ctx, b.obs, subject, jetstream.DeliverAllPolicy, func(m jetstream.Msg) {
		if e, err := entryOf(m); err == nil {
			all = append(all, e)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("read history of watch %s: %w", tid, err)
	}
	return all[max(0, len(all)-max(0, n)):], nil
}

// Forget removes all records of a watch.
func (b *Bus) Forget(ctx context.Context, tid string) error {
	subject, err := obsSubject(tid)
	if err != nil {
		return err
	}
	ctx, cancel := call(ctx)
	defer cancel()
	if err := b.obs.Purge(ctx, jetstream.WithPurgeSubject(subject)); err != nil {
		return fmt.Errorf("forget watch %s: %w", tid, err)
	}
	return nil
}

func entryOf(m jetstream.Msg) (stock.Entry, error) {
	meta, err := m.Metadata()
	if err != nil {
		return stock.Entry{}, fmt.Errorf("read metadata of a record: %w", err)
	}
	c, err := decodeChange(m.Data())
	if err != nil {
		return stock.Entry{Seq: meta.Sequence.Stream}, err
	}
	return stock.Entry{Seq: meta.Sequence.Stream, Change: c, At: meta.Timestamp}, nil
}
