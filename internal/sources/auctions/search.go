package auctions

import (
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const maxRows = 500

// search reads the rows of a search page. A row has a price only when the thing
// can be bought at it; the flea market's things, which Yahoo! mixes in, are left
// to its own source.
func search(d *page.Document) stock.Observation {
	o := stock.Observation{
		URL: d.Page.URL, Outcome: stock.OK, At: d.Page.FetchedAt, IsSearch: true,
		Reason:   "a search page: its listings are its content",
		Evidence: []stock.Evidence{{Method: stock.MethodPageData, Fact: stock.FactPage, Note: stock.NoteSearch, Where: "li.Product[data-auction-*]"}},
	}
	o.Offer.Title = d.Title()
	o.NewestFirst = d.URL.Query().Get("s1") == "new" && d.URL.Query().Get("o1") == "d"
	d.HTML.Find("li.Product").EachWithBreak(func(_ int, row *goquery.Selection) bool {
		if l, ok := listing(d, row); ok {
			o.Listings = append(o.Listings, l)
		}
		return len(o.Listings) < maxRows
	})
	if !d.Has("li.Product") && !nothingFound.MatchString(d.Text()) {
		o.Outcome, o.Reason = stock.Unreadable, "the page has no list of auctions: Yahoo! Auctions did not send a search, or has changed its pages"
	}
	return o
}

// nothingFound tells an empty search from a page that is none.
var nothingFound = regexp.MustCompile(`(一致|該当)する(商品|オークション)[はが](ありません|ございません|見つかりません)`)

// listing reads one row by its attributes, each of which several elements of the
// row carry.
func listing(d *page.Document, row *goquery.Selection) (stock.Listing, bool) {
	say := func(name string) string {
		return page.Fold(row.Find("[data-auction-"+name+"]").First().AttrOr("data-auction-"+name, row.AttrOr("data-auction-"+name, "")))
	}
	id := say("id")
	if !auctionPath.MatchString("/jp/auction/"+id) || say("isflea") == "1" {
		return stock.Listing{}, false
	}
	l := stock.Listing{ID: id, Title: say("title"), URL: d.Absolute("/jp/auction/" + id)}
	price, _ := page.PlainPrice(say("price"), "JPY")
	buyNow, ok := page.PlainPrice(say("buynowprice"), "JPY")
	if !ok {
		return l, l.Title != ""
	}
	l.Availability = stock.InStock
	switch shop := strings.Trim(say("isshoppingitem"), "0") != ""; {
	case !shop:
		l.Price = buyNow
	case price.Minor == buyNow.Minor*110/100: // a shop's buy-now price lacks the tax; where nothing else is asked the other has it
		l.Price = price
	}
	return l, l.Title != ""
}
