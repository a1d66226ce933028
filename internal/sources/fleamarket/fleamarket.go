// Package fleamarket reads Yahoo! Flea Market (paypayfleamarket.yahoo.co.jp): item
// pages by the JSON that they are drawn from and by their JSON-LD, which must not
// contradict each other, and searches by the same JSON.
//
// Known from real pages: items on sale, sold and removed. The rows of a search are
// known from public code only; their empty list is known from real pages. Each
// item exists once: after it is sold, its page never sells again.
//
// Sellers are private persons, whose names are kept as hashes only. The private
// API behind the pages is not used.
package fleamarket

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Source reads Yahoo! Flea Market.
type Source struct{}

// Name returns "fleamarket".
func (Source) Name() string { return "fleamarket" }

const host = "paypayfleamarket.yahoo.co.jp"

// Owns reports whether u is an item page or a search.
func (Source) Owns(u *url.URL) bool {
	return u.Hostname() == host && (itemID(u) != "" || isSearch(u))
}

// Request asks for an item page without the parameters of the link that led to
// it, and for a search as it is.
func (Source) Request(u *url.URL) (stock.Request, error) {
	if id := itemID(u); id != "" {
		u = &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/item/" + id}
	}
	return stock.Request{URL: u.String()}, nil
}

var itemPath = regexp.MustCompile(`^/item/([A-Za-z0-9]+)/?$`)

func itemID(u *url.URL) string {
	if m := itemPath.FindStringSubmatch(u.Path); m != nil {
		return m[1]
	}
	return ""
}

func isSearch(u *url.URL) bool { return u.Path == "/search" || strings.HasPrefix(u.Path, "/search/") }

const itemPlace = "props.initialState.itemsState.items.item"

// state returns the state that the page is drawn from.
func state(d *page.Document) page.Data {
	data, _ := d.Data("__NEXT_DATA__")
	return data.At("props", "initialState")
}

func itemOf(d *page.Document) page.Data { return state(d).At("itemsState", "items", "item") }

// OtherProduct compares the id in the address with that of the item on the page.
func (Source) OtherProduct(d *page.Document, asked *url.URL) (why stock.Reason, known bool) {
	want, got := itemID(asked), itemOf(d).At("id").Text()
	switch {
	case want == "" || got == "":
		return stock.Reason{}, false
	case got != want:
		return stock.Because(stock.ReasonOtherItem, got, want), true
	}
	return stock.Reason{}, true
}

// Read reads an item page or a search page.
func (Source) Read(d *page.Document) stock.Observation {
	if isSearch(d.URL) {
		return search(d)
	}
	item := itemOf(d)
	if !item.Exists() {
		return missing(d)
	}
	return page.Merge(d, read(d, item), d.JSONLD())
}

// missing reads a page without an item: the shop says that there is none, or did
// not send it.
func missing(d *page.Document) stock.Observation {
	if failure := state(d).At("itemsState", "items", "error"); failure.At("status").Text() == "404" {
		return stock.Observation{
			URL: d.Page.URL, Outcome: stock.NotFound, Reason: stock.Because(stock.ReasonFleamarketNoItem), At: d.Page.FetchedAt,
			Evidence: []stock.Evidence{page.Evidence(stock.MethodPageData, stock.FactOutcome, "error 404", failure.At("message").Text(), "props.initialState.itemsState.items.error")},
		}
	}
	o := page.Merge(d, d.JSONLD(), page.Finding{Method: stock.MethodPageData, Reason: stock.Because(stock.ReasonFleamarketNoData)})
	if o.Offer.Availability == stock.Unknown {
		o.Outcome = stock.Unreadable
	}
	return o
}

// rating reads what earlier buyers say of a seller, nil when the page does not.
func rating(r page.Data) *stock.Rating {
	good, count := r.At("goodRatio").Count(), r.At("total").Count()
	if good == nil || count == nil || *good > 100 {
		return nil
	}
	return &stock.Rating{GoodPercent: *good, Count: *count}
}

// read reads the item that the page is drawn from.
func read(d *page.Document, item page.Data) page.Finding {
	f := page.Finding{Method: stock.MethodPageData}
	o := stock.Offer{Title: item.At("title").Text(), SKU: item.At("id").Text(), Condition: condition(item.At("condition", "key").Text())}
	o.Availability, f.Reason = availability(item.At("status").Text())
	if o.Availability != stock.Unknown {
		f.Note(stock.FactAvailability, o.Availability.String(), item.At("status").Text(), itemPlace+".status")
	}
	if without, _ := item.At("noPriceItem").Bool(); !without {
		o.Price = item.At("price").Yen()
	}
	if o.Price.Known() {
		f.Note(stock.FactPrice, o.Price.String(), item.At("price").Text(), itemPlace+".price")
	}
	if o.Title != "" {
		f.Note(stock.FactTitle, o.Title, o.Title, itemPlace+".title")
	}
	if o.Condition != "" {
		f.Note(stock.FactCondition, o.Condition, item.At("condition", "text").Text(), itemPlace+".condition")
	}
	if name := item.At("seller", "nickname").Text(); name != "" {
		o.Seller = stock.ShortHash(name)
		f.Note(stock.FactSeller, o.Seller, o.Seller, itemPlace+".seller", stock.NotePrivateSeller)
	}
	if o.SellerRating = rating(item.At("seller", "rating")); o.SellerRating != nil {
		f.Evidence = append(f.Evidence, stock.Evidence{
			Method: f.Method, Fact: stock.FactSellerRating, Value: fmt.Sprintf("%d %%", o.SellerRating.GoodPercent), Text: item.At("seller", "rating", "goodRatio").Text(),
			Where: itemPlace + ".seller.rating", Note: stock.NoteRatings, Args: []string{strconv.FormatInt(o.SellerRating.Count, 10)},
		})
	}
	if images := item.At("images").List(); len(images) > 0 {
		o.Image = d.Absolute(images[0].At("url").Text())
	}
	f.Tell(o, itemPlace)
	f.Offers = []stock.Offer{o}
	return f
}

// availability reads a status; why says why it is none.
func availability(status string) (a stock.Availability, why stock.Reason) {
	switch status {
	case "OPEN":
		return stock.InStock, stock.Reason{}
	case "SOLD":
		return stock.SoldOut, stock.Reason{}
	case "":
		return stock.Unknown, stock.Because(stock.ReasonNoItemStatus)
	}
	return stock.Unknown, stock.Because(stock.ReasonItemStatus, status)
}

// condition reads the key of a condition: "new", or one of several of used things.
func condition(key string) string {
	if strings.HasPrefix(key, "used") {
		return stock.ConditionUsed
	}
	return page.Condition(key)
}

// search reads the rows of a search.
func search(d *page.Document) stock.Observation {
	const where = "props.initialState.searchState.search.result.items"
	o := stock.Observation{
		URL: d.Page.URL, Outcome: stock.OK, At: d.Page.FetchedAt, IsSearch: true,
		Reason:   stock.Because(stock.ReasonSearchPage),
		Evidence: []stock.Evidence{{Method: stock.MethodPageData, Fact: stock.FactPage, Note: stock.NoteSearch, Where: where}},
	}
	o.Offer.Title = d.Title()
	found := state(d).At("searchState", "search")
	loading, _ := found.At("isLoading").Bool()
	o.NewestFirst = d.URL.Query().Get("sort") == "openTime" && strings.EqualFold(d.URL.Query().Get("order"), "desc")
	if items := found.At("result", "items"); !items.Exists() || loading {
		if line := d.NothingFound(); line != "" && !loading {
			return page.NothingListed(d, line)
		}
		o.Outcome, o.Reason = stock.Unreadable, stock.Because(stock.ReasonFleamarketNoSearch)
		return o
	}
	for _, row := range found.At("result", "items").List() {
		id := row.At("id").Text()
		if !itemPath.MatchString("/item/" + id) {
			continue
		}
		l := stock.Listing{ID: id, Title: row.At("title").Text(), URL: d.Absolute("/item/" + id), Price: row.At("price").Yen(), Condition: condition(row.At("condition").Text())}
		l.Availability, _ = availability(row.At("itemStatus").Text())
		if l.Title != "" {
			o.Listings = append(o.Listings, l)
		}
	}
	return o
}

// Scripts returns what the scripts that are read hold: the data that the page is drawn from.
func (Source) Scripts() []string { return []string{"__NEXT_DATA__"} }
