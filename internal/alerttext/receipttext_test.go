package alerttext

import (
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// goldenSetups are receipts of new watches.
func goldenSetups() map[string]stock.Setup {
	one := func(url, source string, change func(*stock.SetupWatch)) stock.SetupWatch {
		w := stock.SetupWatch{Product: stock.ProductRef{ID: "switch2", Name: "Nintendo Switch 2"}, Watch: stock.WatchRef{ID: "w", URL: url, Source: source}}
		change(&w)
		return w
	}
	unread := func(o stock.Outcome, why stock.Reason) func(*stock.SetupWatch) {
		return func(w *stock.SetupWatch) { w.Unread, w.Outcome, w.Reason = true, o, why }
	}
	out := one(rakutenURL, "rakuten", func(w *stock.SetupWatch) { w.Availability, w.Price = stock.OutOfStock, stock.Yen(49980) })
	in := one(rakutenURL, "rakuten", func(w *stock.SetupWatch) { w.Availability, w.Price = stock.InStock, stock.Yen(49980) })
	gone := one("https://www.denki.example/p/42", "page", unread(stock.NotFound, stock.Reason{}))
	return map[string]stock.Setup{
		"receipt_out":     {Watches: []stock.SetupWatch{out}, Read: 1},
		"receipt_in":      {Watches: []stock.SetupWatch{in}, Read: 1},
		"receipt_missing": {Watches: []stock.SetupWatch{gone}, Unread: 1},
		"receipt_many": {
			Watches: []stock.SetupWatch{
				in, gone,
				one("https://shop.example/a", "page", unread(stock.Blocked, stock.Because(stock.ReasonHTTPStatus, "403 Forbidden"))),
				one("https://shop.example/b", "page", unread(stock.OK, stock.Reason{})),
				one("https://shop.example/c", "page", unread("", stock.Reason{})),
				one("https://shop.example/d", "page", unread(stock.Disallowed, stock.Because(stock.ReasonRobotsForbids, "shop.example", "Disallow: /"))),
				out, one("https://www.mercari.com/jp/search/?keyword=x", "mercari", func(w *stock.SetupWatch) { w.Search, w.Listings = true, 12 }),
			},
			More: 3, Read: 6, Unread: 5,
		},
	}
}

// A receipt says in the words of the contract what the first looks found.
func TestReceiptSentences(t *testing.T) {
	for name, want := range map[string]string{
		"receipt_out":     "見守り開始: 在庫なし ¥49,980 (楽天市場)",
		"receipt_in":      "いま買えます: 在庫あり ¥49,980 (楽天市場)",
		"receipt_missing": "読めません: ページがありません (404)。アドレスが正しいか確かめてください (denki.example)",
	} {
		s := goldenSetups()[name]
		m, err := Render(stock.Letter{Alert: stock.Alert{Kind: stock.SetupReceipt, News: &stock.News{Setup: &s}, ObservedAt: noon}}, View{Language: "ja", Location: tokyo, Now: noon})
		if first, _, _ := strings.Cut(m.Body, "\n"); err != nil || first != want {
			t.Errorf("%s begins with %q (%v), want %q", name, first, err, want)
		}
		if link := s.Watches[0].Watch.URL; m.URL != link {
			t.Errorf("%s opens %q, want the watch's own page %q", name, m.URL, link)
		}
	}
}
