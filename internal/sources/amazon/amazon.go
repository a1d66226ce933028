// Package amazon reads item pages of Amazon in every country, in the desktop and the
// mobile layout, by their buy box, and searches and public wish lists by their rows.
//
// The stock stands in div#availability and nowhere else: neighbours with nearly
// the same name come first, and other items' buttons and prices fill the page.
// One page may have several boxes (new, used, subscription). The watch is about
// the new one; a page with nothing but a used box is about that, and says so by
// its condition.
//
// 出品者からお求めいただけます means that no offer stands on the page: other
// sellers have the thing behind one more link. That is OutOfStock here, the
// cheapest of those offers being listed beside it when its price is shown, so
// that the day on which the page itself sells again is a change. An address with
// a seller (m=) asks for that seller's offer: another one's is none.
//
// Known from a real page of Amazon.co.jp (mobile, 残り11点): the stock text, both
// forms of the price, seller and shipper, points, the foreign address. From real
// desktop pages of .com and .in: in stock, no longer sold, other sellers only. All
// other wordings, the rows of several offers and of searches, 招待 and
// プライム会員限定 are known from public code and shops' help pages only, as are wish lists; where they
// lead to nothing the answer is Unknown.
//
// It reads neither the list of other sellers nor reviews, and it does not follow
// short links (amzn.asia): they lead to another host.
package amazon

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Source reads Amazon.
type Source struct{}

// Name returns "amazon".
func (Source) Name() string { return "amazon" }

// Owns reports whether u is an item page, a short link to one, a search or a wish list.
func (s Source) Owns(u *url.URL) bool {
	return s.Searches(u) || slices.Contains(shortHosts, strings.ToLower(u.Hostname())) || asin(u) != ""
}

// kept are the parameters that choose an offer: its seller and its variant. All
// others tell Amazon where the visitor came from.
var kept = []string{"m", "smid", "th", "psc"}

// Request asks for /dp/ASIN, the one address that all ways of writing lead to.
func (Source) Request(u *url.URL) (stock.Request, error) {
	id := asin(u)
	if m := listPath.FindStringSubmatch(u.Path); m != nil && wishList(u) {
		u.Path, u.RawQuery = "/hz/wishlist/ls/"+m[1], ""
	}
	if id == "" {
		return stock.Request{URL: u.String()}, nil
	}
	query := url.Values{}
	for _, name := range kept {
		if v := u.Query().Get(name); v != "" {
			query.Set(name, v)
		}
	}
	own := url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/dp/" + id, RawQuery: query.Encode()}
	return stock.Request{URL: own.String()}, nil
}

var itemPath = regexp.MustCompile(`(?i)/(?:dp|gp/product|gp/aw/d|gp/offer-listing|exec/obidos/asin|o/asin)/([a-z0-9]{10})(?:/|$)`)

// asin returns Amazon's id of the item that u is the page of, "" for none.
func asin(u *url.URL) string {
	if marketplace(u) == "" {
		return ""
	}
	if m := itemPath.FindStringSubmatch(u.Path); m != nil {
		return strings.ToUpper(m[1])
	}
	return ""
}

// ownIDs are the places where a page writes the id of the item in its buy box or
// at its head, which is surer than its canonical address: variants share one.
var ownIDs = []struct{ selector, attribute string }{
	{`#addToCart input[name="items[0.base][asin]"]`, "value"},
	{`input#ASIN`, "value"},
	{`#deliveryBlockSelectAsin`, "value"},
	{`#averageCustomerReviews[data-asin]`, "data-asin"},
}

// OtherProduct compares the id in the address with the one on the page.
func (Source) OtherProduct(d *page.Document, asked *url.URL) (why stock.Reason, known bool) {
	want, got := asin(asked), ownID(d)
	switch {
	case want == "" || got == "":
		return stock.Reason{}, false
	case !strings.EqualFold(got, want) && !ofFamily(d, want):
		return stock.Because(stock.ReasonOtherItem, got, want), true
	}
	return stock.Reason{}, true
}

// ofFamily reports whether id is that of the variants of the page as a whole: its
// address shows one of them.
func ofFamily(d *page.Document, id string) bool {
	return slices.ContainsFunc([]string{"parentAsin", "parent_asin"}, func(name string) bool {
		return bytes.Contains(d.Page.Body, []byte(`"`+name+`":"`+id+`"`))
	})
}

// ownID returns the id that a page gives itself.
func ownID(d *page.Document) string {
	for _, own := range ownIDs {
		if id := page.Fold(d.HTML.Find(own.selector).First().AttrOr(own.attribute, "")); id != "" {
			return id
		}
	}
	if u, err := url.Parse(d.Canonical()); err == nil {
		return asin(u)
	}
	return ""
}

// Read reads an item page, a search or a wish list.
func (s Source) Read(d *page.Document) stock.Observation {
	if d.Has(`a[href*="cs_404"], img[src*="/error/404"]`) {
		return stock.Observation{URL: d.Page.URL, Outcome: stock.NotFound, Reason: stock.Because(stock.ReasonAmazonNoPage), At: d.Page.FetchedAt}
	}
	switch {
	case wishList(d.URL):
		return readWishList(d)
	case s.Searches(d.URL):
		return readSearch(d)
	}
	f := readBoxes(d)
	abroad := deliversAbroad(d, &f)
	o := page.Merge(d, f)
	if o.Offer.Availability == stock.Unknown && abroad != "" {
		o.Reason = o.Reason.And(stock.Because(stock.ReasonAmazonAbroad, abroad))
	}
	return o
}

// Scripts returns what the scripts that are read hold: whatever names the item.
func (Source) Scripts() []string { return []string{""} }
