package sources

import (
	"os"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// statusCases make a page of each case of the table that speaks of a page of a
// shop read here; the table says what must come out.
var statusCases = map[string]struct{ url, body string }{
	"5":  {"https://auctions.yahoo.co.jp/jp/auction/n1111111111", `<h1>時計</h1><script id="__NEXT_DATA__">{"props":{"pageProps":{"initialProps":{"auctionItem":{"title":"時計","currentPrice":3400}}}}}</script>`},
	"8":  {"https://jp.mercari.com/shops/product/aB1cD2eF3gH4iJ5kL6mN7o", `<main><h1>シャツ</h1><p>売り切れ</p><p>残り1点</p><button>購入手続きへ</button></main>`},
	"9":  {"https://jp.mercari.com/shops/product/aB1cD2eF3gH4iJ5kL6mN7o", `<main><h1>シャツ</h1><p>この商品は売り切れです</p><p>在庫なし</p></main>`},
	"10": {"https://jp.mercari.com/shops/product/aB1cD2eF3gH4iJ5kL6mN7o", `<main><h1>シャツ</h1><p>¥2,980 送料込み</p><p>ショップ情報</p></main>`},
}

func TestStatusCases(t *testing.T) {
	const file = "../../../shared/tables/status-cases-japan.tsv"
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Skipf("the table is not here: %v", err)
	}
	tested := 0
	for line := range strings.Lines(string(raw)) {
		row := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if len(row) < 5 {
			t.Fatalf("%s: %q has %d columns, want at least 5", file, line, len(row))
		}
		c, ok := statusCases[row[0]]
		if !ok {
			continue
		}
		tested++
		o := New().Read(stock.Page{URL: c.url, FinalURL: c.url, Status: 200, Body: []byte(c.body), Outcome: stock.OK})
		if got := stateOf(o); got != row[3] {
			t.Errorf("case %s (%s): state %q, want %q (%s)", row[0], row[2], got, row[3], o.Reason)
		}
		price := ""
		if o.Offer.Price.Known() {
			price = o.Offer.Price.Amount()
		}
		if price != row[4] {
			t.Errorf("case %s (%s): price %q, want %q", row[0], row[2], price, row[4])
		}
	}
	if tested != len(statusCases) {
		t.Errorf("%s has %d of the %d cases", file, tested, len(statusCases))
	}
}
