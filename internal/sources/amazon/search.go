package amazon

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

var searchPath = regexp.MustCompile(`^/(-/[a-z]{2}/)?(s|gp/search|[^/]+/s)(/|$)`)

// Searches reports whether u is a search (/s?k=WORDS and its older forms) or a wish list: a
// page whose content is its rows.
func (Source) Searches(u *url.URL) bool {
	if wishList(u) {
		return true
	}
	q := u.Query()
	return marketplace(u) != "" && asin(u) == "" && searchPath.MatchString(u.Path) && q.Get("k")+q.Get("field-keywords")+q.Get("rh") != ""
}

// The rows of a search. Advertisements stand among them in rows of the same kind;
// which ones come is chosen anew for every visitor, so that they are no news.
const (
	resultRow = `[data-component-type="s-search-result"][data-asin]`
	sponsored = `.AdHolder, [class*="sponsored-label"], [data-component-type="sp-sponsored-result"]`
	rowPrice  = `.a-price:not(.a-text-price) .a-offscreen`
	rowButton = `button[name="submit.addToCart"], input[name="submit.addToCart"]`
	rowTexts  = `.a-color-price, .a-color-success, .a-color-secondary, .a-color-base, [data-cy="delivery-recipe"] span`
)

// maxRowText bounds a text of a row that states its stock.
const maxRowText = 80

// readSearch reads a search by its rows; without one that is known it is read as
// that of any shop.
func readSearch(d *page.Document) stock.Observation {
	var all []stock.Listing
	seen := map[string]bool{}
	d.HTML.Find(resultRow).EachWithBreak(func(i int, row *goquery.Selection) bool {
		l := listing(d, row)
		if l.ID != "" && l.Title != "" && !seen[l.ID] && row.Find(sponsored).Length() == 0 && !row.Is(sponsored) {
			seen[l.ID] = true
			all = append(all, l)
		}
		return i < maxPlaces
	})
	if len(all) == 0 {
		return page.Read(d)
	}
	o := page.Search(d)
	o.Outcome, o.Listings = stock.OK, all
	o.Reason = stock.Because(stock.ReasonSearchPage)
	o.Evidence = []stock.Evidence{{Method: stock.MethodPageData, Fact: stock.FactPage, Note: stock.NoteSearchByCards, Where: resultRow}}
	return o
}

// listing reads one row. One that says nothing of stock is Unknown.
func listing(d *page.Document, row *goquery.Selection) stock.Listing {
	l := stock.Listing{ID: strings.ToUpper(row.AttrOr("data-asin", "")), Title: page.Visible(row.Find("h2"))}
	if l.ID == "" {
		return l
	}
	own := url.URL{Scheme: d.URL.Scheme, Host: d.URL.Host, Path: "/dp/" + l.ID}
	l.URL = own.String()
	l.Price, _ = price(d, page.Visible(row.Find(rowPrice).First()))
	row.Find(rowTexts).EachWithBreak(func(i int, s *goquery.Selection) bool {
		text := page.Visible(s)
		if text == "" || len(text) > 3*maxRowText {
			return i < maxPlaces
		}
		if invited.MatchString(text) {
			l.Availability = stock.PreSale
			return false
		}
		if says, ok := stockText(d, text); ok && l.Availability == stock.Unknown {
			l.Availability = says.availability
		}
		return i < maxPlaces
	})
	if l.Availability == stock.Unknown && l.Price.Known() && row.Find(rowButton).Not("[disabled]").Length() > 0 {
		l.Availability = stock.InStock
	}
	return l
}
