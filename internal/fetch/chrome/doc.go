// Package chrome draws one page in a browser that somebody else runs, over the
// Chrome DevTools Protocol: it opens a tab in a context of its own, loads a URL,
// keeps the page from asking anybody whom its user does not allow, waits until it
// is drawn, and returns what stands on it.
//
// It starts no browser, keeps no connection and knows no politeness: whom a page
// may ask, and when, is for package fetch to say. The protocol's own names are
// those of package cdproto; chromedp itself is not used, since it mirrors every
// page's tree in memory, which a page can make as large as it likes.
//
// A tab is used by one goroutine and always closed. Each wait ends with its
// context, however a page or a browser behaves.
//
// The URL of a browser may hold a token, so that no error of this package repeats
// it.
package chrome
