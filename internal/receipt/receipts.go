// Package receipt writes for every watch that is new what its first looks found, so that
// the owner knows whether it is read, and the newest one for the dashboard.
//
// What it knows of watches stands in the store of facts, so that a restart writes no
// receipt twice. It does not send: what it has to tell goes to a function of its maker.
package receipt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Keys of the facts about receipts. Pages are named by their watches' short ids, one
// behind the other, so that thousands fit.
const (
	prefixAll   = "receipt"        // the prefix of all
	prefixKnown = "receipt.known." // receipt.known.<first letter of the names>: pages that need no receipt
	prefixOpen  = "receipt.open."  // receipt.open.<number>: pages whose receipt is not written yet
	keyLast     = "receipt.last"   // the newest receipt, for the dashboard
)

const (
	every = 2 * time.Second
	// reviewTimeout bounds one look for what is new or due.
	reviewTimeout = 30 * time.Second
	// patience is for how long a receipt waits for the first looks.
	patience = 10 * time.Minute
	// EnoughLooks is after how many looks a page that told nothing counts as unread.
	EnoughLooks = 3
	// MaxBatch is how many new pages one receipt counts; more get one of their own.
	MaxBatch = 1500
	// allRecords is how many the stream keeps of one watch.
	allRecords = 200
)

// opened is a fact: the pages that one start, reload or edit brought.
type opened struct {
	Began time.Time `json:"began"`
	Pages string    `json:"pages"`
}

// Store has the records.
type Store interface {
	Last(ctx context.Context, tid string) (c stock.Change, seq uint64, err error)
	History(ctx context.Context, tid string, n int) ([]stock.Entry, error)
}

// Facts keeps what outlives a restart; see notify.People.
type Facts interface {
	Fact(ctx context.Context, key string) (stock.KV, error)
	Facts(ctx context.Context, prefix string) ([]stock.KV, error)
	PutFact(ctx context.Context, key string, value []byte, rev uint64) (uint64, error)
	DeleteFact(ctx context.Context, key string, rev uint64) error
}

// Plan is the part of the configuration that receipts need.
type Plan struct {
	Products []stock.Product
	Kinds    []stock.Kind // that ring
	Wanted   bool         // whether receipts are
}

// Receipts writes the receipts. What another process writes makes it read the facts again.
type Receipts struct {
	Store Store
	Facts Facts
	Plan  func() Plan
	// Tell tells the owner of the receipt that began under a key, without a sound.
	// Done again it makes no second copy.
	Tell func(ctx context.Context, a stock.Alert, key string, began time.Time) error
	Log  *slog.Logger

	sightings *sightings

	loaded bool
	known  map[string]map[string]bool // by the first letter of the names
	revs   map[string]uint64          // of the facts, by key
	open   map[string]opened          // by key
	next   map[string]clock.Instant   // when an open receipt is looked at again, by key
	off    time.Time                  // when receipts were last seen to be turned off
	asked  asked
}

// asked is what begin found so far: with very many watches it takes several reviews.
type asked struct {
	since time.Time
	old   map[string]bool // by tid
}

// New returns Receipts that count looks from now on.
func New(r Receipts) *Receipts {
	r.sightings = newSightings()
	return &r
}

// Looked takes note of a look at a watch, when receipts are wanted.
func (r *Receipts) Looked(l stock.Look) {
	if r.Plan().Wanted {
		r.sightings.note(l)
	}
}

// Run writes a receipt for every watch that is new, until ctx ends.
func (r *Receipts) Run(ctx context.Context) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		bounded, cancel := context.WithTimeout(ctx, reviewTimeout)
		err := r.review(bounded)
		cancel()
		if err == nil || ctx.Err() != nil {
			continue
		}
		r.loaded = false
		if !errors.Is(err, stock.ErrConflict) {
			r.Log.Warn("the receipts of new watches wait", "err", err)
		}
	}
}

// review looks for new watches and closes the receipts whose time has come.
func (r *Receipts) review(ctx context.Context) error {
	b := r.Plan()
	if !b.Wanted {
		r.off = clock.Wall()
	}
	if err := r.load(ctx); err != nil {
		return err
	}
	switch {
	case len(r.known) > 0:
	case !b.Wanted: // nothing is to be remembered where no receipt was ever wanted
		return nil
	default:
		if err := r.begin(ctx, b); err != nil {
			return err
		}
	}
	if err := r.discover(ctx, b); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(r.open)) {
		if err := r.handleDue(ctx, b, key); err != nil {
			return err
		}
	}
	return nil
}

// load reads the facts, once.
func (r *Receipts) load(ctx context.Context) error {
	if r.loaded {
		return nil
	}
	facts, err := r.Facts.Facts(ctx, prefixAll)
	if err != nil {
		return fmt.Errorf("read the receipts: %w", err)
	}
	r.known, r.revs, r.open, r.next = map[string]map[string]bool{}, map[string]uint64{}, map[string]opened{}, map[string]clock.Instant{}
	for _, f := range facts {
		r.revs[f.Key] = f.Rev
		if shard, ok := strings.CutPrefix(f.Key, prefixKnown); ok {
			var names string
			if err := json.Unmarshal(f.Value, &names); err != nil {
				r.Log.Error("a fact cannot be read and is left out", "key", f.Key, "err", err)
			}
			r.known[shard] = map[string]bool{}
			for _, name := range pagesIn(names) {
				r.known[shard][name] = true
			}
		}
		if strings.HasPrefix(f.Key, prefixOpen) {
			var o opened
			if err := json.Unmarshal(f.Value, &o); err != nil {
				r.Log.Error("a fact cannot be read and is left out", "key", f.Key, "err", err)
			}
			r.open[f.Key] = o
		}
	}
	r.loaded = true
	return nil
}

// begin is for the first start of a version that writes receipts: what has records
// from before is known. The shard "0", which no name has, says that this was done.
func (r *Receipts) begin(ctx context.Context, b Plan) error {
	since := r.sightings.since
	if r.off.After(since) {
		since = r.off
	}
	if r.asked.old == nil || !r.asked.since.Equal(since) {
		r.asked = asked{since, map[string]bool{}}
	}
	var before []string
	for _, p := range b.Products {
		for _, w := range p.Watches {
			old, known := r.asked.old[w.ID]
			if !known {
				var err error
				if old, err = r.recordedBefore(ctx, w.ID, since); err != nil {
					return err
				}
				r.asked.old[w.ID] = old
			}
			if old {
				before = append(before, w.ShortID())
			}
		}
	}
	if err := r.remember(ctx, before); err != nil {
		return err
	}
	if err := r.write(ctx, "0", nil); err != nil {
		return err
	}
	r.asked = asked{}
	return nil
}

// recordedBefore reports whether a watch has a record from before an instant. The last one
// mostly tells: to read the history of each of many watches takes longer than a review may.
func (r *Receipts) recordedBefore(ctx context.Context, tid string, since time.Time) (bool, error) {
	last, seq, err := r.Store.Last(ctx, tid)
	switch {
	case err != nil:
		return false, fmt.Errorf("read the last record of watch %s: %w", tid, err)
	case seq == 0:
		return false, nil
	case !last.PublishedAt.IsZero() && last.PublishedAt.Before(since):
		return true, nil
	}
	h, err := r.Store.History(ctx, tid, allRecords)
	if err != nil {
		return false, fmt.Errorf("read history of watch %s: %w", tid, err)
	}
	return len(h) > 0 && h[0].At.Before(since), nil
}

// discover opens a receipt for the watches that are not known yet.
func (r *Receipts) discover(ctx context.Context, b Plan) error {
	pending := map[string]bool{}
	for _, o := range r.open {
		for _, name := range pagesIn(o.Pages) {
			pending[name] = true
		}
	}
	var fresh, unremembered []string
	done, now := map[string]bool{}, clock.Wall()
	for _, p := range b.Products {
		for _, w := range p.Watches {
			name := w.ShortID()
			known := r.known[name[:1]][name]
			switch {
			case pending[name] && !known: // the end came between the two writes
				unremembered = append(unremembered, name)
			case !pending[name] && known:
				done[w.ID] = true
			case !known && p.Rest(&w, now).None(): // what rests waits for its first looks
				fresh = append(fresh, name)
			}
		}
	}
	r.sightings.settle(done)
	if b.Wanted {
		for part := range slices.Chunk(fresh, MaxBatch) {
			if err := r.openFor(ctx, part); err != nil {
				return err
			}
		}
	}
	return r.remember(ctx, append(unremembered, fresh...))
}

// openFor writes down that pages wait for their receipt.
func (r *Receipts) openFor(ctx context.Context, pages []string) error {
	o := opened{Began: clock.Wall().UTC(), Pages: strings.Join(pages, "")}
	at := o.Began.UnixNano()
	for r.revs[prefixOpen+strconv.FormatInt(at, 10)] > 0 {
		at++
	}
	key := prefixOpen + strconv.FormatInt(at, 10)
	rev, err := r.put(ctx, key, o, 0)
	if err != nil {
		return err
	}
	r.open[key], r.revs[key] = o, rev
	return nil
}

// remember writes down that pages need no receipt beside those that are open.
func (r *Receipts) remember(ctx context.Context, pages []string) error {
	byShard := map[string][]string{}
	for _, name := range pages {
		byShard[name[:1]] = append(byShard[name[:1]], name)
	}
	for shard, names := range byShard {
		if err := r.write(ctx, shard, names); err != nil {
			return err
		}
	}
	return nil
}

// put writes a fact over the revision rev and returns its new revision.
func (r *Receipts) put(ctx context.Context, key string, v any, rev uint64) (uint64, error) {
	value, err := json.Marshal(v)
	if err != nil {
		return 0, fmt.Errorf("encode fact %s: %w", key, err)
	}
	return r.Facts.PutFact(ctx, key, value, rev)
}

// write adds pages to one fact about known pages.
func (r *Receipts) write(ctx context.Context, shard string, names []string) error {
	all := map[string]bool{}
	for name := range r.known[shard] {
		all[name] = true
	}
	for _, name := range names {
		all[name] = true
	}
	if len(all) > MaxBatch { // of watches that left long ago
		all = r.configured(all)
	}
	key := prefixKnown + shard
	rev, err := r.put(ctx, key, strings.Join(slices.Sorted(maps.Keys(all)), ""), r.revs[key])
	if err != nil {
		return err
	}
	r.known[shard], r.revs[key] = all, rev
	return nil
}

// configured returns those of the pages that are watched at present.
func (r *Receipts) configured(pages map[string]bool) map[string]bool {
	kept := map[string]bool{}
	for _, p := range r.Plan().Products {
		for _, w := range p.Watches {
			if name := w.ShortID(); pages[name] {
				kept[name] = true
			}
		}
	}
	return kept
}

// pagesIn splits names that stand one behind the other.
func pagesIn(names string) []string {
	var all []string
	for ; len(names) >= stock.ShortIDLen; names = names[stock.ShortIDLen:] {
		all = append(all, names[:stock.ShortIDLen])
	}
	return all
}
