// Package yahoo reads item pages of Yahoo! Shopping
// (store.shopping.yahoo.co.jp) by the JSON that they are drawn from,
// script#__NEXT_DATA__.
//
// Searches, Yahoo! Auctions and the flea market are not read here. No real item
// page of today was at hand when this was written: the paths are those that
// others rely on, and where one leads to nothing the answer is Unknown.
package yahoo

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Source reads Yahoo! Shopping.
type Source struct{}

// Name returns "yahoo".
func (Source) Name() string { return "yahoo" }

// Owns reports whether u is a page of a store at Yahoo! Shopping.
func (Source) Owns(u *url.URL) bool { return u.Hostname() == "store.shopping.yahoo.co.jp" }

// Request asks for the page itself.
func (Source) Request(u *url.URL) (stock.Request, error) {
	return stock.Request{URL: u.String()}, nil
}

// places are the paths at which item pages have kept their item.
var places = [][]string{
	{"props", "pageProps", "item"},
	{"props", "pageProps", "sp", "item"},
	{"props", "pageProps", "initialState", "item"},
}

// Read reads an item page.
func (Source) Read(d *page.Document) stock.Observation {
	data, ok := d.Data("__NEXT_DATA__")
	if !ok {
		return page.Read(d)
	}
	for _, path := range places {
		if item := data.At(path...); item.Exists() {
			r := reader{doc: d, item: item, path: strings.Join(path, ".")}
			return page.Merge(d, r.read(), r.meta())
		}
	}
	return page.Read(d)
}

type reader struct {
	doc  *page.Document
	item page.Data
	path string
}

func (r reader) read() page.Finding {
	f := page.Finding{Method: stock.MethodPageData}
	o := stock.Offer{
		Title:  r.item.At("name").Text(),
		JAN:    validJAN(r.item.At("janCode").Text()),
		Seller: r.seller(),
	}
	for _, name := range []string{"applicablePrice", "price"} {
		if o.Price = r.item.At(name).Yen(); o.Price.Known() {
			f.Note(stock.FactPrice, o.Price.String(), r.item.At(name).Text(), r.path+"."+name)
			break
		}
	}
	if o.Title != "" {
		f.Note(stock.FactTitle, o.Title, o.Title, r.path+".name")
	}
	o.Availability, f.Reason = r.availability(&f)
	o.Quantity = r.item.At("stock", "quantity").Count()
	if o.Availability.Group() != stock.Now {
		o.Quantity = nil
	}
	f.Offers = r.variants(o)
	if len(f.Offers) == 0 {
		f.Offers = []stock.Offer{o}
	}
	f.Choose(nil)
	f.Tell(f.Offer(), r.path)
	return f
}

// availability reads the state of the whole item. Signs of both kinds give none.
func (r reader) availability(f *page.Finding) (stock.Availability, stock.Reason) {
	no, noSays := r.stopped()
	yes, yesSays := r.stocked()
	switch {
	case no != stock.Unknown && yes.Purchasable():
		f.Conflict = no
		return stock.Unknown, stock.Because(stock.ReasonDataContradicts, noSays, yesSays)
	case no != stock.Unknown:
		f.Note(stock.FactAvailability, no.String(), noSays, r.path)
		return no, stock.Reason{}
	case yes != stock.Unknown:
		f.Note(stock.FactAvailability, yes.String(), yesSays, r.path)
		return yes, stock.Reason{}
	}
	return stock.Unknown, stock.Because(stock.ReasonDataSilent)
}

// stopped looks for the signs that the item is not sold, whatever its stock.
func (r reader) stopped() (stock.Availability, string) {
	if yes, _ := r.item.At("discontinue").Bool(); yes {
		return stock.Discontinued, "discontinue=true"
	}
	for _, name := range []string{"isOrderStop", "orderStopFlag"} {
		if yes, _ := r.item.At(name).Bool(); yes {
			return stock.OutOfStock, name + "=true"
		}
	}
	if yes, ok := r.item.At("isOnSale").Bool(); ok && !yes {
		return stock.OutOfStock, "isOnSale=false"
	}
	return stock.Unknown, ""
}

// stocked reads item.stock. Two of its members that disagree say nothing.
func (r reader) stocked() (stock.Availability, string) {
	s := r.item.At("stock")
	var in, out []string
	if yes, ok := s.At("isAvailable").Bool(); ok {
		sign(&in, &out, yes, "stock.isAvailable="+fmt.Sprint(yes))
	}
	if sold, ok := s.At("isSoldOut").Bool(); ok {
		sign(&in, &out, !sold, "stock.isSoldOut="+fmt.Sprint(sold))
	}
	if q := s.At("quantity").Count(); q != nil {
		sign(&in, &out, *q > 0, "stock.quantity="+fmt.Sprint(*q))
	}
	switch {
	case len(in) > 0 && len(out) == 0:
		return stock.InStock, strings.Join(in, ", ")
	case len(out) > 0 && len(in) == 0:
		return stock.OutOfStock, strings.Join(out, ", ")
	}
	return stock.Unknown, ""
}

func sign(in, out *[]string, yes bool, says string) {
	if yes {
		*in = append(*in, says)
	} else {
		*out = append(*out, says)
	}
}

// variants reads one offer for each choice of the item's one or two axes.
func (r reader) variants(whole stock.Offer) []stock.Offer {
	var all []stock.Offer
	add := func(choice page.Data, name string) {
		q := choice.At("stock", "quantity").Count()
		if q == nil {
			return
		}
		o := whole
		o.Variant, o.Quantity = name, q
		switch {
		case *q == 0:
			o.Availability = stock.OutOfStock
		case whole.Availability == stock.Unknown, whole.Availability.Purchasable():
			o.Availability = whole.Availability
		}
		all = append(all, o)
	}
	for _, first := range r.item.At("stockTableOneAxis", "firstOption", "choiceList").List() {
		add(first, choiceName(first))
	}
	for _, first := range r.item.At("stockTableTwoAxis", "firstOption", "choiceList").List() {
		for _, second := range first.At("secondOption", "choiceList").List() {
			add(second, strings.Trim(choiceName(first)+" / "+choiceName(second), " /"))
		}
	}
	return all
}

func choiceName(d page.Data) string {
	for _, name := range []string{"choiceName", "name", "label", "title"} {
		if s := d.At(name).Text(); s != "" {
			return s
		}
	}
	return ""
}

// meta reads the meta elements for the facts that the data lacks; they say
// nothing of stock here.
func (r reader) meta() page.Finding { return r.doc.OpenGraph() }

// seller takes the store's name from og:title, "<item> : <store> - 通販 - Yahoo!ショッピング".
func (r reader) seller() string {
	title, ok := strings.CutSuffix(r.doc.Meta("og:title"), " - 通販 - Yahoo!ショッピング")
	if i := strings.LastIndex(title, " : "); ok && i >= 0 {
		return title[i+len(" : "):]
	}
	return ""
}

func validJAN(s string) string {
	if page.ValidJAN(s) {
		return s
	}
	return ""
}

// Scripts returns what the scripts that are read hold: the data that the page is drawn from.
func (Source) Scripts() []string { return []string{"__NEXT_DATA__"} }
