package app

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/fetch"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// study answers a user who asks how a page is read: from a kept page when ask.Kept
// allows it, else from a new look. A panic while a page is read is that page's trouble: the one
// who asked may be the reader of wish lists, which would ask again after each restart.
func (o *observer) study(ctx context.Context, ask stock.LookRequest) (a stock.LookAnswer) {
	defer func() {
		if r := recover(); r != nil {
			o.log.Error("reading a page panicked", "err", fmt.Sprint(r), "stack", string(debug.Stack()))
			a = stock.LookAnswer{Observation: stock.Observation{
				URL: ask.URL, Outcome: stock.Failed, Reason: stock.Because(stock.ReasonInternalError), At: clock.Wall(),
			}}
		}
	}()
	pages := o.keptFor(ask)
	if len(pages) == 0 {
		a.Observation = o.observe(ctx, ask.URL, ask.Keep)
		if pages = o.kept.of(ask.URL); len(pages) > 0 && !pages[0].page.FetchedAt.Equal(a.At) {
			pages = nil // the newest kept page is older than this look, which failed
		}
	}
	if len(pages) == 0 || ask.Rules == nil && !ask.Outline && !ask.Kept {
		return a
	}
	err := o.readers.do(ctx, false, func() { o.explain(ask, pages, &a) })
	if err != nil {
		return stock.LookAnswer{Observation: stock.Observation{
			URL: ask.URL, Source: o.Source(ask.URL), Outcome: stock.Failed, Reason: stock.Because(stock.ReasonNotRead, err), At: clock.Wall(),
		}}
	}
	return a
}

// keptFor returns the kept pages that a request allows to use, newest first.
func (o *observer) keptFor(ask stock.LookRequest) []keptPage {
	if !ask.Kept {
		return nil
	}
	return o.kept.of(ask.URL)
}

// explain reads the kept pages by the rules of the request, and outlines the newest.
func (o *observer) explain(ask stock.LookRequest, pages []keptPage, a *stock.LookAnswer) {
	set := o.sources.Load()
	rules := set.Rules(ask.URL)
	if ask.Rules != nil {
		rules = *ask.Rules
	}
	for i, p := range pages {
		seen := set.ReadBy(rules, ask.URL, p.page, p.more...)
		if i == 0 && (ask.Rules != nil || a.Outcome == "") {
			a.Observation = seen
		}
		if ask.Rules != nil {
			a.Tries = append(a.Tries, stock.TryOf(seen))
		}
	}
	if !ask.Outline {
		return
	}
	if outline, ok := set.Outline(pages[0].page, ask.Whole); ok {
		a.Outline = &outline
	}
}

// lookHere looks at a page if this process owns its host, and reports whether it does.
// During a back-off of the host only kept pages are read.
func (l *live) lookHere(ctx context.Context, ask stock.LookRequest) (a stock.LookAnswer, ours bool) {
	o := l.app.observer
	host := l.lookHost(ask)
	term, ours := l.watcher.Own(host)
	if !ours {
		return a, false
	}
	if wait := l.watcher.Left(host); wait > 0 && len(o.keptFor(ask)) == 0 {
		a.Observation = leftAlone(ask.URL, o.Source(ask.URL), wait)
		return a, true
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(term, cancel)()
	if ask.Picture {
		return o.picture(ctx, ask.URL), true
	}
	return o.study(ctx, ask), true
}

// lookHost returns the host that a request leads to.
func (l *live) lookHost(ask stock.LookRequest) string {
	if ask.Picture {
		return fetch.HostOf(ask.URL)
	}
	return askedHost(withKeys(l.app.config.Load()), ask.URL)
}

// picture fetches a picture of a shop.
func (o *observer) picture(ctx context.Context, address string) (a stock.LookAnswer) {
	a.URL, a.Outcome, a.At = address, stock.OK, clock.Wall()
	if host := o.unacceptedHost(o.sources.Load(), address, fetch.HostOf(address)); host != "" { // any shop's page may name it
		a.Outcome, a.Reason = stock.Disallowed, stock.Because(stock.ReasonTerms, host)
		return a
	}
	var err error
	if a.Picture, err = o.fetch.Picture(ctx, address); err != nil {
		a.Outcome, a.Reason = stock.Failed, stock.Because(stock.ReasonNotRead, err)
	}
	return a
}

// leftAlone is the answer while the host must not be asked.
func leftAlone(rawURL, source string, wait time.Duration) stock.Observation {
	return stock.Observation{
		URL: rawURL, Source: source, Outcome: stock.RateLimited,
		Reason: stock.Because(stock.ReasonLeftAlone, wait.Round(time.Second)), RetryAfter: wait,
	}
}
