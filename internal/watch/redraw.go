package watch

import (
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// ofBrowser reports whether a look failed because the user's own browser did. That
// says nothing about the host or the page.
func ofBrowser(o stock.Observation) bool {
	return o.Outcome == stock.Failed && o.Reason.Has(stock.ReasonBrowser, stock.ReasonBrowserLost)
}

// browserFailed plans another look at a page that the browser failed to draw: within
// seconds, since a browser that was restarted is back by then, and later and later up to
// the page's own pace, since a page may be what ends it.
func (h *host) browserFailed(p *page, o stock.Observation, now clock.Instant) bool {
	if !ofBrowser(o) {
		p.redraw = retry{}
		return false
	}
	if p.redraw.wait == 0 {
		h.Logger.Warn("the browser failed: the page is drawn again soon", "host", h.name, "source", p.source, "err", o.Reason.Text)
	}
	p.redraw.failed(now)
	p.redraw.at = clock.Earliest(p.redraw.at, now.Add(p.every))
	h.notBefore = clock.Latest(h.notBefore, h.asked.Add(h.every)) // the plan may not know of this look
	return true
}

// nextLook returns which page is looked at next, and when: as the plan says, or before
// that the page that the browser failed to draw. ok is false when there is none.
func (h *host) nextLook(now clock.Instant) (id string, at clock.Instant, ok bool) {
	id, due, ok := h.plan.Next(h.line.At(now))
	if h.unplanned = false; ok {
		at = h.line.Instant(due)
	}
	for _, p := range h.pages {
		if p.redraw.wait == 0 || !p.loaded() {
			continue
		}
		if again := clock.Latest(p.redraw.at, h.asked.Add(h.every)); !ok || again.Before(at) {
			id, at, ok, h.unplanned = p.id, again, true, true
		}
	}
	if p, soon := h.nextWanted(); p != nil && (!ok || soon.Before(at)) {
		id, at, ok, h.unplanned = p.id, soon, true, false
	}
	return id, clock.Latest(at, h.notBefore, h.backoff.until), ok
}
