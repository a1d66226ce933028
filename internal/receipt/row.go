package receipt

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// MaxNamed is how many watches a receipt names; the others it counts.
const MaxNamed = 15

// pace is how long a receipt rests between two looks at its pages, for each
// of them.
const pace = 10 * time.Millisecond

// handleDue writes an open receipt once all of its watches are known, or its time is
// over.
func (r *Receipts) handleDue(ctx context.Context, b Plan, key string) error {
	o := r.open[key]
	if clock.Now().Before(r.next[key]) {
		return nil
	}
	// Each look reads a record of every page: the more pages, the seldomer.
	r.next[key] = clock.After(time.Duration(len(o.Pages)/stock.ShortIDLen) * pace)
	rows, complete, err := r.rows(ctx, b, o)
	if err != nil {
		return err
	}
	if !complete && clock.Wall().Sub(o.Began) < patience {
		return nil
	}
	if len(rows) > 0 && b.Wanted {
		if err := r.tell(ctx, b, key, o, setupOf(rows)); err != nil {
			return err
		}
	}
	if err := r.Facts.DeleteFact(ctx, key, r.revs[key]); err != nil {
		return err
	}
	delete(r.open, key)
	delete(r.revs, key)
	delete(r.next, key)
	return nil
}

// rows returns what is known of the pages of a receipt, without those that rang by
// alert_on_first and those that are not configured any more; complete says that
// nothing has to be waited for.
func (r *Receipts) rows(ctx context.Context, b Plan, o opened) (rows []stock.SetupWatch, complete bool, err error) {
	pages := map[string]bool{}
	for _, name := range pagesIn(o.Pages) {
		pages[name] = true
	}
	complete = true
	for _, p := range b.Products {
		for _, w := range p.Watches {
			if !pages[w.ShortID()] {
				continue
			}
			c, seq, err := r.Store.Last(ctx, w.ID)
			if err != nil {
				return nil, false, fmt.Errorf("read the last record of watch %s: %w", w.ID, err)
			}
			if seq > 0 && rangAtFirst(b, p, c) {
				continue
			}
			row, known := setupRow(p, w, c, seq > 0, r.sightings.get(w.ID))
			rows = append(rows, row)
			complete = complete && known
		}
	}
	return rows, complete, nil
}

// rangAtFirst reports whether a first look rang because the user asked for that.
func rangAtFirst(b Plan, p stock.Product, c stock.Change) bool {
	first := c.Kind == stock.Baseline || slices.Contains(c.Also, stock.Baseline)
	return first && p.AlertOnFirst && rules.Judge(p, b.Kinds, c, rules.Circumstances{}).Rings()
}

// setupRow says what the first looks at a watch found, and whether more of them
// need not be waited for.
func setupRow(p stock.Product, w stock.Watch, c stock.Change, recorded bool, seen sighting) (row stock.SetupWatch, known bool) {
	row = stock.SetupWatch{
		Product: stock.ProductRef{ID: p.ID, Name: alerttext.Bound(p.Name, alerttext.MaxName)},
		Watch:   stock.WatchRef{ID: w.ID, URL: w.URL, Source: cmp.Or(c.Watch.Source, seen.last.Source)},
	}
	told := recorded && c.Problem == nil && c.Clarity == nil
	switch {
	case told && missing(c):
		row.Unread, row.Outcome = true, stock.NotFound
		return row, true
	case told && c.Availability != stock.Unknown:
		row.Availability, row.SaleMode, row.Price = c.Availability, rules.SaleMode(c), rules.Price(c)
		return row, true
	case told:
		row.Search, row.Listings = true, len(c.Seen)
		return row, true
	}
	row.Unread, row.Outcome = true, seen.last.Outcome
	switch {
	case recorded && c.Problem != nil && seen.looks == 0:
		row.Reason = c.Problem.Reason
	case seen.looks > 0:
		row.Reason = seen.last.Reason
	}
	row.Reason = row.Reason.Clip(func(s string) string { return alerttext.Bound(s, alerttext.MaxFact) })
	if seen.last.Outcome.Good() && seen.last.Availability != stock.Unknown { // told, and not confirmed yet
		row.Unread, row.Outcome, row.Availability = false, "", seen.last.Availability
	}
	return row, seen.looks >= EnoughLooks || recorded && c.Problem != nil
}

// missing reports whether the page of a watch was not there.
func missing(c stock.Change) bool {
	return c.Availability == stock.Discontinued &&
		slices.ContainsFunc(c.Evidence, func(e stock.Evidence) bool { return e.Method == stock.MethodStatus })
}

// setupOf orders the rows of a receipt and cuts them: what can be bought first,
// then what needs the user.
func setupOf(rows []stock.SetupWatch) stock.Setup {
	var s stock.Setup
	for _, r := range rows {
		if r.Unread {
			s.Unread++
		} else {
			s.Read++
		}
	}
	rank := func(r stock.SetupWatch) int {
		switch {
		case r.Unread:
			return 1
		case r.Availability.Purchasable():
			return 0
		}
		return 2
	}
	slices.SortStableFunc(rows, func(x, y stock.SetupWatch) int { return cmp.Compare(rank(x), rank(y)) })
	s.Watches = rows[:min(len(rows), MaxNamed)]
	s.More = len(rows) - len(s.Watches)
	return s
}

// tell writes the letters of a receipt, which make no sound, and keeps it for the
// dashboard.
func (r *Receipts) tell(ctx context.Context, b Plan, key string, o opened, s stock.Setup) error {
	now := clock.Wall()
	news := stock.News{Since: o.Began, Pages: s.Read + s.Unread, Unreadable: s.Unread, Setup: &s}
	a := stock.Alert{Kind: stock.SetupReceipt, News: &news, ObservedAt: now}
	if err := r.Tell(ctx, a, key, o.Began); err != nil {
		return err
	}
	rev, err := r.put(ctx, keyLast, note{At: now.UTC(), Setup: s}, r.revs[keyLast])
	if err != nil {
		return err
	}
	r.revs[keyLast] = rev
	return nil
}

// note is a fact: the newest receipt.
type note struct {
	At    time.Time   `json:"at"`
	Setup stock.Setup `json:"setup"`
}

// Last returns the newest receipt and when it was written, the zero time when there
// is none.
func (r *Receipts) Last(ctx context.Context) (stock.Setup, time.Time, error) {
	f, err := r.Facts.Fact(ctx, keyLast)
	if err != nil || f.Rev == 0 {
		return stock.Setup{}, time.Time{}, err
	}
	var newest note
	if err := json.Unmarshal(f.Value, &newest); err != nil {
		r.Log.Error("a fact cannot be read and is left out", "key", keyLast, "err", err)
	}
	return newest.Setup, newest.At, nil
}
