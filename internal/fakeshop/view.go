package fakeshop

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"html/template"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

//go:embed pages/*.html
var pageFiles embed.FS

var pages = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// render draws one of our own templates, which cannot fail on our own views.
func render(name string, v view) []byte {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name+".html", v); err != nil {
		return []byte(err.Error())
	}
	return b.Bytes()
}

// view is what the templates see of an item.
type view struct {
	Item
	URL    string
	Host   string
	Shop   string // first segment of the path: the shop's id in a mall
	Code   string // last segment of the path, without .html: the item's id
	Layout Layout
	Links  []link // the index of a shop
}

type link struct{ Path, Title string }

func newView(key string, it Item) view {
	host, p := splitKey(key)
	shop, _, _ := strings.Cut(strings.TrimPrefix(p, "/"), "/")
	layout := it.layoutOn(host)
	it.Availability = it.inMall(layout)
	return view{
		Item: it, URL: "http://" + key, Host: host, Layout: layout,
		Shop: cmp.Or(shop, "shop"), Code: strings.TrimSuffix(path.Base(p), ".html"),
	}
}

// links lists what a shop has on sale. The caller holds the lock.
func (s *Street) links(host string) []link {
	var out []link
	for key, it := range s.items {
		if h, p := splitKey(key); h == host {
			out = append(out, link{p, cmp.Or(it.Title, p)})
		}
	}
	slices.SortFunc(out, func(a, b link) int { return strings.Compare(a.Path, b.Path) })
	return out
}

func (v view) template() string {
	switch v.Layout {
	case Rakuten:
		return "rakuten"
	case Yahoo:
		return "yahoo"
	case Mercari:
		return "mercari"
	case Microdata:
		return "microdata"
	case OpenGraph:
		return "opengraph"
	default:
		return "jsonld"
	}
}

// Buyable reports whether the order form can be used.
func (v view) Buyable() bool { return v.Availability.Purchasable() }

// Said reports whether the page says anything of its stock.
func (v view) Said() bool { return v.Availability != stock.Unknown }

// Schema returns the availability as structured data has it.
func (v view) Schema() string { return "https://schema.org/" + v.Availability.String() }

// MicrodataSchema is Schema, or the lie of a shop that hides its stock.
func (v view) MicrodataSchema() string {
	if v.HiddenStock {
		return "https://schema.org/OutOfStock"
	}
	return v.Schema()
}

// Graph returns the availability as Open Graph has it, "" for what it has no
// word for.
func (v view) Graph() string {
	switch v.Availability.Group() {
	case stock.Now:
		return "in stock"
	case stock.No:
		return "out of stock"
	case stock.Later:
		if v.Availability == stock.BackOrder {
			return "backorder"
		}
		return "preorder"
	default:
		return ""
	}
}

// Button returns the words of the order button.
func (v view) Button() string {
	switch a := v.Availability; {
	case v.SaleMode == stock.Lottery && a.Purchasable():
		return "抽選に申し込む"
	case a == stock.PreOrder || a == stock.PreSale:
		return "予約する"
	case a.Purchasable():
		return "カートに入れる"
	default:
		return "売り切れ"
	}
}

// Words returns what the order form says of the stock.
func (v view) Words() string {
	switch a := v.Availability; {
	case v.SaleMode == stock.Lottery && a.Purchasable():
		return "抽選受付中"
	case a == stock.LimitedAvailability && v.Quantity > 0:
		return "残り" + strconv.FormatInt(v.Quantity, 10) + "点"
	case a == stock.LimitedAvailability:
		return "残りわずか"
	case a == stock.PreOrder || a == stock.PreSale:
		return "予約受付中"
	case a == stock.BackOrder || a == stock.MadeToOrder:
		return "お取り寄せ（通常7日以内に発送）"
	case a == stock.Discontinued:
		return "販売終了"
	case a.Group() == stock.Now:
		return "在庫あり"
	case a.Group() == stock.No:
		return "在庫切れ"
	default:
		return ""
	}
}

// Yen returns the price as people write it: 1,980円.
func (v view) Yen() string { return people(v.Price) }

// ListYen returns the list price as people write it.
func (v view) ListYen() string { return people(v.ListPrice) }

func people(p stock.Price) string {
	if !p.Known() {
		return ""
	}
	whole, frac, decimals := strings.Cut(p.Amount(), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if decimals {
		whole += "." + frac
	}
	if p.Currency == "JPY" {
		return whole + "円"
	}
	return whole + " " + p.Currency
}

// object is a JSON object; encoding/json writes its keys sorted, so pages are
// the same every time.
type object = map[string]any

// script makes JSON fit to stand in a script element: encoding/json escapes
// what could end one.
func script(v any) template.JS {
	b, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return template.JS(b)
}

func number(p stock.Price) json.Number { return json.Number(p.Amount()) }
