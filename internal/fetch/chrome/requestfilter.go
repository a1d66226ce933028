package chrome

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
)

// maxRequests is how many requests of one page are let through. A page that has
// not been drawn by then goes round in circles.
const maxRequests = 500

// requestFilter decides every request of one page. It never waits for an answer of the
// browser, so that the reader of answers never waits for it either.
type requestFilter struct {
	page    *session
	frame   cdp.FrameID
	proxy   *url.URL
	allow   func(ctx context.Context, url string) bool
	answers chan Answer // the page's own answer, held until somebody decides about it
	moved   chan string // where the page's script wants to go

	paused <-chan jsonv2.Value
	logins <-chan jsonv2.Value
	stop   func()

	loading bool // the page itself has been asked for
	passed  int
	proxied bool // the proxy has been given its password
}

// Answer is what the server said to the request for the page itself.
type Answer struct {
	Status int
	Header http.Header

	id fetch.RequestID
}

// newRequestFilter returns a filter that hears of every request from now on.
func newRequestFilter(t *Tab, o Options) *requestFilter {
	d := &requestFilter{
		page: t.page, frame: cdp.FrameID(t.target), proxy: o.Proxy, allow: o.Allow,
		answers: make(chan Answer, 1), moved: make(chan string, 1),
	}
	var stopPaused, stopLogins func()
	d.paused, stopPaused = t.page.Subscribe(fetch.RequestPaused.Method)
	d.logins, stopLogins = t.page.Subscribe(fetch.AuthRequired.Method)
	d.stop = func() { stopPaused(); stopLogins() }
	return d
}

// run decides until ctx ends. What is not decided by then stays where it is.
func (d *requestFilter) run(ctx context.Context) {
	defer d.stop()
	for {
		select {
		case raw := <-d.paused:
			var e fetch.EventRequestPaused
			if decode(fetch.RequestPaused.Method, raw, &e) == nil && e.Request != nil {
				d.decide(ctx, &e)
			}
		case raw := <-d.logins:
			var e fetch.EventAuthRequired
			if decode(fetch.AuthRequired.Method, raw, &e) == nil && e.AuthChallenge != nil {
				d.login(ctx, &e)
			}
		case <-ctx.Done():
			return
		}
	}
}

// decide lets one request pass, refuses it, or holds the page's answer.
func (d *requestFilter) decide(ctx context.Context, e *fetch.EventRequestPaused) {
	own := e.ResourceType == network.ResourceTypeDocument && e.FrameID == d.frame
	switch {
	case own && e.ResponseErrorReason != "":
		d.pass(ctx, e) // Page.navigate says it in better words
	case own && e.ResponseStatusCode != 0:
		offer(d.answers, Answer{Status: int(e.ResponseStatusCode), Header: headerOf(e.ResponseHeaders), id: e.RequestID})
	case own && !d.loading:
		d.loading = true
		d.pass(ctx, e)
	case own:
		offer(d.moved, e.Request.URL)
		d.refuse(ctx, e, network.ErrorReasonAborted) // so that the page stays as it is
	case d.needed(e) && d.passed < maxRequests && d.allow(ctx, e.Request.URL):
		d.passed++
		d.pass(ctx, e)
	default:
		d.refuse(ctx, e, network.ErrorReasonBlockedByClient)
	}
}

// needed reports whether a page can need a request to be drawn: scripts, what
// they ask for, and styles, which scripts may wait for. Nothing that is only
// looked at, and no frames.
func (d *requestFilter) needed(e *fetch.EventRequestPaused) bool {
	for name, value := range e.Request.Headers {
		value, _ := value.(string)
		switch strings.ToLower(name) {
		case "sec-purpose", "purpose":
			return false // in advance, for another page
		case "accept":
			if strings.HasPrefix(value, "text/event-stream") {
				return false // never ends
			}
		}
	}
	switch e.ResourceType {
	case network.ResourceTypeScript, network.ResourceTypeXHR, network.ResourceTypeFetch,
		network.ResourceTypeStylesheet, network.ResourceTypePreflight:
		return true
	}
	return false
}

func (d *requestFilter) pass(ctx context.Context, e *fetch.EventRequestPaused) {
	_ = d.page.post(ctx, fetch.CommandContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID})
}

func (d *requestFilter) refuse(ctx context.Context, e *fetch.EventRequestPaused, why network.ErrorReason) {
	_ = d.page.post(ctx, fetch.CommandFailRequest, fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: why})
}

// login gives the proxy its password, once, and no server any.
func (d *requestFilter) login(ctx context.Context, e *fetch.EventAuthRequired) {
	answer := &fetch.AuthChallengeResponse{Response: fetch.AuthChallengeResponseResponseCancelAuth}
	if e.AuthChallenge.Source == fetch.AuthChallengeSourceProxy && d.proxy != nil && d.proxy.User != nil && !d.proxied {
		d.proxied = true
		answer.Response, answer.Username = fetch.AuthChallengeResponseResponseProvideCredentials, d.proxy.User.Username()
		answer.Password, _ = d.proxy.User.Password()
	}
	_ = d.page.post(ctx, fetch.CommandContinueWithAuth, fetch.ContinueWithAuthParams{RequestID: e.RequestID, AuthChallengeResponse: answer})
}

// offer leaves a value for the first who asks; a second one changes nothing.
func offer[T any](to chan<- T, v T) {
	select {
	case to <- v:
	default:
	}
}

func headerOf(entries []*fetch.HeaderEntry) http.Header {
	h := make(http.Header, len(entries))
	for _, e := range entries {
		if e != nil {
			h.Add(e.Name, e.Value)
		}
	}
	return h
}
