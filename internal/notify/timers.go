package notify

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/group"
	"github.com/sainyuka/sainyuka/internal/press"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// timerEvery is how exact the timers are, timerRetry when a fact is looked at again
	// that did not change: it failed, or it was too early.
	timerEvery = time.Second
	timerRetry = 5 * time.Second
	// timerTimeout bounds the work on one fact.
	timerTimeout = 30 * time.Second
)

// RunTimers looks after all that waits until ctx ends: letters of quiet hours, groups,
// escalations, the digest. Of several processes one should do it at a time, the
// one that routes; two do no harm, since every step is a compare and swap.
func (n *Notifier) RunTimers(ctx context.Context) error {
	if !n.facts.kept() {
		<-ctx.Done()
		return ctx.Err()
	}
	a := &agenda{timers: map[string]timer{}}
	g, ctx := errgroup.WithContext(ctx)
	for _, prefix := range []string{heldFacts, groupFacts, escFacts, ackFacts, press.UsedFacts} {
		g.Go(func() error { return n.facts.FollowFacts(ctx, prefix, a.note) })
	}
	g.Go(func() error { return n.news.run(ctx) })
	g.Go(func() error { return n.receipts.Run(ctx) })
	g.Go(func() error {
		tick := time.NewTicker(timerEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				n.runDue(ctx, a)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	})
	return g.Wait()
}

// runDue does what is due.
func (n *Notifier) runDue(ctx context.Context, a *agenda) {
	if now := clock.Now(); !now.Before(a.digest) {
		a.digest = now.Add(digestEvery)
		if err := inTime(ctx, n.digests.tell); err != nil && ctx.Err() == nil {
			n.log.Warn("the digest waits", "err", err)
		}
	}
	b := n.book.Load()
	if now := clock.Now(); a.judged != b && !now.Before(a.judge) {
		err := inTime(ctx, n.limits.review)
		switch {
		case err == nil:
			a.judged = b
		case ctx.Err() == nil:
			a.judge = now.Add(timerRetry)
			n.log.Warn("what new limits let pass waits", "err", err)
		}
	}
	for _, key := range a.due(b, clock.Now(), clock.Wall()) {
		err := inTime(ctx, func(ctx context.Context) error { return n.handleDue(ctx, key) })
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, stock.ErrConflict): // it comes again as it is now
		case err != nil:
			n.log.Warn("timer failed, will retry", "key", key, "err", err)
		}
	}
}

func inTime(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, timerTimeout)
	defer cancel()
	return do(ctx)
}

// handleDue deals with one fact whose time has come.
func (n *Notifier) handleDue(ctx context.Context, key string) error {
	switch word(key, 0) + "." {
	case heldFacts:
		return n.held.release(ctx, word(key, 1), word(key, 2))
	case groupFacts:
		return n.grouping.flush(ctx, key)
	case escFacts:
		return n.escalations.escalate(ctx, key)
	case ackFacts, press.UsedFacts:
		return n.facts.DeleteFact(ctx, key, 0) // it has no use any more
	}
	return nil
}

// agenda holds when each fact has its time. It is only a view of the facts: what
// is done is decided by what is there then.
type agenda struct {
	digest clock.Instant // when to look for the digest again; of the loop alone, as are the next two
	judged *book         // whose limits were reviewed
	judge  clock.Instant // when to try to again

	mu     sync.Mutex
	timers map[string]timer // by key; bounded by what is stored
}

// timer is one fact of the agenda. Its time has come as soon as either clock says so:
// the wall clock may have stood years behind when the fact came and be set since, or
// the machine was suspended; and it may have been set back. Whoever deals with the fact
// decides whether a step of the clock counts.
type timer struct {
	due       time.Time
	mono      clock.Instant // due, by the wall clock as it stood when the fact came
	notBefore clock.Instant // it was looked at, and is not again before
	channel   string        // of a held letter: its quiet hours decide as well
	recipient string
}

// note takes up a change of a fact.
func (a *agenda) note(f stock.KV) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if f.Value == nil {
		delete(a.timers, f.Key)
		return
	}
	t := timerOf(f)
	t.mono = clock.NewLine().Instant(t.due)
	a.timers[f.Key] = t
}

// timerOf reads when a fact has its time. One that cannot be read has it at once:
// whoever deals with it says so.
func timerOf(f stock.KV) timer {
	switch word(f.Key, 0) + "." {
	case heldFacts:
		return timer{channel: word(f.Key, 1), recipient: word(f.Key, 2)}
	case groupFacts:
		var g group.State
		_ = json.Unmarshal(f.Value, &g)
		return timer{due: g.Due()}
	case escFacts:
		var esc escFact
		_ = json.Unmarshal(f.Value, &esc)
		return timer{due: esc.Due}
	case press.UsedFacts:
		return timer{due: press.UsedUntil(f.Value)}
	}
	var ack ackFact
	_ = json.Unmarshal(f.Value, &ack)
	return timer{due: ack.At.Add(ackMemory)}
}

// due lists the facts whose time has come, of the held letters of one recipient
// only one. What it lists comes again after timerRetry, or when it changes.
func (a *agenda) due(b *book, now clock.Instant, wall time.Time) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var keys []string
	met := map[string]bool{}
	for key, t := range a.timers {
		if now.Before(t.notBefore) || now.Before(t.mono) && wall.Before(t.due) {
			continue
		}
		if t.channel != "" {
			to := targetKey(t.channel, t.recipient)
			if met[to] || b.Quiet[t.channel].On(wall) {
				continue
			}
			met[to] = true
		}
		t.notBefore = now.Add(timerRetry)
		a.timers[key] = t
		keys = append(keys, key)
	}
	return keys
}
