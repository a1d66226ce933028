package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"

	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/fetch/chrome"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// errBusy is the cause of the end of a look at a page that does not answer.
var errBusy = stock.Because(stock.ReasonPageKeepsBusy).Err()

// draw has the browser fetch the page of one hop and draw it, in place of ask. The
// host's turn lasts until the page is closed: what its scripts ask for belongs to
// the page, and the gap comes after it.
func (c *Client) draw(ctx context.Context, req stock.Request, t target, allowed leave, s *share) (page stock.Page, next target) {
	turn, err := c.gate.enter(ctx, t.host, allowed.gap)
	if err != nil {
		return c.failed(err), target{}
	}
	if err := c.browser.enter(ctx); err != nil {
		turn.pass()
		return c.failed(fmt.Errorf("wait for the browser: %w", err)), target{}
	}
	defer c.browser.leave()
	if err := turn.rest(ctx); err != nil { // somebody may have held the host meanwhile
		turn.pass()
		return c.failed(err), target{}
	}
	defer func() { turn.leave(clock.Now()) }()
	return c.drawNow(ctx, req, t, allowed.rules, s)
}

// drawNow opens a tab for one page and closes it.
func (c *Client) drawNow(ctx context.Context, req stock.Request, t target, rules robotRules, s *share) (page stock.Page, next target) {
	if err := c.checkForBrowser(ctx, t.host); err != nil {
		return c.failed(err), target{}
	}
	v := &visitor{target: t, rules: rules, hosts: req.Draw.Hosts, check: c.checkForBrowser, judged: make(map[string]bool)}
	if err := s.take(ctx, 2*c.maxBody, nil); err != nil { // the page as it came, and as it was drawn
		return c.failed(err), target{}
	}
	tab, err := c.openTab(ctx, v)
	if err != nil {
		return stock.Page{Outcome: stock.Failed, Reason: c.browserReason(err)}, target{}
	}
	defer tab.Close()
	start := clock.Now()
	page, next = c.visit(ctx, tab, req, t)
	if page.Refused = v.reason(); !page.Outcome.Good() && next.url == nil {
		page.Reason = page.Reason.And(page.Refused)
	}
	c.log.Debug("page drawn", "host", t.host, "took", clock.Since(start), "outcome", page.Outcome)
	return page, next
}

func (c *Client) openTab(ctx context.Context, v *visitor) (*chrome.Tab, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.browser.client.Timeout, errTimeout)
	defer cancel()
	return chrome.Open(ctx, chrome.Options{
		Endpoint: c.browser.endpoint, Client: c.browser.client, UserAgent: c.userAgent, Languages: "ja,en",
		Proxy: c.browser.proxy, MaxBody: c.maxBody, Allow: v.may,
	})
}

// visit loads a page in a tab, and has it drawn if it is one.
func (c *Client) visit(ctx context.Context, tab *chrome.Tab, req stock.Request, t target) (page stock.Page, next target) {
	loading, cancel := context.WithTimeoutCause(ctx, c.timeout, errTimeout)
	defer cancel()
	answer, err := tab.Load(loading, t.text)
	if err != nil {
		return c.failed(err), target{}
	}
	x := &exchange{target: t, limit: c.maxBody, status: answer.Status, header: answer.Header}
	if isRedirect(answer.Status) {
		return c.read(x, req.URL, false)
	}
	body, err := tab.Body(loading, answer)
	x.body, x.bodyErr = bytes.NewBuffer(body), plainTooLarge(err)
	if err != nil || answer.Status != http.StatusOK || !isHTML(answer.Header) {
		// Nothing to draw: a refusal is not argued with, and a download not taken.
		return c.read(x, req.URL, false)
	}
	// The browser is told the charset that we see: two readers of one page.
	text, _ := Decode(body, answer.Header.Get("Content-Type"))
	x.header = drawnHeader(answer.Header)
	if err := tab.Draw(loading, answer, x.header, text); err != nil {
		return c.failed(err), target{}
	}
	return c.look(ctx, tab, req, x)
}

// look returns what stands on a page once it is drawn.
func (c *Client) look(ctx context.Context, tab *chrome.Tab, req stock.Request, x *exchange) (page stock.Page, next target) {
	ctx, cancel := context.WithTimeoutCause(ctx, 2*c.browser.patience, errBusy)
	defer cancel()
	s, drawn, err := tab.Look(ctx, req.Draw.Ready, c.browser.patience)
	var moved *chrome.MovedError
	switch {
	case errors.As(err, &moved):
		page = stock.Page{FinalURL: x.target.text, Status: x.status, Header: x.header, FetchedAt: clock.Wall()}
		return c.redirect(page, x.target, moved.URL, req.URL)
	case err != nil && !errors.Is(err, chrome.ErrTooLarge):
		return c.failed(err), target{}
	}
	if at, err := parseTarget(s.URL); err == nil && sameHost(x.target, at) {
		x.target = at
	}
	x.body, x.bodyErr = bytes.NewBufferString(s.HTML), plainTooLarge(err)
	page, next = c.read(x, req.URL, false)
	if page.Outcome == stock.OK && !drawn {
		page.Outcome, page.Reason = stock.Unreadable, c.notDrawn(req.Draw)
	}
	return page, next
}

func (c *Client) notDrawn(d *stock.Drawing) stock.Reason {
	if d.Ready == "" {
		return stock.Because(stock.ReasonNotDrawn, c.browser.patience)
	}
	return stock.Because(stock.ReasonNotDrawnNothing, c.browser.patience, cut(d.Ready))
}

// drawnHeader is the header of what a browser made of an answer: UTF-8, and with
// no validators, which speak of the server's bytes.
func drawnHeader(h http.Header) http.Header {
	h = h.Clone()
	for _, name := range []string{"ETag", "Last-Modified", "Content-Encoding", "Content-Length", "Transfer-Encoding"} {
		h.Del(name)
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	return h
}

func isHTML(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if disposition, _, _ := mime.ParseMediaType(h.Get("Content-Disposition")); disposition == "attachment" {
		return false
	}
	return err == nil && (kind == "text/html" || kind == "application/xhtml+xml")
}

func plainTooLarge(err error) error {
	if errors.Is(err, chrome.ErrTooLarge) {
		return errTooLarge
	}
	return err
}

// browserReason says what is wrong with the browser, and where it was named.
func (c *Client) browserReason(err error) stock.Reason {
	var timeout net.Error
	says := c.reasonOf(err)
	if errors.Is(err, errTimeout) || errors.As(err, &timeout) && timeout.Timeout() {
		says = stock.Because(stock.ReasonBrowserNoAnswer, c.browser.client.Timeout)
	}
	return stock.Because(stock.ReasonBrowser, says)
}
