package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const (
	// hostWait is how long page failures of one host are batched before the owner
	// is told.
	hostWait = 3 * time.Minute
	// maxHostPages bounds how many pages of a host are told apart; more may be
	// unreadable, and are not counted.
	maxHostPages = 600
)

// hostFact is what the owner was told of a host's pages, and what there is to
// tell. Pages are named by the beginnings of their watches' ids.
type hostFact struct {
	Host    string    `json:"host"`
	Began   time.Time `json:"began"`
	Count   int       `json:"count,omitempty"` // of the times that it was looked at
	Due     time.Time `json:"due,omitzero"`    // when to look; zero: there is nothing new
	New     []string  `json:"new,omitempty"`   // pages that became unreadable or readable since
	Told    []string  `json:"told,omitempty"`  // pages that the owner knows to be unreadable
	Outcome string    `json:"outcome,omitempty"`
	Since   time.Time `json:"since,omitzero"`
	stock.Reason
	Whole bool `json:"whole,omitempty"` // the owner was told of the host, not of its pages
	Over  bool `json:"over,omitempty"`  // and that it is over, although not all pages were looked at since
}

// gathers reports whether what happened to a watch is told to a target together
// with what happens to the other pages of its host. A kind that rings by the
// user's wish is not, nor is what goes to programs.
func (r *routing) gathers(k stock.Kind, t Target) bool {
	return (k == stock.Unread || k == stock.Readable) && r.at.facts.groups(t) && !slices.Contains(r.book.Kinds, k)
}

// gather writes down that a page became unreadable or readable.
func gather(ctx context.Context, known *facts, w stock.Watch) error {
	host, page := hostName(w), w.ShortID()
	key := hostNews + stock.ShortHash(host)
	for range casTries {
		var h hostFact
		rev, err := known.read(ctx, key, &h)
		if err != nil {
			return err
		}
		if !h.Due.IsZero() && slices.Contains(h.New, page) {
			return nil
		}
		if h.Began.IsZero() {
			h.Host, h.Began = host, clock.Wall().UTC()
		}
		if h.Due.IsZero() {
			h.Due = clock.Wall().Add(hostWait).UTC()
		}
		if len(h.New) < maxHostPages {
			h.New = append(h.New, page)
		}
		_, err = known.put(ctx, key, h, rev)
		if !errors.Is(err, stock.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("gather the news of host %s: %w", host, errBusy)
}

// hostName returns the host, or the API, that is asked for a watch.
func hostName(w stock.Watch) string {
	if u := stock.WebURL(w.URL); u != nil {
		return stock.HostKey(u)
	}
	api, _, _ := strings.Cut(w.URL, ":")
	return alerttext.Bound(api, alerttext.MaxShop)
}

// hostPage is a page of a host as it is now.
type hostPage struct {
	product stock.Product
	watch   stock.Watch
	entry   stock.Entry
}

func (p hostPage) unreadable() bool { return p.entry.Change.Problem != nil }

// outcome is how the looks at a page end.
func (p hostPage) outcome() string {
	if !p.unreadable() {
		return ""
	}
	return string(p.entry.Change.Problem.Outcome)
}

// hosts is the part of the owner's news that tells of the pages of one host together.
type hosts struct {
	store  Store
	facts  *facts
	owner  *owner
	router *router
	ages   *clock.Ages
	log    *slog.Logger
}

// report tells the owner what became of a host's pages, once it is time.
func (hs *hosts) report(ctx context.Context, b *book, f stock.KV) error {
	var h hostFact
	if err := json.Unmarshal(f.Value, &h); err != nil {
		hs.log.Error("a fact cannot be read and is removed", "key", f.Key, "err", err)
		return hs.facts.forget(ctx, f.Key, f.Rev)
	}
	if h.Due.IsZero() || hs.ages.Age(h.Due.Add(-hostWait)) < hostWait {
		return nil
	}
	r := hostReview{hosts: hs, book: b, key: f.Key, fact: h}
	if err := r.look(ctx); err != nil {
		return err
	}
	if err := r.tell(ctx); err != nil {
		return err
	}
	if len(r.fact.Told) == 0 {
		return hs.facts.forget(ctx, f.Key, f.Rev)
	}
	_, err := hs.facts.put(ctx, f.Key, r.fact, f.Rev)
	return err
}

// hostReview is one look at what became of a host's pages.
type hostReview struct {
	*hosts

	book  *book
	key   string
	fact  hostFact
	pages int        // that are configured
	still int        // pages that the owner knows of and that still cannot be read
	worse []hostPage // pages that cannot be read, of which the owner does not know
	back  []hostPage // pages that can be read again, of which the owner does not know
}

// look reads the state of the pages that have news.
func (r *hostReview) look(ctx context.Context) error {
	for _, p := range r.book.Products {
		for _, w := range p.Watches {
			if hostName(w) != r.fact.Host {
				continue
			}
			r.pages++
			name := w.ShortID()
			told := slices.Contains(r.fact.Told, name)
			if !told && !slices.Contains(r.fact.New, name) {
				continue
			}
			c, seq, err := r.store.Last(ctx, w.ID)
			if err != nil {
				return fmt.Errorf("read the last record of watch %s: %w", w.ID, err)
			}
			page := hostPage{p, w, stock.Entry{Seq: seq, Change: c}}
			switch {
			case page.unreadable() && told:
				r.still++
			case page.unreadable():
				r.worse = append(r.worse, page)
			case told:
				r.back = append(r.back, page)
			}
		}
	}
	return nil
}

// tell writes the letters, and into the fact what the owner knows by them.
func (r *hostReview) tell(ctx context.Context) error {
	h := &r.fact
	h.Count++
	if err := r.reportUp(ctx); err != nil {
		return err
	}
	if err := r.reportDown(ctx); err != nil {
		return err
	}
	for _, p := range r.back {
		name := p.watch.ShortID()
		h.Told = slices.DeleteFunc(h.Told, func(s string) bool { return s == name })
	}
	for _, p := range r.worse[:min(len(r.worse), maxHostPages-len(h.Told))] {
		h.Told = append(h.Told, p.watch.ShortID())
	}
	if r.still+len(r.worse) == 0 { // nor is any left of those that are no longer configured
		h.Told = nil
	}
	h.New, h.Due = nil, time.Time{}
	return nil
}

func (r *hostReview) reportUp(ctx context.Context) error {
	h := &r.fact
	switch {
	case len(r.back) == 0 || h.Over:
		return nil
	case !h.Whole && len(h.Told) == 1:
		return r.tellPage(ctx, stock.Readable, r.back[0])
	}
	if h.Whole {
		h.Over = true
	}
	news := stock.News{Host: h.Host, Outcome: stock.Outcome(h.Outcome), Reason: h.Reason, Since: h.Since, Until: clock.Wall().UTC(), Pages: len(r.back), Unreadable: r.still}
	return r.tellAll(ctx, stock.HostUp, news)
}

func (r *hostReview) reportDown(ctx context.Context) error {
	h := &r.fact
	if len(r.worse) == 0 {
		return nil
	}
	outcome := r.worse[0].outcome()
	for _, p := range r.worse {
		if p.outcome() != outcome {
			outcome = ""
		}
	}
	if h.Whole && !h.Over && outcome == h.Outcome {
		return nil // the owner knows of the host
	}
	first := r.still == 0
	if first || h.Over {
		h.Since, h.Reason = time.Time{}, stock.Reason{}
	}
	for _, p := range r.worse {
		if since := p.entry.Change.Problem.Since; h.Since.IsZero() || since.Before(h.Since) {
			h.Since = since
		}
	}
	h.Reason = r.worse[0].entry.Change.Problem.Reason
	h.Over = false
	if first && len(r.worse) == 1 {
		h.Whole, h.Outcome = false, outcome
		return r.tellPage(ctx, stock.Unread, r.worse[0])
	}
	h.Whole = ofHost(outcome) && (first || outcome == h.Outcome)
	h.Outcome = outcome
	news := stock.News{Host: h.Host, Outcome: stock.Outcome(h.Outcome), Reason: h.Reason.Clip(func(s string) string { return alerttext.Bound(s, alerttext.MaxTitle) }), Since: h.Since, Pages: r.pages, Unreadable: r.still + len(r.worse)}
	return r.tellAll(ctx, stock.HostDown, news)
}

// ofHost reports whether an outcome is about the host rather than about one page.
func ofHost(outcome string) bool {
	switch stock.Outcome(outcome) {
	case stock.Blocked, stock.RateLimited, stock.Disallowed, stock.Failed:
		return true
	}
	return false
}

func (r *hostReview) tellAll(ctx context.Context, k stock.Kind, news stock.News) error {
	return r.send(ctx, stock.Alert{Kind: k, News: &news, ObservedAt: clock.Wall()})
}

// tellPage sends the alert about one page, as for any other change.
func (r *hostReview) tellPage(ctx context.Context, k stock.Kind, p hostPage) error {
	return r.send(ctx, r.router.routing(ctx, r.book, p.product, p.watch, p.entry).alert(ctx, announcement{kind: k}))
}

func (r *hostReview) send(ctx context.Context, a stock.Alert) error {
	event := newsEvent(r.key, r.fact.Began, fmt.Sprint(a.Kind, " ", r.fact.Count))
	admit := func(t Target) bool { return r.facts.groups(t) }
	return r.owner.tell(ctx, r.book, a, event, admit)
}
