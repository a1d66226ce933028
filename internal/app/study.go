package app

import (
	"context"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/fetch"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// study looks at a page for a person who wants to know how it is read, or takes the
// page that was kept when they asked before.
func (o *observer) study(ctx context.Context, ask stock.LookRequest) stock.LookAnswer {
	var a stock.LookAnswer
	pages := o.keptFor(ask)
	if len(pages) == 0 {
		a.Observation = o.observe(ctx, ask.URL, ask.Keep)
		if pages = o.kept.of(ask.URL); len(pages) > 0 && !pages[0].page.FetchedAt.Equal(a.At) {
			pages = nil // this look brought none
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

// keptFor returns the pages that answer what is asked, without asking the shop.
func (o *observer) keptFor(ask stock.LookRequest) []keptPage {
	if !ask.Kept {
		return nil
	}
	return o.kept.of(ask.URL)
}

// explain reads the pages that are kept, newest first, as it is asked.
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

// lookHere looks at a page whose host is this process's to ask, unless that is left
// alone for now.
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

// lookHost returns the host that is asked when somebody wants to see something.
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

func leftAlone(rawURL, source string, wait time.Duration) stock.Observation {
	return stock.Observation{
		URL: rawURL, Source: source, Outcome: stock.RateLimited,
		Reason: stock.Because(stock.ReasonLeftAlone, wait.Round(time.Second)), RetryAfter: wait,
	}
}
