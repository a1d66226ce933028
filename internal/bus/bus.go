package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
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
	Shelf        Shelf                 // where the inventory is kept; nil: in the bucket of what was learned
	Logger       *slog.Logger          // nil: silent
	Registerer   prometheus.Registerer // nil: no metrics
}

// Bus is an open bus. It is safe for concurrent use.
type Bus struct {
	opts Options
	log  *slog.Logger
	nc   *nats.Conn
	js   jetstream.JetStream
	ttl  time.Duration // LeaseTTL, but for tests

	epochs               epochs
	obs, out, sent, dead jetstream.Stream
	leases, learned      jetstream.KeyValue
	people, products     jetstream.KeyValue
	sizes                sizes
	step                 func() time.Duration // instead of what clock.Line says, for tests
	room                 room
	inventory            stocktaking
}

// Open makes what is missing and binds to what is there. It tries until
// JetStream answers or ctx ends.
func Open(ctx context.Context, o Options) (*Bus, error) { return open(ctx, o, LeaseTTL) }

func open(ctx context.Context, o Options, ttl time.Duration) (*Bus, error) {
	o.Replicas = max(1, o.Replicas)
	b := &Bus{opts: o, log: o.Logger, nc: o.Conn, ttl: ttl}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	js, err := jetstream.New(o.Conn, jetstream.WithDefaultTimeout(callTimeout))
	if err != nil {
		return nil, fmt.Errorf("open bus: %w", err)
	}
	b.js = js
	var told clock.Instant
	for {
		if err = b.connected(); err == nil {
			err = b.setup(ctx)
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
		if err := o.Registerer.Register(b.collector()); err != nil {
			return nil, fmt.Errorf("open bus: %w", err)
		}
	}
	return b, nil
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
	for _, s := range b.streams() {
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

// connected says which servers do not answer, or refuse us, where a request would
// only report that nothing can be buffered.
func (b *Bus) connected() error {
	if b.nc.IsConnected() {
		return nil
	}
	servers := strings.Join(b.nc.Servers(), ", ")
	if err := b.nc.LastError(); err != nil {
		return fmt.Errorf("no connection to NATS at %s: %w", servers, err)
	}
	return fmt.Errorf("no connection to NATS at %s", servers)
}

func (b *Bus) streams() []string { return []string{streamOBS, streamOUT, streamSENT, streamDEAD} }
