package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/group"
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// errBusy says that others wrote a fact again and again.
var errBusy = errors.New("others keep writing it")

// groups reports whether a target's alerts are grouped. Programs want every
// change as it is.
func (f *facts) groups(t Target) bool { return f.kept() && !program(t) }

func groupKey(product string, t Target) string {
	return groupFacts + product + "." + t.ID + "." + t.Recipient
}

// join adds a record to the recipient's group of the product, and sends what the group
// says is to be sent now.
func (r *routing) join(ctx context.Context, m addressed) (rings bool, err error) {
	key := groupKey(r.product.ID, m.target)
	_, canReplace := m.target.Channel.(channel.Replacer)
	offer := r.offered()
	for range casTries {
		var g group.State
		rev, err := r.at.facts.read(ctx, key, &g)
		if err != nil {
			return false, fmt.Errorf("read group of letter %s: %w", m.letter.ID(), err)
		}
		how, known := g.Knows(r.entry.Seq)
		if !known {
			if r.book.waitsForMorning(m) {
				return r.at.out.place(ctx, m)
			}
			how = g.Enter(r.entry, offer, r.soldOut(ctx), canReplace)
			_, err = r.at.facts.put(ctx, key, g, rev)
		}
		switch {
		case errors.Is(err, stock.ErrConflict):
			continue
		case err != nil:
			return false, fmt.Errorf("write group of letter %s: %w", m.letter.ID(), err)
		case how.Waits:
			return false, nil
		case how.Replaces != 0:
			m.letter.Replaces = strconv.FormatUint(how.Replaces, 10)
			_, err := r.at.out.place(ctx, m)
			return false, err
		}
		return r.at.out.place(ctx, m)
	}
	return false, fmt.Errorf("write group of letter %s: %w", m.letter.ID(), errBusy)
}

// grouping is the stage that puts alerts of several shops about one product within a
// minute into one message.
type grouping struct {
	store  Store
	facts  *facts
	out    *outbox
	router *router
	book   *atomic.Pointer[book]
	ages   *clock.Ages
	epoch  string
	log    *slog.Logger
}

// flush sends what is due of a group.
func (g *grouping) flush(ctx context.Context, key string) error {
	var is group.State
	rev, err := g.facts.read(ctx, key, &is)
	if err != nil || rev == 0 {
		return err
	}
	b := g.book.Load()
	p, ok := b.product(word(key, 1))
	t, okToo := b.targets[targetKey(word(key, 2), word(key, 3))]
	age := g.ages.Age(is.Opened)
	if !ok || !okToo || age > group.Memory && len(is.Waiting)+len(is.Batches) == 0 {
		return g.facts.DeleteFact(ctx, key, rev)
	}
	if len(is.Waiting) > 0 && age >= group.Window {
		// Written before it is told: a record that comes meanwhile must not make
		// this batch another one.
		is.Close()
		if rev, err = g.facts.put(ctx, key, is, rev); err != nil {
			return err
		}
	}
	if len(is.Batches) == 0 {
		return nil
	}
	for _, one := range is.Batches {
		if err := g.tellBatch(ctx, b, p, t, one); err != nil {
			return err
		}
	}
	is.Tell()
	_, err = g.facts.put(ctx, key, is, rev)
	return err
}

// tellBatch writes the letter of a batch. What quiet hours keep back is kept one by
// one: in the morning each shop is asked about by itself.
func (g *grouping) tellBatch(ctx context.Context, b *book, p stock.Product, t Target, one group.Batch) error {
	members := one.Members
	if !one.Again {
		var err error
		if members, err = g.notToldAlone(ctx, t, members); err != nil || len(members) == 0 {
			return err
		}
	}
	routes, err := g.routingsOf(ctx, b, p, members)
	if err != nil {
		return err
	}
	if len(routes) == 0 {
		g.log.Warn("no alert: the records of a group are gone", "product", p.ID, "channel", t.ID)
		return nil
	}
	m, ok := routes[0].letterTo(ctx, t, one.Event)
	if !ok {
		return nil
	}
	if len(members) > 1 {
		if b.keepsQuiet(m.letter, clock.Wall()) && b.Quiet[t.ID].Mode == stock.QuietHold {
			return tellEach(ctx, routes, t)
		}
		m.letter.Alert.Marks = append(slices.Clone(m.letter.Alert.Marks), alerttext.MarkTogether)
	}
	if len(members) > 1 || one.Again {
		for _, member := range members {
			m.letter.Tells = append(m.letter.Tells, strconv.FormatUint(member.Seq, 10))
		}
	}
	_, err = g.out.place(ctx, m)
	return err
}

func tellEach(ctx context.Context, routes []*routing, t Target) error {
	for _, r := range routes {
		m, ok := r.letterTo(ctx, t, strconv.FormatUint(r.entry.Seq, 10))
		if !ok {
			continue
		}
		if _, err := r.at.out.place(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// letterTo writes the letter of an event for one recipient, unless the record is
// too old to be told.
func (r *routing) letterTo(ctx context.Context, t Target, event string) (addressed, bool) {
	a := announcement{event: event, kind: r.verdict.Kind, also: r.verdict.Also, to: r.destination(t.ID)}
	all := r.letters(ctx, a)
	i := slices.IndexFunc(all, func(m addressed) bool { return m.letter.Recipient == t.Recipient })
	if i < 0 {
		return addressed{}, false
	}
	return all[i], true
}

// notToldAlone leaves out the records that the recipient was told of because
// another channel failed, before it was known that they wait here.
func (g *grouping) notToldAlone(ctx context.Context, t Target, members []group.Member) ([]group.Member, error) {
	var left []group.Member
	for _, m := range members {
		seq := strconv.FormatUint(m.Seq, 10)
		_, sent, err := g.store.Sent(ctx, stock.Letter{Event: seq, Channel: t.ID, Recipient: t.Recipient, Epoch: g.epoch})
		if err != nil {
			return nil, fmt.Errorf("read sent marker of record %s: %w", seq, err)
		}
		if !sent {
			left = append(left, m)
		}
	}
	return left, nil
}

// routingsOf finds the records of a batch again, those first whose watch still
// has the offer, the cheaper before the dearer.
func (g *grouping) routingsOf(ctx context.Context, b *book, p stock.Product, members []group.Member) ([]*routing, error) {
	var all []*routing
	has := map[*routing]stock.Group{}
	for _, m := range members {
		_, w, ok := b.watch(p.ID, m.Watch)
		if !ok {
			continue
		}
		history, err := g.store.History(ctx, m.Watch, maxHistory)
		if err != nil {
			return nil, fmt.Errorf("read history of watch %s: %w", m.Watch, err)
		}
		i := slices.IndexFunc(history, func(e stock.Entry) bool { return e.Seq == m.Seq })
		if i < 0 {
			continue
		}
		last := history[len(history)-1].Change
		r := g.router.routing(ctx, b, p, w, history[i])
		if r.verdict.Kind == stock.MaybeRestocked && !rules.Doubted(last) {
			continue // what became of it is told by itself
		}
		if r.verdict.Rings() { // the rules may have changed in that minute
			all = append(all, r)
			has[r] = last.Availability.Group()
		}
	}
	slices.SortStableFunc(all, func(x, y *routing) int {
		return cmp.Or(cmp.Compare(has[x], has[y]), cmp.Compare(x.costs(), y.costs()))
	})
	return all, nil
}

// costs is what the record's offer costs in the end, as far as that is known.
func (r *routing) costs() int64 { return costs(stock.Other{Price: r.offered().Costs}) }

// offered is what the record's offer is worth to its group.
func (r *routing) offered() group.Line {
	c := r.entry.Change
	o := group.Line{Seq: r.entry.Seq, Watch: r.watch.ID, Rank: group.SureNow, Costs: guard.InTheEnd(guard.FactsOf(c).Offer)}
	switch {
	case r.verdict.Kind == stock.MaybeRestocked:
		o.Rank = group.OnlyMaybe
	case c.Availability.Group() != stock.Now || rules.SaleMode(c).Drawn():
		o.Rank = group.SureLater
	}
	return o
}

// soldOut returns whether what was told of a watch of the product can no longer be
// had, as far as that is known: it is out of stock, or what could be had at once can
// only be ordered.
func (r *routing) soldOut(ctx context.Context) func(told group.Line) bool {
	newest := r.elsewhere(ctx)
	return func(told group.Line) bool {
		c, ok := newest[told.Watch]
		if told.Watch == r.watch.ID {
			c, ok = r.entry.Change, true
		}
		switch {
		case !ok || rules.Doubted(c):
			return false
		case c.Availability.Group() == stock.Later:
			return told.Rank == group.SureNow
		}
		return c.Availability.Group() == stock.No
	}
}

// endsAnOffer reports whether what the record's watch had can no longer be had.
func endsAnOffer(c stock.Change) bool {
	switch c.Kind {
	case stock.SoldOutKind, stock.Gone:
		return true
	case stock.Cleared:
		return c.Availability.Group() == stock.No // a maybe that was none
	}
	return false
}

// promote lets ring at once what waits for the minute of a group, when a record ends
// the last offer that rang in it.
func (g *grouping) promote(ctx context.Context, r *routing) error {
	if !g.facts.kept() {
		return nil
	}
	facts, err := g.facts.Facts(ctx, groupFacts+r.product.ID)
	if err != nil {
		return fmt.Errorf("list the groups of product %s: %w", r.product.ID, err)
	}
	for _, f := range facts {
		if err := g.promoteIn(ctx, r, f.Key); err != nil {
			return fmt.Errorf("let ring what waits in %s: %w", f.Key, err)
		}
	}
	return nil
}

func (g *grouping) promoteIn(ctx context.Context, r *routing, key string) error {
	for range casTries {
		var is group.State
		rev, err := g.facts.read(ctx, key, &is)
		if err != nil || !is.Promote(r.entry, r.soldOut(ctx)) {
			return err
		}
		_, err = g.facts.put(ctx, key, is, rev)
		if errors.Is(err, stock.ErrConflict) {
			continue
		}
		if err == nil {
			err = g.flush(ctx, key)
		}
		if errors.Is(err, stock.ErrConflict) {
			return nil // somebody else tells it
		}
		return err
	}
	return errBusy
}
