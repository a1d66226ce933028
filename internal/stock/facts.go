package stock

import (
	"maps"
	"slices"
)

// Fact names what a piece of evidence speaks of.
type Fact string

// The facts of an offer, and those of the page or the answer that it was read from.
const (
	FactAvailability Fact = "availability"
	FactSaleMode     Fact = "sale_mode"
	FactPrice        Fact = "price"
	FactPriceFrom    Fact = "price_from" // the lowest of several
	FactNoPrice      Fact = "no_price"   // an amount of 0
	FactTitle        Fact = "title"
	FactSeller       Fact = "seller"
	FactSellerRating Fact = "seller_rating"
	FactShipper      Fact = "shipper"
	FactOtherSellers Fact = "other_sellers" // the page sends to the offers of others
	FactCondition    Fact = "condition"
	FactJAN          Fact = "jan"
	FactQuantity     Fact = "quantity"
	FactShipping     Fact = "shipping"
	FactAbroad       Fact = "abroad" // the shop assumes a buyer in another country
	FactPoints       Fact = "points"
	FactButton       Fact = "button"  // one that orders
	FactOffer        Fact = "offer"   // which one of several was chosen
	FactListing      Fact = "listing" // a row of a search
	FactPage         Fact = "page"    // what it is, or how it was read
	FactOutcome      Fact = "outcome" // what the page is in the place of a product's
	FactAnswer       Fact = "answer"  // of an official API
	FactLeftOut      Fact = "left_out"
)

// Note is a qualifier of evidence.
type Note string

// The notes.
const (
	NoteByButton        Note = "by_button"
	NoteByNotifyButton  Note = "by_notify_button" // in the place of the order button
	NoteByReplyButton   Note = "by_reply_button"  // the one that answers a small ad
	NoteByHost          Note = "by_host"
	NoteByInvitation    Note = "by_invitation"
	NoteByVariant       Note = "by_variant"        // args: the highest price
	NoteSeveralOffers   Note = "of_several_offers" // the lowest price of several offers
	NoteAllOffers       Note = "of_all_offers"
	NoteNotKnown        Note = "not_known"
	NoteNotSchemaOrg    Note = "not_schema_org"
	NoteOtherSellers    Note = "other_sellers_only"
	NoteSellerAsked     Note = "of_seller_asked_for"
	NoteDrawOpen        Note = "draw_open"
	NoteDrawClosed      Note = "draw_closed"
	NoteBuyNow          Note = "buy_now"
	NoteHighestBid      Note = "highest_bid"
	NoteAuctionWon      Note = "auction_won"
	NoteAuctionUnsold   Note = "auction_unsold"
	NoteAuctionBuyNow   Note = "auction_buy_now"
	NoteAuctionBids     Note = "auction_bids_only"
	NotePrivateSeller   Note = "private_seller"
	NoteRatings         Note = "of_ratings"        // args: how many
	NoteSaleBegins      Note = "sale_begins"       // args: when
	NoteSaleEnded       Note = "sale_ended"        // args: when
	NoteInName          Note = "by_name"           // args: the words
	NoteReleased        Note = "comes_out"         // args: when
	NoteAddressed       Note = "named_by_url"      // args: of how many
	NoteCheapest        Note = "cheapest"          // args: of how many
	NotePriced          Note = "priced"            // args: the price
	NoteFirstOffers     Note = "first_offers"      // value: how many were read
	NoteBroken          Note = "broken"            // data that cannot be parsed
	NoteTooManyElements Note = "too_many_elements" // so that only scripts and meta elements were read
	NoteUnclosed        Note = "unclosed_elements" // as above
	NoteTooDeep         Note = "nested_too_deeply" // as above
	NoteSearch          Note = "search"            // a search page
	NoteSearchByAddress Note = "search_by_url"     // as its address says
	NoteSearchByCards   Note = "search_by_card"    // as its list says
	NoteNothingFound    Note = "nothing_found"     // by a search
	NoteAskedAll        Note = "asked_all"         // args: found, shown, meant, can be bought
	NoteAskedInStock    Note = "asked_in_stock"    // args: as above
	NoteNeverMoves      Note = "never_moves"       // of a method that a host never moves: no evidence of availability there
	NoteOtherPages      Note = "other_pages"
	NoteOtherCode       Note = "other_code"
	NoteSeveralCodes    Note = "several_codes"
	NoteOtherCondition  Note = "other_condition"
	NoteOtherWords      Note = "other_words"
	NoteOtherPrice      Note = "other_price"

	// Evidence that another method's ranks above.
	NotePassedOverMicrodata Note = "passed_over_microdata"
	NotePassedOverUntaxed   Note = "passed_over_untaxed"
)

// Facts returns every fact.
func Facts() []Fact { return slices.Sorted(maps.Keys(facts)) }

// Notes returns every note.
func Notes() []Note { return slices.Sorted(maps.Keys(notes)) }

func (n Note) known() bool {
	_, ok := notes[n]
	return ok || n == ""
}

// factWords are what a fact is called.
type factWords struct {
	words
	named bool // its values have names of ours, which say more than the page's text
}

// facts are the words of all facts; "" where the value or the note says it alone.
var facts = map[Fact]factWords{
	FactAvailability: {words{"availability", "在庫"}, true},
	FactSaleMode:     {words{"sale mode", "販売方法"}, true},
	FactPrice:        {words{"price", "価格"}, false},
	FactPriceFrom:    {words{"price from", "最低価格"}, false},
	FactNoPrice:      {words{"no price", "価格なし"}, false},
	FactTitle:        {words{"title", "商品名"}, false},
	FactSeller:       {words{"seller", "販売者"}, false},
	FactSellerRating: {words{"seller rated good by", "販売者の良い評価"}, true},
	FactShipper:      {words{"shipped by", "発送者"}, false},
	FactOtherSellers: {words{"offers of other sellers only", "ほかの販売者の出品のみ"}, false},
	FactCondition:    {words{"condition", "状態"}, true},
	FactJAN:          {words{"jan", "JAN"}, false},
	FactQuantity:     {words{"quantity", "残り"}, false},
	FactShipping:     {words{"shipping", "送料"}, false},
	FactAbroad: {words{
		"delivery to another country: stock and price may differ from those in Japan",
		"国外への配送と見なされています（在庫と価格が日本と異なるかもしれません）",
	}, false},
	FactPoints:  {words{"points", "ポイント"}, false},
	FactButton:  {words{"button to buy", "購入ボタン"}, false},
	FactOffer:   {words{"offer", "選んだ販売条件"}, true},
	FactListing: {words{"new listing", "新しい出品"}, true},
	FactPage:    {words{"", ""}, false},
	FactOutcome: {words{"", ""}, true},
	FactAnswer:  {words{"", ""}, false},
	FactLeftOut: {words{"left out:", "除いたもの:"}, true},
}

// noteWords are how a note is said behind the value, {0}, or behind the text.
type noteWords struct {
	words
	after bool // behind the text
	whole bool // it says the value itself
}

// notes are the words of all notes.
var notes = map[Note]noteWords{
	NoteByButton:        {words: words{", by its button", "（ボタンから）"}},
	NoteByNotifyButton:  {words: words{", by the button in the place of an order's", "（注文ボタンの代わりのボタンから）"}},
	NoteByReplyButton:   {words: words{", by the button that answers the ad", "（問い合わせボタンから）"}},
	NoteByHost:          {words: words{", by the host", "（ホスト名から）"}},
	NoteByInvitation:    {words: words{", by invitation", "（招待制）"}},
	NoteByVariant:       {words: words{" to {1}, by variant", "〜{1}（種類による）"}},
	NoteSeveralOffers:   {words: words{", of several offers", "（複数の販売条件のうち）"}},
	NoteAllOffers:       {words: words{", the same for all offers", "（すべての販売条件で同じ）"}},
	NoteNotKnown:        {words: words{" is not known", "の意味が分かりません"}},
	NoteNotSchemaOrg:    {words: words{" is not one of schema.org's", "がschema.orgの値ではありません"}},
	NoteOtherSellers:    {words: words{", offers of other sellers only", "（ほかの販売者の出品のみ）"}},
	NoteSellerAsked:     {words: words{" of the seller asked for", "（指定の販売者のもの）"}},
	NoteDrawOpen:        {words: words{", a draw takes entries", "（抽選を受付中）"}},
	NoteDrawClosed:      {words: words{", the draw takes no entries", "（抽選の受付時間外）"}},
	NoteBuyNow:          {words: words{", to buy now", "（即決）"}},
	NoteHighestBid:      {words: words{", the highest bid: not a price to buy at", "（現在の入札額で、購入できる価格ではありません）"}},
	NoteAuctionWon:      {words: words{", ended, somebody has won", "（終了、落札済み）"}},
	NoteAuctionUnsold:   {words: words{", ended without a buyer", "（終了、落札なし）"}},
	NoteAuctionBuyNow:   {words: words{", open, with a buy-now price", "（開催中、即決価格あり）"}},
	NoteAuctionBids:     {words: words{", open for bids only: without a buy-now price nobody can buy it", "（入札のみ。即決価格がなく購入できません）"}},
	NotePrivateSeller:   {words: words{", a private person, as a hash", "（個人のためハッシュ）"}},
	NoteRatings:         {words: words{" of {1}", "（{1}件中）"}},
	NoteSaleBegins:      {words: words{", but the sale begins at {1}", "（販売開始は {1}）"}},
	NoteSaleEnded:       {words: words{", but the sale ended at {1}", "（販売は {1} に終了）"}},
	NoteInName:          {words: words{`, "{1}" in its name`, "（商品名に「{1}」）"}},
	NoteReleased:        {words: words{", comes out on {1}", "（{1} 発売）"}},
	NoteNeverMoves:      {words: words{" (no evidence here: it never changes on this shop)", "（このお店では変わらないため根拠にしません）"}},
	NoteAddressed:       {words: words{" of {1}: named by the page's address", "/{1}（アドレスが指すもの）"}},
	NoteCheapest:        {words: words{" of {1}: the cheapest that can be bought, or the first", "/{1}（購入できる最安、なければ先頭）"}},
	NotePriced:          {words: words{", {1}", "、{1}"}, after: true},
	NoteFirstOffers:     {words: words{"has more than {0} offers: only the first were read", "販売条件が{0}件を超えるため、先頭だけを読みました"}, whole: true},
	NoteBroken:          {words: words{"is broken", "データが壊れています"}},
	NoteTooManyElements: {words: words{"only scripts and meta elements were read: it has too many elements", "スクリプトとmeta要素だけを読みました（要素が多すぎます）"}},
	NoteUnclosed:        {words: words{"only scripts and meta elements were read: too many of its elements are never closed", "スクリプトとmeta要素だけを読みました（閉じられていない要素が多すぎます）"}},
	NoteTooDeep:         {words: words{"only scripts and meta elements were read: elements are nested too deeply", "スクリプトとmeta要素だけを読みました（要素の入れ子が深すぎます）"}},
	NoteSearch:          {words: words{"search page", "検索ページ"}},
	NoteSearchByAddress: {words: words{"search page, by its address", "検索ページ（アドレスから）"}},
	NoteSearchByCards:   {words: words{"search page, by its cards", "検索ページ（一覧から）"}},
	NoteNothingFound:    {words: words{"nothing found", "該当なし"}},
	NoteAskedAll: {words: words{
		"asked for all offers of {0}: {1} found, {2} shown, {3} of them meant, {4} can be bought",
		"{0} のすべての出品を検索: {1}件中{2}件を表示、該当{3}件、購入可{4}件",
	}, whole: true},
	NoteAskedInStock: {words: words{
		"asked for all offers that can be bought of {0}: {1} found, {2} shown, {3} of them meant, {4} can be bought",
		"{0} の購入できる出品を検索: {1}件中{2}件を表示、該当{3}件、購入可{4}件",
	}, whole: true},
	NoteOtherPages:          {words: words{" on other pages", "件（別のページ）"}},
	NoteOtherCode:           {words: words{" of another code", "件（別のコード）"}},
	NoteSeveralCodes:        {words: words{" that name several codes", "件（複数のコードを記載）"}},
	NoteOtherCondition:      {words: words{" in another condition", "件（状態が異なる）"}},
	NoteOtherWords:          {words: words{" with other words", "件（語が異なる）"}},
	NoteOtherPrice:          {words: words{" beyond the price limits", "件（価格の範囲外）"}},
	NotePassedOverMicrodata: {words: words{" (passed over: Rakuten's page data ranks above its microdata, which is known to lie)", "（採用せず: 楽天のmicrodataは誤りが知られており、ページのデータを優先）"}, after: true},
	NotePassedOverUntaxed:   {words: words{" (passed over: without the tax that the page shows)", "（採用せず: ページの表示と違い税抜）"}, after: true},
}

// values are the names that a value of ours goes by in Japanese; in English it is
// said as it is.
var values = map[Fact]map[string]string{
	FactAvailability: {
		InStock.String(): "在庫あり", LimitedAvailability.String(): "在庫わずか", OnlineOnly.String(): "在庫あり（ネット限定）",
		PreOrder.String(): "予約受付中", PreSale.String(): "先行販売中", BackOrder.String(): "お取り寄せ", MadeToOrder.String(): "受注生産",
		OutOfStock.String(): "在庫なし", SoldOut.String(): "売り切れ", InStoreOnly.String(): "店頭のみ", Reserved.String(): "取り置き中", Discontinued.String(): "販売終了",
	},
	FactSaleMode:  {string(Open): "通常販売", string(Lottery): "抽選", string(Invitation): "招待制", string(MembersOnly): "会員限定"},
	FactCondition: {ConditionNew: "新品", ConditionUsed: "中古", ConditionRefurbished: "整備済み"},
	FactShipping:  {"free": "無料"},
}

func valueIn(l Language, f Fact, value string) string {
	if name, ok := values[f][value]; ok && l == Japanese {
		return name
	}
	return value
}
