package watch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	firstPassAfter = 200 * time.Millisecond // of the first sign of life: others that start too have given theirs
	nudgeDelay     = 20 * time.Millisecond  // lets a burst of lease changes end
	leaseTimeout   = time.Second            // of one call to the lease store
	leaseRetry     = time.Second            // after a pass that failed
	leaveTimeout   = 3 * time.Second        // for giving all leases back at the end
	handOverTime   = 6 * time.Second        // for the loops of shards that are handed over to end
	renewAtOnce    = 8
	clockEvery     = time.Second // how often it is seen whether the wall clock was set
)

// holder keeps the leases that this watcher should have: of the 64 shards, those
// for which its id has the highest hash among the live members. Every watcher
// reaches the same result on its own, and the lease makes sure of it while their
// views differ. It never trusts the store's hints alone: every tick it lists all
// leases anew.
type holder struct {
	w      *Watcher
	store  LeaseStore
	member string // our key as a member
	nudged chan struct{}

	memberRev uint64
	held      map[int]*lease
	met       map[string]hashes // members and the configurations at the last meeting
	failing   bool
}

// lease is a shard that we hold.
type lease struct {
	rev  uint64
	term *term
}

// hashes are another member's configuration and ours.
type hashes struct{ theirs, ours string }

func newHolder(w *Watcher) *holder {
	return &holder{
		w: w, store: w.Leases, member: memberPrefix + w.ID, nudged: make(chan struct{}, 1),
		held: make(map[int]*lease), met: make(map[string]hashes),
	}
}

const (
	memberPrefix = "member."
	shardPrefix  = "shard."
)

func shardKey(shard int) string { return shardPrefix + strconv.Itoa(shard) }

// run keeps the leases until ctx ends; leave gives them back after that.
func (h *holder) run(ctx context.Context) error {
	var g errgroup.Group
	g.Go(func() error {
		h.listen(ctx)
		return nil
	})
	first := h.share
	if err := h.live(ctx); err != nil {
		first = h.renewAndShare
	}
	clock.Sleep(ctx, firstPassAfter)
	h.pass(ctx, first)
	tick, clocks := time.NewTicker(h.w.LeaseTTL/3), time.NewTicker(clockEvery)
	defer tick.Stop()
	defer clocks.Stop()
	line := clock.NewLine()
	for ctx.Err() == nil {
		var again <-chan time.Time
		if h.failing {
			again = time.After(leaseRetry)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
			h.pass(ctx, h.renewAndShare)
		case <-clocks.C:
			if line.Follow() > 0 { // the machine was suspended, it may be: no lease is sure until it is renewed
				h.pass(ctx, h.renewAndShare)
			}
		case <-h.w.told:
			h.pass(ctx, h.renewAndShare)
		case <-again:
			h.pass(ctx, h.renewAndShare)
		case <-h.nudged:
			clock.Sleep(ctx, nudgeDelay)
			h.pass(ctx, h.share)
		}
	}
	return g.Wait()
}

// listen asks to be nudged, for as long as ctx lasts: watches of a store end
// when its connection does.
func (h *holder) listen(ctx context.Context) {
	for ctx.Err() == nil {
		if err := h.store.WatchLeases(ctx, func() { signal(h.nudged) }); err != nil && ctx.Err() == nil {
			h.w.Logger.Debug("leases are not watched for now", "err", err)
		}
		clock.Sleep(ctx, h.w.LeaseTTL/6)
	}
}

// pass does one of the steps below and notes whether the store answered. Leases
// that are not renewed end by themselves, so a failure needs no more than
// another try.
func (h *holder) pass(ctx context.Context, step func(context.Context) error) {
	err := step(ctx)
	h.w.metrics.leases.Set(float64(len(h.held)))
	if ctx.Err() != nil {
		return
	}
	if err != nil && !h.failing {
		h.w.Logger.Warn("the leases cannot be kept: hosts are not asked beyond their deadlines", "err", err)
	}
	if err == nil && h.failing {
		h.w.Logger.Info("the leases can be kept again")
	}
	h.failing = err != nil
	if err == nil {
		h.w.ready.Store(true)
	}
}

func (h *holder) renewAndShare(ctx context.Context) error {
	if err := h.live(ctx); err != nil {
		h.expire()
		return err
	}
	h.renew(ctx)
	return h.share(ctx)
}

// live tells the others that we are there, and with which configuration. They
// go by it alone, so without it we wish for no shard either.
func (h *holder) live(ctx context.Context) error {
	hash := h.w.configHash()
	var err error
	if h.memberRev != 0 {
		if h.memberRev, err = h.put(ctx, h.member, hash, h.memberRev); err == nil {
			return nil
		}
	}
	// Our key is gone, or another than we think: of an earlier run, or from a put
	// that went through though its answer was lost.
	leases, errList := h.list(ctx)
	if errList != nil {
		return errors.Join(err, errList)
	}
	var rev uint64
	if i := slices.IndexFunc(leases, func(l stock.Lease) bool { return l.Key == h.member }); i >= 0 {
		rev = leases[i].Rev
	}
	h.memberRev, err = h.put(ctx, h.member, hash, rev)
	return err
}

// renew renews all held leases. The new deadline counts from before the request:
// the store's own count cannot begin earlier. A failure changes nothing, since
// the old deadline still holds.
func (h *holder) renew(ctx context.Context) {
	var g errgroup.Group
	g.SetLimit(renewAtOnce)
	for shard, l := range h.held {
		g.Go(func() error {
			deadline := h.deadline()
			rev, err := h.put(ctx, shardKey(shard), h.w.ID, l.rev)
			if err == nil {
				l.rev = rev
				l.term.extend(deadline)
			}
			return nil
		})
	}
	g.Wait() // it has no errors to tell
	h.expire()
}

// expire lets go of leases that ended by their deadline.
func (h *holder) expire() {
	var gone []int
	for shard, l := range h.held {
		if l.term.expired() {
			gone = append(gone, shard)
		}
	}
	h.lose(gone)
}

// lose stops asking the hosts of shards that are no longer ours.
func (h *holder) lose(shards []int) {
	for _, shard := range shards {
		h.w.vacate(shard, errLost)
		delete(h.held, shard)
	}
	if len(shards) > 0 {
		h.w.Logger.Warn("leases are lost", "shards", len(shards))
	}
}

// deadline is until when a lease may be used that is asked for now.
func (h *holder) deadline() clock.Deadline { return clock.In(h.w.LeaseTTL * 4 / 5) }

// leave gives back everything at the end, so that others need not wait for it to
// expire. All loops have ended.
func (h *holder) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), leaveTimeout)
	defer cancel()
	var g errgroup.Group
	g.SetLimit(renewAtOnce)
	var mu sync.Mutex
	var errs []error
	give := func(key string, rev uint64) {
		g.Go(func() error {
			if err := h.release(ctx, key, rev); err != nil {
				mu.Lock()
				errs = append(errs, err)
				mu.Unlock()
			}
			return nil
		})
	}
	for shard, l := range h.held {
		give(shardKey(shard), l.rev)
	}
	g.Wait()
	if h.memberRev != 0 {
		give(h.member, h.memberRev)
	}
	g.Wait()
	if len(errs) > 0 {
		h.w.Logger.Debug("leases are not given back and will expire", "shards", len(errs), "err", errs[0])
	}
}

// put writes a lease: a new one when rev is 0, else in place of that revision.
func (h *holder) put(ctx context.Context, key, value string, rev uint64) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, leaseTimeout)
	defer cancel()
	var err error
	if rev == 0 {
		rev, err = h.store.CreateLease(ctx, key, value)
	} else {
		rev, err = h.store.RenewLease(ctx, key, value, rev)
	}
	if err != nil {
		return 0, fmt.Errorf("put lease %s: %w", key, err)
	}
	return rev, nil
}

func (h *holder) release(ctx context.Context, key string, rev uint64) error {
	ctx, cancel := context.WithTimeout(ctx, leaseTimeout)
	defer cancel()
	if err := h.store.ReleaseLease(ctx, key, rev); err != nil {
		return fmt.Errorf("release lease %s: %w", key, err)
	}
	return nil
}

func (h *holder) list(ctx context.Context) ([]stock.Lease, error) {
	ctx, cancel := context.WithTimeout(ctx, leaseTimeout)
	defer cancel()
	leases, err := h.store.Leases(ctx)
	if err != nil {
		return nil, fmt.Errorf("list leases: %w", err)
	}
	return leases, nil
}
