package app

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/config"
	"github.com/sainyuka/sainyuka/internal/fakeshop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const itemURL = "http://shop.example/item/1"

// newTestObserver returns an observer that reaches a street of shops by proxy.
func newTestObserver(t *testing.T, accepted ...string) (*observer, *fakeshop.Street) {
	t.Helper()
	street := fakeshop.New()
	server := httptest.NewServer(street)
	t.Cleanup(server.Close)
	t.Cleanup(street.Close)
	cfg := &config.Config{Fetch: config.Fetch{Timeout: 10 * time.Second, Proxy: server.URL, TermsAccepted: accepted}}
	o, err := newObserver(cfg, "test", func(string) time.Duration { return time.Millisecond }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("make an observer: %v", err)
	}
	t.Cleanup(o.close)
	return o, street
}

// What a 304 repeats is the reading that its validator was given out with.
func TestNotModifiedRepeatsItsReading(t *testing.T) {
	o, street := newTestObserver(t)
	item := fakeshop.Item{Title: "風見鶏", Price: stock.Yen(1980), Availability: stock.OutOfStock, Validators: true}
	street.Set(itemURL, item)
	look := func(want stock.Outcome, availability stock.Availability) {
		t.Helper()
		got := o.Observe(t.Context(), itemURL)
		if got.Outcome != want || got.Offer.Availability != availability {
			t.Fatalf("look: got %s %s (%s), want %s %s", got.Outcome, got.Offer.Availability, got.Reason, want, availability)
		}
	}
	look(stock.OK, stock.OutOfStock)
	look(stock.NotModified, stock.OutOfStock)
	item.Availability = stock.InStock
	street.Set(itemURL, item)
	look(stock.OK, stock.InStock)
	look(stock.NotModified, stock.InStock)

	street.Fail(itemURL, fakeshop.Captcha())
	look(stock.Blocked, stock.Unknown)
	street.Heal(itemURL)
	look(stock.OK, stock.InStock) // in full: what was not understood must not be repeated

	o.keep(map[string]bool{}) // the page is no longer watched: its validators go with its reading
	look(stock.OK, stock.InStock)
}

// A page that a browser draws, and that was not to be had without one, says what it
// needs; one that the user has drawn is asked for so.
func TestPagesThatNeedABrowser(t *testing.T) {
	const yodobashi = "http://www.yodobashi.com/product/100000001000000001/"
	o, street := newTestObserver(t)
	street.Fail(yodobashi, fakeshop.Captcha())
	if got := o.Observe(t.Context(), yodobashi); got.Outcome != stock.Blocked || !got.Reason.Has(stock.ReasonNeedsBrowser) {
		t.Errorf("look without a browser: got %s (%s), want blocked and what it needs", got.Outcome, got.Reason)
	}
	street.Fail(itemURL, fakeshop.Captcha())
	if got := o.Observe(t.Context(), itemURL); got.Outcome != stock.Blocked || strings.Contains(got.Reason.Text, "browser_url") {
		t.Errorf("look at a page that needs no browser: got %s (%s), want blocked and no advice", got.Outcome, got.Reason)
	}
	street.Fail(itemURL, fakeshop.Shell())
	if got := o.Observe(t.Context(), itemURL); got.Outcome != stock.Unreadable || !got.Reason.Has(stock.ReasonMayBeDrawn) {
		t.Errorf("look at a shell: got %s (%s), want unreadable and how to have it drawn", got.Outcome, got.Reason)
	}
	draw := &stock.Drawing{Ready: ".cart", Hosts: []string{"api.shop.example"}}
	cfg := &config.Config{Hosts: map[string]config.Host{"shop.example": {Draw: draw}}}
	for url, want := range map[string]*stock.Drawing{itemURL: draw, "http://other.example/item/1": nil} {
		if req, err := withKeys(cfg).Request(url); err != nil || req.Draw != want {
			t.Errorf("%s is asked for as %+v (%v), want it drawn by %+v", url, req, err, want)
		}
	}
}

// A shop whose terms restrict automation is asked for nothing at all until the
// user takes that on.
func TestTermsNotTakenOn(t *testing.T) {
	const url = "http://" + fakeshop.MercariHost + "/item/m10000000001"
	o, street := newTestObserver(t)
	street.Set(url, fakeshop.Item{Title: "x", Price: stock.Yen(1), Availability: stock.InStock})
	got := o.Observe(t.Context(), url)
	if got.Outcome != stock.Disallowed || !strings.Contains(got.Reason.Text, "fetch.terms_accepted") {
		t.Errorf("look: got %s (%s), want disallowed with what to do", got.Outcome, got.Reason)
	}
	if hosts := street.Hosts(); len(hosts) > 0 {
		t.Errorf("hosts asked: %v, want none, not even for robots.txt", hosts)
	}

	o, street = newTestObserver(t, fakeshop.MercariHost)
	street.Set(url, fakeshop.Item{Title: "x", Price: stock.Yen(1), Availability: stock.InStock})
	if got := o.Observe(t.Context(), url); got.Offer.Availability != stock.InStock {
		t.Errorf("look after taking the terms on: got %s %s (%s), want InStock", got.Outcome, got.Offer.Availability, got.Reason)
	}
}

// A page that nobody watches may be looked at again, as a wish list is, after its reading
// was dropped.
func TestDroppedReadingsAreReadAnew(t *testing.T) {
	o, street := newTestObserver(t)
	street.Set(itemURL, fakeshop.Item{Title: "風見鶏", Price: stock.Yen(1980), Availability: stock.InStock, Validators: true})
	for range 2 {
		if got := o.Observe(t.Context(), itemURL); got.Outcome != stock.OK {
			t.Fatalf("a look: %s (%s), want ok", got.Outcome, got.Reason.Text)
		}
		o.keep(nil)
	}
}

// What a user or a wish list asks for is read as safely as what is watched.
func TestAskedPagesMayPanic(t *testing.T) {
	o, _ := newTestObserver(t)
	o.sources.Store(nil) // any use of it panics
	if got := o.study(t.Context(), stock.LookRequest{URL: itemURL}); got.Outcome != stock.Failed || got.Reason.Code != stock.ReasonInternalError {
		t.Errorf("a look that panics: %s (%s), want it failed by an internal error", got.Outcome, got.Reason.Text)
	}
}
