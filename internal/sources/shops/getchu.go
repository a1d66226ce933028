package shops

import (
	"net/url"
	"regexp"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// getchu reads items of げっちゅ屋 (www.getchu.com): /item/<id>/ and
// /soft.phtml?id=<id>.
//
// Both are [M] (2024 to 2026): the JSON-LD of an item says InStock always, also when
// orders are stopped, so that its availability is passed over. .zaiko_block1 states
// the stock, .cart_block1 and .cart_block2 hold the buttons with their prices, and
// .cart_block3 stands in their place and says why there is none. That people below
// an age cannot buy is a notice about buyers, not about the stock. Titles for adults
// are behind a question for the age, which a cookie of one's own answers
// (cookie_file).
func getchu() Shop {
	return Shop{
		name:  "getchu",
		item:  regexp.MustCompile(`^/item/(\d+)/?$`),
		param: func(u *url.URL) string { return map[string]string{"/soft.phtml": u.Query().Get("id")}[u.Path] },
		keeps: []string{"id", "gc"},
		box: box{
			stock:  `.zaiko_block1, .cart_block3`,
			button: `.cart_block1 button, .cart_block2 button, .cart_block1 a, .cart_block2 a`,
			says: []wording{
				{"受付は停止", stock.OutOfStock},
				{"受付を停止", stock.OutOfStock},
			},
		},
		alwaysIn: true,
	}
}
