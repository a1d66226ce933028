package chrome

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
)

// closePatience is how long the browser may take to drop a page. It drops what is
// left when the connection ends.
const closePatience = 3 * time.Second

// maxEscape is how many bytes of a message one byte of a page may take: \u0000.
const maxEscape = 6

// The window is high, so that lists which are filled as far as they are seen are
// filled far.
const (
	width  = 1280
	height = 6000
)

// Options say how a page is drawn.
type Options struct {
	Endpoint  Endpoint
	Client    *http.Client // dials the endpoint; its Timeout bounds the connecting
	UserAgent string
	Languages string   // the Accept-Language header
	Proxy     *url.URL // what the page is fetched through; nil: nothing
	MaxBody   int64    // bytes of a page
	// Allow says whether the page may ask for a URL besides its own. It is called
	// by one goroutine and may take its time.
	Allow func(ctx context.Context, url string) bool
}

// Tab is one page in a browser context that has nothing of any other page.
type Tab struct {
	conn     *conn
	page     *session
	context  cdp.BrowserContextID
	target   target.ID
	maxBody  int64
	filter   *requestFilter
	loaded   chan error      // how the loading ended: a page is there, or why not
	life     context.Context // ends with the tab, the browser, or the page's process
	end      context.CancelCauseFunc
	watchers sync.WaitGroup
}

// Open opens an empty tab. ctx bounds the opening alone. The caller closes it.
func Open(ctx context.Context, o Options) (*Tab, error) {
	c, err := dial(ctx, o.Endpoint, o.Client, maxEscape*o.MaxBody+1<<20)
	if err != nil {
		return nil, err
	}
	t := &Tab{conn: c, maxBody: o.MaxBody, loaded: make(chan error, 1)}
	t.life, t.end = context.WithCancelCause(context.Background())
	if err := t.open(ctx, o); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// Close drops the page with all that belongs to it and ends the connection.
func (t *Tab) Close() {
	t.end(context.Canceled)
	t.watchers.Wait()
	if t.context != "" {
		ctx, cancel := context.WithTimeout(context.Background(), closePatience)
		defer cancel()
		// When it fails the connection's end does the same.
		_, _ = cdp.Call(ctx, t.conn, target.DisposeBrowserContext, target.DisposeBrowserContextParams{BrowserContextID: t.context})
	}
	t.conn.close()
}

func (t *Tab) open(ctx context.Context, o Options) error {
	if err := t.openContext(ctx, o); err != nil {
		return err
	}
	made, err := cdp.Call(ctx, t.conn, target.CreateTarget, target.CreateTargetParams{URL: "about:blank", BrowserContextID: t.context})
	if err != nil {
		return err
	}
	t.target = made.TargetID
	attached, err := cdp.Call(ctx, t.conn, target.AttachToTarget, target.AttachToTargetParams{TargetID: t.target, Flatten: new(true)})
	if err != nil {
		return err
	}
	t.page = t.conn.session(attached.SessionID)
	t.watch()
	t.filter = newRequestFilter(t, o)
	t.watchers.Go(func() { t.filter.run(t.life) })
	return t.prepare(ctx, o)
}

// openContext makes the browser context: cookies, storage, caches and proxy of
// this page alone, and no downloads.
func (t *Tab) openContext(ctx context.Context, o Options) error {
	params := target.CreateBrowserContextParams{DisposeOnDetach: new(true)}
	if o.Proxy != nil {
		params.ProxyServer = o.Proxy.Scheme + "://" + o.Proxy.Host
		params.ProxyBypassList = "<-loopback>" // the browser would go there by itself
	}
	made, err := cdp.Call(ctx, t.conn, target.CreateBrowserContext, params)
	if err != nil {
		return err
	}
	t.context = made.BrowserContextID
	_, err = cdp.Call(ctx, t.conn, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorDeny, BrowserContextID: t.context,
	})
	return err
}

// prepare says who we are and puts the filter between the page and the network,
// before anything is loaded.
func (t *Tab) prepare(ctx context.Context, o Options) error {
	name, version, _ := strings.Cut(strings.Fields(o.UserAgent)[0], "/")
	for _, step := range []struct {
		method string
		params any
	}{
		{emulation.CommandSetUserAgentOverride, emulation.SetUserAgentOverrideParams{
			UserAgent: o.UserAgent, AcceptLanguage: o.Languages,
			UserAgentMetadata: &emulation.UserAgentMetadata{Brands: []*emulation.UserAgentBrandVersion{{Brand: name, Version: version}}},
		}},
		{emulation.CommandSetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1}},
		{inspector.CommandEnable, cdp.Empty{}},
		{page.CommandEnable, page.EnableParams{}}, // without it no script is run ahead
		{page.CommandAddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: nothingAhead, WorldName: ourWorld}},
		{page.CommandAddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: noSideDoors}},
		// What would be a target of its own (a worker, a frame of another site, a
		// window) is not let run: nobody would stand at its door.
		{target.CommandSetAutoAttach, target.SetAutoAttachParams{AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: new(true)}},
		{fetch.CommandEnable, fetch.EnableParams{
			Patterns: []*fetch.RequestPattern{
				{URLPattern: "*", RequestStage: fetch.RequestStageRequest},
				{URLPattern: "*", RequestStage: fetch.RequestStageResponse, ResourceType: network.ResourceTypeDocument},
			},
			HandleAuthRequests: new(true),
		}},
	} {
		if err := t.page.Call(ctx, step.method, step.params, nil); err != nil {
			return err
		}
	}
	return nil
}

// watch ends the tab's life when the browser or the page's process is gone.
func (t *Tab) watch() {
	crashed, stopCrashed := t.page.Subscribe(inspector.TargetCrashed.Method)
	detached, stopDetached := t.conn.Subscribe(target.DetachedFromTarget.Method)
	t.watchers.Go(func() {
		defer stopCrashed()
		defer stopDetached()
		for {
			select {
			case <-t.conn.done:
				t.end(t.conn.why())
			case <-crashed:
				t.end(errCrashed)
			case <-detached: // only this tab's session is attached to the browser's
				t.end(errDropped)
			case <-t.life.Done():
				return
			}
		}
	})
}

// within returns a context that ends with ctx and with the tab.
func (t *Tab) within(ctx context.Context) (context.Context, context.CancelFunc) {
	both, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(t.life, func() { cancel(context.Cause(t.life)) })
	return both, func() { stop(); cancel(context.Canceled) }
}
