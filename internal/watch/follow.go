package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/diff"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxPending is how many changes of a watch wait for a journal that is away.
const maxPending = 8

// follow is one watch of one product: its state, and what of it the journal does
// not have yet.
type follow struct {
	watchSpec
	source string

	mute    bool           // the log has been told that it cannot be read
	loaded  bool           // track and seq are those of the journal
	known   bool           // somebody had written a record before this run
	state   *stock.State   // of the track; nil: it is packed, or there is none yet
	packed  []byte         // the state between two looks, see packState
	counts  diff.Counts    // of the track
	last    *troubled      // the last look, when it told nothing
	shown   *shownListings // of a search: what the last look found
	seq     uint64         // of the last record in the journal, as far as is known
	pending []unsent
	retry   retry // of an append that the journal, though there, refused
}

// unsent is a change that is not in the journal, with what made it, so that it
// can be made anew if another record turns out to stand before it.
type unsent struct {
	before diff.Track
	seen   stock.Observation
	change stock.Change
}

// fold takes one look into account and writes down what changed.
func (h *host) fold(ctx context.Context, f *follow, o stock.Observation) {
	before := f.track()
	track, change := before.Fold(*f.product, *f.watch, o)
	f.setTrack(track)
	h.metrics.show(f, h.effective(f))
	if change == nil {
		if before.DoubtMoved(track) {
			h.saveWithin(0) // no record says it: a kill would lose it
		}
		return
	}
	f.pending = append(f.pending, unsent{before, o, *change})
	h.late[f.watch.ID] = f
	if len(f.pending) > maxPending {
		f.shorten()
	}
	if now := clock.Now(); now.Before(h.retry.at) || now.Before(f.retry.at) {
		return // the journal was away a moment ago: the host's other pages need not wait for it
	}
	h.answered(ctx, h.publish(ctx, f))
}

// deliver publishes the changes of all watches that need not wait longer, urgent ones
// first: the others may wait for their turn, and end without one.
func (h *host) deliver(ctx context.Context, now clock.Instant) error {
	for _, urgent := range []bool{true, false} {
		for _, f := range h.late {
			if f.opens() != urgent || now.Before(f.retry.at) {
				continue
			}
			if err := h.publish(ctx, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// setBackAfter is how long the wait before the next try of a change must have grown until
// an older last record than ours is believed.
const setBackAfter = 4 * firstRetry

// publish writes the pending changes of a watch to the journal, in order, each
// exactly once. The error says that the journal does not answer; the changes
// that it does not have stay pending.
//
// When the journal's last record is older than ours, a lagging server may have answered.
// If it stays older, the stream was set back.
func (h *host) publish(ctx context.Context, f *follow) error {
	// Each turn settles a change or meets another writer's record. One who writes
	// as fast as we read may have the next minute for itself.
	for range 2 * maxPending {
		if len(f.pending) == 0 {
			break
		}
		c, urgent := f.pending[0].change, f.opens()
		seq, err := h.append(ctx, c, f.seq, urgent)
		switch {
		case err == nil:
			h.written(f, c, seq)
			continue
		case errors.Is(err, errNoTurn):
			return err
		}
		last, seq, errLast := h.last(ctx, f.watch.ID, urgent)
		switch {
		case errLast != nil:
			return fmt.Errorf("%w, after: %w", errLast, err)
		case last != nil && seq != f.seq && h.ours(*last, c):
			h.written(f, c, seq)
		case seq == f.seq:
			h.outage.refuse(f.watch.ID, c.Kind, err)
			f.retry.failed(clock.Now())
			return nil
		case seq < f.seq && f.retry.wait < setBackAfter:
			f.retry.failed(clock.Now())
			return nil
		default:
			h.Logger.Info("another watcher wrote first", "watch", f.watch.ID, "kind", c.Kind)
			f.seq = seq
			f.rebasePending(last)
		}
	}
	if len(f.pending) > 0 {
		f.retry.failed(clock.Now())
		return nil
	}
	f.pending, f.retry = nil, retry{}
	delete(h.late, f.watch.ID)
	h.outage.taken(f.watch.ID)
	return nil
}

// opens reports whether people wait for one of the pending changes. What stands before it
// is then as urgent, for it is written first.
func (f *follow) opens() bool {
	return slices.ContainsFunc(f.pending, func(u unsent) bool { return u.change.Kind.Info().Opens })
}

// written notes that the first pending change is in the journal.
func (h *host) written(f *follow, c stock.Change, seq uint64) {
	f.seq = seq
	f.pending = f.pending[1:]
	h.metrics.changed(f.source, c)
	level := slog.LevelInfo
	if c.Kind == stock.Baseline {
		level = slog.LevelDebug // a start with thousands of watches is no news
	}
	h.Logger.Log(context.Background(), level, "changed", "product", c.Product.ID, "watch", f.watch.ID, "source", f.source, "kind", c.Kind)
}

// ours reports whether a record is the very change that we tried to append.
func (h *host) ours(record, c stock.Change) bool {
	return record.Watcher == h.ID && record.Kind == c.Kind && record.ObservedAt.Equal(c.ObservedAt)
}

// append writes one record. An urgent one does not wait for the others.
func (h *host) append(ctx context.Context, c stock.Change, last uint64, urgent bool) (seq uint64, err error) {
	err = h.calls.do(ctx, urgent, func(ctx context.Context) (err error) {
		c.Watcher, c.PublishedAt = h.ID, clock.Wall().UTC()
		seq, err = h.Journal.Append(ctx, c, last)
		return err
	})
	return seq, err
}

// last reads the last record of a watch; nil: there is none.
func (h *host) last(ctx context.Context, tid string, urgent bool) (last *stock.Change, seq uint64, err error) {
	err = h.calls.do(ctx, urgent, func(ctx context.Context) error {
		c, at, err := h.Journal.Last(ctx, tid)
		if err == nil && at != 0 {
			last, seq = &c, at
		}
		return err
	})
	return last, seq, err
}

// rebasePending makes the pending changes anew on top of another writer's record; nil:
// there is none any more. What was seen before that record is in it already, or
// is no longer true.
func (f *follow) rebasePending(record *stock.Change) {
	if record != nil {
		f.pending = slices.DeleteFunc(f.pending, func(u unsent) bool { return !u.change.ObservedAt.After(record.ObservedAt) })
	}
	f.replay(0, record)
}

// replay makes the pending changes from the given one on anew, on top of another
// record than they were made on. Some may turn out to change nothing.
func (f *follow) replay(from int, base *stock.Change) {
	kept := slices.Clone(f.pending[:from])
	for _, u := range f.pending[from:] {
		before := u.before.Rebase(base)
		if _, change := before.Fold(*f.product, *f.watch, u.seen); change != nil {
			kept = append(kept, unsent{before, u.seen, *change})
			base = change
		}
	}
	f.pending = kept
	f.setTrack(f.track().Rebase(base))
}

// shorten drops one of the pending changes and makes those after it anew, so
// that each still says truly what it changed: a restock that is dropped leaves
// none told twice, a sell-out that is dropped leaves the restock before it to
// stand for both. The first and the last three always stay: how it began, and
// what is true now with the sell-out that makes it news.
func (f *follow) shorten() {
	middle := len(f.pending) / 2
	worst := middle
	for i := 1; i < len(f.pending)-3; i++ {
		a, b := f.pending[i].change.Kind.Info().Weight, f.pending[worst].change.Kind.Info().Weight
		if a < b || a == b && distance(i, middle) < distance(worst, middle) {
			worst = i
		}
	}
	base := f.pending[worst-1].change
	f.pending = slices.Delete(f.pending, worst, worst+1)
	f.replay(worst, &base)
}

func distance(i, j int) int { return max(i-j, j-i) }
