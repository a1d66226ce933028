package stock

// advice is what a user can do about a page that cannot be read, by how its last
// look ended; "" is for a page that was not looked at.
var advice = map[Outcome]words{
	"":           {"It is looked at when its turn comes; interval says how often", "順番が来たら確認します。間隔は interval で変えられます"},
	OK:           {"See what is read of it with sainyuka inspect -url, and set stock_selector where needed", "sainyuka inspect -url でページの読まれ方を確かめ、必要なら stock_selector を指定してください"},
	NotModified:  {"See what is read of it with sainyuka inspect -url, and set stock_selector where needed", "sainyuka inspect -url でページの読まれ方を確かめ、必要なら stock_selector を指定してください"},
	Blocked:      {"It is tried again by itself; if that lasts, use a longer interval, another shop or an official API (docs/shops.md)", "時間をおいて自動で試します。続くときは間隔を長くするか、ほかのお店か公式APIを使ってください (docs/shops.md)"},
	RateLimited:  {"It is tried again by itself; if that lasts, use a longer interval", "時間をおいて自動で試します。続くときは間隔を長くしてください"},
	Disallowed:   {"This page cannot be watched: use another shop or an official API, or see docs/shops.md", "このお店のページは見守れません。ほかのお店か公式APIを使うか、docs/shops.md を見てください"},
	NotFound:     {"Check that the address is right", "アドレスが正しいか確かめてください"},
	WrongProduct: {"Check that the address and the JAN are of the same product", "アドレスと JAN が同じ商品のものか確かめてください"},
	Unreadable:   {"Check it with sainyuka inspect -url; where the page needs a browser, set fetch.browser_url", "sainyuka inspect -url で確かめてください。ブラウザーが要るページなら fetch.browser_url を設定してください"},
	Failed:       {"Check the address, and the network of this machine", "アドレスと、この機械のネットワークを確かめてください"},
}

// Advice says in a language what a user can do about a page whose last look ended
// so; "" stands for none yet.
func (o Outcome) Advice(l Language) string { return advice[o].In(l) }
