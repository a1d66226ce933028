package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Found is who has a thing, as the official APIs say. Make one with NewFound.
type Found struct {
	JAN     string       `json:"jan,omitempty"`
	Words   string       `json:"q,omitempty"`
	Sources []AskedAPI   `json:"sources"`
	Offers  []FoundOffer `json:"offers"`
	Pages   []SearchPage `json:"search_pages"`
}

// AskedAPI says how a source answered.
type AskedAPI struct {
	Source  string        `json:"source"`
	Watch   string        `json:"watch"` // the URL by which a [[product.watch]] asks the same
	Outcome stock.Outcome `json:"outcome"`
	stock.Reason
	Evidence []stock.Evidence `json:"evidence"`
}

// FoundOffer is an offer with the source that it is of.
type FoundOffer struct {
	Source string `json:"source"`
	stock.Offer
	Reckoning []stock.Step `json:"reckoning,omitempty"` // how its effective price came about
}

// Add takes what was seen, all offers together.
func (f *Found) Add(queries []stock.Query, seen []stock.Observation) {
	for i, o := range seen {
		f.Sources = append(f.Sources, AskedAPI{
			Source: o.Source, Watch: queries[i].URL(), Outcome: o.Outcome, Reason: o.Reason, Evidence: listOf(o.Evidence),
		})
		for _, offer := range o.Offers {
			f.Offers = append(f.Offers, FoundOffer{Source: o.Source, Offer: offer})
		}
	}
}

// Price reckons what the offers cost in the end, where the user wrote down rates
// for their shop, and puts what can be bought first, the cheap before the dear.
func (f *Found) Price(rates pricing.Rates, at time.Time) {
	for i, o := range f.Offers {
		r, _ := rates.Reckon(o.Source, stock.HostOf(o.URL), o.Offer, at)
		f.Offers[i].Effective, f.Offers[i].Reckoning = r.Price, r.Steps
	}
	slices.SortStableFunc(f.Offers, func(a, b FoundOffer) int {
		return cmp.Or(
			cmp.Compare(place(a.Availability), place(b.Availability)),
			cmp.Compare(costs(a.Offer), costs(b.Offer)),
		)
	})
}

func place(a stock.Availability) int {
	return slices.Index([]stock.Group{stock.Now, stock.Later, stock.No, stock.GroupUnknown}, a.Group())
}

// costs orders offers by what they really cost where the user's rates say so; one
// without a price comes last.
func costs(o stock.Offer) int64 {
	switch {
	case o.Effective.Known():
		return o.Effective.Minor
	case o.Price.Known():
		return o.Price.Minor
	}
	return 1 << 62
}

// SearchPage is where a person can look without any key.
type SearchPage struct {
	Shop string `json:"shop"`
	URL  string `json:"url"`

	mall string // its id, for a name in the user's language
}

// SearchPages are for a person's browser: this program does not ask them.
func SearchPages(words string) []SearchPage {
	var pages []SearchPage
	for _, p := range []SearchPage{
		{"Rakuten Ichiba", "https://search.rakuten.co.jp/search/mall/%s/", "rakuten"},
		{"Yahoo! Shopping", "https://shopping.yahoo.co.jp/search?p=%s", "yahoo"},
		{"Amazon.co.jp", "https://www.amazon.co.jp/s?k=%s", "amazon"},
		{"Mercari", "https://jp.mercari.com/search?keyword=%s", "mercari"},
	} {
		pages = append(pages, SearchPage{p.Shop, fmt.Sprintf(p.URL, escaped(words)), p.mall})
	}
	return pages
}

// escaped writes words as a part of a path or a query.
func escaped(words string) string {
	return strings.ReplaceAll(url.QueryEscape(words), "+", "%20")
}

// NewFound returns what is known before anybody is asked.
func NewFound(jan, words string) Found {
	return Found{JAN: jan, Words: words, Sources: []AskedAPI{}, Offers: []FoundOffer{}, Pages: SearchPages(cmp.Or(jan, words))}
}

// listOf makes a list that has nothing in it [] in JSON, not null.
func listOf[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
