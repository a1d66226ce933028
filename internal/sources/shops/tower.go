package shops

import (
	"regexp"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// tower reads items of Tower Records Online (tower.jp/item/<id>, with or without a
// title behind it).
//
// No real page was at hand: all of this is [C], and of its stock only one sentence
// is known, from a single weak place. Items carry JSON-LD; the title is in
// .PC-item-info-title.
func tower() Shop {
	return Shop{
		name: "tower",
		item: regexp.MustCompile(`^/item/(\d+)(?:/|$)`), path: "/item/%s",
		box: box{
			title: `.PC-item-info-title`,
			whole: []wording{{"現在オンラインショップではご注文ができません", stock.OutOfStock}},
		},
	}
}
