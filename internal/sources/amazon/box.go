package amazon

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// box is the part of the page where one offer is made.
type box struct {
	doc       *page.Document
	root      *goquery.Selection // the page itself when it makes one offer
	row       bool               // root is one row of several
	condition string             // "" when the box does not say
	price     option
}

// rows are the offers of a page that makes several, one of which is open.
const rows = `[id$="AccordionRow"], [id*="AccordionRow_"]`

// boxes returns the offers that the page is about, and those that stand beside
// them. It is about new things, and about used ones only where there is nothing
// else. Rows of a subscription are another price for the same thing and are left
// out.
func boxes(d *page.Document) (about, beside []box) {
	options := readOptions(d)
	d.HTML.Find(rows).EachWithBreak(func(i int, s *goquery.Selection) bool {
		if s.ParentsFiltered(rows).Length() > 0 {
			return i < maxPlaces
		}
		b := box{doc: d, root: s, row: true, condition: stock.ConditionNew}
		switch id := strings.ToLower(s.AttrOr("id", "")); {
		case strings.HasPrefix(id, "sns"):
			return true
		case strings.HasPrefix(id, "used"):
			b.condition = stock.ConditionUsed
		case strings.HasPrefix(id, "renewed"):
			b.condition = stock.ConditionRefurbished
		}
		b.price = options.take(b.condition)
		if b.condition == stock.ConditionNew {
			about = append(about, b)
		} else {
			beside = append(beside, b)
		}
		return len(about)+len(beside) < maxBoxes && i < maxPlaces
	})
	switch {
	case len(about) > 0:
		return about, beside
	case len(beside) > 0:
		return beside, nil
	}
	only := options.first()
	return []box{{doc: d, root: d.HTML.Selection, condition: only.condition, price: only}}, nil
}

// The bounds of what is read of one page.
const (
	maxBoxes  = 50
	maxPlaces = 500 // elements that a selector finds
)

// readBoxes reads every box and chooses among those that the page is about.
func readBoxes(d *page.Document) page.Finding {
	f := page.Finding{Method: stock.MethodBuyBox}
	about, beside := boxes(d)
	var read []reading
	for _, b := range about {
		one := b.read()
		read = append(read, one)
		f.Offers = append(f.Offers, one.Offer())
	}
	f.Choose(nil)
	chosen := read[f.Chosen]
	f.Evidence, f.Reason = append(f.Evidence, chosen.Evidence...), chosen.Reason
	for _, b := range beside {
		f.Offers = append(f.Offers, b.read().Offer())
	}
	if chosen.others {
		f.Offers = append(f.Offers, otherSellers(d, chosen.Offer())...)
	}
	return f
}

// reading is what one box says.
type reading struct {
	page.Finding
	others bool // the page sends to offers of other sellers
}

// read reads one box.
func (b box) read() reading {
	f := page.Finding{Method: stock.MethodBuyBox}
	o := stock.Offer{Title: title(b.doc), SKU: asin(b.doc.URL), Image: image(b.doc), Condition: b.condition, URL: b.doc.Page.URL}
	says := b.availability(&f)
	o.Availability, f.Reason = says.availability, says.reason
	o.SaleMode = b.saleMode(&f, &o.Availability)
	if why := b.ofAnother(); why != "" && o.Availability != stock.Unknown {
		o.Availability = stock.OutOfStock
		f.Note(stock.FactAvailability, stock.OutOfStock.String(), why, "#deliveryBlockSelectMerchant", stock.NoteSellerAsked)
	}
	o.Price = b.readPrice(&f)
	if o.Availability.Group() == stock.Now {
		o.Quantity = b.quantity(&f)
	}
	o.Seller = b.seller(&f)
	o.Points = b.points(&f)
	if refurbished.MatchString(o.Title) && o.Condition != stock.ConditionUsed {
		o.Condition = stock.ConditionRefurbished
	}
	if o.Condition != "" {
		f.Note(stock.FactCondition, o.Condition, o.Condition, b.conditionWhere())
	}
	f.Tell(o, "#title")
	f.Offers = []stock.Offer{o}
	return reading{f, says.others}
}

func (b box) conditionWhere() string {
	if b.row {
		return "#" + b.root.AttrOr("id", "")
	}
	return cmp.Or(b.price.where, "#title")
}

// stockPlaces are where the stock is written, in each box.
const stockPlaces = `[id="availability"], [id="outOfStock"]`

// availability reads the stock text and, where there is none, the buttons.
func (b box) availability(f *page.Finding) statement {
	text, says, found := b.stockText()
	label, where := b.button()
	switch {
	case found && says.undelivered:
		return statement{reason: stock.Because(stock.ReasonAmazonNotDelivered, text)}
	case found && says.availability.Group() == stock.No && label != "" && !says.others:
		return statement{reason: stock.Because(stock.ReasonTextAgainstButton, text, label)}
	case found:
		f.Note(stock.FactAvailability, says.availability.String(), text, "div#availability > span")
		if says.others {
			f.Note(stock.FactOtherSellers, "", text, "div#availability > span")
		}
		return says
	case text != "":
		return statement{reason: stock.Because(stock.ReasonStockTextUnknown, text)}
	case preorders.MatchString(label):
		f.Note(stock.FactAvailability, stock.PreOrder.String(), label, where, stock.NoteByButton)
		return statement{availability: stock.PreOrder}
	case label != "":
		f.Note(stock.FactAvailability, stock.InStock.String(), label, where, stock.NoteByButton)
		return statement{availability: stock.InStock}
	}
	if link := b.root.Find(`#buybox-see-all-buying-choices, #buybox-see-all-buying-choices-announce`).First(); link.Length() > 0 {
		f.Note(stock.FactAvailability, stock.OutOfStock.String(), page.Visible(link), "#buybox-see-all-buying-choices", stock.NoteOtherSellers)
		return statement{availability: stock.OutOfStock, others: true}
	}
	return statement{reason: stock.Because(stock.ReasonAmazonNoBox)}
}

// stockText returns the first stock text that says something, or the first of all.
func (b box) stockText() (text string, says statement, found bool) {
	b.root.Find(stockPlaces).EachWithBreak(func(i int, place *goquery.Selection) bool {
		parts := place.ChildrenFiltered("span")
		if page.Visible(parts) == "" {
			parts = place
		}
		parts.EachWithBreak(func(_ int, part *goquery.Selection) bool {
			t := page.Visible(part)
			if text == "" {
				text = t
			}
			if s, ok := stockText(b.doc, t); ok {
				text, says, found = t, s, true
			}
			return !found
		})
		return !found && i < maxPlaces
	})
	return text, says, found
}

// buttons open an order: the ones of the box, never those of other items' cards.
const buttons = `[id="add-to-cart-button"], [id="add-to-cart-button-ubb"], [id="buy-now-button"]`

// button returns the words of the first button that can be pressed.
func (b box) button() (label, where string) {
	b.root.Find(buttons).EachWithBreak(func(i int, s *goquery.Selection) bool {
		if s.Is("[disabled]") || s.Closest(".a-button-disabled").Length() > 0 {
			return i < maxPlaces
		}
		for _, t := range []string{s.AttrOr("title", ""), s.AttrOr("value", ""), page.Visible(s), page.Visible(s.Parent()), s.AttrOr("id", "")} {
			if label = page.Fold(t); label != "" {
				break
			}
		}
		where = "#" + s.AttrOr("id", "")
		return false
	})
	return label, where
}

// modePlaces are where a box says who may buy; cards are other items and the frame
// of the page.
const (
	modePlaces = stockPlaces + `, [id^="invitation"], [id*="Invitation"], [id^="primeExclusive"], .a-button, button, input[type="submit"]`
	cards      = `header, footer, nav, [id^="nav-"], .a-carousel-container, .a-carousel-card, [data-asin], [data-csa-c-item-id], [class*="p13n"], [class*="sims-"], [id^="sp_"]`
)

// saleMode reads who may buy, from the short texts and buttons of the box. While
// invitations can be asked for, the thing is on sale in that way alone, whatever
// the stock text says of buying at once.
func (b box) saleMode(f *page.Finding, a *stock.Availability) stock.SaleMode {
	var mode stock.SaleMode
	b.root.Find(modePlaces).EachWithBreak(func(i int, s *goquery.Selection) bool {
		if s.Closest(cards).Length() > 0 {
			return i < maxPlaces
		}
		text := page.Visible(s) + " " + page.Fold(s.AttrOr("title", "")+s.AttrOr("value", ""))
		if mode = saleMode(text); mode == "" {
			return i < maxPlaces
		}
		f.Note(stock.FactSaleMode, string(mode), text, where(s))
		if mode == stock.Invitation && !a.Purchasable() {
			*a = stock.PreSale
			if closed.MatchString(text) {
				*a = stock.OutOfStock
			}
			f.Reason = stock.Reason{}
			f.Note(stock.FactAvailability, a.String(), text, where(s), stock.NoteByInvitation)
		}
		return false
	})
	return mode
}

func where(s *goquery.Selection) string {
	if id := s.AttrOr("id", ""); id != "" {
		return "#" + id
	}
	return goquery.NodeName(s)
}

// ofAnother says whose offer the box is, when the address asks for one seller's
// and this is another's.
func (b box) ofAnother() string {
	q := b.doc.URL.Query()
	asked := q.Get("m") + q.Get("smid")
	if asked == "" || q.Get("m") != "" && q.Get("smid") != "" {
		return ""
	}
	got := b.root.Find(`#deliveryBlockSelectMerchant, #merchantID`).First().AttrOr("value", "")
	if link, err := url.Parse(b.root.Find(`#sellerProfileTriggerId`).First().AttrOr("href", "")); got == "" && err == nil {
		got = link.Query().Get("seller")
	}
	if got == "" || strings.EqualFold(got, asked) {
		return ""
	}
	return "this is the offer of " + page.Fold(got)
}
