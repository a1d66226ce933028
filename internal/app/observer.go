package app

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/fetch"
	"github.com/sainyuka/sainyuka/internal/ops"
	"github.com/sainyuka/sainyuka/internal/sources"
	"github.com/sainyuka/sainyuka/internal/sources/rakutenapi"
	"github.com/sainyuka/sainyuka/internal/sources/yahooapi"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// observer looks at a page: fetch brings the bytes, sources reads them. It keeps
// the last reading of each URL, so that "not modified" and an answer that is the same
// repeat that reading and nothing older.
type observer struct {
	fetch   *fetch.Client
	sources atomic.Pointer[sources.Set] // a reload brings other keys
	config  atomic.Pointer[config.Config]
	terms   []string // hosts whose terms the user has taken on
	browser bool     // there is one to draw pages
	readers readers
	kept    kept
	log     *slog.Logger

	readingPacker readingPacker
	whole         int // of how many watched pages readings are kept as they are, see maxWhole

	mu       sync.Mutex
	watched  int                       // how many pages are
	readings map[string]*reading       // by watch URL
	askings  map[string]asking         // by watch URL, see askingOf
	changes  int                       // of what pages are read by: rules, header fields, what is distrusted
	distrust map[string][]stock.Method // by host: methods that are no evidence of availability there
}

// Distrust notes which methods are no evidence of availability on a host. What was
// read of its pages before is read anew.
func (o *observer) Distrust(host string, methods []stock.Method) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if slices.Equal(o.distrust[host], methods) {
		return
	}
	o.distrust[host] = methods
	o.changes++
	for rawURL := range o.readings {
		if o.Host(rawURL) != host {
			continue
		}
		delete(o.readings, rawURL)
		if req, err := o.sources.Load().Request(rawURL); err == nil {
			o.fetch.Forget(req.URL)
		}
	}
}

func (o *observer) distrusted(host string) []stock.Method {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.distrust[host]
}

func newObserver(cfg *config.Config, version string, every func(string) time.Duration, log *slog.Logger) (*observer, error) {
	o := &observer{log: log, terms: cfg.Fetch.TermsAccepted, browser: cfg.Fetch.BrowserURL != "", readingPacker: newReadingPacker(), whole: maxWhole, readings: map[string]*reading{}, askings: map[string]asking{}, distrust: map[string][]stock.Method{}, readers: newReaders(runtime.GOMAXPROCS(0))}
	o.config.Store(cfg)
	roots, err := config.ReadRoots(cfg.Fetch.CAFile)
	if err != nil {
		return nil, err
	}
	client, err := fetch.New(fetch.Options{
		UserAgent: userAgent(cfg, version), Timeout: cfg.Fetch.Timeout, Proxy: cfg.Fetch.Proxy,
		AllowPrivate: cfg.Fetch.AllowPrivateAddresses, Roots: roots, Every: every, Logger: log,
		BrowserURL: cfg.Fetch.BrowserURL, Memory: pageMemory(cfg, ops.Memory()), Files: ops.Files(),
		Header: func(host string) http.Header { return o.config.Load().Header(host) },
	})
	if err != nil {
		return nil, err
	}
	o.fetch = client
	o.sources.Store(withKeys(cfg))
	return o, nil
}

// withKeys returns all the sources, with the user's keys of the official APIs and
// what the user says of hosts whose pages must be drawn.
func withKeys(cfg *config.Config) *sources.Set {
	r, y := cfg.API.Rakuten, cfg.API.Yahoo
	set := sources.NewWithKeys(sources.Keys{
		Rakuten: rakutenapi.Key{URL: r.URL, ApplicationID: r.ApplicationID.Reveal(), AccessKey: r.AccessKey.Reveal(), Referer: r.Referer},
		Yahoo:   yahooapi.Key{URL: y.URL, AppID: y.AppID.Reveal()},
	}).Drawing(cfg.Drawing).Ruled(cfg.Rules)
	return set.Currencies(currencies(set, cfg.Products))
}

// currencies returns the function that tells in which currency the user counts what is
// asked for at an address: the one of its products, "" where they differ.
func currencies(set *sources.Set, products []stock.Product) func(asked string) string {
	of := map[string]string{}
	for _, p := range products {
		for _, w := range p.Watches {
			req, err := set.Request(w.URL)
			if err != nil {
				continue
			}
			if c, known := of[req.URL]; known && c != p.Currency {
				of[req.URL] = ""
				continue
			}
			of[req.URL] = p.Currency
		}
	}
	return func(asked string) string { return of[asked] }
}

// adopt takes over another configuration. What was read by other rules, or sent for
// other header fields, is read anew, without validators.
func (o *observer) adopt(cfg *config.Config) {
	set, old := withKeys(cfg), o.config.Swap(cfg)
	o.sources.Store(set)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.changes++
	clear(o.askings)
	for rawURL := range o.readings {
		host := stock.HostOf(rawURL)
		if old.Rules(rawURL) == cfg.Rules(rawURL) && reflect.DeepEqual(old.Header(host), cfg.Header(host)) {
			continue
		}
		delete(o.readings, rawURL)
		if req, err := set.Request(rawURL); err == nil {
			o.fetch.Forget(req.URL)
		}
	}
}

// userAgent returns the honest name that shops are told: the user's own, or
// "sainyuka/VERSION (+contact)".
func userAgent(cfg *config.Config, version string) string {
	if cfg.Fetch.UserAgent != "" {
		return cfg.Fetch.UserAgent
	}
	ua := "sainyuka/" + version
	if cfg.Fetch.Contact != "" {
		ua += " (+" + cfg.Fetch.Contact + ")"
	}
	return ua
}

func (o *observer) close() { o.fetch.Close() }

// Observe looks at the page of a watch once.
func (o *observer) Observe(ctx context.Context, rawURL string) stock.Observation {
	return o.observe(ctx, rawURL, false)
}

// observe looks at a page once. With keep it asks for the whole page and keeps that for a
// while.
func (o *observer) observe(ctx context.Context, rawURL string, keep bool) stock.Observation {
	last, changes := o.reading(rawURL) // before the sources: changes must not count a reload that these do not know
	set := o.sources.Load()
	a, err := o.askingOf(set, rawURL)
	if err != nil {
		return stock.Observation{URL: rawURL, Source: set.Name(rawURL), Outcome: stock.Failed, Reason: sources.ReasonOf(err), At: clock.Wall()}
	}
	if a.unaccepted != "" {
		return stock.Observation{
			URL: rawURL, Source: set.Name(rawURL), Outcome: stock.Disallowed, At: clock.Wall(),
			Reason: stock.Because(stock.ReasonTerms, a.unaccepted),
		}
	}
	req := a.request
	if keep {
		o.fetch.Forget(req.URL) // a 304 has no page to keep
	}
	if req.Last, req.Still = last.print, last.still; keep {
		req.Last, req.Still = stock.Print{}, false
	}
	page, release := o.fetch.Load(ctx, req)
	defer release()
	switch {
	case page.Outcome == stock.NotModified:
		return o.repeat(rawURL, req.URL, page)
	case page.Same:
		return o.same(rawURL, req.URL, page)
	}
	var more []stock.Page
	if next, ok := set.More(page); ok {
		o.fetch.Forget(req.URL) // a 304 would speak of the first answer alone
		page.Body = bytes.Clone(page.Body)
		release() // who holds memory must not wait for more of it
		second, release := o.fetch.Load(ctx, next)
		defer release()
		more = append(more, second)
	}
	page.Distrusted = o.distrusted(a.host)
	if keep && page.Outcome.Good() {
		o.kept.add(rawURL, page, more)
	}
	var seen stock.Observation
	if err := o.readers.do(ctx, last.isNews(page.Body), func() { seen = set.ReadFor(rawURL, page, more...) }); err != nil {
		o.fetch.Forget(req.URL)
		return stock.Observation{
			URL: rawURL, Source: set.Name(rawURL), Outcome: stock.Failed, At: page.FetchedAt,
			Reason: stock.Because(stock.ReasonNotRead, err),
		}
	}
	if len(more) > 0 {
		return seen
	}
	seen = o.withBrowserHint(req, seen)
	if page.Outcome.Good() && (!seen.Outcome.Good() || !seen.IsSearch && seen.Offer.Availability == stock.Unknown) {
		seen.Reason = seen.Reason.And(page.Refused) // it may be why the page does not say
	}
	o.remember(rawURL, req.URL, page, seen, changes)
	return seen
}

// withBrowserHint says of a page that could not be read without a browser what it needs.
func (o *observer) withBrowserHint(req stock.Request, seen stock.Observation) stock.Observation {
	refused := seen.Outcome == stock.Blocked || seen.Outcome == stock.Failed || seen.Outcome == stock.Unreadable
	switch {
	case !refused, seen.Reason.Has(stock.ReasonMercariBrowser, stock.ReasonNeedsBrowser, stock.ReasonBrowser):
	case req.Draw != nil && !o.browser:
		seen.Reason = seen.Reason.And(stock.Because(stock.ReasonNeedsBrowser))
	case req.Draw == nil && seen.Reason.Code == stock.ReasonShell:
		seen.Reason = seen.Reason.And(stock.Because(stock.ReasonMayBeDrawn))
	}
	return seen
}

// unacceptedHost returns the host that is asked for a page when its terms restrict
// automation and the user has not accepted that, else "".
func (o *observer) unacceptedHost(set *sources.Set, rawURL, host string) string {
	bare, _, _ := strings.Cut(host, ":")
	if !set.Restricted(rawURL) || slices.Contains(o.terms, host) || slices.Contains(o.terms, bare) {
		return ""
	}
	return bare
}

// Host returns the key of the host that is really asked for a watch; "" when the
// URL names none.
func (o *observer) Host(rawURL string) string { return askedHost(o.sources.Load(), rawURL) }

func askedHost(set *sources.Set, rawURL string) string {
	req, err := set.Request(rawURL)
	if err != nil {
		return ""
	}
	return fetch.HostOf(req.URL)
}

// Source is the name of the source that reads a watch's URL.
func (o *observer) Source(rawURL string) string { return o.sources.Load().Name(rawURL) }
