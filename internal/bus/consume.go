package bus

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	consumeAckWait = 30 * time.Second
	consumeRetry   = time.Second
	consumeTimeout = time.Minute // for one record, so that a stuck one does not stop all
	// maxStep is how far the wall clock may be set back without consequences: the
	// server counts waits by it, so that records in flight come that much later.
	maxStep = 5 * time.Second
)

// Readers are the durable readers of OBS that this process may run. Of all processes
// that run one, the holder of its lease is active.
type Readers struct {
	*link

	obs    jetstream.Stream
	leases *LeaseStore
	id     string               // of this process; "": a new one for each reader
	step   func() time.Duration // instead of what clock.Line says, for tests
}

// Consume hands every record to handle, one at a time and those of a watch in
// their order, until ctx ends. The place of the reader with this name is kept by
// the server and is part of every backup. A new reader begins with the oldest
// record that is kept; one that nobody has run for 30 days is forgotten.
//
// Of all processes that consume under one name, one is active at a time. A nil
// error of handle is the last word on the record; any other brings it back after a
// second, and the later records of the same watch wait for it. A record may be
// handed over more than once: after a crash, after a restore, and when the active
// process changes.
func (r *Readers) Consume(ctx context.Context, name string, handle func(context.Context, stock.Entry) error) error {
	d, err := durableOf(name)
	if err != nil {
		return err
	}
	return r.consume(ctx, d, handle)
}

// consume runs one durable reader. What is to run beside it, in the active process
// only, begins and ends with its turn.
func (r *Readers) consume(ctx context.Context, d durable, handle func(context.Context, stock.Entry) error, beside ...func(context.Context) error) error {
	me := cmp.Or(r.id, rand.Text())
	return r.again(ctx, time.Second, "read changes as "+d.consumer, func(ctx context.Context) error {
		err := r.leases.hold(ctx, d.lease, me, func(ctx context.Context) error {
			t := turn{readers: r, durable: d, handle: handle, stuck: make(map[string]uint64), step: r.step}
			if t.step == nil {
				line := clock.NewLine()
				t.step = line.Follow
			}
			g, ctx := errgroup.WithContext(ctx)
			for _, work := range append(beside, t.run) {
				g.Go(func() error { return work(ctx) })
			}
			return g.Wait()
		})
		if errors.Is(err, ErrHeld) {
			return nil // somebody else is active: look again
		}
		return err
	})
}

// turn is one turn as the active process of a durable reader.
type turn struct {
	readers *Readers
	durable durable
	handle  func(context.Context, stock.Entry) error
	step    func() time.Duration // by how much the wall clock was set since the last call
	// stuck holds, by subject, the oldest record that was not handled yet. Its
	// watch's younger ones must not overtake it. MaxAckPending bounds it.
	stuck   map[string]uint64
	failing bool // the last record could not be handled, which was said
}

func (t *turn) run(ctx context.Context) error {
	cons, err := t.bind(ctx)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		if t.step() < -maxStep {
			t.readers.log.Info("the wall clock was set back: records in flight are read again", "consumer", t.durable.consumer)
			t.reset(ctx)
		}
		if err := t.readers.fetch(ctx, cons, 1, func(m jetstream.Msg) { t.one(ctx, m) }); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// bind finds the consumer and sets it back to the oldest record that was not
// acknowledged. This process is the only active one, so whatever is in flight was
// in the hands of one that is gone: it comes again now and in order, not after the
// wait for its acknowledgement and behind younger records.
func (t *turn) bind(ctx context.Context) (jetstream.Consumer, error) {
	ctx, cancel := call(ctx)
	defer cancel()
	if err := t.durable.ensure(ctx, t.readers.obs, t.readers.log); err != nil {
		return nil, err
	}
	cons, err := t.readers.js.Consumer(ctx, streamOBS, t.durable.consumer)
	if err != nil {
		return nil, err
	}
	if cons.CachedInfo().NumAckPending > 0 {
		t.reset(ctx)
	}
	return cons, nil
}

// reset makes the server hand over again, in order, what was not acknowledged.
func (t *turn) reset(ctx context.Context) {
	ctx, cancel := call(ctx)
	defer cancel()
	if _, err := t.readers.js.ResetConsumer(ctx, streamOBS, t.durable.consumer); err != nil {
		t.readers.log.Debug("records in flight come again only after their time", "err", err)
	}
}

// one handles one record.
func (t *turn) one(ctx context.Context, m jetstream.Msg) {
	e, err := entryOf(m)
	if err != nil {
		t.readers.log.Error("a record cannot be read and is left out", "seq", e.Seq, "err", err)
		t.settle(m, e.Seq, m.TermWithReason("cannot be read"))
		return
	}
	if oldest, ok := t.stuck[m.Subject()]; ok && oldest < e.Seq && t.exists(ctx, oldest) {
		t.settle(m, 0, m.NakWithDelay(consumeRetry))
		return
	}
	hctx, cancel := context.WithTimeout(ctx, consumeTimeout)
	defer cancel()
	stop := keepAlive(hctx, m, consumeAckWait/3)
	err = t.handle(hctx, e)
	stop()
	if err != nil {
		if ctx.Err() == nil {
			t.complain(e, err)
		}
		t.stuck[m.Subject()] = e.Seq
		t.settle(m, 0, m.NakWithDelay(consumeRetry))
		return
	}
	t.failing = false
	actx, cancelAck := call(context.WithoutCancel(ctx))
	defer cancelAck()
	t.settle(m, e.Seq, m.DoubleAck(actx))
}

// complain says that a record could not be handled, and the first time loudly:
// on a full disk that is so for every record, every second.
func (t *turn) complain(e stock.Entry, err error) {
	level := slog.LevelWarn
	if t.failing {
		level = slog.LevelDebug
	}
	t.failing = true
	t.readers.log.Log(context.Background(), level, "a change could not be handled, trying again",
		"consumer", t.durable.consumer, "watch", e.Change.Watch.ID, "seq", e.Seq, "err", err)
}

// settle notes that the record with sequence done needs no more work. An
// acknowledgement that failed only brings it again.
func (t *turn) settle(m jetstream.Msg, done uint64, err error) {
	if err != nil {
		t.readers.log.Debug("acknowledge a record", "subject", m.Subject(), "err", err)
	}
	if oldest, ok := t.stuck[m.Subject()]; ok && done == oldest {
		delete(t.stuck, m.Subject())
	}
}

// exists reports whether a record is still there to come again: it may have
// been forgotten with its watch, or pushed out by 200 younger ones.
func (t *turn) exists(ctx context.Context, seq uint64) bool {
	ctx, cancel := call(ctx)
	defer cancel()
	_, err := t.readers.obs.GetMsg(ctx, seq)
	return !errors.Is(err, jetstream.ErrMsgNotFound)
}

// errReaderName says how a reader may be called.
func errReaderName(name string) error {
	return fmt.Errorf("consume: %q cannot be the name of a reader: want lower-case letters, digits and dashes, and not %q", name, consumerRouter)
}
