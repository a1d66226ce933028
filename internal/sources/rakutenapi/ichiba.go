package rakutenapi

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/sources/official"
	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Ichiba is the item search of Rakuten Ichiba.
type Ichiba struct{ Key Key }

// API returns the scheme of its watches.
func (Ichiba) API() stock.API { return stock.RakutenAPI }

// Keyed reports whether it has a key.
func (s Ichiba) Keyed() bool { return s.Key.complete() }

// Request asks for the items of a query, the cheapest first. Without
// availability=0 Rakuten leaves out what is sold out, and an empty answer would
// not be told from one that failed.
func (s Ichiba) Request(q stock.Query) (stock.Request, error) {
	v := url.Values{"availability": {"0"}, "sort": {"+itemPrice"}}
	if q.InStock {
		v.Set("availability", "1")
	}
	if v.Set("keyword", q.JAN); q.JAN == "" {
		v.Set("keyword", q.Words)
	}
	set := func(name, value string) {
		if value != "" && value != "0" {
			v.Set(name, value)
		}
	}
	set("NGKeyword", q.Not)
	set("shopCode", q.Shop)
	set("minPrice", strconv.FormatInt(q.MinPrice, 10))
	set("maxPrice", strconv.FormatInt(q.MaxPrice, 10))
	return s.Key.request(ichibaPath, v, q)
}

// Answer takes an answer apart.
func (s Ichiba) Answer(p stock.Page) (official.Answer, *stock.Observation) {
	return read(s.Key, p, func(i item) official.Row { return i.row(p.FetchedAt) })
}

// item is a row of the answer.
type item struct {
	ItemName     official.Text
	Catchcopy    official.Text
	ItemCaption  official.Text
	ItemCode     official.Text
	ItemPrice    official.Number
	ItemURL      official.Text
	Images       official.Image `json:"mediumImageUrls"`
	Availability official.Number
	TaxFlag      official.Number
	PostageFlag  official.Number
	StartTime    official.Text
	EndTime      official.Text
	PointRate    official.Number
	PointFrom    official.Text `json:"pointRateStartTime"`
	PointUntil   official.Text `json:"pointRateEndTime"`
	ShopName     official.Text
}

func (i item) row(now time.Time) official.Row {
	r := official.Row{Text: string(i.Catchcopy + " " + i.ItemCaption)}
	r.Title, r.SKU, r.Seller = string(i.ItemName), string(i.ItemCode), string(i.ShopName)
	r.URL = official.Link(string(i.ItemURL), stock.RakutenAPI.Shop())
	r.Image = string(i.Images)
	r.Condition = condition(r.Title)
	r.Digital = strings.Contains(r.Title, "【電子書籍】")
	r.Availability, r.Proof = i.availability(now)
	if draw.MatchString(page.Fold(r.Title)) {
		r.SaleMode = stock.Lottery
	}
	if i.TaxFlag.Value == 0 { // 1: without tax, of a rate that is not told
		r.Price = i.ItemPrice.Yen()
	}
	if i.PostageFlag.Known && i.PostageFlag.Value == 0 { // included; 1: comes on top, how much is not told
		free := stock.Yen(0)
		r.Shipping = &free
	}
	r.Points = i.points(r.Price, now)
	return r
}

// availability reads the flag, the time of a sale with a beginning and an end,
// and what the item's name says in brackets of a pre-order.
func (i item) availability(now time.Time) (stock.Availability, stock.Evidence) {
	text := fmt.Sprintf("availability: %d", i.Availability.Value)
	because := func(note stock.Note, arg string) stock.Evidence {
		return stock.Evidence{Text: text, Note: note, Args: []string{arg}}
	}
	switch {
	case !i.Availability.Known:
		return stock.Unknown, stock.Evidence{}
	case i.Availability.Value == 0:
		return stock.OutOfStock, stock.Evidence{Text: text}
	case i.Availability.Value != 1:
		return stock.Unknown, stock.Evidence{Text: text}
	}
	if from, ok := clock(i.StartTime); ok && now.Before(from) {
		return stock.OutOfStock, because(stock.NoteSaleBegins, string(i.StartTime))
	}
	if until, ok := clock(i.EndTime); ok && now.After(until) {
		return stock.OutOfStock, because(stock.NoteSaleEnded, string(i.EndTime))
	}
	if m := preorder.FindString(page.Fold(string(i.ItemName))); m != "" && !noPreorder.MatchString(m) {
		return stock.PreOrder, because(stock.NoteInName, m)
	}
	return stock.InStock, stock.Evidence{Text: text}
}

// Words in an item's name that the mall's rules give a meaning.
var (
	preorder   = regexp.MustCompile(`[【\[(][^】\])]{0,20}予約[^】\])]{0,20}[】\])]`)
	noPreorder = regexp.MustCompile(`特典|締切|終了|不要`)
	used       = regexp.MustCompile(`[【\[(]\s*中古`)
	draw       = regexp.MustCompile(`抽選(販売|受付)`)
)

// condition reads the mark that Rakuten's shops must put on what is used.
func condition(title string) string {
	if used.MatchString(page.Fold(title)) {
		return stock.ConditionUsed
	}
	return ""
}

// points returns what an order earns at the item's own rate. A point is a yen,
// and one percent of the price before tax is the rate of 1; the tax is taken for
// that of most goods, so that food earns a little more than said.
func (i item) points(price stock.Price, now time.Time) *int64 {
	from, hasFrom := clock(i.PointFrom)
	until, hasUntil := clock(i.PointUntil)
	if !price.Known() || !i.PointRate.Known || i.PointRate.Value < 0 || i.PointRate.Value > 100 ||
		hasFrom && now.Before(from) || hasUntil && now.After(until) {
		return nil
	}
	n := price.Minor * 10 / 11 * i.PointRate.Value / 100
	return &n
}

// tokyo is the time of all times in the answers; it has no summer time.
var tokyo = time.FixedZone("JST", 9*60*60)

// clock reads a time such as "2017-01-16 12:00".
func clock(t official.Text) (time.Time, bool) {
	at, err := time.ParseInLocation("2006-01-02 15:04", strings.TrimSpace(string(t)), tokyo)
	return at, err == nil
}
