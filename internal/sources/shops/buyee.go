package shops

import "regexp"

// buyee reads items and searches of Buyee (buyee.jp), which buys for people abroad
// at Mercari, Yahoo! and Rakuten.
//
// An empty search is [M] (2026): its list, ul.item-lists, stands there without a row
// and without a word. Rows are read as those of any shop. Items are known from
// a description only: what is sold says so in .g-textArea--error and has a button that
// cannot be pressed; prices are written as "17,000 YEN", with a converted one beside.
func buyee() Shop {
	return Shop{
		name: "buyee",
		item: regexp.MustCompile(`^/(?:(?:mercari|paypayfleamarket|rakuma)/item|item/(?:yahoo/(?:auction|shopping)|rakuma|rakuten|jdirectitems/auction))/([0-9A-Za-z_-]+)/?$`),
		box: box{
			stock: `.g-textArea--error, .g-textArea--error p`,
		},
		cards: cards{list: `ul.item-lists`},
	}
}
