// Package mercari reads pages of Mercari (jp.mercari.com) and Mercari Shops as a
// buyer's browser shows them: items by their JSON-LD and their buy button,
// searches by their cells. What is known of Mercari Shops is known from public
// code only.
//
// The bytes that Mercari's server sends hold an item's price and never its
// status, and the words 売り切れ and 購入手続きへ on every page; such a page is
// Unknown and says that it needs a browser. The private API is not used.
package mercari

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Source reads Mercari.
type Source struct{}

// Name returns "mercari".
func (Source) Name() string { return "mercari" }

// Owns reports whether u is a page of Mercari.
func (Source) Owns(u *url.URL) bool {
	switch u.Hostname() {
	case "jp.mercari.com", "mercari-shops.com":
		return true
	}
	return false
}

// SendsNotFoundFirst marks a shop whose pages say ページが見つかりませんでした until
// the item is there. Of a removed one they say that it is.
func (Source) SendsNotFoundFirst() {}

// Request asks for the page itself, drawn by a browser where there is one.
func (Source) Request(u *url.URL) (stock.Request, error) {
	draw := &stock.Drawing{Ready: drawnItem, Hosts: []string{"api.mercari.jp", "web-jp-assets-v2.mercdn.net", "static.jp.mercari.com"}}
	if strings.HasPrefix(u.Path, "/search") {
		draw.Ready = drawnSearch
	}
	return stock.Request{URL: u.String(), Draw: draw}, nil
}

// What a page has once it is drawn: the item, the first filled cell of a search,
// or the picture that stands for nothing.
const (
	drawnItem   = `[data-testid="checkout-button"], script[type="application/ld+json"], .merEmptyState`
	drawnSearch = `[data-testid="item-cell"] a[href], .merEmptyState`
	emptyState  = `.merEmptyState`
)

// Read reads an item page or a search page.
func (Source) Read(d *page.Document) stock.Observation {
	if strings.HasPrefix(d.URL.Path, "/search") {
		return search(d)
	}
	if isShop(d.URL) {
		return shopItem(d)
	}
	return item(d)
}

func needsBrowser() stock.Reason { return stock.Because(stock.ReasonMercariBrowser) }

func item(d *page.Document) stock.Observation {
	ld, meta := d.JSONLD(), d.OpenGraph()
	o := page.Merge(d, ld, button(d), meta)
	if o.Offer.Availability != stock.Unknown || len(ld.Offers) > 0 {
		return o
	}
	o.Outcome, o.Reason = stock.Unreadable, needsBrowser()
	if !o.Offer.Price.Known() {
		o.Reason = stock.Because(stock.ReasonNoItem).And(needsBrowser())
	}
	return o
}

// button reads the one button that opens the purchase. Its words are only those
// of a page that was drawn: other buttons and words are never looked at.
func button(d *page.Document) page.Finding {
	f := page.Finding{Method: stock.MethodBuyBox}
	box := d.HTML.Find(`[data-testid="checkout-button"]`).First()
	if box.Length() == 0 {
		return f
	}
	text := page.Fold(box.Text())
	inner := box.Find("button")
	disabled := box.AttrOr("name", "") == "disabled" || inner.Is("[disabled]") || box.Is("[disabled]")
	a, _ := page.StockPhrase(text)
	switch {
	case disabled && a.Group() != stock.No:
		f.Reason = stock.Because(stock.ReasonButtonDisabled)
		return f
	case !disabled && (strings.Contains(text, "購入手続きへ") || strings.Contains(text, "今すぐ購入")):
		a = stock.InStock
	case a.Group() != stock.No:
		f.Reason = stock.Because(stock.ReasonButtonUnknown)
		return f
	}
	f.Note(stock.FactAvailability, a.String(), text, `[data-testid=checkout-button]`)
	f.Offers = []stock.Offer{{Availability: a}}
	return f
}

// search reads the cells of a search page that have been filled; about one in
// seven is until somebody scrolls.
func search(d *page.Document) stock.Observation {
	o := stock.Observation{
		URL: d.Page.URL, Outcome: stock.OK, At: d.Page.FetchedAt, IsSearch: true,
		Reason: stock.Because(stock.ReasonSearchPage),
	}
	o.Offer.Title = d.Title()
	grid := d.HTML.Find(`[data-testid="search-item-grid"]`)
	if grid.Length() == 0 && d.HTML.Find(`[data-testid="list-slot"]`).Length() == 0 {
		o.Outcome, o.Reason = stock.Unreadable, stock.Because(stock.ReasonNoSearchResult).And(needsBrowser())
		return o
	}
	o.NewestFirst = d.URL.Query().Get("sort") == "created_time" && d.URL.Query().Get("order") == "desc"
	onSale := strings.Contains(d.URL.Query().Get("status"), "on_sale")
	grid.Find(`[data-testid="item-cell"]`).EachWithBreak(func(i int, cell *goquery.Selection) bool {
		if l, ok := listing(d, cell, onSale); ok {
			o.Listings = append(o.Listings, l)
		}
		return i < maxCells
	})
	o.Evidence = []stock.Evidence{{Method: stock.MethodPageData, Fact: stock.FactPage, Note: stock.NoteSearch, Where: "[data-testid=search-item-grid]"}}
	if len(o.Listings) == 0 && !d.Has(emptyState) {
		o.Outcome, o.Reason = stock.Unreadable, stock.Because(stock.ReasonMercariNoCells).And(needsBrowser())
	}
	return o
}

const maxCells = 500

var itemPath = regexp.MustCompile(`^/(?:item|shops/product)/([A-Za-z0-9]+)$`)

// listing reads a cell of a search page. Without a 売り切れ sticker a cell says
// nothing of stock, unless the search asked for what is on sale.
func listing(d *page.Document, cell *goquery.Selection, onSale bool) (stock.Listing, bool) {
	link := d.Absolute(cell.Find("a[href]").AttrOr("href", ""))
	u, err := url.Parse(link)
	if err != nil {
		return stock.Listing{}, false
	}
	id := itemPath.FindStringSubmatch(u.Path)
	if id == nil {
		return stock.Listing{}, false
	}
	l := stock.Listing{ID: id[1], URL: link, Title: page.Fold(cell.Find(`[data-testid="thumbnail-item-name"]`).Text())}
	label := cell.Find(`[aria-label*="の画像 "]`).AttrOr("aria-label", "")
	l.Price, _ = page.ParsePrice(cell.Find(".merPrice").First().Text(), "JPY")
	if i := strings.LastIndex(label, "の画像 "); i >= 0 {
		if l.Title == "" {
			l.Title = page.Fold(label[:i])
		}
		if p, ok := page.ParsePrice(label[i+len("の画像 "):], "JPY"); ok {
			l.Price = p
		}
	}
	sticker := cell.Find(`[data-testid="thumbnail-sticker"]`)
	switch {
	case strings.Contains(sticker.AttrOr("aria-label", "")+sticker.Text(), "売り切れ"):
		l.Availability = stock.SoldOut
	case onSale:
		l.Availability = stock.InStock
	}
	return l, l.Title != "" // a cell without a name has not been filled
}
