package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/clock"
)

const (
	// readerPrefix begins the consumers of Consume: what others make on OBS with
	// other names is theirs.
	readerPrefix = "read_"
	// readerLease begins the keys of their leases.
	readerLease = "read."
	// readerLife is how long the server keeps the place of a reader that nobody
	// runs: as long as the history of a watch that nobody has configured.
	readerLife = 30 * 24 * time.Hour
	// routerReach is how far back a router that was made late looks: beyond the
	// longest life of an alert (24 h) by an hour for clocks that differ.
	routerReach = 25 * time.Hour
)

// durable is a named reader of OBS whose place outlives the processes that run it.
type durable struct {
	consumer, lease string
	life            time.Duration                   // how long it is kept without anybody who reads; 0: for ever
	late            func() jetstream.ConsumerConfig // where it begins when it is made on a stream that has records
}

func routerDurable() durable {
	return durable{consumer: consumerRouter, lease: routerLease, late: lastDay}
}

// durableOf is the reader of Consume with a name.
func durableOf(name string) (durable, error) {
	if !token(name) || name == consumerRouter {
		return durable{}, errReaderName(name)
	}
	return durable{consumer: readerPrefix + name, lease: readerLease + name, life: readerLife, late: fromOldest}, nil
}

func fromOldest() jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{DeliverPolicy: jetstream.DeliverAllPolicy}
}

// lastDay makes a router begin where records may still make letters.
func lastDay() jetstream.ConsumerConfig {
	from := clock.Wall().Add(-routerReach).UTC()
	return jetstream.ConsumerConfig{DeliverPolicy: jetstream.DeliverByStartTimePolicy, OptStartTime: &from}
}

// after makes a reader begin behind a record.
func after(seq uint64) jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: seq + 1}
}

// ensure makes the consumer if there is none.
//
// Whoever opens the bus makes the router's before anything can be appended by that
// process, so a stream without it is empty, unless a process died between making
// the stream and the consumer (still empty: nobody appends before an Open that
// makes both), or somebody deleted the consumer, or restored the stream without it.
// On an empty stream it delivers all: nothing can be missed. On one with records
// the router starts routerReach ago: older records make no letters any more, by
// their kind's life, so none is missed; younger ones may have been told already,
// and their SENT markers keep them from ringing twice.
func (d durable) ensure(ctx context.Context, obs jetstream.Stream, log *slog.Logger) error {
	cctx, cancel := call(ctx)
	defer cancel()
	_, err := obs.Consumer(cctx, d.consumer)
	if !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return err
	}
	info, err := obs.Info(cctx)
	if err != nil {
		return err
	}
	if info.State.LastSeq == 0 {
		return d.create(ctx, obs, fromOldest())
	}
	if d.consumer == consumerRouter {
		log.Warn("the router had no consumer: it reads the last day again", "consumer", d.consumer)
	}
	return d.create(ctx, obs, d.late())
}

// create makes the consumer, which begins as start says.
func (d durable) create(ctx context.Context, obs jetstream.Stream, start jetstream.ConsumerConfig) error {
	ctx, cancel := call(ctx)
	defer cancel()
	start.Durable, start.FilterSubject, start.AckPolicy = d.consumer, "obs.>", jetstream.AckExplicitPolicy
	start.AckWait, start.MaxDeliver, start.MaxAckPending = consumeAckWait, -1, 256
	start.InactiveThreshold = d.life
	_, err := obs.CreateConsumer(ctx, start)
	if errors.Is(err, jetstream.ErrConsumerExists) {
		return nil // somebody was faster
	}
	return err
}

// again makes the consumer anew, as if it had been missing.
func (d durable) again(ctx context.Context, obs jetstream.Stream) error {
	dctx, cancel := call(ctx)
	defer cancel()
	if err := obs.DeleteConsumer(dctx, d.consumer); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return fmt.Errorf("remove consumer %s: %w", d.consumer, err)
	}
	return d.create(ctx, obs, d.late())
}

// places returns up to which record each durable reader has handled all, by its
// name: the router's, and those of Consume.
func places(ctx context.Context, obs jetstream.Stream) (router uint64, readers map[string]uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	readers, found := make(map[string]uint64), false
	list := obs.ListConsumers(ctx)
	for c := range list.Info() {
		if name, ok := strings.CutPrefix(c.Name, readerPrefix); ok {
			readers[name] = c.AckFloor.Stream
		}
		if c.Name == consumerRouter {
			router, found = c.AckFloor.Stream, true
		}
	}
	if err := list.Err(); err != nil {
		return 0, nil, fmt.Errorf("list consumers: %w", err)
	}
	if !found {
		return 0, nil, fmt.Errorf("consumer %s: %w", consumerRouter, jetstream.ErrConsumerNotFound)
	}
	return router, readers, nil
}
