package stock

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// API names an official API that a watch may ask in the place of a page. It is
// the scheme of the watch's URL and the name of the source that reads it.
type API string

// The APIs.
const (
	RakutenAPI      API = "rakuten-api"   // Rakuten Ichiba Item Search
	RakutenBooksAPI API = "rakuten-books" // Rakuten Books Total Search
	YahooAPI        API = "yahoo-api"     // Yahoo! Shopping Item Search v3
)

// APIs returns every API.
func APIs() []API { return []API{RakutenAPI, RakutenBooksAPI, YahooAPI} }

// Shop returns the one host on which what the API tells of can be bought: the
// "own host" of its watches, which no link of theirs may leave.
func (a API) Shop() string {
	switch a {
	case RakutenAPI:
		return "item.rakuten.co.jp"
	case RakutenBooksAPI:
		return "books.rakuten.co.jp"
	case YahooAPI:
		return "store.shopping.yahoo.co.jp"
	}
	return ""
}

// ConditionAny is what a Query asks for when the condition does not matter.
const ConditionAny = "any"

// Query is the watch of an API: a question that many shops may answer.
type Query struct {
	API       API
	JAN       string // or an ISBN of 13 digits; this or Words
	Words     string // all of them must stand in an offer's title
	Not       string // none of these may
	Item      string // the address of the only page that counts, on the API's shop
	Shop      string // the API's name of the only shop to ask; that of Item
	Condition string // ConditionNew, ConditionUsed or ConditionAny
	MinPrice  int64  // yen, 0: no limit
	MaxPrice  int64
	// InStock asks only for what can be bought. It is the second question, put
	// when the answer to the first was too long to be seen in full, and written
	// as a fragment: no watch can have it.
	InStock bool
}

const inStockFragment = "in-stock"

// Bounds of a query: more is not meant, and the APIs refuse it.
const (
	maxWords = 128 // bytes of the words; Rakuten takes as many
	maxItem  = 500 // bytes of the address of a page
	maxYen   = 1_000_000_000
)

// IsQuery reports whether a watch's URL asks an API, rightly or not.
func IsQuery(rawURL string) (API, bool) {
	scheme, _, found := strings.Cut(strings.TrimSpace(rawURL), ":")
	api := API(strings.ToLower(scheme))
	return api, found && slices.Contains(APIs(), api)
}

// ParseQuery reads a watch's URL such as "rakuten-api:?jan=4902370553024".
func ParseQuery(rawURL string) (Query, error) {
	api, ok := IsQuery(rawURL)
	if !ok {
		return Query{}, errors.New("is not the query of an API")
	}
	u, err := url.Parse(NormalizeURL(rawURL))
	if err != nil || u.Opaque != "" || u.Host != "" || u.Path != "" || u.Fragment != "" && u.Fragment != inStockFragment {
		return Query{}, fmt.Errorf("must look like %s", example(api))
	}
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Query{}, fmt.Errorf("must look like %s, with special characters percent-encoded", example(api))
	}
	q := Query{API: api, InStock: u.Fragment == inStockFragment}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if n := len(values[name]); n != 1 {
			return Query{}, fmt.Errorf("%s is there %d times", name, n)
		}
		if err := q.set(name, strings.TrimSpace(values.Get(name))); err != nil {
			return Query{}, err
		}
	}
	if err := q.check(); err != nil {
		return Query{}, err
	}
	q.Condition = cmp.Or(q.Condition, q.usual())
	return q, nil
}

// usual is the condition of a query that names none: new goods, but a page that
// is named is meant as it is.
func (q Query) usual() string {
	if q.Item != "" {
		return ConditionAny
	}
	return ConditionNew
}

func example(api API) string {
	if api == RakutenBooksAPI {
		return string(api) + ":?isbn=9784101010014"
	}
	return string(api) + ":?jan=4902370553024"
}

// set takes one parameter of the URL.
func (q *Query) set(name, value string) (err error) {
	if value == "" {
		return fmt.Errorf("%s is empty", name)
	}
	switch {
	case name == "jan" || name == "isbn" && q.API == RakutenBooksAPI:
		if q.JAN != "" {
			return errors.New("has both jan and isbn: give one")
		}
		q.JAN = value
		if err := CheckCode(value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	case q.API == RakutenBooksAPI:
		return fmt.Errorf("unknown parameter %q: there is isbn and jan", name)
	case name == "q":
		q.Words = value
	case name == "not":
		q.Not = value
	case name == "shop":
		q.Shop = value
	case name == "item":
		q.Item = value
	case name == "condition":
		q.Condition = value
		if !slices.Contains([]string{ConditionNew, ConditionUsed, ConditionAny}, value) {
			return fmt.Errorf("condition must be new, used or any, not %q", value)
		}
	case name == "min_price":
		q.MinPrice, err = yen(name, value)
	case name == "max_price":
		q.MaxPrice, err = yen(name, value)
	default:
		return fmt.Errorf("unknown parameter %q: there is jan, q, not, shop, item, condition, min_price and max_price", name)
	}
	return err
}

func yen(name, value string) (int64, error) {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 1 || n > maxYen {
		return 0, fmt.Errorf("%s must be a whole number of yen from 1 to %d, not %q", name, maxYen, value)
	}
	return n, nil
}

// check looks at the parameters together.
func (q *Query) check() error {
	switch {
	case q.JAN == "" && q.Words == "":
		return fmt.Errorf("does not say what to look for: it must look like %s", example(q.API))
	case q.JAN != "" && q.Words != "":
		return errors.New("has both jan and q: give one")
	case len(q.Words) > maxWords || len(q.Not) > maxWords || len(q.Shop) > maxWords:
		return fmt.Errorf("has a parameter longer than %d bytes", maxWords)
	case q.MaxPrice != 0 && q.MinPrice > q.MaxPrice:
		return fmt.Errorf("has a min_price of %d above its max_price of %d", q.MinPrice, q.MaxPrice)
	case q.Item != "":
		return q.checkItem()
	}
	return nil
}

// checkItem takes the shop from the address of the page: /SHOP/ITEM/.
func (q *Query) checkItem() error {
	u, err := url.Parse(q.Item)
	if err != nil || u.Scheme != "https" || u.Host != q.API.Shop() || u.User != nil || len(q.Item) > maxItem {
		return fmt.Errorf("item must be the address of a page on https://%s/", q.API.Shop())
	}
	shop, rest, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	switch {
	case shop == "" || strings.Trim(rest, "/") == "":
		return fmt.Errorf("item must name a shop and an item: https://%s/SHOP/ITEM", q.API.Shop())
	case q.Shop != "":
		return errors.New("has both item and shop: the address of the item names its shop")
	}
	q.Shop = shop
	return nil
}

// URL writes the query as a watch's URL.
func (q Query) URL() string {
	var b strings.Builder
	add := func(name, value string) {
		if value == "" {
			return
		}
		separator := byte('&')
		if b.Len() == 0 {
			separator = '?'
		}
		b.WriteByte(separator)
		b.WriteString(name + "=" + strings.ReplaceAll(url.QueryEscape(value), "+", "%20"))
	}
	if q.API == RakutenBooksAPI && (strings.HasPrefix(q.JAN, "978") || strings.HasPrefix(q.JAN, "979")) {
		add("isbn", q.JAN)
	} else {
		add("jan", q.JAN)
	}
	add("q", q.Words)
	add("not", q.Not)
	if add("item", q.Item); q.Item == "" {
		add("shop", q.Shop)
	}
	if q.Condition != q.usual() {
		add("condition", q.Condition)
	}
	add("min_price", amount(q.MinPrice))
	add("max_price", amount(q.MaxPrice))
	if q.InStock {
		b.WriteString("#" + inStockFragment)
	}
	return string(q.API) + ":" + b.String()
}

func amount(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
