package rakutenbooks

import (
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

var (
	drawClosed = regexp.MustCompile(`(抽選|応募|エントリー)?(の)?受付(は|を|期間は)?(終了|締め?切)|(受付|応募|エントリー|キャンペーン|抽選)(期間)?(の)?(開始前|開始までお待ち|は?(まだ)?開始して)|エントリー期間は終了`)
	drawOpen   = regexp.MustCompile(`(抽選|応募|エントリー)(の)?受付中|(抽選に)(申し?込む|応募する|エントリーする)|^(応募する|エントリーする)$`)
)

// lottery reads the page of a draw. A page that tells of one that is open and of
// one that is closed does not say which is meant.
func lottery(d *page.Document) page.Finding {
	f := page.Finding{Method: stock.MethodBuyBox, Reason: stock.Because(stock.ReasonDrawNotSaid)}
	opened, closed := "", ""
	for _, text := range append(d.Lines(), buttonTexts(d)...) {
		switch {
		case len(text) > maxText:
		case closed == "" && drawClosed.MatchString(text):
			closed = text
		case opened == "" && drawOpen.MatchString(text):
			opened = text
		}
	}
	a := stock.Unknown
	switch {
	case opened != "" && closed != "":
		f.Reason = stock.Because(stock.ReasonDrawsMixed, opened, closed)
		return f
	case opened != "":
		a = stock.PreSale
	case closed != "":
		a = stock.OutOfStock
	default:
		a, opened = d.DrawByPeriod()
	}
	if a == stock.Unknown {
		return f
	}
	f.Reason = stock.Reason{}
	note(&f, a, stock.Lottery, opened+closed, "lines of the page")
	f.Offers = append([]stock.Offer{{Availability: a, SaleMode: stock.Lottery}}, drawn(d, a)...)
	return f
}

// maxDrawn bounds how many products of a draw are listed.
const maxDrawn = 50

// drawn returns the products that a draw is for, one beside the other: a page has
// several, and one period for all.
func drawn(d *page.Document, a stock.Availability) []stock.Offer {
	var all []stock.Offer
	d.HTML.Find(".productArea li").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		o := stock.Offer{Title: page.Visible(s.Find("p").First()), Availability: a, SaleMode: stock.Lottery}
		if _, text, ok := strings.Cut(page.Visible(s.Find(".detail")), "価格"); ok {
			o.Price, _ = page.ParsePrice(strings.TrimLeft(text, ": "), "JPY")
		}
		if o.Title != "" {
			o.Variant = o.Title
			all = append(all, o)
		}
		return len(all) < maxDrawn
	})
	return all
}

// buttonTexts returns what the page's buttons say.
func buttonTexts(d *page.Document) []string {
	var all []string
	d.HTML.Find("main button, main a, #contents a, #contents button, form button, form input[type=submit]").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		if !s.Is("[disabled]") {
			all = append(all, page.Visible(s)+page.Fold(s.AttrOr("value", "")))
		}
		return len(all) < 100
	})
	return all
}
