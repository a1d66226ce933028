package watch

import (
	"context"
	"slices"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/diff"
	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/trust"
)

// recallTries is how often the memory is asked before a host goes without:
// unlike the journal's, its loss costs no change.
const recallTries = 3

// recollection is what the last owner of a host left, and whether there is something to
// leave to the next.
type recollection struct {
	recalled bool // memory was asked for
	memory   memory
	tries    int // to recall
	saveAt   clock.Instant
	changed  bool // since the memory was last saved
}

// saveWithin has the memory saved after a time, or before that as it was planned.
func (r *recollection) saveWithin(d time.Duration) {
	r.changed, r.saveAt = true, clock.Earliest(r.saveAt, clock.After(d))
}

// load reads the state of every watch that has none yet.
func (h *host) load(ctx context.Context) error {
	for len(h.unloaded) > 0 {
		f := h.unloaded[0]
		last, seq, err := h.last(ctx, f.watch.ID, false)
		if err != nil {
			return err
		}
		f.setTrack(diff.Start(last))
		f.seq, f.loaded, f.known = seq, true, last != nil
		h.unloaded = h.unloaded[1:]
		if h.recalled {
			h.restoreLastGood(f)
		}
		h.metrics.show(f, h.effective(f))
		if h.recalled { // else that has still to be done
			h.packState(f)
		}
	}
	return nil
}

// recall reads what the last owner of the host left, once per run.
func (h *host) recall(ctx context.Context) error {
	if h.recalled {
		return nil
	}
	var raw []byte
	err := h.calls.do(ctx, false, func(ctx context.Context) (err error) {
		raw, err = h.Memory.Learned(ctx, h.name)
		return err
	})
	if h.tries++; err != nil && h.tries < recallTries {
		return err
	}
	now, wall := clock.Now(), clock.Wall()
	if err == nil {
		h.memory, err = recallMemory(raw, h.name, wall)
	}
	if err != nil {
		h.Logger.Warn("the host's memory is lost", "host", h.name, "err", err)
	}
	h.recalled = true
	if !h.memory.Doubts { // before the first look: a kill soon after must not make it an upgrade once more
		h.saveWithin(0)
	}
	h.Distrust(h.name, h.memory.Trust.Stuck())
	if asked := h.memory.Asked; !asked.IsZero() {
		if h.memory.Left.IsZero() || asked.After(wall) { // the last owner was killed: it may have asked a moment ago
			asked = wall
		}
		h.notBefore = clock.Latest(h.notBefore, h.line.Instant(asked).Add(h.every))
	}
	if until := h.line.Instant(h.memory.NotBefore); until.After(clock.Latest(now, h.backoff.until)) {
		h.rest(backoff{until, h.backoff.level}, h.memory.Why, now)
		h.metrics.waits(h.name, h.backoff.until.Sub(now))
		h.Logger.Info("the host is left alone, as before", "host", h.name, "kind", h.why, "took", h.backoff.until.Sub(now))
	}
	for _, f := range h.follows {
		if f.loaded {
			h.restoreLastGood(f)
			h.metrics.show(f, h.effective(f))
			h.packState(f)
		}
	}
	return nil
}

// restoreLastGood tells a watch's track what no record says: when the page was last read
// and nothing changed, and what its looks left untold.
func (h *host) restoreLastGood(f *follow) {
	r := h.memory.Watches[f.watch.ID]
	track := f.track()
	if good := moment(r.Good, clock.Wall()); good.After(track.LastGood()) {
		track = track.SeenAt(good)
	}
	track = track.Recall(r.Untold)
	f.last, f.shown = r.Last, r.Shown
	if f.known && !h.memory.Doubts || r.Old {
		track = track.Upgraded()
	}
	f.setTrack(track)
}

// trusts learns from a look which methods the host's pages never move, and tells the
// observer when that changes.
func (h *host) trusts(p *page, o stock.Observation) {
	if o.Outcome != stock.OK || len(o.Verdicts) < 2 || !h.recalled {
		return
	}
	before := h.memory.Trust.Stuck()
	h.memory.Trust.Saw(p.follows[0].watch.ID, o.At, o.Verdicts)
	after := h.memory.Trust.Stuck()
	if slices.Equal(before, after) {
		return
	}
	h.Logger.Info("other methods are trusted to say the availability", "host", h.name, "not_trusted", after)
	h.Distrust(h.name, after)
	h.saveWithin(0)
}

// resetTrust forgets what was learned of the host's evidence, when a user asked for it
// since it was done last.
func (h *host) resetTrust() {
	at := h.trustReset.Load()
	if at == nil || !h.recalled || at.Equal(h.memory.TrustReset) {
		return
	}
	h.memory.TrustReset, h.memory.Trust = *at, trust.Host{}
	h.Distrust(h.name, nil)
	h.saveWithin(0)
	h.Logger.Info("all methods are trusted again, as asked", "host", h.name)
}

// lookedBefore returns when somebody last looked at a page that is new to this
// run; zero: nobody ever did.
func (h *host) lookedBefore(p *page) clock.Instant {
	now := clock.Wall()
	var looked time.Time
	var known bool
	for _, f := range p.follows {
		at := moment(h.memory.Watches[f.watch.ID].Looked, now)
		if at.After(looked) {
			looked = at
		}
		known = known || f.known || !at.IsZero()
	}
	switch {
	case !known:
		return clock.Instant{}
	case h.memory.Left.IsZero(), looked.IsZero():
		return clock.Now() // the last owner may have looked a moment ago: wait for the next slot
	default:
		return h.line.Instant(looked)
	}
}

// save writes the memory; left is when this owner leaves in good order, or zero.
func (h *host) save(ctx context.Context, left time.Time) {
	now := clock.Now()
	m := memory{Host: h.name, Left: left, Asked: h.line.At(h.asked), Trust: h.memory.Trust, TrustReset: h.memory.TrustReset, Watches: make(map[string]remembered)}
	if rest := h.backoff.until.Sub(now); rest > 0 {
		m.NotBefore, m.Rest, m.Why = h.line.At(h.backoff.until), rest, h.why
	}
	if h.plan != nil {
		m.Plan = h.plan.Learned()
	}
	troubles, listings := 0, 0
	for _, s := range h.spec.pages {
		p := h.pages[s.id]
		for _, f := range p.follows {
			r := h.memory.Watches[f.watch.ID]
			if f.loaded {
				track := f.track()
				r = remembered{Looked: millis(h.line.At(p.looked)), Good: millis(track.LastGood()), Untold: track.Memory(), Last: f.last, Shown: f.shown, Old: track.IsUpgraded()}
			}
			if r.Last != nil {
				if troubles++; troubles > maxTroubled {
					r.Last = nil
				}
			}
			if r.Shown != nil {
				if listings += len(r.Shown.Listings); listings > maxShownOfHost {
					r.Shown = nil
				}
			}
			if r != (remembered{}) && len(m.Watches) < maxRemembered {
				m.Watches[f.watch.ID] = r
			}
		}
	}
	value, err := m.encode()
	if err == nil {
		err = h.calls.do(ctx, false, func(ctx context.Context) error { return h.Memory.Learn(ctx, h.name, value) })
	}
	if err != nil {
		h.saveAt = now.Add(saveRetry)
		h.Logger.Debug("the host's memory is not saved", "host", h.name, "err", err)
		return
	}
	h.changed, h.saveAt = false, now.Add(saveEvery)
}
