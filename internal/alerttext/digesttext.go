package alerttext

import (
	"fmt"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/shop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// digestWords is what differs between two languages in a digest.
type digestWords struct {
	title    func(products, restocks int) string
	span     func(from, to string) string
	now      string // it can be bought
	later    string
	out      func(since string) string // since may be ""
	unknown  string
	restocks func(n int, lasted string) string // lasted may be ""
	lastIn   func(at string) string
	stale    string
	troubled func(n, of int) string
	more     func(n int) string
}

var digestEN = digestWords{
	title: func(products, restocks int) string {
		return fmt.Sprintf("Summary: %d products, %d restocks", products, restocks)
	},
	span:  func(from, to string) string { return "From " + from + " to " + to },
	now:   "in stock",
	later: "can be ordered, ships later",
	out: func(since string) string {
		if since == "" {
			return "out of stock"
		}
		return "out of stock since " + since
	},
	unknown: "not known",
	restocks: func(n int, lasted string) string {
		s := fmt.Sprintf("%d restocks", n)
		if n == 1 {
			s = "1 restock"
		}
		if lasted != "" {
			s += ", there for " + lasted
		}
		return s
	},
	lastIn:   func(at string) string { return "last there " + at },
	stale:    "a month without stock: probably discontinued, look elsewhere",
	troubled: func(n, of int) string { return fmt.Sprintf("%d of %d pages cannot be read", n, of) },
	more:     func(n int) string { return fmt.Sprintf("- and %d more", n) },
}

var digestJA = digestWords{
	title: func(products, restocks int) string {
		return fmt.Sprintf("まとめ: %d商品、再入荷%d回", products, restocks)
	},
	span:  func(from, to string) string { return from + "から" + to + "まで" },
	now:   "在庫あり",
	later: "予約・取り寄せ可",
	out: func(since string) string {
		if since == "" {
			return "在庫なし"
		}
		return "在庫なし(" + since + "から)"
	},
	unknown: "不明",
	restocks: func(n int, lasted string) string {
		s := fmt.Sprintf("再入荷%d回", n)
		if lasted != "" {
			s += "、在庫あり計" + lasted
		}
		return s
	},
	lastIn:   func(at string) string { return "最後の在庫 " + at },
	stale:    "1か月在庫がありません。販売終了かもしれません。他を探しましょう",
	troubled: func(n, of int) string { return fmt.Sprintf("%dページ中%dページが読めません", of, n) },
	more:     func(n int) string { return fmt.Sprintf("・他%d商品", n) },
}

// digest writes a summary: a line for every product.
func (t *text) digest(d stock.Digest) (title, body string) {
	w := &digestEN
	if t.view.Language == "ja" {
		w = &digestJA
	}
	restocks := 0
	lines := []string{w.span(t.when(d.From), t.when(d.To))}
	for _, p := range d.Products {
		restocks += p.Restocks
		lines = append(lines, t.words.bullet+t.productLine(w, p))
	}
	if d.More > 0 {
		lines = append(lines, w.more(d.More))
	}
	return w.title(len(d.Products)+d.More, restocks), strings.Join(lines, "\n")
}

// productLine says of one product how it is and what became of it.
func (t *text) productLine(w *digestWords, p stock.ProductDigest) string {
	name := channel.CleanShopText(p.Name, MaxName)
	if name == "" {
		name = p.ID
	}
	parts := []string{t.stateOf(w, p)}
	if p.Restocks > 0 || p.InStock > 0 {
		lasted := ""
		if p.InStock > 0 {
			lasted = t.words.duration(time.Duration(p.InStock) * time.Second)
		}
		parts = append(parts, w.restocks(p.Restocks, lasted))
	}
	if !p.LastIn.IsZero() && p.OutSince.IsZero() { // else the two say the same
		parts = append(parts, w.lastIn(t.when(p.LastIn)))
	}
	if p.Stale {
		parts = append(parts, w.stale)
	}
	if p.Troubled > 0 {
		parts = append(parts, w.troubled(p.Troubled, p.Watches))
	}
	return name + ": " + strings.Join(parts, t.words.separator)
}

// stateOf says how a product is now, and where it is to be had.
func (t *text) stateOf(w *digestWords, p stock.ProductDigest) string {
	s := w.unknown
	switch p.Group {
	case stock.Now.String():
		s = w.now
	case stock.Later.String():
		s = w.later
	case stock.No.String():
		s = w.out("")
		if !p.OutSince.IsZero() {
			s = w.out(t.when(p.OutSince))
		}
	}
	if p.Price.Known() && p.Group != stock.No.String() {
		s += " " + t.words.money(p.Price)
	}
	if name := shop.NameAt(p.Source, p.Host, t.words.language); name != "" {
		return s + " (" + name + ")"
	}
	if p.Host != "" {
		return s + " (" + channel.Clean(p.Host, MaxShop) + ")"
	}
	return s
}
