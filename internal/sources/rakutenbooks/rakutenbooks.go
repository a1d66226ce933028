// Package rakutenbooks reads item pages of Rakuten Books (books.rakuten.co.jp/rb/)
// and its pages of lotteries for cards and games.
//
// No real page was at hand: that the stock stands in span.salesStatus or within
// #purchaseBox, its wordings, and that ご注文できない商品 may stand in a footnote of
// every page, is known from public code only. So words are looked for in those
// places and nowhere else; structured data is read beside them and must not say
// the opposite.
//
// It reads neither e-books (/rk/), searches, nor the API, which is a source of its
// own.
package rakutenbooks

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Source reads Rakuten Books.
type Source struct{}

const host = "books.rakuten.co.jp"

// Name returns "rakuten-books-page"; "rakuten-books" is the API.
func (Source) Name() string { return "rakuten-books-page" }

// Owns reports whether u is an item page, a lottery, or an affiliate link that
// wraps one.
func (Source) Owns(u *url.URL) bool { return item(u) != nil }

// Request asks for an item page without the parameters of the link that led to
// it, for a lottery as it is, and of an affiliate link for the page inside.
func (Source) Request(u *url.URL) (stock.Request, error) {
	u = item(u)
	if m := itemPath.FindStringSubmatch(u.Path); m != nil {
		u = &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/rb/" + m[1] + "/"}
	}
	return stock.Request{URL: u.String()}, nil
}

var (
	itemPath    = regexp.MustCompile(`^/rb/([0-9]+)/?$`)
	lotteryPath = regexp.MustCompile(`^/event/.*/entry(/|$)`)
)

// item returns the page that u is or wraps, nil for none.
func item(u *url.URL) *url.URL {
	switch u.Hostname() {
	case host:
		if itemPath.MatchString(u.Path) || lotteryPath.MatchString(u.Path) {
			return u
		}
	case "hb.afl.rakuten.co.jp":
		inner, err := url.Parse(u.Query().Get("pc"))
		if err == nil && inner.Hostname() == host && strings.HasPrefix(inner.Scheme, "http") {
			return item(inner)
		}
	}
	return nil
}

// Read reads an item page or a lottery.
func (Source) Read(d *page.Document) stock.Observation {
	if lotteryPath.MatchString(d.URL.Path) {
		return page.Merge(d, lottery(d), d.OpenGraph())
	}
	return page.Merge(d, d.JSONLD(), d.Microdata(), box(d), d.OpenGraph())
}

// wordings are tried in this order: a draw that has ended is named with the words
// of one that is open.
var wordings = []struct {
	text *regexp.Regexp
	says stock.Availability
	mode stock.SaleMode
}{
	{regexp.MustCompile(`抽選.*(終了|締め?切)`), stock.OutOfStock, stock.Lottery},
	{regexp.MustCompile(`抽選(受付中|販売|申し?込|エントリー|予約)`), stock.PreSale, stock.Lottery},
	{regexp.MustCompile(`ご?注文できない|予約受付(は)?終了|販売停止`), stock.OutOfStock, ""},
	{regexp.MustCompile(`メーカーに在庫確認`), stock.Unknown, ""},
	{regexp.MustCompile(`予約受付中`), stock.PreOrder, ""},
	{regexp.MustCompile(`取り?寄せ|日(程度)?で(発送|お届け)`), stock.BackOrder, ""},
}

// says reads a short text; ok is false when it states nothing.
func says(text string) (a stock.Availability, mode stock.SaleMode, ok bool) {
	if len(text) > maxText {
		return stock.Unknown, "", false
	}
	for _, w := range wordings {
		if w.text.MatchString(text) {
			return w.says, w.mode, true
		}
	}
	a, ok = page.StockPhrase(text)
	return a, "", ok
}

const (
	maxText     = 180  // bytes: longer ones are prose
	maxElements = 5000 // of the purchase box
)

// statusPlaces hold the stock and nothing else, the newest first.
var statusPlaces = []string{"#purchaseBox .salesStatus", "span.salesStatus", "#purchaseBox .status-text", ".status-text", ".status-heading"}

// box reads the stock and the price of the purchase box.
func box(d *page.Document) page.Finding {
	f := page.Finding{Method: stock.MethodBuyBox}
	o := stock.Offer{Title: page.Visible(d.HTML.Find("#productTitle"))}
	o.Availability, o.SaleMode = status(d, &f)
	for _, place := range []string{"#purchaseBox .price", "#purchaseBox [class*=price]", "#productTitle ~ .price"} {
		text := page.Visible(d.HTML.Find(place))
		if p, ok := page.ParsePrice(text, "JPY"); ok && p.Minor > 0 {
			o.Price = p
			f.Note(stock.FactPrice, p.String(), text, place)
			break
		}
	}
	f.Tell(o, "#productTitle")
	f.Offers = []stock.Offer{o}
	return f
}

// status reads the stock text, else what the purchase box says line by line, else
// its button.
func status(d *page.Document, f *page.Finding) (stock.Availability, stock.SaleMode) {
	for _, place := range statusPlaces {
		text := page.Visible(d.HTML.Find(place))
		if text == "" {
			continue
		}
		a, mode, ok := says(text)
		if !ok || a == stock.Unknown {
			f.Reason = stock.Because(stock.ReasonStockTextSaysNothing, text)
			return stock.Unknown, ""
		}
		note(f, a, mode, text, place)
		return a, mode
	}
	return lines(d, f)
}

// lines reads the purchase box of a page without a stock text. Lines that
// contradict each other say nothing.
func lines(d *page.Document, f *page.Finding) (stock.Availability, stock.SaleMode) {
	const place = "#purchaseBox"
	a, mode, first := stock.Unknown, stock.SaleMode(""), ""
	button := ""
	d.HTML.Find(place).First().Find("*").EachWithBreak(func(i int, s *goquery.Selection) bool {
		if i >= maxElements {
			return false
		}
		if s.Children().Length() > 0 && !s.Is("button, a") {
			return true
		}
		text := page.Visible(s)
		if s.Is("button, input[type=submit], a") || s.Closest("button, a").Length() > 0 {
			if label := page.Fold(text + s.AttrOr("value", "") + s.AttrOr("alt", "")); page.Buys(label) && !s.Is("[disabled]") {
				button = label
			}
			return true
		}
		b, m, ok := says(text)
		switch {
		case !ok || b == stock.Unknown:
			return true
		case first == "":
			a, mode, first = b, m, text
		case b.Group() != a.Group():
			f.Reason = stock.Because(stock.ReasonPurchaseBoxContradicts, first, text)
			a, mode = stock.Unknown, ""
			return false
		}
		return true
	})
	switch {
	case !f.Reason.None():
		return stock.Unknown, ""
	case a.Group() == stock.No && button != "":
		f.Reason = stock.Because(stock.ReasonPurchaseBoxAgainstButton, first, button)
		return stock.Unknown, ""
	case a != stock.Unknown:
		note(f, a, mode, first, place)
	case button != "":
		a = stock.InStock
		f.Orderable = true
		note(f, a, "", button, place+" button")
	default:
		f.Reason = stock.Because(stock.ReasonNoPurchaseBox)
	}
	return a, mode
}

func note(f *page.Finding, a stock.Availability, mode stock.SaleMode, text, where string) {
	f.Note(stock.FactAvailability, a.String(), text, where)
	if mode != "" {
		f.Note(stock.FactSaleMode, string(mode), text, where)
	}
}
