// Package fetch asks shops for pages, politely: over one shared colly collector
// and a transport of its own it sends at most one request at a time to a host,
// keeps a gap between two, obeys robots.txt, asks conditionally, decodes and
// bounds what comes, and refuses to be sent into the private network.
//
// It does not know any shop, does not look for stock in what it fetched (see
// package sources), and does not decide when to ask (see packages schedule and
// watch). It never retries, keeps no cookies and never pretends to be a browser.
// Scripts are run for pages that say their state in no other way, and only by a
// browser that the user runs for them (Options.BrowserURL, package fetch/chrome).
//
// # Politeness
//
// Every request passes the gate of its host: pages, robots.txt and the hops of
// a redirect alike. The gap is counted from the first byte of an answer, or
// from the end of a request that got none, so that however long a connection
// took to set up, the server never sees two requests closer than the gap.
// A Crawl-delay of robots.txt that is longer than the gap is kept instead, up to
// a minute.
//
// A page that a browser draws has the host's turn until its tab is closed, and the
// gap counts from then on. What its scripts ask for belongs to the page: on its
// own host what robots.txt allows, on others what its source names.
//
// # Conditional requests
//
// ETag and Last-Modified of the last complete answer to a URL are sent with the
// next request for it, and a 304 becomes stock.NotModified: "as at the last look
// that read it". Whoever could not make sense of a page must therefore call
// [Client.Forget], or the page's next 304 would stand for a reading that never
// was.
package fetch
