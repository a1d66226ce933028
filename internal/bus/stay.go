package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// ErrReplaced says that what stands on the server is not what was opened: it was
// wiped, restored or made anew while we ran.
var ErrReplaced = errors.New("the streams are not those that were opened: start again")

const (
	stayEvery = 5 * time.Second
	// goneLooks is how many looks in a row must miss a stream: a cluster that
	// elects a leader may not know one for a moment.
	goneLooks = 3
)

// Stay watches that the streams stay those that were opened, until ctx ends. It
// returns ErrReplaced when they do not. Sequences and the epoch that this process
// has then mean nothing any more: new letters would carry the numbers of old
// ones, and be taken for sent.
func (b *Bus) Stay(ctx context.Context) error { return b.stay(ctx, stayEvery) }

func (b *Bus) stay(ctx context.Context, every time.Duration) error {
	missed := 0
	for pause(ctx, every) {
		err := b.same(ctx)
		switch {
		case errors.Is(err, jetstream.ErrStreamNotFound):
			if missed++; missed >= goneLooks {
				return fmt.Errorf("%w: %w", ErrReplaced, err)
			}
		case errors.Is(err, ErrReplaced):
			return err
		case err == nil:
			missed = 0
		}
	}
	return ctx.Err()
}

// same looks once. An error that is neither ErrReplaced nor that a stream is not
// found says nothing.
func (b *Bus) same(ctx context.Context) error {
	for _, name := range b.opened() {
		s, err := b.lookUp(ctx, name)
		if err != nil {
			return fmt.Errorf("stream %s: %w", name, err)
		}
		if epoch := s.CachedInfo().Config.Metadata[epochKey]; name == streamOBS && epoch != b.Epoch() {
			return fmt.Errorf("%w: stream %s is of epoch %q, not %q", ErrReplaced, name, epoch, b.Epoch())
		}
	}
	return nil
}

// Reconnects calls each whenever the connection has come back, until ctx ends:
// what NATS did not take before is worth another try then. An embedded engine
// that was restarted after its disk was full comes back in this way too.
func (b *Bus) Reconnects(ctx context.Context, each func()) error {
	status := b.nc.StatusChanged(nats.CONNECTED)
	defer b.nc.RemoveStatusListener(status)
	for {
		select {
		case _, open := <-status:
			if !open {
				return nats.ErrConnectionClosed
			}
			each()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
