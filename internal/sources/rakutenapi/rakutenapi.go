// Package rakutenapi reads Rakuten's official web services: the item search of
// Rakuten Ichiba (forty thousand shops) and the search of Rakuten Books (one shop
// that also sells games and goods). Both need the key of an application that the
// user has registered with Rakuten.
//
// Ichiba's answers know an item, not its variants, and no JAN: that an item has
// the code that was searched for is Rakuten's word, unless the item's own text
// names others. An item page's address cannot be asked here: the API's itemCode
// holds another number than the address does.
//
// Known from answers recorded in 2017 (fields) and from documents and public
// code of 2026 (addresses, key, errors).
package rakutenapi

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/sainyuka/sainyuka/internal/sources/official"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// DefaultURL is where the services are.
const DefaultURL = "https://openapi.rakuten.co.jp"

const (
	ichibaPath = "/ichibams/api/IchibaItem/Search/20260701"
	booksPath  = "/services/api/BooksTotal/Search/20170404"
	hits       = 30 // rows of an answer, the most there are
)

// Key is what a user of the services has from Rakuten.
type Key struct {
	URL           string // "": DefaultURL
	ApplicationID string
	AccessKey     string
	Referer       string // the site that a "Web Application" was registered with; "": none is sent
}

func (k Key) complete() bool { return k.ApplicationID != "" && k.AccessKey != "" }

// errNoKey says what to do; the configuration says the same with a line number.
var errNoKey = stock.Because(stock.ReasonRakutenNeedsKey).Err()

// advice tells what a refused key may lack.
func advice() stock.Reason {
	return stock.Because(stock.ReasonRakutenCheckKey).And(stock.Because(stock.ReasonRakutenApplication))
}

// request asks one of the services. The access key goes in a header, which no log
// of addresses on the way keeps.
func (k Key) request(path string, values url.Values, q stock.Query) (stock.Request, error) {
	if !k.complete() {
		return stock.Request{}, errNoKey
	}
	base := k.URL
	if base == "" {
		base = DefaultURL
	}
	values.Set("applicationId", k.ApplicationID)
	values.Set("format", "json")
	values.Set("formatVersion", "2")
	values.Set("hits", strconv.Itoa(hits))
	header := http.Header{"Accesskey": {k.AccessKey}, "Accept": {"application/json"}}
	if k.Referer != "" {
		header["Referer"] = []string{k.Referer}
		if u, err := url.Parse(k.Referer); err == nil && u.Host != "" {
			header["Origin"] = []string{u.Scheme + "://" + u.Host}
		}
	}
	return stock.Request{URL: strings.TrimSuffix(base, "/") + path + "?" + values.Encode(), Header: header, API: q.URL()}, nil
}

// result is the frame that both services put around their rows.
type result struct {
	Count official.Number
	Items []json.RawMessage
}

// read takes an answer apart. T is a row of it.
func read[T any](k Key, p stock.Page, row func(T) official.Row) (official.Answer, *stock.Observation) {
	p.Body = official.Conceal(p.Body, k.AccessKey, k.ApplicationID)
	if o, refused := official.Refusal(p, advice()); refused {
		return official.Answer{}, &o
	}
	var r result
	if err := json.Unmarshal(p.Body, &r); err != nil || !r.Count.Known || r.Count.Value > 0 && len(r.Items) == 0 {
		return official.Answer{}, &stock.Observation{Outcome: stock.Unreadable, Reason: stock.Because(stock.ReasonRakutenNotAnswer)}
	}
	return official.Rows(r.Count.Value, r.Items, "Items", row), nil
}
