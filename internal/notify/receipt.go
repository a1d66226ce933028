package notify

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
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Keys of the facts about receipts. Pages are named as in a hostFact, their names
// one behind the other, so that thousands fit.
const (
	receiptFacts = "receipt"        // the prefix of all
	receiptKnown = "receipt.known." // receipt.known.<first letter of the names>: pages that need no receipt
	receiptOpen  = "receipt.open."  // receipt.open.<number>: pages whose receipt is not written yet
	receiptLast  = "receipt.last"   // the newest receipt, for the dashboard
)

const (
	receiptEvery = 2 * time.Second
	// receiptWait is for how long a receipt waits for the first looks.
	receiptWait = 10 * time.Minute
	// receiptLooks is after how many looks a page that told nothing counts as unread.
	receiptLooks = 3
	// maxBatch is how many new pages one receipt counts; more get one of their own.
	maxBatch = 1500
)

// openReceipt is a fact: the pages that one start, reload or edit brought.
type openReceipt struct {
	Began time.Time `json:"began"`
	Pages string    `json:"pages"`
}

// receiptDesk writes the receipts. It is a view of the facts; what another process
// writes makes it read them again.
type receiptDesk struct {
	store     Store
	facts     *facts
	owner     *owner
	sightings *sightings
	book      *atomic.Pointer[book]
	log       *slog.Logger

	loaded bool
	known  map[string]map[string]bool // by the first letter of the names
	revs   map[string]uint64          // of the facts, by key
	open   map[string]openReceipt     // by key
	next   map[string]time.Time       // when an open receipt is looked at again, by key
	off    time.Time                  // when receipts were last seen to be turned off
}

// tend writes a receipt for every watch that is new, until ctx ends.
func (d *receiptDesk) tend(ctx context.Context) error {
	tick := time.NewTicker(receiptEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		err := inTime(ctx, d.review)
		if err == nil || ctx.Err() != nil {
			continue
		}
		d.loaded = false
		if !errors.Is(err, stock.ErrConflict) {
			d.log.Warn("the receipts of new watches wait", "err", err)
		}
	}
}

// review looks for new watches and closes the receipts whose time has come.
func (d *receiptDesk) review(ctx context.Context) error {
	b := d.book.Load()
	if !b.Receipts {
		d.off = time.Now()
	}
	if err := d.load(ctx); err != nil {
		return err
	}
	switch {
	case len(d.known) > 0:
	case !b.Receipts: // nothing is to be remembered where no receipt was ever wanted
		return nil
	default:
		if err := d.begin(ctx, b); err != nil {
			return err
		}
	}
	if err := d.discover(ctx, b); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(d.open)) {
		if err := d.handleDue(ctx, b, key); err != nil {
			return err
		}
	}
	return nil
}

// load reads the facts, once.
func (d *receiptDesk) load(ctx context.Context) error {
	if d.loaded {
		return nil
	}
	facts, err := d.facts.Facts(ctx, receiptFacts)
	if err != nil {
		return fmt.Errorf("read the receipts: %w", err)
	}
	d.known, d.revs, d.open, d.next = map[string]map[string]bool{}, map[string]uint64{}, map[string]openReceipt{}, map[string]time.Time{}
	for _, f := range facts {
		d.revs[f.Key] = f.Rev
		if shard, ok := strings.CutPrefix(f.Key, receiptKnown); ok {
			var names string
			if err := json.Unmarshal(f.Value, &names); err != nil {
				d.log.Error("a fact cannot be read and is left out", "key", f.Key, "err", err)
			}
			d.known[shard] = map[string]bool{}
			for _, name := range pagesIn(names) {
				d.known[shard][name] = true
			}
		}
		if strings.HasPrefix(f.Key, receiptOpen) {
			var o openReceipt
			if err := json.Unmarshal(f.Value, &o); err != nil {
				d.log.Error("a fact cannot be read and is left out", "key", f.Key, "err", err)
			}
			d.open[f.Key] = o
		}
	}
	d.loaded = true
	return nil
}

// begin is for the first start of a version that writes receipts: what has records
// from before is known. The shard "0", which no name has, says that this was done.
func (d *receiptDesk) begin(ctx context.Context, b *book) error {
	since := d.sightings.since
	if d.off.After(since) {
		since = d.off
	}
	var before []string
	for _, p := range b.Products {
		for _, w := range p.Watches {
			old, err := d.recordedBefore(ctx, w.ID, since)
			if err != nil {
				return err
			}
			if old {
				before = append(before, pageOf(w))
			}
		}
	}
	if err := d.remember(ctx, before); err != nil {
		return err
	}
	return d.write(ctx, "0", nil)
}

// recordedBefore reports whether a watch has a record from before an instant.
func (d *receiptDesk) recordedBefore(ctx context.Context, tid string, since time.Time) (bool, error) {
	for _, depth := range []int{1, maxHistory} {
		h, err := d.store.History(ctx, tid, depth)
		if err != nil {
			return false, fmt.Errorf("read history of watch %s: %w", tid, err)
		}
		if len(h) == 0 || h[0].At.Before(since) {
			return len(h) > 0, nil
		}
	}
	return false, nil
}

// discover opens a receipt for the watches that are not known yet.
func (d *receiptDesk) discover(ctx context.Context, b *book) error {
	pending := map[string]bool{}
	for _, o := range d.open {
		for _, name := range pagesIn(o.Pages) {
			pending[name] = true
		}
	}
	var fresh, unremembered []string
	done, now := map[string]bool{}, time.Now()
	for _, p := range b.Products {
		for _, w := range p.Watches {
			name := pageOf(w)
			known := d.known[name[:1]][name]
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
	d.sightings.settle(done)
	if b.Receipts {
		for part := range slices.Chunk(fresh, maxBatch) {
			if err := d.openFor(ctx, part); err != nil {
				return err
			}
		}
	}
	return d.remember(ctx, append(unremembered, fresh...))
}

// openFor writes down that pages wait for their receipt.
func (d *receiptDesk) openFor(ctx context.Context, pages []string) error {
	o := openReceipt{Began: time.Now().UTC(), Pages: strings.Join(pages, "")}
	at := o.Began.UnixNano()
	for d.revs[receiptOpen+strconv.FormatInt(at, 10)] > 0 {
		at++
	}
	key := receiptOpen + strconv.FormatInt(at, 10)
	rev, err := d.facts.put(ctx, key, o, 0)
	if err != nil {
		return err
	}
	d.open[key], d.revs[key] = o, rev
	return nil
}

// remember writes down that pages need no receipt beside those that are open.
func (d *receiptDesk) remember(ctx context.Context, pages []string) error {
	byShard := map[string][]string{}
	for _, name := range pages {
		byShard[name[:1]] = append(byShard[name[:1]], name)
	}
	for shard, names := range byShard {
		if err := d.write(ctx, shard, names); err != nil {
			return err
		}
	}
	return nil
}

// write adds pages to one fact about known pages.
func (d *receiptDesk) write(ctx context.Context, shard string, names []string) error {
	all := map[string]bool{}
	for name := range d.known[shard] {
		all[name] = true
	}
	for _, name := range names {
		all[name] = true
	}
	if len(all) > maxBatch { // of watches that left long ago
		all = d.configured(all)
	}
	key := receiptKnown + shard
	rev, err := d.facts.put(ctx, key, strings.Join(slices.Sorted(maps.Keys(all)), ""), d.revs[key])
	if err != nil {
		return err
	}
	d.known[shard], d.revs[key] = all, rev
	return nil
}

// configured returns those of the pages that are watched at present.
func (d *receiptDesk) configured(pages map[string]bool) map[string]bool {
	kept := map[string]bool{}
	for _, p := range d.book.Load().Products {
		for _, w := range p.Watches {
			if name := pageOf(w); pages[name] {
				kept[name] = true
			}
		}
	}
	return kept
}

// pagesIn splits names that stand one behind the other.
func pagesIn(names string) []string {
	var all []string
	for ; len(names) >= pageName; names = names[pageName:] {
		all = append(all, names[:pageName])
	}
	return all
}
