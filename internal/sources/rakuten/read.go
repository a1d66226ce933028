package rakuten

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// reader reads one item's data. Names follow the JSON.
type reader struct {
	doc  *page.Document
	top  page.Data // of the whole island
	root page.Data // itemInfoSku
	path string    // of root
}

func (r reader) read() stock.Observation {
	f := page.Finding{Method: stock.MethodPageData}
	about := r.about(&f)
	whole := about
	whole.Availability, f.Reason = r.condition(&f)
	whole.Price = r.price(&f)
	f.Offers = r.variants(whole)
	if len(f.Offers) == 0 {
		whole.Quantity, whole.Availability = r.single(whole.Availability)
		f.Offers = []stock.Offer{whole}
		if whole.Quantity != nil {
			f.Note(stock.FactQuantity, fmt.Sprint(*whole.Quantity), fmt.Sprint(*whole.Quantity), r.path+".purchaseInfo.newPurchaseSku.quantity")
		}
	}
	f.Choose(r.named)
	f.Tell(f.Offer(), r.path+".sku")
	micro := r.second(f.Offer())
	return page.Merge(r.doc, f, micro)
}

// condition reads the state of the whole item, the one that counts.
func (r reader) condition(f *page.Finding) (stock.Availability, stock.Reason) {
	where := r.path + ".purchaseInfo.purchaseBySellType.purchaseCondition"
	says := r.root.At("purchaseInfo", "purchaseBySellType", "purchaseCondition").Text()
	a := stock.Unknown
	switch says {
	case "enabled":
		a = stock.InStock
		if strings.Contains(strings.ReplaceAll(strings.ToUpper(r.root.At("sellType").Text()), "_", ""), "PREORDER") {
			a = stock.PreOrder
		}
	case "sold-out":
		a = stock.OutOfStock
	case "":
		return a, stock.Because(stock.ReasonNoPurchaseCondition)
	default:
		f.Note(stock.FactAvailability, "", says, where, stock.NoteNotKnown)
		return a, stock.Because(stock.ReasonPurchaseCondition, says)
	}
	f.Note(stock.FactAvailability, a.String(), says, where)
	return a, stock.Reason{}
}

// price reads the price of an item without variants, or the one price that all
// its variants have. A range is a fact, not a price.
func (r reader) price(f *page.Finding) stock.Price {
	sell := r.root.At("purchaseInfo", "purchaseBySellType")
	kinds := sell.Names()
	slices.Sort(kinds)
	for _, kind := range append([]string{"normalPurchase"}, kinds...) {
		p := sell.At(kind, "price")
		low, high := p.At("minPrice").Yen(), p.At("maxPrice").Yen()
		where := r.path + ".purchaseInfo.purchaseBySellType." + kind + ".price.minPrice"
		switch {
		case !low.Known():
			continue
		case high.Known() && high != low:
			f.Evidence = append(f.Evidence, stock.Evidence{
				Method: f.Method, Fact: stock.FactPriceFrom, Value: low.String(), Text: p.At("minPrice").Text(), Where: where,
				Note: stock.NoteByVariant, Args: []string{high.String()},
			})
			return stock.Price{}
		}
		f.Note(stock.FactPrice, low.String(), p.At("minPrice").Text(), where)
		return low
	}
	return stock.Price{}
}

// single refines the availability of an item without variants by its quantity.
func (r reader) single(a stock.Availability) (*int64, stock.Availability) {
	q := r.root.At("purchaseInfo", "newPurchaseSku", "quantity").Count()
	if q == nil || a == stock.Unknown || r.unlimited() {
		return nil, a
	}
	if *q > 0 {
		if a == stock.OutOfStock {
			return nil, a // what is left is not for sale
		}
		return q, a
	}
	if a == stock.InStock && backOrder(r.root) {
		return nil, stock.BackOrder
	}
	if a.Purchasable() {
		return nil, a // a hidden stock counts as 0 on an item that can be bought
	}
	return q, a
}

func (r reader) unlimited() bool {
	yes, _ := r.root.At("unlimitedInventoryFlag").Bool()
	return yes
}

// variants reads one offer for each variant of the item. The item's own state
// ranks above theirs: nothing of a sold-out item can be bought, and where an item
// that can be bought hides its stock, a quantity of 0 says nothing.
func (r reader) variants(whole stock.Offer) []stock.Offer {
	left := map[string]*int64{}
	for _, inv := range r.root.At("purchaseInfo", "variantMappedInventories").List() {
		left[inv.At("sku").Text()] = inv.At("quantity").Count()
	}
	var all []stock.Offer
	for _, sku := range r.root.At("sku").List() {
		if hidden, _ := sku.At("hidden").Bool(); hidden {
			continue
		}
		o := whole
		id := sku.At("variantId").Text()
		o.SKU = id
		o.Variant = selectors(sku.At("selectorValues"))
		if p := sku.At("taxIncludedPrice").Yen(); p.Known() {
			o.Price = p
		}
		o.Availability, o.Quantity = r.variant(whole.Availability, sku, left[id])
		all = append(all, o)
	}
	// All sold out on an item that says that it can be bought: the quantities lie.
	if whole.Availability.Purchasable() && !slices.ContainsFunc(all, func(o stock.Offer) bool { return o.Availability.Group() != stock.No }) {
		for i := range all {
			all[i].Availability, all[i].Quantity = whole.Availability, nil
		}
	}
	return all
}

// variant judges one variant of an item whose own availability is whole.
func (r reader) variant(whole stock.Availability, sku page.Data, left *int64) (stock.Availability, *int64) {
	if !whole.Purchasable() {
		return whole, nil
	}
	for _, name := range sku.Names() { // the name of the member is not known, its values are
		switch sku.At(name).Text() {
		case "sold-out":
			return stock.OutOfStock, nil
		case "almost-out":
			return stock.LimitedAvailability, left
		}
	}
	switch {
	case r.unlimited() || left == nil:
		return whole, nil
	case *left > 0:
		return whole, left
	case backOrder(sku):
		return stock.BackOrder, nil
	case r.hidesStock():
		return stock.Unknown, nil
	default:
		return stock.OutOfStock, left
	}
}

func (r reader) hidesStock() bool {
	return r.root.At("features", "inventoryDisplay").Text() == "HIDDEN_STOCK"
}

// backOrder reports whether an item or variant is sold when none is left.
func backOrder(d page.Data) bool {
	id := d.At("backOrderDeliveryDateId")
	return id.Text() != "" && id.Text() != "0"
}

// selectors joins what a buyer chooses: a list of texts, or of named values.
func selectors(d page.Data) string {
	var parts []string
	for _, v := range d.List() {
		for _, s := range []string{v.Text(), v.At("value").Text(), v.At("label").Text()} {
			if s != "" {
				parts = append(parts, s)
				break
			}
		}
	}
	return strings.Join(parts, " / ")
}

var tags = regexp.MustCompile(`<[^<>]*>`)

// about reads what is true of all offers of the item.
func (r reader) about(f *page.Finding) stock.Offer {
	shop := r.top.At("shop")
	o := stock.Offer{
		Title:  page.Fold(tags.ReplaceAllString(r.root.At("title").Text(), " ")),
		Seller: shop.At("shopName").Text(),
		URL:    r.doc.Absolute(r.doc.Page.URL),
	}
	if images := r.root.At("media", "images").List(); len(images) > 0 {
		o.Image = r.doc.Absolute(images[0].At("location").Text())
	}
	if id, name := shop.At("shopUrl").Text(), r.root.At("manageNumber").Text(); id != "" && name != "" {
		o.SKU = id + ":" + name
	}
	if o.Title != "" {
		f.Note(stock.FactTitle, o.Title, o.Title, r.path+".title")
	}
	if o.Seller != "" {
		f.Note(stock.FactSeller, o.Seller, o.Seller, "shop.shopName")
	}
	if free, ok := r.root.At("shipping", "postageIncluded").Bool(); ok && free {
		o.Shipping = new(stock.Yen(0))
		f.Note(stock.FactShipping, "free", "true", r.path+".shipping.postageIncluded")
	}
	if o.SaleMode = page.SaleModePhrase(o.Title); o.SaleMode != "" {
		f.Note(stock.FactSaleMode, string(o.SaleMode), o.Title, r.path+".title")
	}
	return o
}

// named reports whether the page's address asks for the variant o.
func (r reader) named(o stock.Offer) bool {
	id := r.doc.URL.Query().Get("variantId")
	return id != "" && id == o.SKU
}

// second reads the microdata for the facts that the data lacks. Its availability
// is known to lie, so that it is only mentioned where it differs.
func (r reader) second(first stock.Offer) page.Finding {
	f := r.doc.Microdata()
	if len(f.Offers) == 0 {
		return f
	}
	lies := f.Offer().Availability
	for i := range f.Offers {
		f.Offers[i].Availability = stock.Unknown
	}
	kept := f.Evidence[:0]
	for _, e := range f.Evidence {
		if e.Fact != stock.FactAvailability {
			kept = append(kept, e)
		} else if lies.Group() != first.Availability.Group() {
			e.Note = stock.NotePassedOverMicrodata
			kept = append(kept, e)
		}
	}
	f.Evidence = kept
	f.Reason = stock.Reason{}
	return f
}
