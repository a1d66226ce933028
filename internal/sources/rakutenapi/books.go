package rakutenapi

import (
	"cmp"
	"fmt"
	"net/url"

	"github.com/sainyuka/sainyuka/internal/sources/official"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// Books is the search of Rakuten Books over all that it sells.
type Books struct{ Key Key }

// API returns the scheme of its watches.
func (Books) API() stock.API { return stock.RakutenBooksAPI }

// Keyed reports whether it has a key.
func (s Books) Keyed() bool { return s.Key.complete() }

// Request asks for the book or thing of a code. By outOfStockFlag=1 the answer
// holds what cannot be bought too, by 0 it does not; no code of availability says
// so.
func (s Books) Request(q stock.Query) (stock.Request, error) {
	v := url.Values{"isbnjan": {q.JAN}, "outOfStockFlag": {"1"}}
	if q.InStock {
		v.Set("outOfStockFlag", "0")
	}
	return s.Key.request(booksPath, v, q)
}

// Answer takes an answer apart.
func (s Books) Answer(p stock.Page) (official.Answer, *stock.Observation) {
	return read(s.Key, p, book.row)
}

// book is a row of the answer.
type book struct {
	Title        official.Text
	ISBN         official.Text
	JAN          official.Text
	ItemPrice    official.Number
	ItemURL      official.Text
	Image        official.Image `json:"mediumImageUrl"`
	Availability official.Number
}

func (b book) row() official.Row {
	var r official.Row
	r.Title, r.JAN = string(b.Title), string(cmp.Or(b.ISBN, b.JAN))
	r.Price, r.Image = b.ItemPrice.Yen(), string(b.Image)
	r.URL = official.Link(string(b.ItemURL), stock.RakutenBooksAPI.Shop())
	r.Seller, r.Condition = "楽天ブックス", stock.ConditionNew // it sells nothing used
	r.Availability, r.Proof = b.availability()
	return r
}

// meanings are the codes of the document. What must be had from the maker, or is
// sent within days, can be ordered and comes later.
var meanings = map[int64]struct {
	is   stock.Availability
	says string
}{
	1: {stock.InStock, "在庫あり"},
	2: {stock.BackOrder, "通常3〜7日程度で発送"},
	3: {stock.BackOrder, "通常3〜9日程度で発送"},
	4: {stock.BackOrder, "メーカー取り寄せ"},
	5: {stock.PreOrder, "予約受付中"},
	6: {stock.Unknown, "メーカーに在庫確認"}, // the shop does not know either
}

func (b book) availability() (stock.Availability, stock.Evidence) {
	if !b.Availability.Known {
		return stock.Unknown, stock.Evidence{}
	}
	text := fmt.Sprintf("availability: %d", b.Availability.Value)
	m, ok := meanings[b.Availability.Value]
	if !ok {
		return stock.Unknown, stock.Evidence{Text: text}
	}
	return m.is, stock.Evidence{Text: text + " (" + m.says + ")"}
}
