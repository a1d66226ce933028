package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// inFlight is how many letters of a channel are being sent at once. A crash
	// may send as many of them twice.
	inFlight = 8
	// grace is how long handlers may take to finish after the end.
	grace = 5 * time.Second
	// ackMargin is what a letter's AckWait has beyond the sender's time-out.
	ackMargin = 15 * time.Second
)

// Deliver hands every letter of a channel to handle, at most eight at once,
// until ctx ends. handle returns 0 when it is done with the letter (sent, or
// buried), and otherwise after how long the letter shall come again, which
// survives restarts. tries counts from 1. Letters that cannot be read go to
// DEAD.
//
// When ctx ends, handlers have a few seconds to finish; then their context
// ends, and what they have in hand comes again.
func (o *Letters) Deliver(ctx context.Context, channel string, timeout time.Duration,
	handle func(ctx context.Context, l stock.Letter, tries int) (retry time.Duration),
) error {
	if !token(channel) {
		return fmt.Errorf("deliver: channel %q cannot be a subject", channel)
	}
	d := delivery{
		letters: o, channel: channel, ackWait: timeout + ackMargin, grace: grace, handle: handle,
		slots: make(chan struct{}, inFlight),
	}
	return d.deliver(ctx)
}

// delivery is the delivery of one channel.
type delivery struct {
	letters  *Letters
	channel  string
	ackWait  time.Duration
	grace    time.Duration
	handle   func(context.Context, stock.Letter, int) time.Duration
	slots    chan struct{} // one in it per letter in flight
	handlers sync.WaitGroup
	hctx     context.Context // for handlers: outlives Deliver's own by the grace
}

func (d *delivery) deliver(ctx context.Context) error {
	hctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	d.hctx = hctx
	err := d.letters.again(ctx, 250*time.Millisecond, "deliver to channel "+d.channel, d.run)
	late := time.AfterFunc(d.grace, cancel)
	defer late.Stop()
	if !d.finish(2 * d.grace) {
		return fmt.Errorf("deliver to channel %s: a handler did not end: %w", d.channel, err)
	}
	return err
}

func (d *delivery) run(ctx context.Context) error {
	cons, err := d.bind(ctx)
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		n := d.reserve(ctx)
		if n == 0 {
			return ctx.Err()
		}
		got := 0
		err := d.letters.fetch(ctx, cons, n, func(m jetstream.Msg) {
			got++
			d.handlers.Go(func() {
				defer func() { <-d.slots }()
				d.one(m)
			})
		})
		for range n - got {
			<-d.slots
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// finish waits for the handlers, but not for ever.
func (d *delivery) finish(patience time.Duration) bool {
	ended := make(chan struct{})
	go func() { d.handlers.Wait(); close(ended) }()
	select {
	case <-ended:
		return true
	case <-time.After(patience):
		return false
	}
}

// reserve takes all free slots, waiting for the first; 0 when ctx ended.
func (d *delivery) reserve(ctx context.Context) (n int) {
	select {
	case d.slots <- struct{}{}:
		n++
	case <-ctx.Done():
		return 0
	}
	for ; n < inFlight; n++ {
		select {
		case d.slots <- struct{}{}:
		default:
			return n
		}
	}
	return n
}

// bind makes the channel's consumer, or brings it up to date. A channel has its
// own so that letters that wait for a failing one do not stop the others.
func (d *delivery) bind(ctx context.Context) (jetstream.Consumer, error) {
	ctx, cancel := call(ctx)
	defer cancel()
	return d.letters.js.CreateOrUpdateConsumer(ctx, streamOUT, jetstream.ConsumerConfig{
		Durable: consumerOf(d.channel), FilterSubject: "out." + d.channel + ".>",
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: d.ackWait, MaxDeliver: -1, MaxAckPending: 1000,
	})
}

// one sees one letter through.
func (d *delivery) one(m jetstream.Msg) {
	stop := keepAlive(d.hctx, m, d.ackWait/3)
	defer stop()
	tries := 1
	if meta, err := m.Metadata(); err == nil {
		tries = int(meta.NumDelivered)
	}
	l, err := decodeLetter(m.Data())
	if err != nil {
		d.bury(m, err, tries)
		return
	}
	if retry := d.handle(d.hctx, l, tries); retry > 0 {
		d.settled(m, m.NakWithDelay(retry))
		return
	}
	d.ack(m)
}

// bury moves a letter that cannot be read to DEAD.
func (d *delivery) bury(m jetstream.Msg, cause error, tries int) {
	d.letters.log.Error("a letter cannot be read and is given up", "channel", d.channel, "subject", m.Subject(), "err", cause)
	p, ok := placeOfSubject(m.Subject())
	if !ok || !token(p.event) || !token(p.recipient) {
		d.settled(m, m.TermWithReason("not a subject of ours"))
		return
	}
	ctx, cancel := call(d.hctx)
	defer cancel()
	if err := d.letters.Bury(ctx, deadFrom(m.Data(), p, stock.Reason{}, tries)); err != nil {
		d.letters.log.Warn("bury a letter", "channel", d.channel, "err", err)
		d.settled(m, m.NakWithDelay(time.Second))
		return
	}
	d.ack(m)
}

// ack waits for the server's word: an acknowledgement that got lost would bring
// the letter again.
func (d *delivery) ack(m jetstream.Msg) {
	ctx, cancel := call(context.WithoutCancel(d.hctx))
	defer cancel()
	d.settled(m, m.DoubleAck(ctx))
}

func (d *delivery) settled(m jetstream.Msg, err error) {
	if err != nil && !errors.Is(err, jetstream.ErrMsgAlreadyAckd) {
		d.letters.log.Debug("a letter comes again", "channel", d.channel, "subject", m.Subject(), "err", err)
	}
}
