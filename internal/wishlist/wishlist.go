// Package wishlist follows public wish lists and proposes what is new on them as
// products, which are paused until somebody confirms them.
//
// It reads no page and makes no product itself: how a list is looked at, and what a
// proposal becomes, is for its owner to say. An item is proposed once, whatever becomes of
// the product: one that the user changed or removed is not touched again. What was proposed
// is kept as a fact, since a removed product leaves no trace.
package wishlist

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// List is one list to follow.
type List struct {
	ID       string
	URL      string
	Interval time.Duration // between two readings
}

// Options are what a Reader needs.
type Options struct {
	// Look looks at a page of a list as a watcher does: within its host's gap, by robots.txt
	// and the terms that the user has taken on. An error says that nobody could be asked.
	Look func(ctx context.Context, rawURL string) (stock.Observation, error)
	// Propose makes a paused product of an item. It returns nil also for one that is
	// watched already, and for one that never can be a product.
	Propose func(ctx context.Context, list string, item stock.Listing) error
	// Every is the gap between two requests to a host; nil: short.
	Every  func(host string) time.Duration
	Facts  Facts
	Logger *slog.Logger // nil: none
}

// Facts are where it is kept what was proposed.
type Facts interface {
	Facts(ctx context.Context, prefix string) ([]stock.KV, error)
	PutFact(ctx context.Context, key string, value []byte, rev uint64) (uint64, error)
}

const (
	// maxParts bounds the requests of one reading: a part has about ten items.
	maxParts = 20
	// maxItems bounds what one reading proposes, so that no page fills the store with
	// products. It is below maxProposed: what is listed is never forgotten.
	maxItems = 500
	lookTime = 2 * time.Minute // of one part, beside the host's gap before it and before its robots.txt
	// nobodyWait is the wait when nobody could be asked, as before a watcher has its hosts;
	// failedWait is the first one after a list could not be read.
	nobodyWait = time.Minute
	failedWait = 10 * time.Minute
)

// Reader follows wish lists. Make one with New.
type Reader struct {
	o Options

	mu      sync.Mutex
	changed chan struct{} // closed when the lists are replaced
	lists   []List
}

// New returns a Reader that follows nothing yet: Set says what, Run begins.
func New(o Options) *Reader {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Reader{o: o, changed: make(chan struct{})}
}

// Set says which lists to follow from now on. It may be called at any time.
func (r *Reader) Set(lists []List) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.Equal(lists, r.lists) {
		return
	}
	r.lists = lists
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *Reader) now() (lists []List, changed <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lists, r.changed
}

// plan is when a list is read next.
type plan struct {
	next  clock.Instant
	wait  time.Duration // after failures
	fails bool          // and that was said
	begun bool          // this process knows when it read the list last
}

// Run follows the lists, one at a time, until ctx ends.
func (r *Reader) Run(ctx context.Context) error {
	plans := map[List]*plan{}
	alone := map[string]clock.Instant{} // until when a host wants no request, by any list
	for ctx.Err() == nil {
		lists, changed := r.now()
		var due *plan
		var list List
		var at clock.Instant
		for _, l := range lists {
			if plans[l] == nil {
				plans[l] = &plan{next: clock.Now()}
			}
			next := clock.Latest(plans[l].next, alone[stock.HostOf(l.URL)])
			if due == nil || next.Before(at) {
				due, list, at = plans[l], l, next
			}
		}
		var turn <-chan time.Time
		if due != nil {
			turn = time.After(clock.Until(at))
		}
		select {
		case <-ctx.Done():
		case <-changed:
		case <-turn:
			if wait := r.turn(ctx, list, due); wait > 0 {
				alone[stock.HostOf(list.URL)] = clock.After(wait)
			}
		}
	}
	return ctx.Err()
}

// turn reads a list once, when it is time for it, and plans its next reading. It returns
// for how long the list's host wants no request.
func (r *Reader) turn(ctx context.Context, l List, p *plan) (alone time.Duration) {
	began := clock.Now()
	m, err := r.remembered(ctx, l)
	if err == nil {
		left := m.left(l, clock.Wall())
		if !p.begun && left > 0 {
			p.begun, p.next = true, began.Add(left)
			return m.alone(clock.Wall())
		}
		p.begun = true
		err = r.read(ctx, l, m)
	}
	var failed unread
	switch {
	case ctx.Err() != nil:
	case err == nil:
		if p.fails {
			r.o.Logger.Info("the wish list can be read again", "source", l.ID)
		}
		*p = plan{next: began.Add(l.Interval), begun: true}
	case errors.As(err, &failed):
		if !p.fails {
			r.o.Logger.Warn("the wish list cannot be read", "source", l.ID, "err", err)
		}
		p.fails, p.wait = true, min(max(2*p.wait, failedWait), l.Interval)
		p.next = began.Add(p.wait)
		return failed.alone
	default:
		r.o.Logger.Debug("the wish list was not read", "source", l.ID, "err", err)
		p.next = began.Add(nobodyWait)
	}
	return 0
}

// unread is a list that could not be read, or whose items could not be proposed.
type unread struct {
	error
	outcome stock.Outcome // of the look that failed; "" for another failure
	reason  stock.Reason
	alone   time.Duration // for which its host wants no request
}

func failure(err error) unread { return unread{error: err, reason: stock.Said(err.Error())} }

// read reads a list from its first part to its last and proposes what is new.
func (r *Reader) read(ctx context.Context, l List, m memory) error {
	items, err := r.parts(ctx, l.URL)
	var failed unread
	if err != nil && !errors.As(err, &failed) { // nobody could be asked
		return err
	}
	err = errors.Join(err, r.propose(ctx, l, &m, items))
	if err == nil {
		m.Read, m.Address = clock.Wall().UTC().Truncate(time.Second), l.URL
	}
	m.NotBefore = time.Time{}
	if failed.alone > 0 {
		m.NotBefore = clock.Wall().UTC().Add(failed.alone)
	}
	errors.As(err, &failed)
	m.note(l, err, failed)
	m.keep(items)
	if perr := r.remember(ctx, l, &m); perr != nil {
		err = errors.Join(err, failure(perr))
	}
	return err
}

// propose proposes what is new. Each item is noted before the next one is proposed: however
// this process ends, one whose product was removed meanwhile does not come again.
func (r *Reader) propose(ctx context.Context, l List, m *memory, items []stock.Listing) error {
	made := 0
	defer func() {
		if made > 0 {
			r.o.Logger.Info("the wish list has new items: their products are paused until somebody resumes them", "source", l.ID, "products", made)
		}
	}()
	for _, x := range m.news(items) {
		if err := r.o.Propose(ctx, l.ID, x); err != nil {
			return failure(fmt.Errorf("propose %q: %w", x.Title, err))
		}
		m.add(x)
		made++
		m.keep(items)
		if err := r.remember(ctx, l, m); err != nil {
			return failure(err)
		}
	}
	return nil
}

// remember keeps a memory, also when this process is to end meanwhile.
func (r *Reader) remember(ctx context.Context, l List, m *memory) (err error) {
	rev, err := r.o.Facts.PutFact(context.WithoutCancel(ctx), factKey(l), m.encode(), m.rev)
	if err == nil {
		m.rev = rev
	}
	return err
}

// parts looks at the parts of a list, of which each names the next. What was read before
// one failed is returned with the error.
func (r *Reader) parts(ctx context.Context, next string) (items []stock.Listing, err error) {
	been := map[string]bool{}
	for next != "" && !been[next] && len(been) < maxParts && len(items) < maxItems {
		been[next] = true
		o, err := r.look(ctx, next)
		switch {
		case err != nil && len(been) > 1: // the host was asked a moment ago
			return items, failure(err)
		case err != nil:
			return nil, err
		case !o.Outcome.Good():
			return items, unread{fmt.Errorf("%s: %s", o.Outcome, o.Reason.Text), o.Outcome, o.Reason, o.RetryAfter}
		}
		items, next = append(items, o.Listings...), o.Next
	}
	return items[:min(len(items), maxItems)], nil
}

func (r *Reader) look(ctx context.Context, rawURL string) (stock.Observation, error) {
	long := lookTime
	if r.o.Every != nil {
		long += 2 * r.o.Every(stock.HostOf(rawURL))
	}
	ctx, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	return r.o.Look(ctx, rawURL)
}
