package fetch

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/fetch/chrome"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// browserPatience is how long a browser may take to open a tab before it is
// thought dead.
const browserPatience = 15 * time.Second

// browser draws pages in a Chrome that the user runs, one at a time, which bounds
// the memory that it takes: no setting of its own does. It connects anew for every
// page, so that there is nothing to mend when the browser was restarted, and
// nothing of one page is left for the next.
type browser struct {
	endpoint chrome.Endpoint
	client   *http.Client  // dials the endpoint; its Timeout is how long a tab may take to open
	patience time.Duration // how long a loaded page may take to be drawn, and as long again to say so
	tabs     chan struct{} // one place: full while a page is drawn
	proxy    *url.URL      // the shops', nil for none
}

// newBrowser returns the browser at a DevTools endpoint, nil when there is none.
// It does not connect. Its errors do not repeat the URL, which may hold a token.
func newBrowser(raw string, guard Guard, timeout time.Duration, proxy *url.URL) (*browser, error) {
	if raw == "" {
		return nil, nil
	}
	endpoint, err := chrome.ParseEndpoint(raw)
	if err != nil {
		return nil, fmt.Errorf("browser: %w", err)
	}
	return &browser{
		endpoint: endpoint, client: guard.allowing(endpoint.Address()).Client(min(timeout, browserPatience)),
		patience: timeout, tabs: make(chan struct{}, 1), proxy: proxy,
	}, nil
}

// enter waits until no other page is drawn.
func (b *browser) enter(ctx context.Context) error {
	select {
	case b.tabs <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (b *browser) leave() { <-b.tabs }

// visitor is what one page may ask for besides itself.
type visitor struct {
	target target
	rules  robotRules // of the target's host
	hosts  []string   // others that the source names
	check  func(ctx context.Context, host string) error
	judged map[string]bool // by host: what check said

	mu      sync.Mutex
	refused map[stock.ReasonCode]map[string]bool // why, and which hosts
}

// maxRefused is how many hosts a reason names for one cause.
const maxRefused = 5

// refuse notes why a host was not asked.
func (v *visitor) refuse(host string, why stock.ReasonCode) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.refused == nil {
		v.refused = make(map[stock.ReasonCode]map[string]bool)
	}
	if v.refused[why] == nil {
		v.refused[why] = make(map[string]bool)
	}
	if len(v.refused[why]) <= maxRefused {
		v.refused[why][cut(host)] = true
	}
}

// reason says which hosts were not asked and why: what the user can change first.
func (v *visitor) reason() (r stock.Reason) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, why := range []stock.ReasonCode{stock.ReasonNotInDrawHosts, stock.ReasonDrawRobots, stock.ReasonDrawPrivate} {
		hosts := slices.Sorted(maps.Keys(v.refused[why]))
		if len(hosts) > maxRefused {
			hosts = append(hosts[:maxRefused], "…")
		}
		if len(hosts) > 0 {
			r = r.And(stock.Because(why, strings.Join(hosts, ", ")))
		}
	}
	return r
}

// may reports whether the page may ask for a URL: on its own host what robots.txt
// allows, on others what its source names, and nowhere in the private network.
func (v *visitor) may(ctx context.Context, raw string) bool {
	t, err := parseTarget(raw)
	switch {
	case err != nil:
		return false
	case sameHost(v.target, t):
		_, forbidden := v.rules.forbids(t.url)
		if forbidden {
			v.refuse(t.host, stock.ReasonDrawRobots)
		}
		return !forbidden
	case !v.named(t.host):
		v.refuse(t.host, stock.ReasonNotInDrawHosts)
		return false
	}
	allowed, known := v.judged[t.host]
	if !known {
		allowed = v.check(ctx, t.host) == nil
		v.judged[t.host] = allowed
	}
	if !allowed {
		v.refuse(t.host, stock.ReasonDrawPrivate)
	}
	return allowed
}

// named reports whether the source names a host, by itself or by a domain of it.
func (v *visitor) named(host string) bool {
	return slices.ContainsFunc(v.hosts, func(name string) bool {
		if domain, below := strings.CutPrefix(name, "*"); below {
			return strings.HasSuffix(host, domain)
		}
		return host == name
	})
}

// checkForBrowser judges a host that the browser is going to dial.
func (c *Client) checkForBrowser(ctx context.Context, host string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, dialTimeout, errTimeout)
	defer cancel()
	if c.browser.proxy != nil {
		return c.guard.checkHost(host)
	}
	return c.guard.checkResolved(ctx, host)
}
