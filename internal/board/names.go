package board

import "github.com/sainyuka/sainyuka/internal/stock"

// classNames are what the dashboard and `sainyuka status` call the classes, in Japanese
// and in English.
var classNames = map[Class][2]string{
	Now:     {"購入可", "can be bought"},
	Maybe:   {"買えるかも", "maybe"},
	Later:   {"予約・取り寄せ", "can be ordered"},
	Held:    {"条件外", "held by a limit"},
	No:      {"在庫なし", "out of stock"},
	Search:  {"検索ページ", "search pages"},
	Unclear: {"はっきりしない", "unclear"},
	Trouble: {"読めません", "cannot be read"},
	Waiting: {"確認待ち", "not yet looked at"},
}

// In says the class in a language; "" for an unknown one.
func (c Class) In(l stock.Language) string {
	if l == stock.Japanese {
		return classNames[c][0]
	}
	return classNames[c][1]
}
