// Package rakuten reads item pages of Rakuten Ichiba (item.rakuten.co.jp).
//
// The words on these pages say nothing: the buy box is drawn by script, and
// 買い物かご stands on every one. What counts is the page's own data, the JSON in
// script#item-page-app-data. It ranks above the page's microdata, which is known
// to say OutOfStock of items that can be bought (shops that hide their stock).
//
// Rakuten Books, Bic Camera and the other storefronts with hosts of their own
// are not read here, nor are searches and the catalogue.
package rakuten

import (
	"net/url"
	"strings"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Source reads Rakuten Ichiba.
type Source struct{}

const itemHost = "item.rakuten.co.jp"

// Name returns "rakuten".
func (Source) Name() string { return "rakuten" }

// Owns reports whether u is an item page, or an affiliate link that wraps one.
func (Source) Owns(u *url.URL) bool { return item(u) != nil }

// Request asks for the item page; of an affiliate link for the page inside.
func (Source) Request(u *url.URL) (stock.Request, error) {
	return stock.Request{URL: item(u).String()}, nil
}

// item returns the item page's address that u is or wraps, nil for none.
func item(u *url.URL) *url.URL {
	switch u.Hostname() {
	case itemHost:
		return u
	case "hb.afl.rakuten.co.jp":
		inner, err := url.Parse(u.Query().Get("pc"))
		if err == nil && inner.Hostname() == itemHost && strings.HasPrefix(inner.Scheme, "http") {
			return inner
		}
	}
	return nil
}

// Read reads an item page.
func (Source) Read(d *page.Document) stock.Observation {
	data, ok := d.Data("item-page-app-data")
	if !ok {
		return unreadable(d, stock.Because(stock.ReasonRakutenNoData))
	}
	root, path := data.At("newApi", "itemInfoSku"), "newApi.itemInfoSku"
	if !root.Exists() {
		root, path = data.At("api", "data", "itemInfoSku"), "api.data.itemInfoSku"
	}
	if !root.Exists() {
		return unreadable(d, stock.Because(stock.ReasonRakutenNoItem))
	}
	r := reader{doc: d, top: data, root: root, path: path}
	return r.read()
}

// unreadable returns what is left of a page without its data: the price of the
// microdata as a fact, and no availability, since that may lie.
func unreadable(d *page.Document, why stock.Reason) stock.Observation {
	f := d.Microdata()
	for i := range f.Offers {
		f.Offers[i].Availability = stock.Unknown
	}
	f.Reason = why
	o := page.Merge(d, f)
	o.Outcome = stock.Unreadable
	return o
}

// Scripts returns what the scripts that are read hold: the data that the page is drawn from.
func (Source) Scripts() []string { return []string{"item-page-app-data"} }
