package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxHistory is how many records the stream keeps of one watch.
const maxHistory = 200

// Route decides who hears of a record and puts one letter per recipient in the
// outbox. An error means that not all letters are there: the record has to be
// routed again, which makes no second copies.
func (n *Notifier) Route(ctx context.Context, seq uint64, c stock.Change, at time.Time) error {
	b := n.book.Load()
	log := n.log.With("product", c.Product.ID, "watch", c.Watch.ID, "kind", c.Kind)
	p, w, ok := b.watch(c.Product.ID, c.Watch.ID)
	if !ok {
		log.Debug("no alert: the watch is not configured")
		return nil
	}
	c = b.priced(w, c, Entry{Change: c, At: at}.seen())
	v := judge(p, b.Kinds, c)
	if v.kind == "" && len(v.owner) == 0 {
		return nil
	}
	e := Entry{Seq: seq, Change: c, At: at}
	r := routing{n: n, book: b, log: log, product: p, watch: w, entry: e, verdict: v}
	return r.run(ctx)
}

// routing is the routing of one record.
type routing struct {
	n       *Notifier
	book    *book
	log     *slog.Logger
	product stock.Product
	watch   stock.Watch
	entry   Entry
	verdict verdict
	newest  map[string]stock.Change // of the other watches, once they were read
}

// announcement is an alert and the channels that it is for.
type announcement struct {
	event string
	kind  stock.Kind
	also  []stock.Kind
	to    []string // channel ids
}

func (r *routing) run(ctx context.Context) error {
	history, err := r.history(ctx)
	if err != nil {
		return fmt.Errorf("route record %d: %w", r.entry.Seq, err)
	}
	var letters []stock.Letter
	for _, a := range r.announcements(ctx, history) {
		letters = append(letters, r.letters(ctx, a)...)
	}
	var errs []error
	for _, l := range letters {
		if err := r.n.store.Enqueue(ctx, l); err != nil {
			errs = append(errs, fmt.Errorf("enqueue letter %s: %w", l.ID(), err))
		}
	}
	return errors.Join(errs...)
}

// history reads the records that the guards need, in the order of the stream, the
// record itself last.
func (r *routing) history(ctx context.Context) ([]Entry, error) {
	var watches []stock.Watch
	switch b := r.book; {
	case !r.verdict.rings():
	case b.Cooldown > 0:
		watches = r.product.Watches
	case b.FlapLimit > 0 && r.verdict.kind == stock.Restocked:
		watches = []stock.Watch{r.watch}
	}
	all := []Entry{r.entry}
	for _, w := range watches {
		h, err := r.n.store.History(ctx, w.ID, maxHistory)
		if err != nil {
			return nil, fmt.Errorf("read history of watch %s: %w", w.ID, err)
		}
		for _, e := range h {
			if e.Seq < r.entry.Seq {
				e.Change = r.book.priced(w, e.Change, e.seen())
				all = append(all, e)
			}
		}
	}
	slices.SortFunc(all, func(a, b Entry) int { return cmp.Compare(a.Seq, b.Seq) })
	return all, nil
}

// announcements applies the guards and says what is to be told to whom. Each
// channel hears of a record at most once, the product's people before the owner.
func (r *routing) announcements(ctx context.Context, history []Entry) []announcement {
	v, event := r.verdict, strconv.FormatUint(r.entry.Seq, 10)
	var out []announcement
	var told []string
	if v.kind != "" {
		to := r.buyers()
		t := telling{kind: v.kind, suppressed: v.held}
		if v.rings() {
			g := guards{product: r.product, kinds: r.book.Kinds, flapLimit: r.book.FlapLimit, cooldown: r.book.Cooldown, market: r.market(ctx)}
			t = g.decide(history)
		}
		switch {
		case len(to) == 0:
		case t.suppressed != "":
			r.suppress(to, t.suppressed)
		case t.kind == stock.Flapping:
			out = append(out, announcement{"d" + event, stock.Flapping, []stock.Kind{v.kind}, to})
			told = to
		default:
			out = append(out, announcement{event, v.kind, v.also, to})
			told = to
		}
	}
	if len(v.owner) > 0 {
		to := slices.DeleteFunc(slices.Clone(r.book.Owner), func(id string) bool { return slices.Contains(told, id) })
		out = append(out, announcement{event, v.owner[0], v.owner[1:], to})
	}
	return out
}

// buyers returns the channels that the product's people hear on.
func (r *routing) buyers() []string {
	if r.product.NotifyAll {
		return r.book.channels()
	}
	return r.product.Notify
}

func (r *routing) suppress(channels []string, reason string) {
	r.log.Info("alert suppressed", "reason", reason, "price", price(r.entry.Change).String())
	for _, c := range channels {
		r.n.metrics.count(c, outcomeSuppressed)
	}
}

// letters writes one letter for every recipient of an announcement's channels.
func (r *routing) letters(ctx context.Context, a announcement) []stock.Letter {
	var to []Target
	for _, t := range r.book.Targets {
		if slices.Contains(a.to, t.ID) {
			to = append(to, t)
		}
	}
	if len(to) == 0 {
		return nil
	}
	now, notAfter := time.Now(), r.entry.seen().Add(life(a.kind))
	if now.After(notAfter) {
		r.log.Info("no alert: the record is too old", "age", now.Sub(r.entry.seen()))
		for _, t := range to {
			r.n.metrics.count(t.ID, outcomeExpired)
		}
		return nil
	}
	alert := r.alert(ctx, a)
	letters := make([]stock.Letter, len(to))
	for i, t := range to {
		letters[i] = stock.Letter{
			Event: a.event, Channel: t.ID, Recipient: t.Recipient, Epoch: r.n.epoch,
			Alert: alert, MadeAt: now, NotAfter: notAfter,
		}
	}
	return letters
}

// life is how long an alert of a kind is worth telling. What rings because
// something can be bought now is worth nothing an hour later.
func life(k stock.Kind) time.Duration {
	switch k {
	case stock.Restocked, stock.LotteryOpen, stock.Orderable, stock.NewListing, stock.LowStock, stock.Flapping:
		return time.Hour
	}
	return 24 * time.Hour
}
