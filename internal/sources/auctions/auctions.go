// Package auctions reads Yahoo! Auctions (auctions.yahoo.co.jp): the pages of
// auctions by the JSON that they are drawn from, in two generations, and searches
// by the attributes of their rows.
//
// What can be bought is what has a buy-now price (即決): that is InStock at that
// price. An auction that takes bids alone is OutOfStock, its highest bid being a
// fact beside it: nobody can buy there, one can only hope to win, and a sum of
// yen that will rise must not ring as a price. One that has ended is SoldOut when
// somebody won, else OutOfStock. The page's JSON-LD says InStock of any auction
// that is open, so that its availability is passed over.
//
// Known from a real page (2025-01): the older generation, open, with a buy-now
// price. The newer one (__NEXT_DATA__) and the searches are known from public code
// only. Sellers that are no shops are private persons, whose names are kept as
// hashes. It reads neither lists of ended auctions nor sellers' pages.
package auctions

import (
	"net/url"
	"regexp"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Source reads Yahoo! Auctions.
type Source struct{}

// Name returns "auctions".
func (Source) Name() string { return "auctions" }

// Owns reports whether u is the page of an auction or a search.
func (Source) Owns(u *url.URL) bool {
	switch u.Hostname() {
	case "auctions.yahoo.co.jp", "page.auctions.yahoo.co.jp":
		return auctionID(u) != "" || isSearch(u)
	}
	return false
}

// Request asks for an auction's page without the parameters of the link that led
// to it, and for a search as it is.
func (Source) Request(u *url.URL) (stock.Request, error) {
	if id := auctionID(u); id != "" {
		u = &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/jp/auction/" + id}
	}
	return stock.Request{URL: u.String()}, nil
}

var auctionPath = regexp.MustCompile(`^/jp/auction/([a-z]?[0-9]+)/?$`)

func auctionID(u *url.URL) string {
	if m := auctionPath.FindStringSubmatch(u.Path); m != nil {
		return m[1]
	}
	return ""
}

// searchPath are the addresses of searches, categories, sellers' pages and lists of
// what has ended.
var searchPath = regexp.MustCompile(`^/(search|closedsearch|category/list|seller)(/|$)`)

func isSearch(u *url.URL) bool { return searchPath.MatchString(u.Path) }

// Searches reports whether u is a list of auctions.
func (Source) Searches(u *url.URL) bool { return isSearch(u) }

// OtherProduct compares the id in the address with that of the auction on the page.
func (Source) OtherProduct(d *page.Document, asked *url.URL) (why stock.Reason, known bool) {
	want, got := auctionID(asked), ""
	if a, ok := find(d); ok {
		got = a.id
	}
	switch {
	case want == "" || got == "":
		return stock.Reason{}, false
	case got != want:
		return stock.Because(stock.ReasonOtherAuction, got, want), true
	}
	return stock.Reason{}, true
}

// Read reads the page of an auction or a search page.
func (Source) Read(d *page.Document) stock.Observation {
	if isSearch(d.URL) {
		return search(d)
	}
	a, ok := find(d)
	if !ok {
		a, ok = shown(d)
	}
	if !ok {
		f := page.Finding{Method: stock.MethodPageData, Reason: stock.Because(stock.ReasonNoAuction)}
		return page.Merge(d, f, mute(d))
	}
	return page.Merge(d, a.read(d), mute(d))
}

// mute returns the page's JSON-LD for the facts that its data lacks, without its
// availability and its price: those of an auction are not those of an offer.
func mute(d *page.Document) page.Finding {
	f := d.JSONLD()
	f.Reason = stock.Reason{}
	for i := range f.Offers {
		f.Offers[i].Availability, f.Offers[i].Price = stock.Unknown, stock.Price{}
	}
	kept := f.Evidence[:0]
	for _, e := range f.Evidence {
		if !e.About(stock.FactAvailability, stock.FactPrice, stock.FactPriceFrom, stock.FactNoPrice) {
			kept = append(kept, e)
		}
	}
	f.Evidence = kept
	return f
}
