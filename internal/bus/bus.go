package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// Options say what a Bus works with.
type Options struct {
	Conn         *nats.Conn            // made with ClientOptions; the caller closes it
	ID           string                // of this process; stable over restarts, unlike any other's. "": a new one
	Replicas     int                   // of streams and buckets; 0: 1
	MemoryLeases bool                  // leases live in memory: for the embedded engine
	Watcher      bool                  // a watcher of a cluster: it opens neither letters nor facts about people, and makes no consumers
	Inventory    InventoryStore        // where the inventory is kept; nil: in the bucket of what was learned
	Logger       *slog.Logger          // nil: silent
	Registerer   prometheus.Registerer // nil: no metrics
}

// Bus is an open bus: the journal, the letters, and its other parts by name, so that
// each caller is given the part it uses. It is safe for concurrent use.
type Bus struct {
	*link
	*Journal
	*Letters

	People    *FactStore
	Products  *ProductStore
	Hosts     *HostStore
	Leases    *LeaseStore
	Readers   *Readers
	Retention *Retention
	Inventory *Stocktaking
	Sizes     *Sizes
	Examiner  *Examiner
	Signals   *Signals

	epochs *epochLog
	ages   *ages
}

// Open makes what is missing and binds to what is there. It tries until
// JetStream answers or ctx ends.
func Open(ctx context.Context, o Options) (*Bus, error) { return open(ctx, o, LeaseTTL) }

func open(ctx context.Context, o Options, ttl time.Duration) (*Bus, error) {
	o.Replicas = max(1, o.Replicas)
	l, err := newLink(o.Conn, o.Logger)
	if err != nil {
		return nil, fmt.Errorf("open bus: %w", err)
	}
	l.watcher = o.Watcher
	b := &Bus{link: l}
	var told clock.Instant
	asked := false
	for {
		if err = b.connected(); err == nil {
			if !asked && !o.MemoryLeases {
				l.rights, asked = l.askRights(ctx), true
			}
			err = b.setup(ctx, &o, ttl)
		}
		if err == nil {
			break
		}
		if errorCode(err) == codeInsufficientStorage || errors.Is(err, ErrHalfRestored) {
			return nil, fmt.Errorf("open bus: %w", err) // waiting makes no room, and ends no restore
		}
		if clock.Since(told) > 10*time.Second {
			told = clock.Now()
			b.log.Warn("waiting for NATS", "err", err)
		}
		if !pause(ctx, 250*time.Millisecond) {
			return nil, fmt.Errorf("open bus: %w, at last: %w", ctx.Err(), err)
		}
	}
	if o.Registerer != nil {
		if err := o.Registerer.Register(b.Sizes.collector()); err != nil {
			return nil, fmt.Errorf("open bus: %w", err)
		}
	}
	return b, nil
}

// setup makes or finds the streams and buckets, gives them to the parts, and holds the
// streams against each other and against the last inventory.
func (b *Bus) setup(ctx context.Context, o *Options, ttl time.Duration) error {
	builder := &builder{link: b.link, replicas: o.Replicas, memoryLeases: o.MemoryLeases, ttl: ttl}
	epochs := &epochLog{link: b.link}
	made, err := builder.build(ctx, epochs)
	if err != nil {
		return err
	}
	b.join(o, made, epochs, builder)
	if b.watcher { // whether the letters fit the records is for those who have both
		return nil
	}
	lost, err := b.Inventory.findMissing(ctx)
	if err != nil { // it must not keep us from opening
		b.log.Error("the store could not be held against its inventory", "err", err)
	}
	if err := b.ages.check(ctx); err != nil {
		return err
	}
	if err := b.Inventory.recoverMissing(ctx, lost); err != nil {
		return fmt.Errorf("make up for what is missing: %w", err)
	}
	b.Inventory.TakeInventory(ctx)
	return nil
}

// join makes the parts of what was built.
func (b *Bus) join(o *Options, made stores, epochs *epochLog, builder *builder) {
	l, obs, out, dead, learned := b.link, made.streams[streamOBS], made.streams[streamOUT], made.streams[streamDEAD], bucket{b.link, made.buckets[bucketLearned]}
	people, products := made.buckets[bucketPeople], made.buckets[bucketProducts]
	b.epochs = epochs
	b.Journal = &Journal{link: l, obs: obs, room: &histories{link: l}}
	b.Letters = &Letters{link: l, Receipts: Receipts{l, made.streams[streamSENT]}, DeadLetters: DeadLetters{l, dead}, out: out, epochs: epochs}
	b.People = &FactStore{bucket{l, people}}
	b.Products = &ProductStore{bucket{l, products}}
	b.Hosts = &HostStore{learned}
	b.Leases = &LeaseStore{bucket: bucket{l, made.buckets[bucketLeases]}, ttl: builder.ttl, builder: builder}
	b.Readers = &Readers{link: l, obs: obs, leases: b.Leases, id: o.ID}
	b.Retention = &Retention{l, b.Journal, learned}
	b.Inventory = &Stocktaking{
		link: l, outside: o.Inventory, journal: b.Journal, letters: b.Letters, epochs: epochs, learned: learned, alone: o.MemoryLeases,
		keyed: map[string]jetstream.KeyValue{bucketPeople: people, bucketProducts: products},
	}
	b.Sizes = &Sizes{link: l}
	b.Examiner = &Examiner{l, obs, out, dead}
	b.Signals = &Signals{l}
	b.ages = &ages{l, b.Letters, learned, epochs, o.MemoryLeases}
}

// Epoch identifies this OBS stream: sequences count within it.
func (b *Bus) Epoch() string { return b.epochs.now() }

// Ready returns nil when the connection is up and every stream answers.
func (b *Bus) Ready(ctx context.Context) error {
	if err := b.connected(); err != nil {
		return fmt.Errorf("bus: %w", err)
	}
	ctx, cancel := call(ctx)
	defer cancel()
	for _, s := range b.opened() {
		if _, err := b.js.Stream(ctx, s); err != nil {
			return fmt.Errorf("bus: stream %s: %w", s, err)
		}
	}
	return nil
}

// Bound returns nil when the consumers of the router and of the given channels
// are there, without which records and letters would only pile up.
func (b *Bus) Bound(ctx context.Context, channels []string) error {
	ctx, cancel := call(ctx)
	defer cancel()
	if _, err := b.js.Consumer(ctx, streamOBS, consumerRouter); err != nil {
		return fmt.Errorf("bus: consumer %s: %w", consumerRouter, err)
	}
	for _, c := range channels {
		if _, err := b.js.Consumer(ctx, streamOUT, consumerOf(c)); err != nil {
			return fmt.Errorf("bus: consumer %s: %w", consumerOf(c), err)
		}
	}
	return nil
}
