package mercari

import (
	"cmp"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

var shopPath = regexp.MustCompile(`^/(shops/product|products)/[A-Za-z0-9]+`)

// isShop reports whether u is an item of Mercari Shops. They have several
// variants and pieces, other than the one-of-a-kind things of private sellers.
func isShop(u *url.URL) bool { return shopPath.MatchString(u.Path) }

// shopItem reads an item page of Mercari Shops as a browser draws it: JSON-LD when
// there is any, and the words of the order form. No real page was at hand: the
// wordings are those that public code looks for.
func shopItem(d *page.Document) stock.Observation {
	o := page.Merge(d, d.JSONLD(), shopBox(d), d.OpenGraph())
	if o.Offer.Availability == stock.Unknown && !o.Offer.Price.Known() {
		o.Outcome = stock.Unreadable
		o.Reason = o.Reason.And(needsBrowser())
	}
	return o
}

var (
	// buyLabels are the whole texts of what opens an order.
	buyLabels = regexp.MustCompile(`^(購入手続きへ(進む)?|今すぐ購入(する)?|購入する|カートに(入れる|追加(する)?))$`)
	// soldOut says it of the item; 売り切れ alone may stand beside one variant.
	soldOut   = regexp.MustCompile(`この商品は売り?切れ|売り切れました|在庫なし|在庫が(ありません|なくなりました)|販売(を)?(終了|停止)`)
	sellsAll  = regexp.MustCompile(`この商品は売り?切れ|売り切れました|販売(を)?(終了|停止)`)
	freeParts = regexp.MustCompile(`送料(込|無料)`)
)

// order is what the lines of an order form say together.
type order struct {
	buy, sold, whole, few string // the first line of each kind
	fews                  int
	price, free           string
}

// maxElements bounds what is looked at of one page.
const maxElements = 20_000

// beside are the parts of a page that do not speak of its item, or not of its stock.
const beside = `script, style, template, noscript, svg, header, footer, nav, aside, [data-testid="item-cell"], [data-testid="carousel-item"], [data-testid="description"], [data-testid^="comment"]`

// readOrder reads the short texts of the page itself.
func readOrder(d *page.Document) order {
	var o order
	left := maxElements
	o.walk(d.HTML.Find("body"), false, &left)
	return o
}

// walk reads the texts below s; greyed is set when s cannot be pressed.
func (o *order) walk(s *goquery.Selection, greyed bool, left *int) {
	s.Children().EachWithBreak(func(_ int, c *goquery.Selection) bool {
		if *left--; *left < 0 {
			return false
		}
		if c.Is(beside) {
			return true
		}
		greyed := greyed || c.Is(`[disabled], [aria-disabled="true"], [name="disabled"]`)
		if c.Children().Length() > 0 {
			o.walk(c, greyed, left)
		} else if text := page.Visible(c); text != "" && len(text) <= 200 {
			o.read(text, greyed)
		}
		return true
	})
}

// read sorts one line.
func (o *order) read(text string, greyed bool) {
	keep := func(to *string) {
		if *to == "" {
			*to = text
		}
	}
	switch {
	case buyLabels.MatchString(text) && !greyed:
		keep(&o.buy)
		return
	case sellsAll.MatchString(text), greyed && strings.Contains(text, "売り切れ"):
		keep(&o.whole)
	}
	if soldOut.MatchString(text) {
		keep(&o.sold)
	}
	if page.QuantityLeft(text) != nil {
		o.fews++
		keep(&o.few)
	}
	if freeParts.MatchString(text) {
		keep(&o.free)
	}
	if _, ok := page.ParsePrice(text, ""); ok && strings.ContainsAny(text, "¥円") {
		keep(&o.price)
	}
}

// shopBox reads the order form. While one variant can be bought, the sold ones
// beside it do not make the item sold out.
func shopBox(d *page.Document) page.Finding {
	const where = "order form"
	f := page.Finding{Method: stock.MethodBuyBox}
	said := readOrder(d)
	o := stock.Offer{}
	switch {
	case said.buy != "" && said.whole != "":
		f.Reason = stock.Because(stock.ReasonFormContradicts, said.whole, said.buy)
	case said.buy != "" && said.few != "":
		o.Availability = stock.LimitedAvailability
		f.Note(stock.FactAvailability, stock.LimitedAvailability.String(), said.few, where)
		f.Note(stock.FactButton, "", said.buy, where)
		if said.fews == 1 {
			o.Quantity = page.QuantityLeft(said.few)
			f.Note(stock.FactQuantity, strconv.FormatInt(*o.Quantity, 10), said.few, where)
		}
	case said.buy != "":
		o.Availability, f.Orderable = stock.InStock, true
		f.Note(stock.FactAvailability, stock.InStock.String(), said.buy, where, stock.NoteByButton)
	case said.whole != "" || said.sold != "":
		o.Availability = stock.SoldOut
		f.Note(stock.FactAvailability, stock.SoldOut.String(), cmp.Or(said.whole, said.sold), where)
	default:
		f.Reason = stock.Because(stock.ReasonNoButton)
	}
	if p, ok := page.ParsePrice(said.price, "JPY"); ok && p.Minor > 0 {
		o.Price = p
		f.Note(stock.FactPrice, p.String(), said.price, where)
	}
	if said.free != "" && o.Price.Known() {
		o.Shipping = new(stock.Yen(0))
		f.Note(stock.FactShipping, "free", said.free, where)
	}
	f.Offers = []stock.Offer{o}
	return f
}
