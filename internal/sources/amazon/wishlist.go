package amazon

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// A public wish list (ほしい物リスト) shows its first items at listPath; the others come as
// pieces of HTML from morePath, each of which names the address of the next one.
var listPath = regexp.MustCompile(`^/hz/wishlist/(?:ls|genericItemsPage)/([A-Z0-9]{8,20})(?:/|$)`)

const morePath = "/hz/wishlist/slv/items"

// wishList reports whether u is a wish list or a further piece of one.
func wishList(u *url.URL) bool {
	return marketplace(u) != "" && (u.Path == morePath || listPath.MatchString(u.Path))
}

// Where a wish list says what.
const (
	wishes    = `#g-items`
	wish      = `li[data-itemid]`
	wishName  = `a[id^="itemName_"]`
	wishPrice = `[id^="itemPrice_"] .a-offscreen, .a-price .a-offscreen`
	wishesEnd = `#endOfListMarker`
	moreInput = `input[name="showMoreUrl"]`
	lastInput = `input[name="lastEvaluatedKey"]`
	moreState = `script[data-a-state*="scrollState"]`
)

// readWishList reads the items of a wish list and where it goes on. An idea that somebody
// noted down, and an item that Amazon no longer has, have no page and are left out.
func readWishList(d *page.Document) stock.Observation {
	o := stock.Observation{URL: d.Page.URL, Outcome: stock.OK, At: d.Page.FetchedAt, IsSearch: true}
	if !d.Has(wishes) && !d.Has(wish) {
		o.Outcome, o.Reason = stock.Unreadable, stock.Because(stock.ReasonNoWishList)
		return o
	}
	o.Reason = stock.Because(stock.ReasonSearchPage)
	o.Evidence = []stock.Evidence{{Method: stock.MethodPageData, Fact: stock.FactPage, Note: stock.NoteSearchByCards, Where: wish}}
	o.Offer.Title = page.Visible(d.HTML.Find(`#profile-list-name`).First())
	seen := map[string]bool{}
	d.HTML.Find(wish).EachWithBreak(func(i int, row *goquery.Selection) bool {
		if l := wished(d, row); l.ID != "" && !seen[l.ID] {
			seen[l.ID] = true
			o.Listings = append(o.Listings, l)
		}
		return i < maxPlaces
	})
	o.Next = moreWishes(d)
	return o
}

// itemID is how a row names its item beside the link to it.
var itemID = regexp.MustCompile(`"ASIN:([A-Z0-9]{10})[|"]`)

// wished reads one item. Whether it can be bought is for its own page to say.
func wished(d *page.Document, row *goquery.Selection) stock.Listing {
	name := row.Find(wishName).First()
	l := stock.Listing{Title: page.Fold(name.AttrOr("title", ""))}
	if l.Title == "" {
		l.Title = page.Visible(name)
	}
	if u, err := d.URL.Parse(name.AttrOr("href", "")); err == nil && strings.EqualFold(u.Host, d.URL.Host) {
		l.ID = asin(u)
	}
	if m := itemID.FindStringSubmatch(row.AttrOr("data-reposition-action-params", "")); l.ID == "" && m != nil {
		l.ID = m[1]
	}
	if l.ID == "" || l.Title == "" {
		return stock.Listing{}
	}
	own := url.URL{Scheme: d.URL.Scheme, Host: d.URL.Host, Path: "/dp/" + l.ID}
	l.URL = own.String()
	l.Price, _ = price(d, page.Visible(row.Find(wishPrice).First()))
	return l
}

// moreWishes returns the address of the next piece of a list, "" at its end. The last
// piece may still name an address, but no last item to go on from.
func moreWishes(d *page.Document) string {
	if d.Has(wishesEnd) {
		return ""
	}
	more, last := d.HTML.Find(moreInput).First().AttrOr("value", ""), d.HTML.Find(lastInput).First()
	if state, ok := page.ParseData(d.HTML.Find(moreState).First().Text()); ok && more == "" {
		if more = state.At("showMoreUrl").Text(); state.At("lastEvaluatedKey").Text() == "" {
			return ""
		}
	}
	if last.Length() > 0 && last.AttrOr("value", "") == "" {
		return ""
	}
	next, err := d.URL.Parse(more)
	if err != nil || more == "" || next.Path != morePath || !strings.EqualFold(next.Host, d.URL.Host) {
		return ""
	}
	next.Scheme, next.Fragment = d.URL.Scheme, ""
	return next.String()
}
