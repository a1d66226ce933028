package watch

import (
	"context"
	"errors"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/schedule"
)

// host is one host and what is known of its watches. All but its orders belongs to its
// loop while one runs; a host has one loop at most.
type host struct {
	*shared
	orders
	pacing
	resting
	recollection
	backlog

	name     string
	shard    int
	spec     *spec              // what pages was made of
	pages    map[string]*page   // by id
	follows  map[string]*follow // by tid
	lastRead clock.Instant      // when any page was last read
}

// pacing says when each page of a host may be asked for.
type pacing struct {
	every     time.Duration
	zone      *time.Location // of the shop's day; nil: Japan's
	plan      *schedule.Host
	line      clock.Line    // the wall times of looks, by which the plan goes
	asked     clock.Instant // start of the last look
	notBefore clock.Instant // no request earlier, back-off apart
	turn      clock.Instant // when a schedule begins or ends to let a page be looked at; zero: never
	unplanned bool          // the look of now is a page that the browser failed to draw, and no part of the plan
}

// backlog is what a host still has to read from the journal or to write there.
type backlog struct {
	unloaded []*follow
	late     map[string]*follow // with changes that are not in the journal yet
	retry    retry              // of journal and memory; nothing is tried before
}

// tryNow makes all that waits for the journal due.
func (b *backlog) tryNow() {
	b.retry.soon()
	for _, f := range b.late {
		f.retry.soon()
	}
}

// due returns when the first waiting change is to be tried again, at the latest most.
func (b *backlog) due(most clock.Instant) clock.Instant {
	for _, f := range b.late {
		most = clock.Earliest(most, clock.Latest(f.retry.at, b.retry.at))
	}
	return most
}

// spec is what Set wants of one host.
type spec struct{ pages []*pageSpec }

// page is one URL and what its looks taught about it.
type page struct {
	*pageSpec
	follows []*follow
	looked  clock.Instant // start of the last look by anybody; zero: none
	failed  clock.Instant // last look that failed; zero: the last one was read
	rest    backoff       // of this page alone
	redraw  retry         // after the user's browser failed; a wait of 0: it did not
	wanted  bool          // a person waits for a look
}

// run looks at the host's pages until ctx, which is the term's or ends with
// it, is done.
func (h *host) run(ctx context.Context, t *term) {
	h.begin(t)
	for ctx.Err() == nil {
		h.followClock()
		h.adopt()
		h.followHours()
		h.resetTrust()
		h.catchUp(ctx)
		h.drainHints()
		h.sleep(ctx, h.step(ctx, t))
	}
	h.finish(ctx)
}

// begin forgets what another owner may have changed since the last run.
func (h *host) begin(t *term) {
	now := clock.Now()
	h.line = clock.NewLine()
	h.spec, h.plan, h.pages = nil, nil, nil
	h.recollection = recollection{changed: true, saveAt: now.Add(spread(h.name, 10*time.Second))} // what is there says that the last owner left
	h.retry = retry{}
	h.every, h.zone = h.Every(h.name), h.Zone(h.name)
	h.notBefore = h.asked.Add(h.every)
	if t.leased || h.asked.IsZero() { // the owner before us, or our last run, may have asked a moment ago
		h.notBefore = now.Add(h.every)
	}
	if h.waiting = h.backoff.until.After(now); h.waiting {
		h.metrics.waits(h.name, h.backoff.until.Sub(now))
	}
}

// followClock carries what goes by the wall clock over when that is set. Waits go
// by the monotonic clock and are not touched.
func (h *host) followClock() {
	step := h.line.Follow()
	if step == 0 {
		return
	}
	h.Logger.Debug("the wall clock was set", "host", h.name, "took", step)
	if h.plan != nil {
		h.plan.ClockSet(step)
	}
	now := h.line.At(clock.Now())
	for _, f := range h.follows {
		f.setTrack(f.track().ClockSet(step, now))
		h.packState(f)
	}
	h.saveWithin(0)      // the memory has times of the clock as it stood
	h.turn = clock.Now() // schedules go by the wall clock
}

// adopt takes over the newest pages. Pages and watches that stay keep all that
// is known of them.
func (h *host) adopt() {
	want, every, zone := h.want.Load(), h.Every(h.name), h.Zone(h.name)
	if want == h.spec && every == h.every && zone.String() == h.zone.String() {
		return
	}
	if every != h.every || zone.String() != h.zone.String() {
		if h.plan != nil {
			h.memory.Plan = h.plan.Learned()
		}
		h.every, h.zone, h.plan = every, zone, nil
		if !h.asked.IsZero() {
			h.notBefore = h.asked.Add(every) // the new plan does not know of the last request
		}
	}
	pages, follows := make(map[string]*page, len(want.pages)), make(map[string]*follow)
	h.unloaded = nil
	for _, s := range want.pages {
		p := h.pages[s.id]
		if p == nil {
			p = &page{}
		}
		p.pageSpec, p.follows = s, make([]*follow, 0, len(s.watches))
		for _, w := range s.watches {
			f := h.follows[w.watch.ID]
			if f == nil {
				f = &follow{}
			}
			f.watchSpec, f.source = w, s.source
			if f.loaded {
				h.metrics.show(f, h.effective(f))
			} else {
				h.unloaded = append(h.unloaded, f)
			}
			follows[w.watch.ID] = f
			p.follows = append(p.follows, f)
		}
		pages[s.id] = p
	}
	for tid := range h.follows {
		if follows[tid] == nil {
			h.outage.forget(tid)
		}
	}
	h.spec, h.pages, h.follows = want, pages, follows
	h.late = make(map[string]*follow)
	for tid, f := range follows {
		if len(f.pending) > 0 {
			h.late[tid] = f
		}
	}
	h.replan()
}

// replan tells the plan which pages can be looked at: those of which a watch's
// state is known.
func (h *host) replan() {
	if !h.recalled {
		return
	}
	if h.plan == nil {
		h.plan = schedule.NewHost(h.every, h.zone)
		if err := h.plan.Recall(h.memory.Plan); err != nil {
			h.Logger.Warn("what was learned of the host is lost", "host", h.name, "err", err)
		}
	}
	var pages []schedule.Page
	now := h.line.At(clock.Now())
	h.turn = h.turns(now)
	for _, s := range h.spec.pages {
		p := h.pages[s.id]
		if !p.loaded() || !s.open(now) {
			continue
		}
		if p.looked.IsZero() {
			p.looked = h.lookedBefore(p)
		}
		rest := p.rest.level
		pages = append(pages, schedule.Page{
			ID: s.id, Interval: max(s.every, rest), MinInterval: max(s.nearest, rest), Looked: h.line.At(p.looked), Targets: s.targets(),
		})
	}
	h.plan.Set(pages)
}

func (p *page) loaded() bool {
	for _, f := range p.follows {
		if f.loaded {
			return true
		}
	}
	return false
}

// step looks at the next page if it is time, and returns how long there is
// nothing to do.
func (h *host) step(ctx context.Context, t *term) time.Duration {
	now := clock.Now()
	if h.over(now) {
		h.metrics.waits(h.name, 0)
	}
	task := h.nextTask(now)
	if h.plan == nil {
		return task.Sub(now)
	}
	id, at, ok := h.nextLook(now)
	if !ok {
		h.metrics.plans(h.name, time.Time{})
		return task.Sub(now)
	}
	h.metrics.plans(h.name, h.line.At(at))
	if at.After(now) {
		return clock.Earliest(at, task).Sub(now)
	}
	h.look(ctx, t, h.pages[id])
	return 0
}

// nextTask returns when the next save, retry or back-off end is due.
func (h *host) nextTask(now clock.Instant) clock.Instant {
	at := h.due(now.Add(saveEvery))
	if !h.settled() {
		at = clock.Earliest(at, h.retry.at)
	} else if h.changed {
		at = clock.Earliest(at, clock.Latest(h.saveAt, h.retry.at))
	}
	if h.waiting {
		at = clock.Earliest(at, h.backoff.until)
	}
	if !h.turn.IsZero() {
		at = clock.Earliest(at, h.turn)
	}
	return at
}

// settled reports whether all that the host's pages need has been read.
func (h *host) settled() bool { return h.recalled && len(h.unloaded) == 0 }

// catchUp does what is owed to the journal and the memory. While they do not
// answer it tries again later and later; looks of loaded watches go on.
func (h *host) catchUp(ctx context.Context) {
	if h.again.Swap(false) {
		h.tryNow()
	}
	now := clock.Now()
	if now.Before(h.retry.at) {
		return
	}
	if !h.settled() || len(h.late) > 0 {
		h.answered(ctx, h.settle(ctx, now))
	}
	if h.settled() && h.changed && !now.Before(h.saveAt) {
		h.save(ctx, time.Time{})
	}
}

// settle reads what is missing and writes what is late, until the first failure.
func (h *host) settle(ctx context.Context, now clock.Instant) error {
	if !h.settled() {
		defer h.replan()
	}
	if err := h.load(ctx); err != nil {
		return err
	}
	if err := h.recall(ctx); err != nil {
		return err
	}
	return h.deliver(ctx, now)
}

// answered notes whether journal and memory are there.
func (h *host) answered(ctx context.Context, err error) {
	switch {
	case err == nil:
		h.retry = retry{}
		h.outage.over()
	case ctx.Err() == nil:
		h.retry.failed(clock.Now())
		h.outage.report(h.name, err)
	}
}

// finish does what must not wait for the next owner, and forgets what the next
// owner may change.
func (h *host) finish(ctx context.Context) {
	lost := errors.Is(context.Cause(ctx), errLost)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*callTimeout)
	defer cancel()
	if err := h.deliver(ctx, clock.After(longestRetry)); err != nil {
		h.Logger.Warn("changes are not in the journal yet", "host", h.name, "err", err)
	}
	if h.recalled && !lost { // after a loss, the new owner's memory would be newer than ours
		h.save(ctx, clock.Wall())
	}
	h.metrics.hide(h.follows)
	h.metrics.waits(h.name, 0)
	h.metrics.plans(h.name, time.Time{})
	for tid, f := range h.follows {
		h.outage.forget(tid)
		if len(f.pending) == 0 {
			delete(h.follows, tid)
		}
	}
}

// sleep waits for d, for other pages to look at, or for the end.
func (h *host) sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-h.wake:
	case <-t.C:
	}
}
