package shops

import (
	"regexp"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// yodobashi reads items of ヨドバシ.com (www.yodobashi.com/product/<18 digits>/)
// and the pages of its draws (limited.yodobashi.com).
//
// No real page was at hand: all of this is [C]. The buy box is #js_buyBoxMain with
// the statement in .salesInfo p; an item that can be ordered has the button
// #js_m_submitRelated there. Whether a sold-out item keeps its price is not known.
// Every tool that reads this shop today drives a browser: without one a request is
// often left hanging. Whether a browser that gives our name is let in is not known,
// nor is what stands on a page once it is drawn, so that the load event says so.
func yodobashi() Shop {
	return Shop{
		name: "yodobashi",
		item: regexp.MustCompile(`^/product(?:-detail)?/(\d{18})(?:/|$)`), path: "/product/%s/",
		lottery: "limited.yodobashi.com",
		draw:    &stock.Drawing{},
		box: box{
			stock:  `#js_buyBoxMain .salesInfo p, #productDetail .salesInfo p, #js_buyBoxMain .stockInfo`,
			button: `#js_m_submitRelated`,
			price:  `#js_scl_unitPrice`,
			title:  `#products_maintitle [itemprop="name"], h1 span[itemprop="name"]`,
			says: []wording{
				{"予定数の販売を終了", stock.OutOfStock}, // more may come; 販売を終了しました alone is for good
				{"予約受付を終了", stock.OutOfStock},
				{"発売日以降お届け", stock.PreOrder},
			},
		},
	}
}
