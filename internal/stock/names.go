package stock

import (
	"maps"
	"slices"
)

// availabilityWords are what alerts, the dashboard and every other reader call an
// availability.
var availabilityWords = map[Availability]words{
	Unknown:             {"Unknown", "不明"},
	InStock:             {"In stock", "在庫あり"},
	LimitedAvailability: {"In stock, few left", "在庫わずか"},
	OnlineOnly:          {"In stock (online only)", "在庫あり（ネット限定）"},
	PreOrder:            {"Pre-orders open", "予約受付中"},
	PreSale:             {"Early sale open", "先行販売中"},
	BackOrder:           {"Back-order, ships later", "お取り寄せ"},
	MadeToOrder:         {"Made to order", "受注生産"},
	OutOfStock:          {"Out of stock", "在庫なし"},
	SoldOut:             {"Sold out", "売り切れ"},
	InStoreOnly:         {"In stores only", "店頭販売のみ"},
	Reserved:            {"Reserved", "取り置き中"},
	Discontinued:        {"Discontinued", "販売終了"},
}

// In says the availability in a language; "" for an unknown one.
func (a Availability) In(l Language) string { return availabilityWords[a].In(l) }

var conditionWords = map[string]words{
	ConditionNew:         {"new", "新品"},
	ConditionUsed:        {"used", "中古"},
	ConditionRefurbished: {"refurbished", "整備済み品"},
}

// ConditionIn says a condition in a language; "" for an unknown one.
func ConditionIn(l Language, condition string) string { return conditionWords[condition].In(l) }

var methodWords = map[Method]words{
	MethodAPI:       {"Official API", "公式API"},
	MethodPageData:  {"Page data", "ページ内データ"},
	MethodJSONLD:    {"Structured data (JSON-LD)", "構造化データ (JSON-LD)"},
	MethodMicrodata: {"Structured data (microdata)", "構造化データ (microdata)"},
	MethodOpenGraph: {"Open Graph", "Open Graph"},
	MethodBuyBox:    {"Order form", "購入欄"},
	MethodRule:      {"Your rule", "自分のルール"},
	MethodStatus:    {"HTTP answer", "HTTP応答"},
}

// Methods returns every Method that has a name.
func Methods() []Method { return slices.Sorted(maps.Keys(methodWords)) }

// SaleModes returns every SaleMode in which not anybody may buy.
func SaleModes() []SaleMode { return slices.Sorted(maps.Keys(saleModeWords)) }

// In says a way to read a fact in a language; "" for an unknown one.
func (m Method) In(l Language) string { return methodWords[m].In(l) }

// saleModeWords are the modes in short, and as an alert invites to them.
var saleModeWords = map[SaleMode]struct{ short, invites words }{
	Lottery:     {words{"lottery", "抽選"}, words{"Lottery: entries open (a draw decides)", "抽選受付中（先着順ではありません）"}},
	Invitation:  {words{"by invitation", "招待制"}, words{"By invitation: requests open", "招待制の販売を受付中"}},
	MembersOnly: {words{"members only", "会員限定"}, words{"members only", "会員限定"}},
}

// In says a sale mode in short; "" for one in which anybody may buy.
func (m SaleMode) In(l Language) string { return saleModeWords[m].short.In(l) }

// Invites says what an alert of a sale mode invites to.
func (m SaleMode) Invites(l Language) string { return saleModeWords[m].invites.In(l) }
