package shops

import (
	"regexp"
	"strings"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// hmv reads items of HMV&BOOKS online (www.hmv.co.jp), at either of two shapes of
// address: /product/detail/<id> and /artist_<name>/item_<title>_<id>.
//
// No real page was at hand: all of this is [C]. Items carry JSON-LD with an offer;
// the order form is form[name=itemDetailForm], and 注文不可, 販売終了 and
// 完売しました were its words years ago. A first visitor without a cookie gets a
// page that only links on to the item ("商品ページへ遷移する"). A browser would not
// help: what it is given is forgotten with each page.
func hmv() Shop {
	return Shop{
		name: "hmv",
		item: regexp.MustCompile(`^/product/detail/(\d+)/?$|^/artist_[^/]*/item_.*_(\d+)/?$`),
		box: box{
			stock:  `form[name="itemDetailForm"] p, form[name="itemDetailForm"] li, form[name="itemDetailForm"] dd, form[name="itemDetailForm"] td`,
			button: `form[name="itemDetailForm"] button, form[name="itemDetailForm"] a, form[name="itemDetailForm"] input[type="submit"], form[name="itemDetailForm"] input[type="image"]`,
		},
		shell: func(d *page.Document) stock.Reason {
			for _, p := range d.Parts("a") {
				if strings.Contains(p.Text(), "商品ページへ遷移") {
					return stock.Because(stock.ReasonHMVFirstPage)
				}
			}
			return stock.Reason{}
		},
	}
}
