package alerttext

import (
	"cmp"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// TapLink returns what an alert of a watch may open: the offer's own page when
// it is on the watch's host, else the page that the user wrote down. A page can
// name any URL as its offer's; following it would make a hacked shop, or one row
// of a search result, choose where a person in a hurry types a password.
//
// The watch of an official API has no page: only pages of the API's shop are opened, the
// offer's or that of the item that the watch names.
func TapLink(watchURL, offerURL string) string {
	if api, ok := stock.IsQuery(watchURL); ok {
		q, _ := stock.ParseQuery(watchURL) // of one item: its page
		return cmp.Or(shopLink(api, offerURL), q.Item)
	}
	page := stock.WebURL(watchURL)
	if page == nil {
		return ""
	}
	offer := stock.WebURL(offerURL)
	if offer == nil || stock.HostKey(offer) != stock.HostKey(page) || page.Scheme == "https" && offer.Scheme != "https" {
		return stock.NormalizeURL(page.String())
	}
	return stock.NormalizeURL(offer.String())
}

// shopLink returns the URL of an offer when it is a page of an API's shop, "" for
// any other.
func shopLink(api stock.API, offerURL string) string {
	offer := stock.WebURL(offerURL)
	if offer == nil || offer.Scheme != "https" || stock.HostKey(offer) != api.Shop() {
		return ""
	}
	return stock.NormalizeURL(offer.String())
}

// ImageLink returns the URL of an image when a service may fetch it.
func ImageLink(raw string) string {
	if u := stock.WebURL(raw); u != nil {
		return stock.NormalizeURL(u.String())
	}
	return ""
}
