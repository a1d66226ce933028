package bus

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	routerAckWait = 30 * time.Second
	routerRetry   = time.Second
	routerTimeout = time.Minute // for one record, so that a stuck one does not stop all
	routerLease   = "router"
	measureEvery  = 10 * time.Minute
)

// Route hands every record to handle, one at a time and those of a watch in
// their order, until ctx ends. Of all processes that call it one is active at a
// time, by the lease "router". A nil error of handle is the last word on the
// record; any other brings it back after a second, and the later records of the
// same watch wait for it.
//
// A record may be handed over more than once: after a crash, and when the
// active process changes.
//
// What is to run beside it, in the active process only, begins and ends with its
// turn; each must last until its context ends.
func (b *Bus) Route(ctx context.Context, handle func(context.Context, stock.Entry) error, beside ...func(context.Context) error) error {
	me := cmp.Or(b.opts.ID, rand.Text())
	return b.again(ctx, time.Second, "route changes", func(ctx context.Context) error {
		err := b.hold(ctx, routerLease, me, func(ctx context.Context) error {
			r := router{bus: b, handle: handle, stuck: make(map[string]uint64)}
			g, ctx := errgroup.WithContext(ctx)
			for _, work := range append(beside, r.run) {
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

// router is one turn as the active router.
type router struct {
	bus    *Bus
	handle func(context.Context, stock.Entry) error
	// stuck holds, by subject, the oldest record that was not handled yet. Its
	// watch's younger ones must not overtake it. MaxAckPending bounds it.
	stuck   map[string]uint64
	failing bool // the last record could not be handled, which was said
}

func (r *router) run(ctx context.Context) error {
	cons, err := r.bind(ctx)
	if err != nil {
		return err
	}
	var measured clock.Instant
	for ctx.Err() == nil {
		if clock.Since(measured) > measureEvery {
			measured = clock.Now()
			r.bus.measure(ctx)
			r.bus.note(ctx)
		}
		if err := r.bus.fetch(ctx, cons, 1, func(m jetstream.Msg) { r.one(ctx, m) }); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// bind finds the consumer and sets it back to the oldest record that was not
// acknowledged. This process is the only active router, so whatever is in
// flight was in the hands of one that is gone: it comes again now and in order,
// not after the wait for its acknowledgement and behind younger records.
func (r *router) bind(ctx context.Context) (jetstream.Consumer, error) {
	ctx, cancel := call(ctx)
	defer cancel()
	cons, err := r.bus.js.Consumer(ctx, streamOBS, consumerRouter)
	if errors.Is(err, jetstream.ErrConsumerNotFound) { // deleted while we run
		if err = r.bus.ensureRouter(ctx, r.bus.obs); err == nil {
			cons, err = r.bus.js.Consumer(ctx, streamOBS, consumerRouter)
		}
	}
	if err != nil {
		return nil, err
	}
	if cons.CachedInfo().NumAckPending > 0 {
		if _, err := r.bus.js.ResetConsumer(ctx, streamOBS, consumerRouter); err != nil {
			r.bus.log.Debug("records in flight come again only after their time", "err", err)
		}
	}
	return cons, nil
}

// one handles one record.
func (r *router) one(ctx context.Context, m jetstream.Msg) {
	e, err := entryOf(m)
	if err != nil {
		r.bus.log.Error("a record cannot be read and is left out", "seq", e.Seq, "err", err)
		r.settle(m, e.Seq, m.TermWithReason("cannot be read"))
		return
	}
	if oldest, ok := r.stuck[m.Subject()]; ok && oldest < e.Seq && r.exists(ctx, oldest) {
		r.settle(m, 0, m.NakWithDelay(routerRetry))
		return
	}
	hctx, cancel := context.WithTimeout(ctx, routerTimeout)
	defer cancel()
	stop := keepAlive(hctx, m, routerAckWait/3)
	err = r.handle(hctx, e)
	stop()
	if err != nil {
		if ctx.Err() == nil {
			r.complain(e, err)
		}
		r.stuck[m.Subject()] = e.Seq
		r.settle(m, 0, m.NakWithDelay(routerRetry))
		return
	}
	r.failing = false
	actx, cancelAck := call(context.WithoutCancel(ctx))
	defer cancelAck()
	r.settle(m, e.Seq, m.DoubleAck(actx))
}

// complain says that a record could not be handled, and the first time loudly:
// on a full disk that is so for every record, every second.
func (r *router) complain(e stock.Entry, err error) {
	level := slog.LevelWarn
	if r.failing {
		level = slog.LevelDebug
	}
	r.failing = true
	r.bus.log.Log(context.Background(), level, "a change could not be routed, trying again", "watch", e.Change.Watch.ID, "seq", e.Seq, "err", err)
}

// settle notes that the record with sequence done needs no more work. An
// acknowledgement that failed only brings it again.
func (r *router) settle(m jetstream.Msg, done uint64, err error) {
	if err != nil {
		r.bus.log.Debug("acknowledge a record", "subject", m.Subject(), "err", err)
	}
	if oldest, ok := r.stuck[m.Subject()]; ok && done == oldest {
		delete(r.stuck, m.Subject())
	}
}

// exists reports whether a record is still there to come again: it may have
// been forgotten with its watch, or pushed out by 200 younger ones.
func (r *router) exists(ctx context.Context, seq uint64) bool {
	ctx, cancel := call(ctx)
	defer cancel()
	_, err := r.bus.obs.GetMsg(ctx, seq)
	return !errors.Is(err, jetstream.ErrMsgNotFound)
}
