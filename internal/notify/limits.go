package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/rules"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	limitNews = "newlimits.1" // what loosened limits let pass, until it is told
	// maxWithin is how many offers one message of loosened limits names.
	maxWithin = 10
	// maxNewly is how many a fact has room for.
	maxNewly = 40
)

// limitsFact are the limits by which a product's offers were last judged.
type limitsFact struct {
	List      stock.Price  `json:"list_price,omitzero"`
	Max       stock.Price  `json:"max_price,omitzero"`
	Effective stock.Price  `json:"max_effective_price,omitzero"`
	Limits    stock.Limits `json:"limits,omitzero"`
}

func limitsOf(p stock.Product) limitsFact {
	return limitsFact{p.ListPrice, p.MaxPrice, p.MaxEffective, p.Limits}
}

// equal reports whether two products have the same limits: as they are stored, where what
// is empty and what is not there are one.
func (f limitsFact) equal(g limitsFact) bool {
	a, errA := json.Marshal(f)
	b, errB := json.Marshal(g)
	return errA == nil && errB == nil && string(a) == string(b)
}

// of returns the product as it was judged then.
func (f limitsFact) of(p stock.Product) stock.Product {
	p.ListPrice, p.MaxPrice, p.MaxEffective, p.Limits = f.List, f.Max, f.Effective, f.Limits
	return p
}

// newly is a watch whose offer new limits let pass.
type newly struct {
	Product string       `json:"product"`
	Watch   string       `json:"watch"`
	Why     guard.Reason `json:"why"` // it was held
	// Listing is what a search shows; nil: the offer of a page.
	Listing *stock.Listing `json:"listing,omitempty"`
	costs   int64          // in the end, to order them
}

// limitsNews is one message about loosened limits, until all its letters are placed.
type limitsNews struct {
	Event  string                `json:"event"`
	At     time.Time             `json:"at"`
	Judged map[string]limitsFact `json:"judged"` // by product: the new limits
	Offers []newly               `json:"offers"`
}

// limitReview is the stage that tells what loosened limits let pass.
type limitReview struct {
	store  Store
	facts  *facts
	out    *outbox
	router *router
	book   *atomic.Pointer[book]
	epoch  string
	log    *slog.Logger
	shown  func(context.Context, stock.Watch) ([]stock.Listing, error)
}

// review compares the limits with those by which was judged last, and tells once
// what can be ordered and only now is acceptable. Products that are new here were not
// judged before: nothing of them is told.
//
// What is to be told is written before the limits are, and both before the letters:
// wherever a process dies, it is told once.
func (lr *limitReview) review(ctx context.Context) error {
	if err := lr.takeOver(ctx); err != nil {
		return fmt.Errorf("take over the limits that an older version judged by: %w", err)
	}
	var news limitsNews
	rev, err := lr.facts.read(ctx, limitNews, &news)
	if err != nil {
		return fmt.Errorf("review limits: %w", err)
	}
	if rev != 0 {
		if err := lr.tell(ctx, news, rev); err != nil {
			return fmt.Errorf("tell loosened limits: %w", err)
		}
	}
	b := lr.book.Load()
	if err := lr.forgetListed(ctx, b); err != nil {
		return fmt.Errorf("review limits: %w", err)
	}
	known, err := lr.lastJudged(ctx)
	if err != nil {
		return fmt.Errorf("review limits: %w", err)
	}
	now := clock.Wall()
	news = limitsNews{Event: "dlimits-" + strconv.FormatInt(now.UnixNano(), 36), At: now, Judged: map[string]limitsFact{}}
	next := map[string]judgments{}
	for _, p := range b.Products {
		shard, limits := judgedShard(p.ID), limitsOf(p)
		if next[shard] == nil {
			next[shard] = judgments{}
		}
		was, judged := known.of(p.ID)
		offers := lr.newlyWithin(ctx, b, p, was, judged)
		if offers = offers[:min(len(offers), maxNewly-len(news.Offers))]; len(offers) > 0 {
			news.Judged[p.ID], news.Offers = limits, append(news.Offers, offers...)
			limits = was // until it is told
		}
		next[shard][p.ID] = limits
	}
	if err := lr.keepJudged(ctx, known, next); err != nil {
		return fmt.Errorf("keep the limits of products: %w", err)
	}
	if len(news.Offers) == 0 {
		return nil
	}
	if rev, err = lr.facts.put(ctx, limitNews, news, 0); err != nil {
		return fmt.Errorf("write what loosened limits let pass: %w", err)
	}
	return lr.tell(ctx, news, rev)
}

// newlyWithin lists the watches of a product whose offer can be ordered, was held by
// the limits before, if it was judged by any, and is not by those of now, the best first.
func (lr *limitReview) newlyWithin(ctx context.Context, b *book, p stock.Product, before limitsFact, judged bool) []newly {
	if !judged || before.equal(limitsOf(p)) || lr.facts.mirror.muted(p.ID) {
		return nil
	}
	var all []newly
	for _, w := range p.Watches {
		r, ok := lr.offersNow(ctx, b, p, w)
		if !ok {
			all = append(all, lr.newlyListed(ctx, b, before.of(p), p, w)...)
			continue
		}
		f := rules.Circumstances{Others: r.market(ctx).Others(w.ID)}.Facts(r.entry.Change)
		why := guard.Judge(before.of(p), f).Held
		if why != "" && guard.Judge(p, f).Held == "" {
			all = append(all, newly{Product: p.ID, Watch: w.ID, Why: why, costs: r.costs()})
		}
	}
	slices.SortStableFunc(all, func(x, y newly) int { return cmp.Compare(x.costs, y.costs) })
	return all
}

// offersNow returns the routing of what a watch offers now, as the kind that its
// availability gives; false when that cannot be ordered or does not ring.
func (lr *limitReview) offersNow(ctx context.Context, b *book, p stock.Product, w stock.Watch) (*routing, bool) {
	c, seq, err := lr.store.Last(ctx, w.ID)
	if err != nil {
		lr.log.Warn("a watch is left out of what new limits let pass", "watch", w.ID, "err", err)
	}
	if err != nil || seq == 0 || c.Clarity != nil || c.Problem != nil || c.Availability == stock.Unknown { // of a search the record has a listing
		return nil, false
	}
	r := lr.router.routing(ctx, b, p, w, stock.Entry{Seq: seq, Change: c, At: clock.Wall()})
	r.entry.Change = b.priced(w, c, clock.Wall())
	o := guard.FactsOf(c).Offer
	o.SaleMode = rules.SaleMode(c)
	r.verdict = rules.Verdict{Kind: o.OpeningKind()}
	return r, r.verdict.Kind != "" && slices.Contains(b.Kinds, r.verdict.Kind)
}

// tell places the letters of a message about loosened limits.
func (lr *limitReview) tell(ctx context.Context, news limitsNews, rev uint64) error {
	for product, limits := range news.Judged {
		if err := lr.judge(ctx, product, limits); err != nil {
			return err
		}
	}
	if err := lr.countAsSeen(ctx, news); err != nil {
		return err
	}
	b := lr.book.Load()
	for _, t := range b.Targets {
		a, to, ok := lr.alert(ctx, b, news, t.ID)
		if !ok {
			continue
		}
		l := stock.Letter{
			Event: news.Event, Channel: t.ID, Recipient: t.Recipient, Epoch: lr.epoch, Alert: a,
			MadeAt: news.At, NotAfter: news.At.Add(stock.LimitsChanged.Info().Life), Urgent: to.urgent, Silent: to.silent,
		}
		if _, err := lr.out.place(ctx, addressed{t, l}); err != nil {
			return err
		}
	}
	return lr.facts.DeleteFact(ctx, limitNews, rev)
}

// alert gathers the offers that a channel hears of, as they are now: the first
// is the alert's own, and all stand in its list.
func (lr *limitReview) alert(ctx context.Context, b *book, news limitsNews, channel string) (a stock.Alert, to destination, ok bool) {
	for _, o := range news.Offers {
		p, w, configured := b.watch(o.Product, o.Watch)
		if !configured || len(a.Within) == maxWithin {
			continue
		}
		r, can := lr.offersNow(ctx, b, p, w)
		if o.Listing != nil {
			r, can = lr.listed(ctx, b, p, w, *o.Listing)
		}
		if !can || guard.Judge(p, rules.Circumstances{Others: r.market(ctx).Others(w.ID)}.Facts(r.entry.Change)).Held != "" {
			continue
		}
		all, _ := r.destinations()
		i := slices.IndexFunc(all, func(d destination) bool { return d.channel == channel })
		if i < 0 {
			continue
		}
		r.entry.Change.Previous = nil // what changed is the limits, not the offer
		one := r.alert(ctx, announcement{kind: stock.LimitsChanged})
		brief := inBrief(one.Offer)
		if o.Listing != nil {
			brief.SKU, brief.Title = o.Listing.ID, alerttext.Bound(one.Offer.Title, alerttext.MaxName)
		}
		within := append(a.Within, stock.Within{Product: one.Product, Watch: one.Watch, Offer: brief, NoLonger: string(o.Why)})
		if a.Kind == "" {
			a, to = one, all[i]
			a.ObservedAt = news.At
			a.Marks = append(slices.Clone(a.Marks), guard.MarkNowWithin, string(o.Why))
		}
		a.Within = within
	}
	return a, to, a.Kind != ""
}

// inBrief leaves of an offer what a list of several has room for.
func inBrief(o stock.Offer) stock.Offer {
	return stock.Offer{
		Availability: o.Availability, SaleMode: o.SaleMode, Price: o.Price, Effective: o.Effective,
		Seller: alerttext.Bound(o.Seller, alerttext.MaxName), Condition: o.Condition, URL: o.URL,
	}
}

// recheck holds a message about loosened limits that waited against what can be
// had now.
func (lr *limitReview) recheck(ctx context.Context, b *book, l stock.Letter) (stock.Letter, bool) {
	news := limitsNews{At: l.Alert.ObservedAt}
	for _, o := range l.Alert.Within {
		one := newly{Product: o.Product.ID, Watch: o.Watch.ID, Why: guard.Reason(o.NoLonger)}
		if o.Offer.SKU != "" {
			if one.Listing = lr.stillShown(ctx, b, o); one.Listing == nil {
				continue
			}
		}
		news.Offers = append(news.Offers, one)
	}
	a, _, ok := lr.alert(ctx, b, news, l.Channel)
	if ok {
		a.Marks = append(a.Marks, alerttext.MarkHeld)
		l.Alert = a
	}
	return l, ok
}
