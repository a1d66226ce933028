package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sainyuka/sainyuka/internal/clock"
)

// unwatchedKey is where the bucket of what was learned remembers that nobody had
// a watch configured; since when, is the time at which the key was written.
const unwatchedKey = "unwatched."

// Retention forgets the watches that nobody has configured for a time.
type Retention struct {
	*link

	journal *Journal
	learned bucket
}

// ForgetUnwatched removes the records of watches that were not configured for a
// time, and returns their ids. A watch counts as configured while any process
// that calls this now and then has it: each takes back what another, with another
// configuration, has noted of it.
func (r *Retention) ForgetUnwatched(ctx context.Context, watched func(tid string) bool, after time.Duration) (forgotten []string, err error) {
	if r.watcher {
		return nil, r.keepWatched(ctx, watched)
	}
	lctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	info, err := r.journal.obs.Info(lctx, jetstream.WithSubjectFilter("obs.>"))
	if err != nil {
		return nil, fmt.Errorf("forget watches: list those with records: %w", err)
	}
	noted, err := r.unwatched(ctx)
	if err != nil {
		return nil, fmt.Errorf("forget watches: %w", err)
	}
	for tid, since := range noted { // those without records included
		if !watched(tid) && info.State.Subjects["obs."+tid] > 0 {
			continue
		}
		if err := r.unnote(ctx, tid, since.Revision()); err != nil {
			return nil, fmt.Errorf("forget watches: %w", err)
		}
	}
	for subject := range info.State.Subjects {
		tid := strings.TrimPrefix(subject, "obs.")
		if watched(tid) {
			continue
		}
		gone, err := r.forgetSince(ctx, tid, noted[tid], after)
		if err != nil {
			return forgotten, fmt.Errorf("forget watches: %w", err)
		}
		if gone {
			forgotten = append(forgotten, tid)
		}
	}
	return forgotten, nil
}

// keepWatched takes back what others have noted of watches that are configured here.
func (r *Retention) keepWatched(ctx context.Context, watched func(tid string) bool) error {
	noted, err := r.unwatched(ctx)
	if err != nil {
		return err
	}
	for tid, since := range noted {
		if !watched(tid) {
			continue
		}
		if err := r.unnote(ctx, tid, since.Revision()); err != nil && !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return nil
}

// forgetSince notes that a watch is not configured, or when that was noted long
// enough ago forgets it.
func (r *Retention) forgetSince(ctx context.Context, tid string, noted jetstream.KeyValueEntry, after time.Duration) (bool, error) {
	if noted == nil {
		_, err := r.learned.replace(ctx, unwatchedKey+tid, nil, 0)
		if err != nil && !errors.Is(err, ErrConflict) {
			return false, fmt.Errorf("note that watch %s is not configured: %w", tid, err)
		}
		return false, nil
	}
	if clock.Wall().Sub(noted.Created()) < after {
		return false, nil
	}
	// The note goes first, and only if nobody has touched it: who has the watch
	// configured takes it back.
	err := r.unnote(ctx, tid, noted.Revision())
	if errors.Is(err, ErrConflict) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, r.journal.Forget(ctx, tid)
}

// unwatched reads which watches are noted as not configured.
func (r *Retention) unwatched(ctx context.Context) (map[string]jetstream.KeyValueEntry, error) {
	entries, err := r.learned.list(ctx, unwatchedKey+"*", unbounded)
	if err != nil {
		return nil, fmt.Errorf("list watches that are not configured: %w", err)
	}
	all := make(map[string]jetstream.KeyValueEntry, len(entries))
	for _, e := range entries {
		all[strings.TrimPrefix(e.Key(), unwatchedKey)] = e
	}
	return all, nil
}

func (r *Retention) unnote(ctx context.Context, tid string, rev uint64) error {
	if err := r.learned.remove(ctx, unwatchedKey+tid, rev); err != nil {
		return fmt.Errorf("take back that watch %s is not configured: %w", tid, err)
	}
	return nil
}

// DropConsumers removes the consumers of channels that are not known, once they
// have no letter any more, and returns the channels. One that another process
// delivers through stays.
func (o *Letters) DropConsumers(ctx context.Context, known func(channel string) bool) (dropped []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	list := o.out.ListConsumers(ctx)
	for c := range list.Info() {
		channel, ours := strings.CutPrefix(c.Name, consumerOf(""))
		if !ours || known(channel) || c.NumWaiting > 0 || c.NumPending > 0 || c.NumAckPending > 0 {
			continue
		}
		if err := o.out.DeleteConsumer(ctx, c.Name); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
			return dropped, fmt.Errorf("remove consumer %s: %w", c.Name, err)
		}
		dropped = append(dropped, channel)
	}
	if err := list.Err(); err != nil {
		return dropped, fmt.Errorf("list consumers: %w", err)
	}
	return dropped, nil
}

// delivered reports whether some process takes the letters of a channel: its
// consumer has a request that waits for more.
func (o *Letters) delivered(ctx context.Context, channel string) (bool, error) {
	ctx, cancel := call(ctx)
	defer cancel()
	cons, err := o.out.Consumer(ctx, consumerOf(channel))
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return cons.CachedInfo().NumWaiting > 0, nil
}
