package reason

// advice is what a user can do about a page that cannot be read, by how its last
// look ended; "" is for a page that was not looked at.
var advice = map[string][2]string{
	"":              {"順番が来たら確認します。間隔は interval で変えられます", "It is looked at when its turn comes; interval says how often"},
	"ok":            {"sainyuka inspect -url でページの読まれ方を確かめ、必要なら stock_selector を指定してください", "See what is read of it with sainyuka inspect -url, and set stock_selector where needed"},
	"not_modified":  {"sainyuka inspect -url でページの読まれ方を確かめ、必要なら stock_selector を指定してください", "See what is read of it with sainyuka inspect -url, and set stock_selector where needed"},
	"blocked":       {"時間をおいて自動で試します。続くときは間隔を長くするか、ほかの店か公式APIを使ってください (docs/shops.md)", "It is tried again by itself; if that lasts, use a longer interval, another shop or an official API (docs/shops.md)"},
	"rate_limited":  {"時間をおいて自動で試します。続くときは間隔を長くしてください", "It is tried again by itself; if that lasts, use a longer interval"},
	"disallowed":    {"この店のページは見守れません。ほかの店か公式APIを使うか、docs/shops.md を見てください", "This page cannot be watched: use another shop or an official API, or see docs/shops.md"},
	"not_found":     {"アドレスが正しいか確かめてください", "Check that the address is right"},
	"wrong_product": {"アドレスと JAN が同じ商品のものか確かめてください", "Check that the address and the JAN are of the same product"},
	"unreadable":    {"sainyuka inspect -url で確かめてください。ブラウザーが要るページなら fetch.browser_url を設定してください", "Check it with sainyuka inspect -url; where the page needs a browser, set fetch.browser_url"},
	"error":         {"アドレスと、この機械のネットワークを確かめてください", "Check the address, and the network of this machine"},
}

// Advice says in a language, "ja" or else English, what a user can do about a page
// whose last look ended so; "" stands for none yet.
func Advice(outcome, language string) string {
	return inLanguage(advice[outcome], language)
}

// NotThere is the reason of a page that was not there from the first look on.
func NotThere(language string) string {
	return inLanguage([2]string{"ページがありません (404)", "the page is not there (404)"}, language)
}

func inLanguage(both [2]string, language string) string {
	if language == "ja" {
		return both[0]
	}
	return both[1]
}
