// Package yahooapi reads the item search (v3) of Yahoo! Shopping's official API,
// which needs the id of an application that the user has registered with Yahoo!.
//
// Its answers know an item, not its variants: an item in stock is one of which
// some variant is. Known from its document and public code only; no recorded
// answer was at hand. Whoever shows the answers to others must show Yahoo!'s
// credit beside them.
package yahooapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/sources/official"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// DefaultURL is where the service is.
const DefaultURL = "https://shopping.yahooapis.jp"

const (
	path    = "/ShoppingWebService/V3/itemSearch"
	results = 50 // rows of an answer, the most there are
)

// Key is what a user of the service has from Yahoo!.
type Key struct {
	URL   string // "": DefaultURL
	AppID string
}

var errNoKey = stock.Because(stock.ReasonYahooNeedsKey).Err()

func advice() stock.Reason { return stock.Because(stock.ReasonYahooCheckKey) }

// Search is the item search.
type Search struct{ Key Key }

// API returns the scheme of its watches.
func (Search) API() stock.API { return stock.YahooAPI }

// Keyed reports whether it has a key.
func (s Search) Keyed() bool { return s.Key.AppID != "" }

// Request asks for the items of a query, the cheapest first. Without in_stock the
// answer holds what is sold out too.
func (s Search) Request(q stock.Query) (stock.Request, error) {
	if !s.Keyed() {
		return stock.Request{}, errNoKey
	}
	v := url.Values{"appid": {s.Key.AppID}, "results": {strconv.Itoa(results)}, "sort": {"+price"}}
	set := func(name, value string) {
		if value != "" && value != "0" {
			v.Set(name, value)
		}
	}
	set("jan_code", q.JAN)
	set("query", q.Words)
	set("seller_id", q.Shop)
	set("price_from", strconv.FormatInt(q.MinPrice, 10))
	set("price_to", strconv.FormatInt(q.MaxPrice, 10))
	if q.Condition != stock.ConditionAny {
		v.Set("condition", q.Condition)
	}
	if q.InStock {
		v.Set("in_stock", "true")
	}
	base := s.Key.URL
	if base == "" {
		base = DefaultURL
	}
	return stock.Request{
		URL:    strings.TrimSuffix(base, "/") + path + "?" + v.Encode(),
		Header: http.Header{"Accept": {"application/json"}}, API: q.URL(),
	}, nil
}

// Answer takes an answer apart.
func (s Search) Answer(p stock.Page) (official.Answer, *stock.Observation) {
	p.Body = official.Conceal(p.Body, s.Key.AppID)
	if o, refused := official.Refusal(p, advice()); refused {
		return official.Answer{}, &o
	}
	var r struct {
		Total official.Number `json:"totalResultsAvailable"`
		Hits  []json.RawMessage
	}
	if err := json.Unmarshal(p.Body, &r); err != nil || !r.Total.Known || r.Total.Value > 0 && len(r.Hits) == 0 {
		return official.Answer{}, &stock.Observation{Outcome: stock.Unreadable, Reason: stock.Because(stock.ReasonYahooNotAnswer)}
	}
	return official.Rows(r.Total.Value, r.Hits, "hits", func(h hit) official.Row { return h.row(p.FetchedAt) }), nil
}

// hit is a row of the answer.
type hit struct {
	Name        official.Text
	Code        official.Text
	URL         official.Text
	Price       official.Number
	InStock     *json.RawMessage
	Condition   official.Text
	JANCode     official.Text
	ReleaseDate official.Number // of what is not out yet, in seconds since 1970
	Image       struct{ Medium official.Text }
	Point       struct{ Amount official.Number }
	Shipping    struct{ Code official.Number }
	Seller      struct{ Name official.Text }
}

// freeShipping is the shipping code of "free"; others are "not set" and "free
// from some amount on".
const freeShipping = 2

func (h hit) row(now time.Time) official.Row {
	var r official.Row
	r.Title, r.SKU, r.JAN, r.Seller = string(h.Name), string(h.Code), string(h.JANCode), string(h.Seller.Name)
	r.URL = official.Link(string(h.URL), stock.YahooAPI.Shop())
	r.Image = string(h.Image.Medium)
	r.Price = h.Price.Yen()
	r.Availability, r.Proof = h.availability(now)
	switch h.Condition {
	case stock.ConditionNew, stock.ConditionUsed:
		r.Condition = string(h.Condition)
	}
	if h.Shipping.Code.Value == freeShipping {
		free := stock.Yen(0)
		r.Shipping = &free
	}
	if n := h.Point.Amount; n.Known && n.Value >= 0 {
		r.Points = &n.Value
	}
	return r
}

func (h hit) availability(now time.Time) (stock.Availability, stock.Evidence) {
	said := "null"
	if h.InStock != nil {
		said = string(*h.InStock)
	}
	proof := stock.Evidence{Text: fmt.Sprintf("inStock: %.40s", said)}
	out := time.Unix(h.ReleaseDate.Value, 0)
	switch {
	case said == "false":
		return stock.OutOfStock, proof
	case said != "true":
		return stock.Unknown, proof
	case h.ReleaseDate.Known && out.After(now):
		proof.Note, proof.Args = stock.NoteReleased, []string{out.UTC().Format(time.DateOnly)}
		return stock.PreOrder, proof
	}
	return stock.InStock, proof
}
