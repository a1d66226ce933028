package auctions

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// auction is what the data of a page says, whichever generation it is of.
type auction struct {
	id, title, image string
	condition        string // the shop's words
	status           status
	statusSays       string
	won              bool        // somebody has bid, or won
	buyNow           stock.Price // tax included
	bid              stock.Price // the highest, tax included
	quantity         *int64
	seller           string
	store            bool // the seller is a shop
	freeShipping     bool
	where            string // of the data
	buyNowWhere      string
}

type status uint8

const (
	unsaid status = iota
	open
	ended
)

// find reads the data of the page's auction; ok is false when there is none.
func find(d *page.Document) (auction, bool) {
	if data, ok := d.Data("__NEXT_DATA__"); ok {
		for _, path := range places {
			if item := data.At(path...); item.Exists() {
				return newer(d, item, strings.Join(path, ".")), true
			}
		}
	}
	return older(d)
}

// places are the paths at which pages have kept their auction.
var places = [][]string{
	{"props", "pageProps", "initialState", "item", "detail", "item"},
	{"props", "pageProps", "initialProps", "auctionItem"},
}

// newer reads an auction of __NEXT_DATA__.
func newer(d *page.Document, item page.Data, where string) auction {
	a := auction{
		id: item.At("auctionId").Text(), title: item.At("title").Text(), condition: item.At("conditionName").Text(),
		where: where, statusSays: item.At("status").Text(),
		seller: item.At("seller", "displayName").Text(),
	}
	switch a.statusSays {
	case "open":
		a.status = open
	case "closed", "close", "cancel", "canceled", "cancelled":
		a.status = ended
	}
	a.store, _ = item.At("seller", "isStore").Bool()
	bids := item.At("bids").Count()
	a.won = bids != nil && *bids > 0 && !strings.HasPrefix(a.statusSays, "cancel")
	var name string
	a.buyNow, name = first(item, "taxinBidorbuy", "bidorbuy", "bidOrBuyPrice", "buyNowPrice")
	a.buyNowWhere = where + "." + name
	if n := item.At("taxRate").Count(); n != nil && *n > 0 && name != "taxinBidorbuy" {
		a.buyNow = stock.Price{} // a shop's price without its tax is not what a buyer pays
	}
	a.bid, _ = first(item, "taxinPrice", "price", "currentPrice")
	if a.quantity = item.At("availableQuantity").Count(); a.quantity == nil {
		a.quantity = item.At("quantity").Count()
	}
	switch item.At("chargeForShipping").Text() {
	case "free", "seller":
		a.freeShipping = true
	}
	if images := item.At("img").List(); len(images) > 0 {
		a.image = d.Absolute(images[0].At("image").Text())
	}
	return a
}

// first returns the first of the named prices that there is.
func first(item page.Data, names ...string) (stock.Price, string) {
	for _, name := range names {
		if p := item.At(name).Yen(); p.Known() {
			return p, name
		}
	}
	return stock.Price{}, names[len(names)-1]
}

// pageData matches the object that the older pages put into a script.
var pageData = regexp.MustCompile(`(?s)\bvar\s+pageData\s*=\s*(\{.*?\})\s*;\s*(?:\n|$)`)

// older reads an auction of the script variable pageData, whose members are all
// texts, and the price from the page itself: the data does not say whether a
// shop's has its tax in it.
func older(d *page.Document) (auction, bool) {
	var items page.Data
	d.HTML.Find("script:not([src])").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		if m := pageData.FindStringSubmatch(s.Text()); m != nil {
			if data, ok := page.ParseData(m[1]); ok {
				items = data.At("items")
			}
		}
		return !items.Exists()
	})
	if !items.Exists() {
		return auction{}, false
	}
	a := auction{
		id: items.At("productID").Text(), title: items.At("productName").Text(), where: "pageData.items",
		statusSays: "isClosed=" + items.At("isClosed").Text(), store: items.At("isStore").Text() == "1",
		won: items.At("hasWinner").Text() == "1",
	}
	switch items.At("isClosed").Text() {
	case "0":
		a.status = open
	case "1":
		a.status = ended
	}
	a.readRows(d)
	if n, err := strconv.ParseInt(items.At("quantity").Text(), 10, 64); err == nil && n >= 0 {
		a.quantity = &n
	}
	return a, true
}

// shown reads an auction without data: what the page shows and its JSON-LD. That
// calls every open auction InStock, and names its price only.
func shown(d *page.Document) (auction, bool) {
	ld := d.JSONLD().Offer()
	a := auction{title: ld.Title, statusSays: "JSON-LD " + ld.Availability.String(), bid: ld.Price, where: "JSON-LD"}
	a.readRows(d)
	switch {
	case ld.Availability.Group() == stock.No:
		a.status = ended
	case ld.Availability.Group() == stock.Now && a.buyNow.Known():
		a.status = open
	default:
		return auction{}, false
	}
	return a, true
}

// readRows reads the prices that the page shows, with their tax.
func (a *auction) readRows(d *page.Document) {
	d.HTML.Find(".Price__row").Each(func(_ int, row *goquery.Selection) {
		p, ok := page.ParsePrice(page.Visible(row.Find(".Price__value")), "JPY")
		if tax := page.Visible(row.Find(".Price__tax")); strings.Contains(tax, "税込") {
			if with, found := page.ParsePrice(tax, "JPY"); found && with.Minor > p.Minor {
				p = with
			}
		}
		switch label := page.Visible(row.Find(".Price__title")); {
		case !ok || p.Minor <= 0:
		case label == "即決":
			a.buyNow, a.buyNowWhere = p, ".Price__row 即決"
		case label == "現在":
			a.bid = p
		}
	})
}

// read makes an offer of the auction.
func (a auction) read(d *page.Document) page.Finding {
	f := page.Finding{Method: stock.MethodPageData}
	o := stock.Offer{Title: a.title, SKU: a.id, Image: a.image, Price: a.buyNow, URL: d.Page.URL}
	o.Availability, f.Reason = a.availability(&f)
	switch {
	case a.buyNow.Known():
		f.Note(stock.FactPrice, a.buyNow.String(), a.buyNow.Amount(), a.buyNowWhere, stock.NoteBuyNow)
	case a.bid.Known():
		o.Price = a.bid
		f.Note(stock.FactPrice, a.bid.String(), a.bid.Amount(), a.where, stock.NoteHighestBid)
	}
	if o.Availability.Group() == stock.Now {
		o.Quantity = a.quantity
	}
	if a.freeShipping {
		o.Shipping = new(stock.Yen(0))
	}
	switch {
	case a.condition == "未使用" || a.condition == "新品":
		o.Condition = stock.ConditionNew
	case usedWords.MatchString(a.condition):
		o.Condition = stock.ConditionUsed
	}
	if o.Condition != "" {
		f.Note(stock.FactCondition, o.Condition, a.condition, a.where)
	}
	if a.seller != "" {
		o.Seller = a.seller
		if !a.store {
			o.Seller = stock.ShortHash(a.seller)
		}
		f.Note(stock.FactSeller, o.Seller, o.Seller, a.where)
	}
	f.Tell(o, a.where)
	f.Offers = []stock.Offer{o}
	return f
}

var usedWords = regexp.MustCompile(`中古|傷や汚れ|状態が悪い|未使用に近い`)

// availability decides whether the thing can be bought.
func (a auction) availability(f *page.Finding) (stock.Availability, stock.Reason) {
	is, why := stock.Unknown, stock.Note("")
	switch {
	case a.status == unsaid && a.statusSays == "":
		return is, stock.Because(stock.ReasonAuctionStatusMissing)
	case a.status == unsaid:
		return is, stock.Because(stock.ReasonAuctionStatus, a.statusSays)
	case a.status == ended && a.won:
		is, why = stock.SoldOut, stock.NoteAuctionWon
	case a.status == ended:
		is, why = stock.OutOfStock, stock.NoteAuctionUnsold
	case a.buyNow.Known():
		is, why = stock.InStock, stock.NoteAuctionBuyNow
	default:
		is, why = stock.OutOfStock, stock.NoteAuctionBids
	}
	f.Note(stock.FactAvailability, is.String(), a.statusSays, a.where, why)
	return is, stock.Reason{}
}

// Scripts returns what the scripts that are read hold: the data that the page is drawn from, of newer and older pages.
func (Source) Scripts() []string { return []string{"__NEXT_DATA__", "pageData"} }
