package fetch

import (
	"fmt"
	"net/http"

	"github.com/gocolly/colly/v2"
)

// exchangeKey is the exchange's place in a colly.Context.
const exchangeKey = "exchange"

// anyURL is what colly is told to ask. The transport asks for the exchange's own URL,
// which has been read and checked; colly's reading of it anew took two fifths of what a
// 304 costs, and of an address with a host, some of its allocations.
const anyURL = "page:"

// anyValue keeps colly from setting a field of a header that is never sent.
var anyValue = []string{"any"}

// newCollector returns the one collector of a Client. All that colly could do
// by itself is done elsewhere in this package or not at all: its delay comes
// after the request, its robots.txt and its cache never expire, its limit cuts
// pages, its charset detection costs ten times the rest of a check.
func newCollector(t *transport) *colly.Collector {
	c := colly.NewCollector()
	// NewCollector has applied the environment's COLLY_* by now; what is set from
	// here on stays.
	c.AllowURLRevisit = true
	c.ParseHTTPErrorResponse = true
	c.IgnoreRobotsTxt = true
	c.DetectCharset = false
	c.TraceHTTP = false
	c.Async = false
	c.CacheDir = ""
	c.MaxBodySize = 0
	c.MaxDepth = 0
	c.MaxRequests = 0
	c.AllowedDomains = nil
	c.DisallowedDomains = nil
	c.DisableCookies()
	c.WithTransport(t)
	c.SetRequestTimeout(0) // the exchange's context bounds it
	c.SetRedirectHandler(func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse })
	c.OnResponse(func(r *colly.Response) {
		x := r.Ctx.GetAny(exchangeKey).(*exchange)
		x.status, x.header = r.StatusCode, *r.Headers
	})
	return c
}

// send carries out one exchange within the client's time-out: one request, no
// redirect followed. Afterwards either x.err is set or the answer's fields are.
// The caller releases x.
func (c *Client) send(x *exchange, header http.Header) {
	if x.err = c.under.enter(x.ctx); x.err != nil { // the shop's time-out does not run meanwhile
		return
	}
	defer c.under.leave()
	x.ctx, x.watch = startWatch(x.ctx, c.timeout, errTimeout)
	defer x.watch.end()
	exchangeID := c.transport.register(x)
	defer c.transport.drop(exchangeID)
	x.asks = header
	data := colly.NewContext()
	data.Put(exchangeKey, x)
	err := c.collector.Request(http.MethodGet, anyURL, nil, data, http.Header{exchangeHeader: {exchangeID}, "User-Agent": anyValue, "Accept": anyValue})
	if err != nil && x.err == nil {
		x.err = fmt.Errorf("request: %w", err)
	}
}
