package watch

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/schedule"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// look asks for one page and does all that follows from the answer.
func (h *host) look(ctx context.Context, t *term, p *page) {
	why := h.plan.Why(p.id, h.line.At(clock.Now()))
	if p.wanted {
		why, p.wanted = stock.Because(stock.ReasonAskedFor), false
	}
	o, ok := h.ask(ctx, t, p)
	if !ok {
		return
	}
	now, wall := clock.Now(), clock.Wall()
	o = complete(o, p, wall)
	meant := make([]stock.Observation, len(p.follows)) // for each watch
	for i, f := range p.follows {
		f.unpackState()
		meant[i] = f.track().Identify(*f.product, o)
	}
	if len(meant) == 1 {
		o = meant[0] // what is of another product teaches the plan nothing
	}
	h.trusts(p, o)
	h.metrics.looked(p.source, h.name, o.Outcome, now.Sub(h.asked))
	h.Logger.Debug("looked", "host", h.name, "source", p.source, "kind", o.Outcome, "took", now.Sub(h.asked))
	for i, f := range p.follows {
		if f.loaded {
			h.fold(ctx, f, meant[i])
		}
		h.report(f, meant[i])
		h.keepTrouble(f, meant[i])
		h.keepShown(f, meant[i])
	}
	if !h.unplanned || !ofBrowser(o) { // what no shop answered takes nothing from the plan's requests
		for _, product := range h.plan.Saw(p.id, h.line.At(h.asked), h.seen(p, o)) {
			h.tell(h.name, product, wall)
		}
	}
	h.judge(ctx, p, o, now)
	h.announce(p, meant, why, now.Sub(h.asked))
	for _, f := range p.follows {
		h.packState(f)
	}
}

// seen is what a look teaches the plan: of a page that did not say, nothing, and
// a page's own trouble is no reason to be slower with the others.
func (h *host) seen(p *page, o stock.Observation) schedule.Seen {
	return schedule.Seen{
		Good:    o.Outcome.Good() && o.Offer.Availability != stock.Unknown,
		In:      o.Offer.Availability.Purchasable(),
		Refused: theirs(o) || o.Outcome == stock.Blocked && !p.alone(h.lastRead),
	}
}

// ask observes the page if that may be done now. ok is false when nothing was
// learned: the term is over, or it ended before the answer was there.
func (h *host) ask(ctx context.Context, t *term, p *page) (o stock.Observation, ok bool) {
	select {
	case h.inFlight <- struct{}{}:
		defer func() { <-h.inFlight }()
	case <-ctx.Done():
		return o, false
	}
	if !t.valid() { // the timer that ends ctx is late, or we waited too long above
		clock.Sleep(ctx, time.Second)
		return o, false
	}
	h.asked = clock.Now()
	p.looked, h.changed = h.asked, true // also when its answer is lost: it was a request
	o = h.observe(ctx, p)
	return o, ctx.Err() == nil || o.Outcome.Good()
}

// observe looks at the page once, within a time that leaves room for robots.txt
// and redirects, each of which waits for the host's gap. A panic while a page is
// read is that page's trouble, not the end of all other watches.
func (h *host) observe(ctx context.Context, p *page) (o stock.Observation) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute+4*h.every)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			h.Logger.Error("reading a page panicked", "host", h.name, "source", p.source, "watch", p.watches[0].watch.ID,
				"err", fmt.Sprint(r), "stack", string(debug.Stack()))
			o = stock.Observation{Outcome: stock.Failed, Reason: stock.Because(stock.ReasonInternalError)}
		}
	}()
	return h.Observer.Observe(ctx, p.url)
}

// complete fills in what every observation must say.
func complete(o stock.Observation, p *page, now time.Time) stock.Observation {
	if o.URL == "" {
		o.URL = p.url
	}
	if o.Source == "" {
		o.Source = p.source
	}
	if o.Outcome == "" {
		o.Outcome, o.Reason = stock.Failed, stock.Because(stock.ReasonNoOutcome)
	}
	if o.At.IsZero() {
		o.At = now
	}
	return o
}

// judge decides whether the host, or the page alone, is to be left alone.
func (h *host) judge(ctx context.Context, p *page, o stock.Observation, now clock.Instant) {
	if h.browserFailed(p, o, now) {
		return
	}
	if rest := p.trouble(o, h.lastRead, now); rest != p.rest {
		p.rest = rest
		h.replan()
	}
	if p.rest == (backoff{}) || theirs(o) {
		h.backOff(ctx, o, now)
	}
	if o.Outcome.Good() {
		h.lastRead = now
	}
}

// alone reports whether a page that fails does so alone: others of its host were
// read since it failed before.
func (p *page) alone(othersRead clock.Instant) bool {
	return !p.failed.IsZero() && othersRead.After(p.failed)
}

// trouble returns the rest that a page needs for itself. A page that fails once
// more though others of its host were read meanwhile has a trouble of its own,
// and the others need not wait for it.
func (p *page) trouble(o stock.Observation, othersRead, now clock.Instant) backoff {
	own := p.alone(othersRead)
	switch {
	case o.Outcome == stock.Disallowed:
		return backoff{level: disallowedRest}
	case theirs(o):
		return p.rest
	case o.Outcome == stock.Blocked, o.Outcome == stock.Failed:
		p.failed = now
		if own {
			rest := p.rest.after(o, now, p.every)
			rest.until = clock.Instant{} // the plan counts from the look
			return rest
		}
		return p.rest
	default:
		p.failed = clock.Instant{}
		return backoff{}
	}
}

// theirs reports whether an answer is the host's word on how often we may ask,
// whatever the page.
func theirs(o stock.Observation) bool { return o.RetryAfter > 0 || o.Outcome == stock.RateLimited }

// report logs once that a watch cannot be read, and once that it can again. Trouble
// that its host is left alone for is logged there.
func (h *host) report(f *follow, o stock.Observation) {
	mute := f.mute
	switch o.Outcome {
	case stock.OK, stock.NotModified:
		mute = false
	case stock.Disallowed, stock.NotFound, stock.WrongProduct, stock.Unreadable:
		mute = true
	}
	switch {
	case mute == f.mute:
	case mute:
		h.Logger.Info("the page cannot be read", "product", f.product.ID, "watch", f.watch.ID, "source", f.source, "kind", o.Outcome, "err", o.Reason.Text)
	default:
		h.Logger.Info("the page can be read again", "product", f.product.ID, "watch", f.watch.ID, "source", f.source)
	}
	f.mute = mute
}

// troubleSave is how soon it is kept that a page begins, or ends, to tell nothing.
const troubleSave = 10 * time.Second

// keepTrouble notes a look that told nothing, for dashboards that begin after it.
func (h *host) keepTrouble(f *follow, o stock.Observation) {
	last := troubleOf(o)
	if !sameTrouble(f.last, last) {
		h.saveWithin(troubleSave)
	}
	f.last = last
}

// backOff leaves the host alone after trouble. What a restart must not forget is
// written at once.
func (h *host) backOff(ctx context.Context, o stock.Observation, now clock.Instant) {
	next := h.backoff.after(o, now, h.unit())
	if next == h.backoff {
		return
	}
	h.rest(next, o.Outcome, now)
	wait := max(0, next.until.Sub(now))
	h.metrics.waits(h.name, wait)
	if !h.waiting {
		return
	}
	h.Logger.Info("the host is left alone", "host", h.name, "kind", o.Outcome, "err", o.Reason.Text, "took", wait)
	if wait > worthSaving {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*callTimeout)
		defer cancel()
		h.save(ctx, time.Time{})
	}
}

// unit is the wait after a first failure: the host's own pace.
func (h *host) unit() time.Duration {
	unit := longestRefused // a longer one would be cut to this anyway
	for _, s := range h.spec.pages {
		unit = min(unit, s.every)
	}
	return max(unit, h.every)
}

// announce tells dashboards what was seen, for each watch of the page.
func (h *host) announce(p *page, meant []stock.Observation, why stock.Reason, took time.Duration) {
	next := h.line.At(clock.Latest(h.line.Instant(h.plan.Due(p.id)), h.backoff.until))
	if at := p.opens(next); !at.IsZero() {
		next = at
	}
	for i, f := range p.follows {
		o := meant[i]
		h.announcer.add(h.shard, stock.Look{
			Watch: f.watch.ID, At: o.At, Outcome: o.Outcome, Reason: o.Reason,
			Availability: o.Offer.Availability, Doubt: o.Doubt, Leans: o.Leans, Clarity: f.track().State.Clarity,
			Price: o.Offer.Price, Took: took.Milliseconds(), Source: o.Source, Next: next, Why: stock.Why(why),
		})
	}
}
