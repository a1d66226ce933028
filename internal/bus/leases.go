package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// LeaseStore is the bucket of leases, which say who may do what at this moment.
type LeaseStore struct {
	bucket

	ttl     time.Duration
	builder *builder // makes the bucket again when it lived in memory and is gone
}

// CreateLease takes a lease that nobody holds, or gives ErrHeld. It ends by
// itself after LeaseTTL.
func (s *LeaseStore) CreateLease(ctx context.Context, key, value string) (rev uint64, err error) {
	err = s.withLeases(ctx, func(ctx context.Context) error {
		rev, err = s.kv.Create(ctx, key, []byte(value))
		return err
	})
	if errors.Is(err, ErrConflict) {
		return 0, fmt.Errorf("take lease %s: %w", key, ErrHeld)
	}
	if err != nil {
		return 0, fmt.Errorf("take lease %s: %w", key, err)
	}
	return rev, nil
}

// RenewLease makes a lease last for another LeaseTTL and returns its new
// revision. ErrConflict means that it is lost. Whoever uses the lease must
// count its time from before this call, not from after it.
func (s *LeaseStore) RenewLease(ctx context.Context, key, value string, rev uint64) (uint64, error) {
	var next uint64
	err := s.withLeases(ctx, func(ctx context.Context) (err error) {
		next, err = s.kv.Update(ctx, key, []byte(value), rev)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("renew lease %s: %w", key, err)
	}
	return next, nil
}

// ReleaseLease gives a lease back before it ends. ErrConflict means that it was
// lost before.
func (s *LeaseStore) ReleaseLease(ctx context.Context, key string, rev uint64) error {
	err := s.withLeases(ctx, func(ctx context.Context) error {
		return s.kv.Delete(ctx, key, jetstream.LastRevision(rev))
	})
	if err != nil {
		return fmt.Errorf("release lease %s: %w", key, err)
	}
	return nil
}

// Leases lists the leases that are held.
func (s *LeaseStore) Leases(ctx context.Context) (all []stock.Lease, err error) {
	err = s.withLeases(ctx, func(ctx context.Context) error {
		all, err = s.listLeases(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list leases: %w", err)
	}
	return all, nil
}

func (s *LeaseStore) listLeases(ctx context.Context) ([]stock.Lease, error) {
	entries, err := s.list(ctx, ">", unbounded)
	all := make([]stock.Lease, len(entries))
	for i, e := range entries {
		all[i] = stock.Lease{Key: e.Key(), Value: string(e.Value()), Rev: e.Revision()}
	}
	return all, err
}

// withLeases works on the bucket. One that lives in memory is gone, bucket and
// all, when the engine was restarted: it is made again, empty, since whoever
// held a lease of the old one has lost it.
func (s *LeaseStore) withLeases(ctx context.Context, do func(context.Context) error) error {
	try := func() error {
		ctx, cancel := call(ctx)
		defer cancel()
		return sentinel(do(ctx))
	}
	err := try()
	gone := errors.Is(err, jetstream.ErrNoStreamResponse) || errors.Is(err, jetstream.ErrStreamNotFound)
	if !gone || !s.builder.memoryLeases {
		return err
	}
	if _, berr := s.builder.ensureBucket(ctx, leasesConfig(s.builder.replicas, true, s.ttl)); berr != nil {
		return berr
	}
	return try()
}

// WatchLeases calls nudge when a lease may have changed, until ctx ends. It may
// stay silent for many seconds after the connection was lost, and for ever
// about what changed meanwhile: callers look at Leases at intervals anyway, and
// only sooner for a nudge.
func (s *LeaseStore) WatchLeases(ctx context.Context, nudge func()) error {
	return s.again(ctx, time.Second, "watch leases", func(ctx context.Context) error { return s.watchLeases(ctx, nudge) })
}

// watchLeases watches until the connection has been interrupted.
func (s *LeaseStore) watchLeases(ctx context.Context, nudge func()) error {
	ctx, cancel := s.untilReconnect(ctx)
	defer cancel()
	if s.watcher {
		return s.poll(ctx, kvPrefix+bucketLeases, leasesEvery, func(_ context.Context, _, to uint64) (uint64, error) {
			nudge()
			return to, nil
		})
	}
	w, err := s.kv.WatchAll(ctx, jetstream.UpdatesOnly())
	if err != nil {
		return err
	}
	defer func() { _ = w.Stop() }()
	nudge() // for what happened while nobody watched
	for {
		select {
		case e, ok := <-w.Updates():
			if !ok {
				return errors.New("the watch ended")
			}
			if e != nil {
				nudge()
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// hold works under a lease until ctx ends, the lease is lost or work returns.
// It returns ErrHeld when somebody else has the lease. work's context ends
// before the lease does, and hold returns after work has.
func (s *LeaseStore) hold(ctx context.Context, key, value string, work func(context.Context) error) error {
	until := s.safeUntil()
	rev, err := s.take(ctx, key, value)
	if err != nil {
		return err
	}
	wctx, lose := context.WithCancel(ctx)
	defer lose()
	expire := time.AfterFunc(until.Left(), lose)
	defer expire.Stop()
	ended := make(chan error, 1)
	go func() { ended <- work(wctx) }()

	renew := time.NewTimer(s.ttl / 3)
	defer renew.Stop()
	clocks := time.NewTicker(clockEvery)
	defer clocks.Stop()
	for {
		select {
		case err := <-ended:
			if rerr := s.ReleaseLease(context.WithoutCancel(ctx), key, rev); rerr != nil {
				s.log.Debug("give a lease back", "err", rerr)
			}
			return err
		case <-clocks.C:
			if !until.Passed() {
				continue
			}
			// The machine was suspended, it may be: others may have the lease.
		case <-renew.C:
		}
		asked := s.safeUntil()
		next, err := s.RenewLease(wctx, key, value, rev)
		switch {
		case err == nil:
			rev, until = next, asked
			expire.Reset(until.Left())
			renew.Reset(s.ttl / 3)
		case errors.Is(err, ErrConflict):
			lose()
		default:
			renew.Reset(s.ttl / 30)
		}
	}
}

// take takes a lease that nobody holds, or that we hold already: one with our own
// value is of our last run, or from a call whose answer was lost.
func (s *LeaseStore) take(ctx context.Context, key, value string) (rev uint64, err error) {
	rev, err = s.CreateLease(ctx, key, value)
	if !errors.Is(err, ErrHeld) {
		return rev, err
	}
	all, lerr := s.Leases(ctx)
	if lerr != nil {
		return 0, lerr
	}
	for _, l := range all {
		if l.Key == key && l.Value == value {
			return s.RenewLease(ctx, key, value, l.Rev)
		}
	}
	return 0, err
}

// safeUntil is until when a lease may be used that is asked for now.
func (s *LeaseStore) safeUntil() clock.Deadline { return clock.In(s.ttl * 8 / 10) }

// clockEvery is how often it is seen whether the wall clock has passed a lease's
// end, which the timers of a machine that was suspended do not know.
const clockEvery = time.Second

// leasesEvery is how often a watcher looks whether a lease has changed: others' hosts
// wait for that.
const leasesEvery = 500 * time.Millisecond
