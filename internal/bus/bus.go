package bus

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
)

// Options say what a Bus works with.
type Options struct {
	Conn         *nats.Conn            // made with ClientOptions; the caller closes it
	Replicas     int                   // of streams and buckets; 0: 1
	MemoryLeases bool                  // leases live in memory: for the embedded engine
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

	epoch                string
	obs, out, sent, dead jetstream.Stream
	leases, learned      jetstream.KeyValue
	sizes                sizes
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
	var told time.Time
	for {
		if err = b.setup(ctx); err == nil {
			break
		}
		if errorCode(err) == codeInsufficientStorage {
			return nil, fmt.Errorf("open bus: %w", err) // waiting makes no room
		}
		if time.Since(told) > 10*time.Second {
			told = time.Now()
			b.log.Warn("waiting for JetStream", "err", err)
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
func (b *Bus) Epoch() string { return b.epoch }

// Ready returns nil when the connection is up and every stream answers.
func (b *Bus) Ready(ctx context.Context) error {
	if !b.nc.IsConnected() {
		return fmt.Errorf("bus: nats connection is %s", b.nc.Status())
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

func (b *Bus) streams() []string { return []string{streamOBS, streamOUT, streamSENT, streamDEAD} }
