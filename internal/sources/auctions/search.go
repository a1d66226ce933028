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
		Reason:   stock.Because(stock.ReasonSearchPage),
		Evidence: []stock.Evidence{{Method: stock.MethodPageData, Fact: stock.FactPage, Note: stock.NoteSearch, Where: "li.Product[data-auction-*]"}},
	}
	o.Offer.Title = d.Title()
	o.NewestFirst = d.URL.Query().Get("s1") == "new" && d.URL.Query().Get("o1") == "d"
	seen := map[string]bool{} // a search repeats rows
	add := func(l stock.Listing, ok bool) {
		if ok && !seen[l.ID] && len(o.Listings) < maxRows {
			seen[l.ID] = true
			o.Listings = append(o.Listings, l)
		}
	}
	rows, drawn := dataRows(d)
	for _, row := range rows.List() {
		add(dataListing(d, row))
	}
	d.HTML.Find("li.Product").EachWithBreak(func(_ int, row *goquery.Selection) bool {
		add(listing(d, row))
		return len(o.Listings) < maxRows
	})
	if !drawn && !d.Has("li.Product") && !nothingFound.MatchString(d.Text()) && d.NothingFound() == "" {
		o.Outcome, o.Reason = stock.Unreadable, stock.Because(stock.ReasonNoAuctionList)
	}
	return o
}

// dataRows returns the rows of a page that is drawn from data: a seller's, or one of
// what has ended. ok is false for a page that is drawn otherwise.
func dataRows(d *page.Document) (rows page.Data, ok bool) {
	root, ok := d.Data("__NEXT_DATA__")
	if !ok {
		return page.Data{}, false
	}
	rows = root.At("props", "pageProps", "initialState", "search", "items", "listing", "items")
	return rows, rows.Exists()
}

// dataListing reads a row of data. What has ended cannot be bought at any price.
func dataListing(d *page.Document, row page.Data) (stock.Listing, bool) {
	id := row.At("auctionId").Text()
	if flea, _ := row.At("isFleamarketItem").Bool(); flea || !auctionPath.MatchString("/jp/auction/"+id) {
		return stock.Listing{}, false
	}
	l := stock.Listing{ID: id, Title: row.At("title").Text(), URL: d.Absolute("/jp/auction/" + id)}
	if strings.HasPrefix(d.URL.Path, "/closedsearch") {
		l.Availability, l.Price = stock.SoldOut, row.At("price").Yen()
		return l, l.Title != ""
	}
	if buyNow := row.At("buyNowPrice").Yen(); buyNow.Known() {
		l.Availability, l.Price = stock.InStock, buyNow
	}
	return l, l.Title != ""
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
