package stock

import "time"

// Audience says who a kind is for.
type Audience int

// The audiences.
const (
	ForNobody Audience = iota // a record only: it is history
	ForBuyers                 // it is about an offer
	ForOwner                  // it is about the watch or sainyuka itself
)

// Holds says until when what an alert of a kind says is still so. Whoever sends an
// alert that waited asks it of the watch's newest state.
type Holds int

// The conditions.
const (
	HoldsAlways         Holds = iota
	HoldsWhileNow             // can be bought, or a draw takes entries
	HoldsWhileOrderable       // can be bought or ordered
	HoldsWhileDoubted         // nothing clear is known: the lean that was told
	HoldsWhileCheaper         // can be bought or ordered, for no more than was told
	HoldsWhileDearer          // costs no less than was told
	HoldsWhileNo              // cannot be bought
	HoldsWhileGone            // the page is not there
	HoldsWhileUnread          // the page cannot be read
	HoldsWhileRead            // it can
)

// KindInfo is all that differs between kinds, beside what makes one happen (package
// diff) and the sentences of its alerts.
type KindInfo struct {
	Kind     Kind
	Audience Audience
	Record   bool          // a kind of record; the others are kinds of alerts alone
	Opens    bool          // something can be bought or ordered that could not, or not at this price
	Rings    bool          // by default, see alerts.kinds; price_drop rings by min_drop instead
	Life     time.Duration // for how long an alert of it is worth telling
	Priority int           // how loud it is, 1 to 5; 5 for what may be gone in a minute
	Weight   int           // what is lost with it when unsaved changes must be folded: 2 openings, 1 closings, 0 others
	Holds    Holds
	Opposite Kind   // the kind that says that it is over; "" for none
	JA, EN   string // as alerts, dashboard and commands name it
}

const (
	brief = time.Hour // what can be bought now is worth nothing an hour later
	aDay  = 24 * time.Hour
)

// kinds is the table of all kinds, those of records first and strongest first.
var kinds = []KindInfo{
	{Kind: Restocked, Audience: ForBuyers, Record: true, Opens: true, Rings: true, Life: brief, Priority: 5, Weight: 2, Holds: HoldsWhileNow, JA: "再入荷", EN: "Back in stock"},
	{Kind: LotteryOpen, Audience: ForBuyers, Record: true, Opens: true, Rings: true, Life: brief, Priority: 5, Weight: 2, Holds: HoldsWhileOrderable, JA: "抽選受付", EN: "Lottery open"},
	{Kind: Orderable, Audience: ForBuyers, Record: true, Opens: true, Rings: true, Life: brief, Priority: 5, Weight: 2, Holds: HoldsWhileOrderable, JA: "注文受付", EN: "Orders open"},
	{Kind: MaybeRestocked, Audience: ForBuyers, Record: true, Opens: true, Rings: true, Life: brief, Priority: 5, Weight: 2, Holds: HoldsWhileDoubted, JA: "再入荷かも", EN: "Maybe back in stock"},
	{Kind: NewListing, Audience: ForBuyers, Record: true, Opens: true, Rings: true, Life: brief, Priority: 5, Weight: 2, JA: "新着", EN: "New listing"},
	{Kind: PriceDrop, Audience: ForBuyers, Record: true, Opens: true, Life: aDay, Priority: 4, Holds: HoldsWhileCheaper, JA: "値下げ", EN: "Price drop"},
	{Kind: LowStock, Audience: ForBuyers, Record: true, Opens: true, Life: brief, Priority: 4, Holds: HoldsWhileNow, JA: "残りわずか", EN: "Few left"},
	{Kind: SoldOutKind, Audience: ForBuyers, Record: true, Life: aDay, Priority: 2, Weight: 1, Holds: HoldsWhileNo, JA: "売り切れ", EN: "Sold out"},
	{Kind: PriceRise, Audience: ForBuyers, Record: true, Life: aDay, Priority: 2, Holds: HoldsWhileDearer, JA: "値上げ", EN: "Price rise"},
	{Kind: Gone, Audience: ForOwner, Record: true, Life: aDay, Priority: 3, Weight: 1, Holds: HoldsWhileGone, JA: "ページ消失", EN: "Page gone"},
	{Kind: StaleOut, Audience: ForOwner, Record: true, Life: aDay, Priority: 3, Holds: HoldsWhileNo, JA: "長期品切れ", EN: "Out for long"},
	{Kind: OfferChanged, Audience: ForBuyers, Record: true, Life: aDay, Priority: 2, JA: "条件変更", EN: "Offer changed"},
	{Kind: Unread, Audience: ForOwner, Record: true, Life: aDay, Priority: 4, Holds: HoldsWhileUnread, Opposite: Readable, JA: "読み取り不可", EN: "Cannot be read"},
	{Kind: Readable, Audience: ForOwner, Record: true, Life: aDay, Priority: 2, Holds: HoldsWhileRead, JA: "読み取り再開", EN: "Readable again"},
	{Kind: UnclearKind, Record: true, Life: aDay, Priority: 2, Opposite: Cleared, JA: "在庫不明", EN: "Stock unclear"},
	{Kind: Cleared, Record: true, Life: aDay, Priority: 2, JA: "在庫判明", EN: "Stock clear again"},
	{Kind: Baseline, Record: true, Life: aDay, Priority: 2, Weight: 2, JA: "見守り開始", EN: "Watching"},

	{Kind: Flapping, Audience: ForBuyers, Life: brief, Priority: 4, Holds: HoldsWhileNow, JA: "在庫変動", EN: "Stock comes and goes"},
	{Kind: LimitsChanged, Audience: ForBuyers, Life: aDay, Priority: 4, JA: "条件変更で購入可", EN: "Within your new limits"},
	{Kind: SetupReceipt, Audience: ForOwner, Life: aDay, Priority: 2, JA: "見守り開始", EN: "Now watching"},
	{Kind: Summary, Audience: ForBuyers, Life: aDay, Priority: 2, JA: "まとめ", EN: "Summary"},
	{Kind: HostDown, Audience: ForOwner, Life: aDay, Priority: 4, Opposite: HostUp, JA: "読み取り不可", EN: "Pages cannot be read"},
	{Kind: HostUp, Audience: ForOwner, Life: aDay, Priority: 2, JA: "読み取り再開", EN: "Pages readable again"},
	{Kind: ChannelDown, Audience: ForOwner, Life: aDay, Priority: 4, Opposite: ChannelUp, JA: "通知先の不調", EN: "Channel in trouble"},
	{Kind: ChannelUp, Audience: ForOwner, Life: aDay, Priority: 2, JA: "通知先の復旧", EN: "Channel works again"},
	{Kind: StorageDown, Audience: ForOwner, Life: aDay, Priority: 5, Opposite: StorageUp, JA: "保存できません", EN: "Nothing can be stored"},
	{Kind: StorageUp, Audience: ForOwner, Life: aDay, Priority: 2, JA: "保存の復旧", EN: "Storage works again"},
	{Kind: StoreFilling, Audience: ForOwner, Life: aDay, Priority: 4, Opposite: StoreRoomy, JA: "保存領域の残りわずか", EN: "Store nearly full"},
	{Kind: StoreRoomy, Audience: ForOwner, Life: aDay, Priority: 2, JA: "保存領域に空き", EN: "Store has room again"},
	{Kind: DataLost, Audience: ForOwner, Life: 3 * aDay, Priority: 5, JA: "データの欠損", EN: "Data lost"},
	{Kind: Weekly, Audience: ForOwner, Life: aDay, Priority: 2, JA: "見守りを続けています", EN: "Still watching"},
}

// Info returns what is known of a kind; of one that is not in the table, such as
// one of a later version, the zero KindInfo with its name as its own words.
func (k Kind) Info() KindInfo {
	for _, info := range kinds {
		if info.Kind == k {
			return info
		}
	}
	return KindInfo{Kind: k, Life: aDay, Priority: 2, JA: string(k), EN: string(k)}
}

// Strength ranks the kinds: the lower, the stronger. An unknown kind is the weakest.
func (k Kind) Strength() int {
	for i, info := range kinds {
		if info.Kind == k {
			return i
		}
	}
	return len(kinds)
}

// AllKinds returns the table, in its order.
func AllKinds() []KindInfo { return append([]KindInfo{}, kinds...) }

// Kinds returns every kind of record, strongest first: of several that happen in one look
// the first is the record's kind and the others stand in also.
func Kinds() []Kind {
	var records []Kind
	for _, info := range kinds {
		if info.Record {
			records = append(records, info.Kind)
		}
	}
	return records
}
