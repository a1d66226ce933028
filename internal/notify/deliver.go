package notify

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// shortWait is the longest wait that is worth staying for: handing the
	// letter back costs a write.
	shortWait = 5 * time.Second
	// handTime is how long one Deliver may take beyond one attempt. The store
	// hands a letter to somebody else 15 s after that.
	handTime = 10 * time.Second
	// busyPatience and busyRetry share a recipient among the letters for it.
	busyPatience = 3 * time.Second
	busyRetry    = time.Second
	// storeTimeout bounds one call of the store, storeRetry is when to try again
	// after one that failed.
	storeTimeout = time.Second
	storeRetry   = 2 * time.Second
)

// sender is the stage that delivers: every letter of the outbox, until its channel has
// accepted it or a dead letter says why not.
type sender struct {
	store     Store
	facts     *facts
	channels  *channels
	fallbacks *fallbacks
	composer  *composer
	book      *atomic.Pointer[book]
	metrics   *metrics
	ages      *clock.Ages // of letters
	log       *slog.Logger

	quotas    *quotas
	lanes     *lanes
	sentMarks *sentMarks
	attempts  attempts
}

// deliver is Notifier.Deliver.
func (s *sender) deliver(ctx context.Context, l stock.Letter, tries int) (retry time.Duration) {
	before := s.attempts.before(l, tries)
	d := &delivery{
		at: s, book: s.book.Load(), letter: l, tries: before.n + 1, first: before.first,
		log: letterLog(s.log, l),
	}
	retry = d.run(ctx)
	d.keepForJoining(retry)
	if retry > 0 {
		s.attempts.note(l, tried{d.made(), d.first})
	} else {
		s.attempts.forget(l)
	}
	return retry
}

// letterLog returns a logger whose lines name a letter.
func letterLog(log *slog.Logger, l stock.Letter) *slog.Logger {
	return log.With("channel", l.Channel, "product", l.Alert.Product.ID, "watch", l.Alert.Watch.ID, "kind", l.Alert.Kind)
}

// delivery is one try at a letter.
type delivery struct {
	at     *sender
	book   *book
	letter stock.Letter
	tries  int       // attempts, this one included
	tried  bool      // this one was made
	first  time.Time // when the first one began that is known of
	log    *slog.Logger

	target  Target // to whom it goes, once that is known
	lane    *lane
	earlier string      // the service's id of the message to update; "": none
	joined  []*delivery // of the letters that this one's message carries as well
}

// made is how many attempts were made until now.
func (d *delivery) made() int {
	if d.tried {
		return d.tries
	}
	return d.tries - 1
}

func (d *delivery) run(ctx context.Context) time.Duration {
	t, configured := d.book.targets[targetKey(d.letter.Channel, d.letter.Recipient)]
	if !configured {
		return d.unlessSent(ctx, func() time.Duration {
			return d.bury(ctx, outcomeDead, stock.Because(stock.ReasonUnconfigured, d.letter.Channel))
		})
	}
	lane := d.at.lanes.of(targetKey(t.ID, t.Recipient))
	if !lane.enter(ctx, busyPatience) {
		return busyRetry
	}
	defer lane.leave()
	d.target, d.lane = t, lane
	// Asked here and not before: the letter that was in the lane may have been
	// this very one, or have learned that the service wants to be left alone.
	return d.unlessSent(ctx, func() time.Duration {
		if d.muted() && !d.letter.Redriven {
			return d.drop("the product is muted")
		}
		if d.superseded(ctx) && !d.letter.Redriven {
			return d.drop("its page no longer shows what may be in stock")
		}
		if why := d.overLimit(); why != "" {
			if d.letter.Redriven { // a person asked for it, and has to find it again
				return d.bury(ctx, outcomeDead, stock.Because(stock.ReasonOverLimits, why))
			}
			return d.drop(why)
		}
		if !d.letter.Redriven {
			if why := d.at.channels.blockedReason(d.book, t, lane); !why.None() {
				return d.failOver(ctx, why)
			}
			if wait, why := d.at.channels.quotaWait(d.book, t, lane); wait > 0 {
				return d.waitOrFailOver(ctx, wait, true, why)
			}
		}
		if wait := d.findEarlier(ctx); wait > 0 {
			return d.later(ctx, wait, stock.Because(stock.ReasonNoFirstMessage))
		}
		if rest := lane.opensIn(); rest > 0 && !(d.letter.Redriven && lane.failsOver()) { // a person wants to see it tried
			return d.waitOrFailOver(ctx, rest, lane.failsOver() && timeCritical(d.letter), lane.why())
		}
		return d.attempts(ctx, t, lane)
	})
}

// unlessSent goes on with a letter that was not sent before.
func (d *delivery) unlessSent(ctx context.Context, goOn func() time.Duration) time.Duration {
	if receipt, ok := d.at.sentMarks.unmarked.get(d.letter); ok {
		if err := d.at.sentMarks.mark(ctx, d.letter, receipt); err != nil {
			d.log.Warn("write sent marker", "err", err)
			return storeRetry
		}
		return 0
	}
	sctx, cancel := context.WithTimeout(ctx, storeTimeout)
	_, done, err := d.at.store.Sent(sctx, d.letter)
	cancel()
	switch {
	case err != nil:
		d.log.Warn("read sent marker", "err", err)
		return storeRetry
	case done:
		return 0
	}
	return goOn()
}

// rest is what is left of the letter's life, although the wall clock, by which it
// is written, may have been set since it was made.
func (d *delivery) rest() time.Duration {
	l := d.letter
	if l.MadeAt.IsZero() {
		return l.NotAfter.Sub(clock.Wall())
	}
	return l.NotAfter.Sub(l.MadeAt) - d.at.ages.Age(l.MadeAt)
}

func (d *delivery) expired() bool { return d.rest() < 0 }

// attempts sends until the message is accepted or given up, or must wait for longer than
// shortWait.
func (d *delivery) attempts(ctx context.Context, t Target, lane *lane) time.Duration {
	leaveBy := clock.After(handTime)
	plain := false
	for {
		if d.expired() {
			return d.buryExpired(ctx)
		}
		receipt, err := d.send(ctx, t, plain)
		if err == nil {
			lane.worked()
			if receipt.Rest > 0 {
				d.at.lanes.rest(d.at.book.Load(), t, channel.ScopeRecipient, min(receipt.Rest, probeEvery), closing{rateLimited: true})
			}
			return d.accepted(ctx, t, receipt)
		}
		if ctx.Err() != nil { // we are stopping; the letter is somebody's first task after that
			return busyRetry
		}
		failure := judgeFailure(err)
		if failure.Class == channel.BadMessage && !plain && clock.Now().Before(leaveBy) {
			d.log.Warn("the channel refused the message; trying it plain", "attempt", d.tries, "err", failure)
			plain = true
			continue
		}
		if !passing(failure.Class) {
			return d.refused(ctx, t, failure)
		}
		wait, failOver := d.failed(ctx, failure)
		if wait > shortWait || failOver || clock.After(wait).After(leaveBy) || d.outlives(wait) {
			d.log.Warn("alert delayed", "attempt", d.tries, "err", failure)
			return d.waitOrFailOver(ctx, wait, failOver, stock.Said(failure.Error()))
		}
		if !clock.Sleep(ctx, wait) {
			return busyRetry
		}
		d.tries, d.tried = d.tries+1, false
	}
}

// failed notes an attempt that failed and may succeed later. It returns how long to wait,
// and whether the fall-back channel is to send the alert instead.
func (d *delivery) failed(ctx context.Context, failure *channel.SendError) (wait time.Duration, failOver bool) {
	t, lane := d.target, d.lane
	d.at.metrics.count(t.ID, outcomeRetry)
	fails := lane.failed(failure)
	if since, ok := lane.failingSince(); ok {
		d.at.channels.unreached(ctx, t, since, stock.Said(failure.Error()))
	}
	switch {
	case failure.Class == channel.QuotaExhausted:
		if err := d.at.quotas.exhaust(ctx, t, d.book, failure.RetryAfter); err != nil {
			d.log.Warn("persist quota state", "err", err)
		}
		lane.probeIn()
		return quotaProbe, true
	case refusal(failure.Class):
		d.at.channels.noteRefusal(ctx, d.log, t, failure)
		wait = retryAfter(failure, fails)
	default:
		wait = retryAfter(failure, d.tries)
	}
	open := fails >= breakAfter
	lasting := open || refusal(failure.Class) || failure.RetryAfter > probeEvery
	if lasting || failure.RetryAfter > 0 || failure.Class == channel.RateLimited {
		d.at.lanes.rest(d.at.book.Load(), t, failure.Scope, wait, closing{
			failOver:    lasting && failure.Class != channel.Transient,
			rateLimited: failure.Class == channel.RateLimited,
		})
	}
	return wait, lasting && timeCritical(d.letter)
}

// waitOrFailOver lets the letter wait, or hands it to the fall-back channel when
// there is one and failOver says so.
func (d *delivery) waitOrFailOver(ctx context.Context, wait time.Duration, failOver bool, reason stock.Reason) time.Duration {
	if failOver && d.book.Fallbacks[d.letter.Channel] != "" {
		return d.failOver(ctx, reason)
	}
	return d.later(ctx, wait, reason)
}

func (d *delivery) buryExpired(ctx context.Context) time.Duration {
	return d.bury(ctx, outcomeExpired, expired(stock.Because(stock.ReasonNotBefore, d.letter.NotAfter.UTC().Format(time.RFC3339))))
}

// later returns wait, unless the letter would not live that long: then its last
// error goes with it to the dead letters, where a later round would know only
// that time ran out, and the fall-back channel has what is left of the time.
func (d *delivery) later(ctx context.Context, wait time.Duration, reason stock.Reason) time.Duration {
	switch {
	case !d.outlives(wait):
		return wait
	case d.expired():
		return d.bury(ctx, outcomeExpired, expired(reason))
	}
	return d.failOverAs(ctx, outcomeExpired, expired(reason))
}

func expired(why stock.Reason) stock.Reason { return stock.Because(stock.ReasonExpired, why) }

// cleaned bounds a reason, which may have a service's words in it.
func cleaned(why stock.Reason) stock.Reason {
	return why.Clip(func(text string) string { return channel.Clean(text, alerttext.MaxTitle) })
}

// outlives reports whether wait ends after the letter's life.
func (d *delivery) outlives(wait time.Duration) bool {
	return wait > d.rest()
}

// send makes one attempt.
func (d *delivery) send(ctx context.Context, t Target, plain bool) (channel.Receipt, error) {
	d.tried = true
	if d.first.IsZero() {
		d.first = clock.Wall()
	}
	m, err := d.at.composer.message(ctx, d.book, d.letter, t, plain)
	if err != nil {
		return channel.Receipt{}, &channel.SendError{Class: channel.BadMessage, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, min(t.Timeout, d.rest()))
	defer cancel()
	m.Silent = m.Silent || d.isSilent()
	m, d.joined = d.join(ctx, m)
	return d.dispatch(ctx, t, m)
}

func (d *delivery) isSilent() bool {
	return d.letter.Silent || d.book.keepsQuiet(d.letter, clock.Wall())
}

// bury gives the letter up: it becomes a dead letter. When that fails it is kept.
func (d *delivery) bury(ctx context.Context, outcome string, reason stock.Reason) time.Duration {
	dead := stock.DeadLetter{Letter: d.letter, Reason: cleaned(reason), Tries: d.made(), At: clock.Wall()}
	if err := persist(ctx, func(ctx context.Context) error { return d.at.store.Bury(ctx, dead) }); err != nil {
		d.log.Error("bury letter", "err", err)
		return storeRetry
	}
	if since := d.failingSince(); outcome == outcomeExpired && !since.IsZero() { // an alert was lost: the owner hears of that at once
		d.at.channels.unreached(ctx, d.target, since, reason)
	}
	d.at.metrics.count(d.letter.Channel, outcome)
	d.at.metrics.dead.WithLabelValues(d.letter.Channel).Inc()
	d.log.Error("alert given up: `sainyuka dead list` has it", "attempt", d.tries, "err", dead.Text)
	return 0
}

// failingSince returns when the recipient began to be out of reach, zero when it
// is not, or when that is not known.
func (d *delivery) failingSince() time.Time {
	if d.lane == nil {
		return time.Time{}
	}
	return d.lane.failing()
}

// persist tries a write three times, also while the process is stopping: what
// has happened must be written down.
func persist(ctx context.Context, write func(context.Context) error) error {
	var err error
	for _, pause := range []time.Duration{0, 100 * time.Millisecond, 300 * time.Millisecond} {
		time.Sleep(pause)
		attempt, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
		err = write(attempt)
		cancel()
		if err == nil {
			return nil
		}
	}
	return fmt.Errorf("three times: %w", err)
}
