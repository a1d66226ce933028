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
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxHistory is how many records the stream keeps of one watch.
const maxHistory = 200

// router is the first stage: it judges every record of OBS, and hands what rings to
// the next ones.
type router struct {
	store     Store
	facts     *facts
	out       *outbox
	grouping  *grouping
	book      *atomic.Pointer[book]
	sentMarks *sentMarks
	ages      *clock.Ages
	epoch     string // of the OBS stream that sequences count in
	metrics   *metrics
	log       *slog.Logger
}

// route is Notifier.Route.
func (ro *router) route(ctx context.Context, seq uint64, c stock.Change, at time.Time) error {
	b := ro.book.Load()
	log := ro.log.With("product", c.Product.ID, "watch", c.Watch.ID, "kind", c.Kind)
	p, w, ok := b.watch(c.Product.ID, c.Watch.ID)
	if !ok {
		log.Debug("no alert: the watch is not configured")
		return nil
	}
	r := ro.routing(ctx, b, p, w, stock.Entry{Seq: seq, Change: c, At: at})
	if ro.toldAsLoosened(ctx, c) {
		log.Debug("no alert: the listings were told when limits were loosened")
		r.verdict.Kind = ""
	}
	var errs []error
	if endsAnOffer(r.entry.Change) {
		errs = append(errs, ro.grouping.promote(ctx, r))
	}
	if r.verdict.Kind != "" || len(r.verdict.Owner) > 0 {
		errs = append(errs, r.run(ctx))
	}
	return errors.Join(errs...)
}

// routing judges a record by the rules of b.
func (ro *router) routing(ctx context.Context, b *book, p stock.Product, w stock.Watch, e stock.Entry) *routing {
	c := b.priced(w, e.Change, rules.SeenAt(e))
	e.Change = c
	r := &routing{
		at: ro, book: b, product: p, watch: w, entry: e,
		log: ro.log.With("product", c.Product.ID, "watch", c.Watch.ID, "kind", c.Kind),
	}
	by := rules.Circumstances{Before: b.costBefore(w, e)}
	if r.verdict = rules.Judge(p, b.Kinds, c, by); r.verdict.Kind == "" && othersMatter(p, c) {
		by.Others = r.market(ctx).Others(w.ID)
		r.verdict = rules.Judge(p, b.Kinds, c, by)
	}
	return r
}

// othersMatter reports whether what other shops ask may be why an offer was held
// before a record: only then a record that rings for nothing else needs them.
func othersMatter(p stock.Product, c stock.Change) bool {
	_, ok := guard.Before(c)
	return ok && c.Availability.Purchasable() && !p.ListPrice.Known() && p.Limits.SuspiciousBelow > 0
}

// routing is the routing of one record.
type routing struct {
	at      *router
	book    *book
	log     *slog.Logger
	product stock.Product
	watch   stock.Watch
	entry   stock.Entry
	verdict rules.Verdict
	newest  map[string]stock.Change // of the other watches, once they were read
}

// announcement is an alert and the channels that it is for.
type announcement struct {
	event    string
	kind     stock.Kind
	also     []stock.Kind
	to       []destination
	escalate escalation
	grouped  bool // may be told together with what other shops bring in the same minute
}

func (r *routing) run(ctx context.Context) error {
	history, err := r.history(ctx)
	if err != nil {
		return fmt.Errorf("route record %d: %w", r.entry.Seq, err)
	}
	var errs []error
	for _, a := range r.announcements(ctx, history) {
		errs = append(errs, r.tell(ctx, a))
	}
	return errors.Join(errs...)
}

// tell puts the letters of an announcement where they belong: into the outbox,
// among those that wait, or into a group. Done again it makes no second copies.
func (r *routing) tell(ctx context.Context, a announcement) error {
	var errs []error
	rang := false
	for _, m := range r.letters(ctx, a) {
		did, err := r.send(ctx, a, m)
		rang = rang || did
		errs = append(errs, err)
	}
	if rang {
		errs = append(errs, r.startEscalation(ctx, a))
	}
	return errors.Join(errs...)
}

// send deals with one letter and reports whether it rings now.
func (r *routing) send(ctx context.Context, a announcement, m addressed) (rang bool, err error) {
	if r.confirms(ctx, a, &m) {
		return r.at.out.place(ctx, m)
	}
	if a.grouped && r.at.facts.groups(m.target) {
		return r.join(ctx, m)
	}
	if r.gathers(a.kind, m.target) {
		return false, gather(ctx, r.at.facts, r.watch)
	}
	return r.at.out.place(ctx, m)
}

// history reads the records that the guards need, in the order of the stream, the
// record itself last.
func (r *routing) history(ctx context.Context) ([]stock.Entry, error) {
	var watches []stock.Watch
	switch b := r.book; {
	case !r.verdict.Rings():
	case b.Cooldown > 0:
		watches = r.product.Watches
	case b.FlapLimit > 0:
		watches = []stock.Watch{r.watch}
	}
	all := []stock.Entry{r.entry}
	for _, w := range watches {
		h, err := r.at.store.History(ctx, w.ID, maxHistory)
		if err != nil {
			return nil, fmt.Errorf("read history of watch %s: %w", w.ID, err)
		}
		for _, e := range h {
			if e.Seq < r.entry.Seq {
				e.Change = r.book.priced(w, e.Change, rules.SeenAt(e))
				all = append(all, e)
			}
		}
	}
	slices.SortFunc(all, func(a, b stock.Entry) int { return cmp.Compare(a.Seq, b.Seq) })
	return all, nil
}

// announcements applies the guards and says what is to be told to whom. Each
// channel hears of a record at most once, the product's people before the owner.
func (r *routing) announcements(ctx context.Context, history []stock.Entry) []announcement {
	v, event := r.verdict, strconv.FormatUint(r.entry.Seq, 10)
	var out []announcement
	var told []destination
	if v.Kind != "" {
		to, esc := r.destinations()
		t := rules.Telling{Kind: v.Kind, Suppressed: v.Held}
		if v.Rings() {
			g := rules.Replay{Product: r.product, Kinds: r.book.Kinds, FlapLimit: r.book.FlapLimit, Cooldown: r.book.Cooldown, Market: r.market(ctx), Before: r.before, WasTold: r.wasTold(ctx)}
			t = g.Decide(history)
		}
		switch {
		case len(to) == 0:
		case t.Suppressed != "":
			r.suppress(to, t.Suppressed)
		case t.Kind == stock.Flapping:
			out = append(out, announcement{event: "d" + event, kind: stock.Flapping, also: []stock.Kind{v.Kind}, to: to, escalate: esc})
			told = to
		default:
			out = append(out, announcement{event: event, kind: v.Kind, also: v.Also, to: to, escalate: esc, grouped: v.Kind.Info().Opens})
			told = to
		}
	}
	if r.book.Digest.Channels != nil { // which has it
		v.Owner = slices.DeleteFunc(slices.Clone(v.Owner), func(k stock.Kind) bool { return k == stock.StaleOut })
	}
	if len(v.Owner) > 0 {
		to := plainly(r.book.Owner)
		to = slices.DeleteFunc(to, func(d destination) bool {
			return slices.ContainsFunc(told, func(t destination) bool { return t.channel == d.channel })
		})
		for i := range to { // nothing that a month waited for wakes anybody
			to[i].silent = v.Owner[0] == stock.StaleOut
		}
		out = append(out, announcement{event: event, kind: v.Owner[0], also: v.Owner[1:], to: to})
	}
	return out
}

// before returns what the offer before a record of the product cost in the end.
func (r *routing) before(e stock.Entry) stock.Price {
	_, w, ok := r.book.watch(r.product.ID, e.Change.Watch.ID)
	if !ok {
		return stock.Price{}
	}
	return r.book.costBefore(w, e)
}

func (r *routing) suppress(to []destination, reason string) {
	r.log.Info("alert suppressed", "reason", reason, "price", rules.Price(r.entry.Change).String())
	for _, d := range to {
		r.at.metrics.count(d.channel, outcomeSuppressed)
	}
}

// addressed is a letter with its target.
type addressed struct {
	target Target
	letter stock.Letter
}

// letters writes one letter for every recipient of an announcement's channels.
func (r *routing) letters(ctx context.Context, a announcement) []addressed {
	now, age := clock.Wall(), r.at.ages.Age(rules.SeenAt(r.entry))
	notAfter := now.Add(a.kind.Info().Life - age)
	if ahead := rules.SeenAt(r.entry).Sub(now); age == 0 && ahead > 0 {
		notAfter = notAfter.Add(ahead) // of a watcher whose clock is ahead of ours
	}
	all := r.address(a, now, notAfter)
	if len(all) > 0 && now.After(notAfter) {
		r.log.Info("no alert: the record is too old", "age", age)
		for _, m := range all {
			r.at.metrics.count(m.target.ID, outcomeExpired)
		}
		return nil
	}
	return r.write(ctx, a, all)
}

// address makes a letter without an alert for every recipient.
func (r *routing) address(a announcement, now, notAfter time.Time) []addressed {
	var all []addressed
	for _, t := range r.book.Targets {
		i := slices.IndexFunc(a.to, func(d destination) bool { return d.channel == t.ID })
		if i < 0 {
			continue
		}
		all = append(all, addressed{r.book.targets[targetKey(t.ID, t.Recipient)], stock.Letter{
			Event: a.event, Channel: t.ID, Recipient: t.Recipient, Epoch: r.at.epoch,
			MadeAt: now, NotAfter: notAfter, Urgent: a.to[i].urgent, Silent: a.to[i].silent,
		}})
	}
	return all
}

// write puts the facts of the announcement into its letters.
func (r *routing) write(ctx context.Context, a announcement, all []addressed) []addressed {
	if len(all) == 0 {
		return nil
	}
	alert := r.alert(ctx, a)
	for i := range all {
		all[i].letter.Alert = alert
		all[i].letter.PublishedAt = r.entry.At
		all[i].letter.Escalates = len(a.escalate.to) > 0
	}
	return all
}
