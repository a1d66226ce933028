package shops

import "regexp"

// surugaya reads items and searches of 駿河屋 (www.suruga-ya.jp).
//
// Searches are [M]: a card's p.price says 品切れ when Suruga-ya itself has none,
// and its own prices are labelled 中古： or 新品：. What is labelled マケプレ is the
// price of other sellers, and 定価 the list price: neither is the listing's. The
// filter "品切れ: ON | OFF" above the cards is no statement.
//
// Items (/product/detail/<id>) are [C]: the price in .price_group, the button in
// .btn_buy or .cart1. tenpo_cd in the address chooses the branch that sells.
// /product/other/<id> lists the offers of other sellers and is read as any page.
// The guard (Cloudflare, "JavaScript is disabled") refuses many requests.
func surugaya() Shop {
	return Shop{
		name:  "surugaya",
		item:  regexp.MustCompile(`^/product[-/](?:detail|other)/([0-9A-Za-z]+)/?$`),
		keeps: []string{"tenpo_cd", "branch_number"},
		box: box{
			stock:  `.price_group label, .price_group .text-price-detail, .price_group p`,
			button: `.btn_buy button, .btn_buy a, .btn_buy input, .btn_buy, button.cart1, a.cart1, .cart1`,
			price:  `.price_group label, .price_group .text-price-detail`,
		},
		cards: cards{
			card: `.item`, link: `.title a[href], .thum a[href]`, titles: `.title .product-name`,
			prices: `.item_price > .price_teika`, out: `.item_price > .price`,
		},
	}
}
