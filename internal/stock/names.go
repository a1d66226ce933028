package stock

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

// In says the availability in a language; "" for one that nobody knows.
func (a Availability) In(l Language) string { return availabilityWords[a].In(l) }

var conditionWords = map[string]words{
	ConditionNew:         {"new", "新品"},
	ConditionUsed:        {"used", "中古"},
	ConditionRefurbished: {"refurbished", "整備済み品"},
}

// ConditionIn says a condition in a language; "" for one that nobody knows.
func ConditionIn(l Language, condition string) string { return conditionWords[condition].In(l) }
