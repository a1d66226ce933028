package page

import "strings"

// Buys reports whether a button with the text opens an order.
func Buys(text string) bool {
	return containsWord(strings.ToLower(Fold(text)), buyWords)
}

var buyWords = []string{
	"カートに入れ", "カートへ入れ", "カートに追加", "カートに商品を入れ", "カゴに入れ", "かごに入れ", "カゴへ入れ", "かごへ入れ", "買い物かご", "買物かご", "バッグに入れ", "バッグに追加", "ショッピングバッグに", "今すぐ購入", "今すぐ買う", "今すぐ予約", "購入手続き", "購入する", "ご購入はこちら", "注文する", "予約する", "レジに進む",
}
