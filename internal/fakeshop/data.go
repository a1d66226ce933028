package fakeshop

import (
	"html/template"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// inMall returns the availability in the words that the mall has: Yahoo and
// Mercari tell what can be bought from what cannot, and no more.
func (it Item) inMall(l Layout) stock.Availability {
	a := it.Availability
	switch {
	case l != Yahoo && l != Mercari, a == stock.Unknown, l == Yahoo && a == stock.Discontinued:
		return a
	case a.Purchasable():
		return stock.InStock
	default:
		return stock.SoldOut
	}
}

// plenty is the number of units that a mall's page data tells when the script
// gives none: such a page always has a number.
const plenty = 24

// units returns the quantity for page data: none of what cannot be had at once.
func (v view) units() int64 {
	switch {
	case v.Availability.Group() != stock.Now:
		return 0
	case v.Quantity > 0:
		return v.Quantity
	case v.Availability == stock.LimitedAvailability:
		return 2
	default:
		return plenty
	}
}

// Island is the JSON island of an Ichiba item page.
func (v view) Island() template.JS {
	condition := "sold-out"
	switch {
	case v.Buyable():
		condition = "enabled"
	case !v.Said():
		condition = "" // an unknown value
	}
	sellType := "NORMAL"
	if v.Availability == stock.PreOrder || v.Availability == stock.PreSale {
		sellType = "PREORDER" // no page with one was at hand: a guess, as is the reader's
	}
	sku := []object{}
	if v.Availability == stock.BackOrder || v.Availability == stock.MadeToOrder {
		sku = append(sku, object{"variantId": "normal-inventory", "hidden": false, "backOrderFlag": true, "backOrderDeliveryDateId": 1000})
	}
	double := object{"referencePriceVerified": v.ListPrice.Known()}
	if v.ListPrice.Known() {
		double["referencePrice"] = number(v.ListPrice)
	}
	info := object{
		"manageNumber": v.Code, "title": v.Title, "unlimitedInventoryFlag": false, "sellType": sellType, "sku": sku,
		"isSoldOut": false, // so it stands on every page, sold out or not
		"shipping":  object{"postageIncluded": true},
		"features":  object{"displayNormalCartButton": true, "inventoryDisplay": v.inventoryDisplay()},
		"purchaseInfo": object{
			"purchaseBySellType": object{
				"purchaseCondition": condition,
				"normalPurchase":    object{"price": object{"minPrice": number(v.Price)}},
			},
			"newPurchaseSku":           object{"quantity": v.units()},
			"variantMappedInventories": []object{{"sku": "normal-inventory", "inventoryId": "1", "quantity": v.units()}},
			"doublePrice":              double, "sku": []object{}, "axis": []object{},
		},
	}
	if v.Image != "" {
		info["media"] = object{"images": []object{{"location": v.Image, "type": "ABSOLUTE"}}}
	}
	return script(object{
		"api":  object{"data": object{"itemInfoSku": info}},
		"shop": object{"shopName": v.Seller, "shopUrl": v.Shop},
		"rat":  object{"genericParameter": object{"ratPrice": v.Price.Amount(), "ratRanCode": v.JAN, "ratShopUrl": v.Shop}},
		// A block beside the item's that carries the same word, for readers that
		// search the text instead of walking the path.
		"recommend": []object{{"purchaseCondition": "sold-out"}, {"purchaseCondition": "enabled"}},
	})
}

func (v view) inventoryDisplay() string {
	if v.HiddenStock {
		return "HIDDEN_STOCK"
	}
	return "DISPLAY_ABSOLUTE_STOCK_COUNT"
}

// NextData is the __NEXT_DATA__ of a Yahoo!-Shopping-like item page.
func (v view) NextData() template.JS {
	item := object{
		"name": v.Title, "srid": v.Shop + "_" + v.Code, "code": v.Code,
		"applicablePrice": number(v.Price), "isOnSale": true, "discontinue": v.Availability == stock.Discontinued,
		"isOrderStop": false, "individualItemList": []object{{"price": object{"value": number(v.Price)}}},
	}
	if v.ListPrice.Known() {
		item["regularPrice"] = number(v.ListPrice)
	}
	if v.JAN != "" {
		item["janCode"] = v.JAN
	}
	if v.Said() {
		item["stock"] = object{"quantity": v.units(), "isAvailable": v.Buyable(), "isSoldOut": !v.Buyable()}
	}
	return script(object{
		"page":  "/item",
		"props": object{"pageProps": object{"item": item, "store": object{"name": v.Seller, "id": v.Shop}}},
	})
}

// offer is a schema.org Offer.
func (v view) offer() object {
	o := object{"@type": "Offer", "url": v.URL}
	if v.Price.Known() {
		o["price"], o["priceCurrency"] = number(v.Price), v.Price.Currency
	}
	if v.Said() {
		o["availability"] = v.Schema()
	}
	if v.Seller != "" && v.Layout != Mercari {
		o["seller"] = object{"@type": "Organization", "name": v.Seller}
	}
	return o
}

func (v view) product() object {
	p := object{"@type": "Product", "name": v.Title, "offers": v.offer()}
	if v.JAN != "" && v.Layout != Mercari {
		p["gtin13"] = v.JAN
	}
	if v.Image != "" {
		p["image"] = []string{v.Image}
	}
	return p
}

// LinkedData is the JSON-LD of a small shop's item page.
func (v view) LinkedData() template.JS {
	switch {
	case v.StaleData:
		v.Availability = stock.InStock
	case v.DataDenies:
		v.Availability = stock.OutOfStock
	}
	p := v.product()
	p["@context"] = "https://schema.org"
	return script(p)
}

// LinkedGraph is the JSON-LD of a flea market's item page.
func (v view) LinkedGraph() template.JS {
	p := v.product()
	p["productID"] = v.Code
	crumbs := object{"@type": "BreadcrumbList", "itemListElement": []object{
		{"@type": "ListItem", "position": 1, "name": "ホーム", "item": "http://" + v.Host},
	}}
	return script(object{"@context": "https://schema.org", "@graph": []object{crumbs, p}})
}
