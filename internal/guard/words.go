package guard

import "github.com/sainyuka/sainyuka/internal/stock"

// reasonWords are what alerts and the dashboard say of the reasons, in English and
// Japanese.
var reasonWords = map[Reason][2]string{
	AboveMax:       {"over the limit", "上限価格を超えています"},
	AboveEffective: {"over the limit in the end", "実質価格が上限を超えています"},
	OtherCurrency:  {"in another currency than the limit", "上限価格と通貨が違います"},
	NoPrice:        {"no price to hold against the limit", "価格が分からず、上限と比べられません"},
	SellerDenied:   {"a seller that you excluded", "除外した販売者です"},
	SellerNotOurs:  {"not one of the sellers that you allow", "許可した販売者ではありません"},
	Condition:      {"in a condition that you do not want", "希望しない状態の品です"},
	AboveList:      {"too far above the list price", "定価より高すぎます"},
	FarBelowList:   {"suspiciously far below the list price", "定価より安すぎて不審です"},
	FarBelowOthers: {"suspiciously far below other shops", "ほかのお店より安すぎて不審です"},
	SellerBad:      {"a badly rated seller", "評価の低い販売者です"},
	SellerNew:      {"a seller with few ratings", "評価の少ない販売者です"},
}

// In says why an offer is held in a language; "" for an unknown one.
func (r Reason) In(l stock.Language) string {
	if l == stock.Japanese {
		return reasonWords[r][1]
	}
	return reasonWords[r][0]
}
