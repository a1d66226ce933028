package fetch

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gocolly/colly/v2"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Defaults of Options.
const (
	defaultTimeout = 15 * time.Second
	defaultGap     = 2 * time.Second
	defaultMaxBody = 8 << 20
	defaultMemory  = 64 << 20
)

// Values of headers, which nobody changes in place.
var (
	accept         = []string{"text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8"}
	acceptLanguage = []string{"ja,en;q=0.5"}
)

// Options configure a Client. UserAgent is the only one without a default.
type Options struct {
	UserAgent    string        // sent as it is; its first word is the robot's name in robots.txt
	Timeout      time.Duration // of one request, from connecting to the last byte; 0: 15 s
	Proxy        string        // URL of an HTTP proxy; empty: none. The environment's are ignored
	AllowPrivate bool          // see Guard, as for Roots
	Roots        *x509.CertPool
	Every        func(host string) time.Duration // gap between two requests to a host; nil: 2 s
	Logger       *slog.Logger                    // nil: silent
	MaxBody      int64                           // decoded bytes of a page; 0: 8 MiB
	Memory       int64                           // bytes of all bodies at one moment, see Load; 0: 64 MiB
	Header       func(host string) http.Header   // what the user wants sent to a host, and to that host alone; nil: nothing
	Files        int                             // that this process may have open; 0: not known, as many connections as come
	BrowserURL   string                          // DevTools endpoint of a Chrome that draws the pages that need one; empty: none
}

// Client fetches pages. It is safe for concurrent use.
type Client struct {
	userAgent string
	agent     []string // userAgent as the value of a header
	token     string   // our name in robots.txt
	timeout   time.Duration
	maxBody   int64
	every     func(host string) time.Duration
	own       func(host string) http.Header
	took      func(host string, d time.Duration) // nil: nobody asks
	log       *slog.Logger

	guard      Guard
	transport  *transport
	collector  *colly.Collector
	gate       *gate
	under      connections // requests under way
	budget     *budget
	robots     *robotsCache
	validators *validators
	upgrades   upgrades
	targets    targets
	browser    *browser // nil: none
}

// New returns a Client.
func New(o Options) (*Client, error) {
	token := productToken(o.UserAgent)
	if token == "" || strings.ContainsFunc(o.UserAgent, func(r rune) bool { return r < ' ' || r > '~' }) {
		return nil, fmt.Errorf("user agent %q: must be plain ASCII and begin with a name", o.UserAgent)
	}
	c := &Client{
		userAgent: o.UserAgent, agent: []string{o.UserAgent}, token: token, timeout: o.Timeout, maxBody: o.MaxBody, every: o.Every, own: o.Header, log: o.Logger,
		guard: Guard{AllowPrivate: o.AllowPrivate, Roots: o.Roots},
		gate:  newGate(), under: newConnections(o.Files), robots: newRobotsCache(), validators: newValidators(maxValidators),
	}
	if c.timeout <= 0 {
		c.timeout = defaultTimeout
	}
	if c.maxBody <= 0 {
		c.maxBody = defaultMaxBody
	}
	if o.Memory <= 0 {
		o.Memory = defaultMemory
	}
	c.budget = newBudget(o.Memory)
	if c.every == nil {
		c.every = func(string) time.Duration { return defaultGap }
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	proxy, err := parseProxy(o.Proxy)
	if err != nil {
		return nil, err
	}
	c.transport = newTransport(dialGuard(c.guard, proxy), c.timeout)
	c.transport.base.MaxIdleConns = idleConnections(o.Files)
	if proxy != nil {
		c.transport.useProxy(proxy)
	}
	c.collector = newCollector(c.transport)
	if c.browser, err = newBrowser(o.BrowserURL, c.guard, c.timeout, proxy); err != nil {
		return nil, err
	}
	return c, nil
}

// Fetch asks for req.URL and returns what came, or why nothing did. It returns
// as soon as ctx ends, and otherwise waits until the host's gap has passed; the
// request for robots.txt and the hops of redirects wait likewise.
//
// Outcome OK means no more than "read it": a captcha comes with status 200 too.
// The body is kept with every status, and belongs to the caller.
func (c *Client) Fetch(ctx context.Context, req stock.Request) stock.Page {
	page, release := c.Load(ctx, req)
	page.Body = bytes.Clone(page.Body)
	release()
	return page
}

// Load is Fetch for a caller that keeps many pages at a time: the bytes of the body
// count in Options.Memory until release is called, and while all of that is in
// use an answer waits before its body is read. The shop's time-out does not run
// meanwhile. The limit may be exceeded by one body.
//
// The body's memory is used for another page once it is released: nothing may hold on to
// a piece of it. To release a page twice does nothing.
func (c *Client) Load(ctx context.Context, req stock.Request) (page stock.Page, release func()) {
	s := c.budget.open(req.Still)
	page = c.load(ctx, req, s)
	s.keep(int64(cap(page.Body)))
	return page, func() {
		c.transport.release(&s.body)
		s.close()
	}
}

// load completes what fetch returns.
func (c *Client) load(ctx context.Context, req stock.Request, s *share) stock.Page {
	page := c.fetch(ctx, req, s)
	if page.Outcome == stock.Failed && page.Status == 0 {
		c.upgrades.forget(req.URL)
	}
	page.URL = req.URL
	if req.API != "" {
		page.URL, page.FinalURL = req.API, ""
	}
	if page.FetchedAt.IsZero() {
		page.FetchedAt = clock.Wall()
	}
	return page
}

// Measure has f told how long a host took for an answer, to its last byte; its gap is not included. It is called before
// the first request.
func (c *Client) Measure(f func(host string, took time.Duration)) { c.took = f }

// Forget drops what is known of a URL's last answer, so that the next request
// for it is unconditional. Whoever could not read a page must call it.
func (c *Client) Forget(url string) { c.validators.forget(url) }

// Hold keeps everybody from asking host before until. It never shortens a hold.
func (c *Client) Hold(host string, until clock.Instant) { c.gate.hold(hostKey(host), until) }

// Close closes the connections that are kept for later. Requests under way are
// ended by their contexts.
func (c *Client) Close() {
	c.transport.base.CloseIdleConnections()
	if c.browser != nil {
		c.browser.client.CloseIdleConnections()
	}
}

// fetch asks for a page and follows its redirects.
func (c *Client) fetch(ctx context.Context, req stock.Request, s *share) stock.Page {
	t, err := c.targets.parse(req.URL)
	if err != nil {
		return c.failed(err)
	}
	t = c.upgrades.of(req.URL, t)
	for hop := 0; ; hop++ {
		allowed, stop := c.admit(ctx, t, req.API != "")
		if stop != nil {
			return *stop
		}
		ask := c.ask
		if req.Draw != nil && c.browser != nil {
			ask = c.draw
		}
		page, next := ask(ctx, req, t, allowed, s)
		switch {
		case next.url == nil:
			return page
		case hop == maxHops:
			page.Outcome, page.Reason = stock.Failed, stock.Because(stock.ReasonTooManyRedirects, maxHops)
			return page
		}
		if hop == 0 && c.upgrades.see(req.URL, page.Status, t, next) {
			c.log.Info("the shop has moved this page to https for good: watch it there", "host", t.host)
		}
		t = next
	}
}

// leave is what a host allows: how often it may be asked, and for what.
type leave struct {
	gap   time.Duration
	rules robotRules
}

// admit decides whether t may be asked at all; invited means that robots.txt has
// no say. It returns what else its host allows, or the page that says why not.
func (c *Client) admit(ctx context.Context, t target, invited bool) (allowed leave, stop *stock.Page) {
	refuse := func(p stock.Page) (leave, *stock.Page) { return leave{}, &p }
	if err := c.guard.checkHost(t.host); err != nil {
		return refuse(c.failed(err))
	}
	if invited {
		return leave{gap: c.every(t.host)}, nil
	}
	robots, err := c.robotsFor(ctx, t)
	if err != nil {
		return refuse(c.failed(err))
	}
	if p := robots.problem; p != nil {
		return refuse(stock.Page{Outcome: p.outcome, Reason: p.reason, RetryAfter: p.retryAfter})
	}
	if rule, forbidden := robots.rules.forbids(t.url); forbidden {
		return refuse(stock.Page{Outcome: stock.Disallowed, Reason: stock.Because(stock.ReasonRobotsForbids, t.host, cut(rule.String()))})
	}
	return leave{max(c.every(t.host), robots.rules.delay), robots.rules}, nil
}

// ask sends the request for one hop and returns its page, or where it leads.
func (c *Client) ask(ctx context.Context, req stock.Request, t target, allowed leave, s *share) (page stock.Page, next target) {
	turn, err := c.gate.enter(ctx, t.host, allowed.gap)
	if err != nil {
		return c.failed(err), target{}
	}
	header := c.header(req.Header)
	c.addOwn(header, t.host)
	conditional := c.validators.ask(req.URL, t.text, header)
	x := &exchange{ctx: ctx, target: t, limit: c.maxBody, gap: allowed.gap, share: s, scripts: req.Scripts, last: req.Last, compare: true}
	begin := clock.Now()
	c.send(x, header)
	if c.took != nil {
		c.took(t.host, clock.Since(begin))
	}
	turn.leave(x.seen())
	page, next = c.read(x, req.URL, conditional)
	if page.Body != nil {
		s.body, x.body = x.body, nil
	}
	c.transport.release(&x.body)
	return page, next
}

// read makes the page of an exchange.
func (c *Client) read(x *exchange, asked string, conditional bool) (page stock.Page, next target) {
	if x.err != nil {
		return c.failed(x.err), target{}
	}
	page = stock.Page{FinalURL: x.target.text, Status: x.status, Header: x.header, FetchedAt: clock.Wall()}
	switch {
	case isRedirect(x.status):
		return c.redirect(page, x.target, x.header.Get("Location"), asked)
	case x.status == http.StatusNotModified && conditional:
		page.Outcome = stock.NotModified
	case x.status == http.StatusNotModified:
		page.Outcome, page.Reason = stock.Failed, stock.Because(stock.ReasonNotModifiedUnasked)
	default:
		c.readBody(&page, x, asked)
	}
	return page, target{}
}

// redirect returns where a page leads, or the page with the reason why that is
// not followed.
func (c *Client) redirect(page stock.Page, from target, location, asked string) (stock.Page, target) {
	next, err := redirectTarget(from, location)
	if err != nil {
		c.validators.forget(asked)
		page.Outcome, page.Reason = redirectOutcome(err), c.reasonOf(err)
	}
	return page, next
}

// readBody judges an answer that carries a page.
func (c *Client) readBody(page *stock.Page, x *exchange, asked string) {
	if x.bodyErr == nil {
		page.Print, page.Same = x.print, x.same
	}
	if x.bodyErr == nil && !x.same {
		page.Body, page.Charset = c.transport.text(x)
	}
	v := judge(x.status, x.header, page.Body, page.FetchedAt)
	page.Outcome, page.Reason, page.RetryAfter = v.outcome, v.reason, v.retryAfter
	switch {
	case v.outcome != stock.OK:
		c.validators.forget(asked) // a 304 after it would speak of a page that is no longer the last one
	case x.bodyErr != nil:
		page.Outcome, page.Reason = stock.Failed, c.reasonOf(x.bodyErr)
	default:
		c.validators.store(asked, page.FinalURL, x.header)
	}
}

// failed is the page of a request that brought no answer.
func (c *Client) failed(err error) stock.Page {
	return stock.Page{Outcome: stock.Failed, Reason: c.reasonOf(err)}
}

// header returns what is sent with every request: the caller's fields, and ours,
// which win where they say who we are or what we understand.
func (c *Client) header(extra http.Header) http.Header {
	h := http.Header{"Accept": accept, "Accept-Language": acceptLanguage}
	for name, values := range extra {
		if name = http.CanonicalHeaderKey(name); !ours(name) {
			h[name] = slices.Clone(values)
		}
	}
	h["User-Agent"] = c.agent
	h["Accept-Encoding"] = acceptEncoding
	return h
}

// addOwn adds what the user wants sent to a host. Neither robots.txt nor any other
// host is asked with it.
func (c *Client) addOwn(h http.Header, host string) {
	if c.own == nil {
		return
	}
	for name, values := range c.own(host) {
		if name = http.CanonicalHeaderKey(name); !ours(name) && name != "User-Agent" && name != "Accept-Encoding" {
			h[name] = slices.Clone(values)
		}
	}
}

// ours reports whether a header field is not for the caller to set.
func ours(name string) bool {
	switch name {
	case "Host", "Connection", "Content-Length", "Transfer-Encoding", "Range", exchangeHeader:
		return true
	}
	return strings.HasPrefix(name, "If-")
}
