package shops

import "regexp"

// nintendo reads items of the My Nintendo Store
// (store-jp.nintendo.com/item/<kind>/<id>).
//
// No real page was at hand: all of this is [C], the places in .productDetail of
// years ago. An item that can be had says カートに入れる and お届け予定日：通常2～6日後;
// 品切れ on the same page may be that of an accessory that it recommends.
func nintendo() Shop {
	return Shop{
		name: "nintendo",
		item: regexp.MustCompile(`^/item/[a-z-]+/([A-Za-z0-9_-]+)(?:\.html)?/?$`),
		box: box{
			stock:  `[class*="productDetail"] em`,
			button: `[class*="productDetail"] [class*="addToCart__button"]`,
		},
	}
}
