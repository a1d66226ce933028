package shops

import "regexp"

// hardoff reads items and searches of オフモール (netmall.hardoff.co.jp), where
// every item is one of its kind.
//
// Searches are [M]: a card that is sold out says SOLD OUT over its picture; its
// name is in three lines (maker, kind, model). exso=1 in the address asks for what
// is on sale, by the box 販売中のみ表示, s=1 for the newest first (新着順). 入荷通知を登録する stands on every search.
//
// Items (/product/<id>/) are [C]: JSON-LD with an offer, whose price lacks the tax
// that .product-detail-price__main has in it, and the button .cart-add-button. The
// sku there is another number than the id.
func hardoff() Shop {
	return Shop{
		name: "hardoff",
		item: regexp.MustCompile(`^/product/(\d+)(?:/|$)`), path: "/product/%s/",
		netPrices: true,
		gone:      []string{"対象の商品はございません"},
		box: box{
			button: `.cart-add-button`,
			price:  `.product-detail-price__main`,
			title:  `.product-detail-name h1`,
		},
		cards: cards{
			card: `.itemcolmn_item`, link: `a[href]`, titles: `.item-brand-name, .item-name, .item-code`,
			prices: `.item-price-en`, out: `.soldout-text`, buyable: [2]string{"exso", "1"}, newest: [2]string{"s", "1"},
		},
	}
}
