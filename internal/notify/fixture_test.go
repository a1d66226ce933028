package notify

import (
	"flag"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var (
	tokyo = time.FixedZone("JST", 9*60*60)
	noon  = time.Date(2026, 10, 3, 12, 0, 0, 0, tokyo)
)

const rakutenURL = "https://item.rakuten.co.jp/bigshop/switch2/"

// switch2 is the product that most tests are about.
func switch2() stock.Product {
	watches := []string{rakutenURL, "https://store.shopping.yahoo.co.jp/shop-a/switch2.html", "https://www.denki.example/p/42"}
	p := stock.Product{
		ID: "switch2", Name: "Nintendo Switch 2", Currency: "JPY", ListPrice: stock.Yen(49980), MaxPrice: stock.Yen(54978),
		MinDrop: stock.Drop{Percent: 5}, NotifyAll: true,
	}
	for _, u := range watches {
		p.Watches = append(p.Watches, stock.Watch{ID: stock.WatchID(p.ID, u), URL: u})
	}
	return p
}

// fullAlert is a restock with every fact.
func fullAlert(p stock.Product) stock.Alert {
	return stock.Alert{
		Kind: stock.Restocked, Product: stock.ProductRef{ID: p.ID, Name: p.Name},
		Watch: stock.WatchRef{ID: p.Watches[0].ID, URL: p.Watches[0].URL, Source: "rakuten"},
		Offer: stock.Offer{
			Availability: stock.InStock, SaleMode: stock.Open, Price: stock.Yen(49980), Shipping: new(stock.Yen(0)),
			Points: new(int64(1499)), Quantity: new(int64(2)), Seller: "ビッグ商店", Condition: stock.ConditionNew,
			Title: "【新品】Nintendo Switch 2 本体 日本語・国内専用", URL: rakutenURL, Image: "https://image.rakuten.co.jp/bigshop/1.jpg",
		},
		Previous: &stock.Previous{Availability: stock.OutOfStock, Price: stock.Yen(49980), Since: noon.Add(-76 * time.Hour)},
		Others: []stock.Other{
			{Source: "page", URL: p.Watches[2].URL, Availability: stock.PreOrder, Price: stock.Yen(52000)},
			{Source: "yahoo", URL: p.Watches[1].URL, Availability: stock.OutOfStock, Price: stock.Yen(51000)},
		},
		ObservedAt: noon,
		Evidence:   []stock.Evidence{{Method: stock.MethodPageData, Fact: stock.FactAvailability, Value: "InStock", Text: "在庫あり", Where: "$.sku[0].quantity"}},
	}
}

var hostileURLs = []string{
	"", "/relative", "//evil.example/x", "https://evil.example/", "https://item.rakuten.co.jp@evil.example/", "javascript:alert(1)",
	"https://item.rakuten.co.jp.evil.example/", "https://evil.example\\@item.rakuten.co.jp/", "https://item.rakuten.co.jp:8443/", "data:text/html,x",
	"https://ITEM.rakuten.co.jp/ok", "https://item.rakuten.co.jp:443/ok", "http://item.rakuten.co.jp/down", "https://user:pw@item.rakuten.co.jp/u",
	"https://item.rakuten.co.jp/\r\nX: y", "https://item.rakuten.co.jp/ 在庫?q=あ", "https://[::1]/", "https://item.rakuten.co.jp/" + strings.Repeat("a", 9000), "ftp://item.rakuten.co.jp/",
}

// wallClock is the time since midnight as a clock on the wall shows it.
func wallClock(t time.Time) time.Duration {
	h, m, s := t.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
}
