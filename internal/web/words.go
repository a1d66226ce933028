package web

import (
	"cmp"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// words are all words that a page shows, in Japanese and in English. What an
// alert also names has the name that alerts give it, see notify. Keys with a
// dot begin with the kind of thing that they name; a test asks for every member
// of every kind.
var words = map[string][2]string{
	"availability.Unknown":             {"不明", "Unknown"},
	"availability.InStock":             {"在庫あり", "In stock"},
	"availability.LimitedAvailability": {"在庫わずか", "Few left"},
	"availability.OnlineOnly":          {"在庫あり（ネット限定）", "In stock, online only"},
	"availability.PreOrder":            {"予約受付中", "Pre-order"},
	"availability.PreSale":             {"先行販売中", "Pre-sale"},
	"availability.BackOrder":           {"お取り寄せ", "Back-order"},
	"availability.MadeToOrder":         {"受注生産", "Made to order"},
	"availability.OutOfStock":          {"在庫なし", "Out of stock"},
	"availability.SoldOut":             {"売り切れ", "Sold out"},
	"availability.InStoreOnly":         {"店頭販売のみ", "In the shop only"},
	"availability.Reserved":            {"取り置き中", "Reserved"},
	"availability.Discontinued":        {"販売終了", "Discontinued"},

	"mode.lottery":      {"抽選", "lottery"},
	"mode.invitation":   {"招待制", "by invitation"},
	"mode.members_only": {"会員限定", "members only"},

	"outcome.ok":            {"読めました", "Read"},
	"outcome.not_modified":  {"前回から変化なし", "Unchanged"},
	"outcome.blocked":       {"ブロックされています", "Blocked by the shop"},
	"outcome.rate_limited":  {"アクセス制限中", "Asked to slow down"},
	"outcome.disallowed":    {"robots.txt により禁止", "Forbidden by robots.txt"},
	"outcome.not_found":     {"ページがありません", "Page not found"},
	"outcome.wrong_product": {"別の商品のページです", "Another product"},
	"outcome.unreadable":    {"読み取れません", "Unreadable"},
	"outcome.error":         {"接続できません", "No connection"},

	"doubt.silent":        {"在庫の記載なし", "Stock not stated"},
	"doubt.contradiction": {"在庫表示の食い違い", "Two places contradict each other"},
	"leans.yes":           {"買えそうです", "leans to in stock"},
	"leans.no":            {"売り切れのようです", "leans to out of stock"},

	"method.api":        {"公式API", "Official API"},
	"method.page-data":  {"ページ内データ", "Page data"},
	"method.json-ld":    {"構造化データ (JSON-LD)", "Structured data (JSON-LD)"},
	"method.microdata":  {"構造化データ (microdata)", "Structured data (microdata)"},
	"method.open-graph": {"Open Graph", "Open Graph"},
	"method.buy-box":    {"購入欄", "Order form"},
	"method.rule":       {"自分のルール", "Your rule"},
	"method.http":       {"HTTP応答", "HTTP answer"},

	"held.above_max_price":           {"上限価格を超えています", "over the limit"},
	"held.above_max_effective_price": {"実質価格が上限を超えています", "over the limit in the end"},
	"held.other_currency":            {"上限価格と通貨が違います", "in another currency than the limit"},
	"held.price_unknown":             {"価格が分からず、上限と比べられません", "no price to hold against the limit"},
	"held.seller_denied":             {"除外した販売者です", "a seller that you excluded"},
	"held.seller_not_allowed":        {"許可した販売者ではありません", "not one of the sellers that you allow"},
	"held.condition_not_wanted":      {"希望しない状態の品です", "in a condition that you do not want"},
	"held.above_max_above_list":      {"定価より高すぎます", "too far above the list price"},
	"held.far_below_list_price":      {"定価より安すぎて不審です", "suspiciously far below the list price"},
	"held.far_below_other_offers":    {"ほかの店より安すぎて不審です", "suspiciously far below other shops"},
	"held.seller_badly_rated":        {"評価の低い販売者です", "a badly rated seller"},
	"held.seller_new":                {"評価の少ない販売者です", "a seller with few ratings"},

	"step.price":            {"価格", "price"},
	"step.shipping":         {"送料", "shipping"},
	"step.shipping_unknown": {"送料不明（含みません）", "shipping not known (left out)"},
	"step.coupon":           {"クーポン", "coupon"},
	"step.points":           {"ポイント", "points"},
	"step.bonus":            {"ボーナスポイント", "bonus points"},

	"outcome.terms":  {"規約により自動アクセス不可", "Forbidden by the shop's terms"},
	"outcome.server": {"お店のサーバーのエラー", "Server error"},
	"order.":         {"買えるもの順", "What can be bought first"},
	"order.price":    {"安い順", "Cheapest first"},
	"order.name":     {"名前順", "By name"},
	"order.change":   {"変化の新しい順", "Latest change first"},
	"count_maybe":    {"買えるかも", "maybe"},
	"count_held":     {"条件外", "held by a limit"},
	"find":           {"探す", "Search"},
	"find_what":      {"商品名・JAN・お店・タグ", "Name, JAN, shop or tag"},
	"narrow":         {"絞り込みと並べ替え", "Filter and sort"},
	"any":            {"すべて", "Any"},
	"apply":          {"絞り込む", "Apply"},
	"tag":            {"タグ", "Tag"},
	"order":          {"並び順", "Order"},
	"to_shop":        {"お店へ", "To the shop"},
	"other_shops":    {"ほかのお店:", "Other shops:"},
	"trouble_all":    {"すべて見る", "Show all"},
	"none_found":     {"当てはまる商品はありません。", "No product fits."},
	"show_all":       {"すべて表示", "Show all"},
	"days":           {"%d日", "%d days"},
	"chart":          {"価格と在庫の移り変わり", "Prices and stock"},
	"chart_title":    {"%s の価格と在庫（%d日間）。同じ内容は下の「できごと」にあります。", "Prices and stock at %s over %d days. The list of changes below has the same."},
	"chart_span":     {"期間", "Time shown"},
	"key_in":         {"買えた", "could be bought"},
	"key_order":      {"注文できた", "could be ordered"},
	"key_out":        {"在庫なし", "out of stock"},
	"key_gap":        {"不明", "not known"},
	"heat":           {"入荷した曜日と時刻（お店の時刻）", "When it came back, by the shop's clock"},
	"heat_title":     {"曜日と時刻ごとの入荷。全部で%d回。", "Restocks by weekday and hour, %d in all."},
	"heat_cell":      {"%s %d時台: %d回", "%s, hour %d: %d"},
	"day.0":          {"日", "Sun"},
	"day.1":          {"月", "Mon"},
	"day.2":          {"火", "Tue"},
	"day.3":          {"水", "Wed"},
	"day.4":          {"木", "Thu"},
	"day.5":          {"金", "Fri"},
	"day.6":          {"土", "Sat"},
	"price_now":      {"いまの価格", "Price now"},
	"price_lowest":   {"最安", "Lowest"},
	"price_typical":  {"ふだん", "Typical"},
	"usually_gone":   {"売り切れまで", "Usually gone in"},
	"gone_in":        {"だいたい%s（%d回の入荷から）", "%s (of %d times)"},
	"length.s":       {"%d秒", "%d s"},
	"length.min":     {"%d分", "%d min"},
	"length.h":       {"%d時間", "%d h"},
	"length.d":       {"%d日", "%d days"},
	"max_price":      {"上限価格", "Price limit"},
	"max_effective":  {"実質価格の上限", "Limit in the end"},
	"list_price":     {"定価", "List price"},
	"jan":            {"JAN", "JAN"},
	"shops":          {"お店を比べる", "Shops side by side"},
	"limits":         {"通知の条件", "What rings"},
	"changes":        {"できごと", "Changes"},
	"alerts_of":      {"この商品の通知", "Alerts about this product"},
	"muted_now":      {"通知を止めています", "Muted"},
	"mute":           {"通知を止める", "Mute"},
	"mute_do":        {"止める", "Mute"},
	"for_hour":       {"1時間", "for an hour"},
	"for_day":        {"1日", "for a day"},
	"for_week":       {"1週間", "for a week"},
	"for_ever":       {"再開するまで", "until unmuted"},
	"alerts":         {"通知", "Alerts"},
	"health":         {"動作状況", "Health"},
	"held_back":      {"おやすみ時間で待っている通知", "Waiting for the end of quiet hours"},
	"held_back_note": {"おやすみ時間が終わると、まだ当てはまるものだけを送ります。", "When quiet hours end, those that are still so are sent."},
	"no_text":        {"文面は残っていません。", "Its text is not kept."},
	"engine":         {"本体", "This process"},
	"ready":          {"動いています", "Running"},
	"not_ready":      {"準備中です", "Not ready"},
	"version":        {"バージョン", "Version"},
	"products_pages": {"商品 / ページ", "Products / pages"},
	"store_used":     {"保存領域の使用率", "Storage used"},
	"leases":         {"受け持ち", "Shards of hosts"},
	"channels":       {"通知先", "Channels"},
	"no_channels":    {"通知先がありません。", "There is no channel."},
	"in_trouble":     {"問題あり", "In trouble"},
	"last_sent":      {"最後に届いた通知", "Last alert delivered"},
	"none_yet":       {"まだありません", "none yet"},
	"this_month":     {"今月の送信数", "Sent this month"},
	"hosts":          {"お店のサーバー", "Hosts"},
	"pages":          {"ページ数", "Pages"},
	"backoff":        {"間隔を空けています:", "Backing off for"},
	"gap":            {"最短の間隔", "At most one request per"},
	"settings":       {"設定", "Settings"},
	"offline":        {"つながりません。最後に届いた内容を表示しています。", "No connection: this is what came last."},

	"title":         {"見守り", "Watches"},
	"skip":          {"本文へ", "Skip to content"},
	"nav":           {"ページ", "Pages"},
	"dead":          {"届かなかった通知", "Undelivered alerts"},
	"disabled":      {"送信を止めている通知先:", "Nothing is sent to"},
	"refused":       {"断られている通知先（再送を続けます）:", "Refused, and tried again:"},
	"failing":       {"届かない通知先（再送を続けます）:", "Out of reach, and tried again:"},
	"quota":         {"送信数の上限に達した通知先（数分ごとに確かめます）:", "Out of quota, and tried every few minutes:"},
	"enable":        {"送信を再開", "Send again"},
	"muted":         {"通知を止めている商品", "Muted"},
	"unmute":        {"通知を再開", "Unmute"},
	"until":         {"解除", "until"},
	"dead_unread":   {"届かなかった通知を読み出せません", "The undelivered alerts cannot be read"},
	"summary":       {"まとめ", "Summary"},
	"count_now":     {"購入可", "can be bought"},
	"count_later":   {"予約・取り寄せ", "can be ordered"},
	"count_no":      {"在庫なし", "out of stock"},
	"count_unclear": {"はっきりしない", "unclear"},
	"count_trouble": {"読めません", "cannot be read"},
	"count_waiting": {"確認待ち", "not yet looked at"},
	"count_search":  {"検索ページ", "search pages"},
	"receipt":       {"見守り開始", "Now watching"},
	"receipt_more":  {"ほかのページ:", "More pages:"},
	"buy_now":       {"いま買えます", "Can be bought now"},
	"trouble":       {"読めないページ", "Pages that cannot be read"},
	"trouble_note": {
		"「在庫なし」ではありません。最後に確認できた状態をそのまま残しています。",
		"This does not mean out of stock: the last state that was read stands.",
	},
	"distrusted":      {"在庫の根拠にしていない情報", "No evidence of stock here"},
	"distrusted_note": {"売り切れと再入荷があっても変わらなかったためです。", "It did not change when the product sold out and came back."},
	"comma":           {"、", ", "},
	"since_open":      {"（", " (since "},
	"since_close":     {"から）", ")"},
	"trust_again":     {"もう一度根拠にする", "Take it as evidence again"},
	"product":         {"商品", "Product"},
	"shop":            {"お店", "Shop"},
	"state":           {"状態", "State"},
	"price":           {"価格", "Price"},
	"since":           {"いつから", "Since"},
	"last_look":       {"前回の確認", "Last look"},
	"next_look":       {"次の確認", "Next look"},
	"evidence":        {"根拠", "Evidence"},
	"where":           {"場所", "where"},
	"seen_at":         {"確認", "seen"},
	"no_evidence":     {"根拠はまだありません。", "There is no evidence yet."},
	"last_known":      {"最後に確認できた状態", "Last known state"},
	"waiting":         {"まだ見ていません", "Not looked at yet"},
	"search":          {"検索ページ", "Search page"},
	"confirming":      {"確認中", "Being confirmed"},
	"unsaid":          {"在庫の記載なし", "Stock not stated"},
	"unclear":         {"はっきりしません", "Unclear"},
	"unclear_note": {
		"在庫が今どうなのか、ページからは分かりません。最後に確認できた状態をそのまま残しています。",
		"The page does not say clearly whether it can be bought now: the last state that it said stands.",
	},
	"reason":      {"理由", "Reason"},
	"why":         {"確認のきっかけ", "Why it was looked at"},
	"open_shop":   {"お店のページを開く", "Open the shop's page"},
	"history":     {"履歴", "History"},
	"no_history":  {"記録はまだありません。", "There are no records yet."},
	"when":        {"日時", "When"},
	"what":        {"できごと", "What happened"},
	"before":      {"以前", "before"},
	"quantity":    {"在庫数", "Units left"},
	"held":        {"通知しません", "does not ring"},
	"effective":   {"実質", "effective"},
	"reckoning":   {"内訳", "how it comes about"},
	"no_products": {"設定に商品がありません。config.toml に [[product]] を追加してください。", "No products are configured. Add a [[product]] to config.toml."},
	"no_watches":  {"この商品には見守るページがありません。", "This product has no watches."},
	"details":     {"くわしく", "Details"},
	"page_of":     {"ページ", "Page"},
	"newer":       {"前へ", "Previous"},
	"older":       {"次へ", "Next"},
	"dead_note": {
		"何度か試しても届けられなかった通知です。原因を直してから再送するか、不要なら削除してください。",
		"Alerts that could not be delivered after several tries. Mend the cause and send them again, or discard them.",
	},
	"no_dead":    {"届かなかった通知はありません。", "Every alert was delivered."},
	"channel":    {"通知先", "Channel"},
	"tries":      {"試行", "Tries"},
	"deliveries": {"通知の記録", "Delivery log"},
	"deliveries_note": {
		"新しい順に50件までです。時間は、ページを受け取ってから通知先が受け付けるまでです。",
		"The newest 50. The time is from the page's bytes to the channel's answer.",
	},
	"no_deliveries":   {"送った通知はまだありません。", "No alert was sent yet."},
	"provider_id":     {"通知先の番号", "Its id there"},
	"stage.published": {"記録", "recorded"},
	"stage.made":      {"通知を作成", "alert written"},
	"stage.tried":     {"送信開始", "first attempt"},
	"stage.sent":      {"受付", "accepted"},
	"span.ms":         {"%dミリ秒", "%d ms"},
	"span.s":          {"%.1f秒", "%.1f s"},
	"span.min":        {"%d分", "%d min"},
	"span.h":          {"%d時間", "%d h"},
	"redrive":         {"再送する", "Send again"},
	"discard":         {"削除する", "Discard"},
	"push":            {"この端末への通知", "Alerts on this device"},
	"push_what": {
		"このブラウザで、アプリなしに通知を受け取ります。通知を押すとお店のページが開きます。",
		"Get alerts in this browser, without an app. A tap on one opens the shop's page.",
	},
	"push_on":       {"通知を受け取る", "Send alerts here"},
	"push_off":      {"通知をやめる", "Stop alerts here"},
	"push_remove":   {"削除", "Remove"},
	"push_browsers": {"登録済みのブラウザ", "Subscribed browsers"},
	"push_denied":   {"通知がブラウザの設定で許可されていません", "the browser's settings do not allow notifications"},
	"push_unsupported": {
		"このブラウザでは使えません。HTTPS（または localhost）で開いてください。iPhone・iPad ではホーム画面に追加してから開きます。",
		"Not possible in this browser. Open this page over HTTPS (or as localhost); on an iPhone or iPad from the home screen, after adding it there.",
	},
	"push_failed":   {"うまくいきませんでした", "That did not work"},
	"push_test":     {"テスト通知を送る", "Send a test"},
	"push_sent":     {"テスト通知を送りました", "A test was sent"},
	"push_key":      {"鍵", "Key"},
	"do.mute":       {"この商品の通知を1時間止めます。", "Nobody hears of this product for an hour."},
	"do.stop":       {"この商品の通知を、再開するまで止めます。", "Nobody hears of this product until you send alerts again."},
	"do.ack":        {"確認済みにします。ほかの通知先には知らせません。", "Marks the alert as seen: nobody else is told of it."},
	"do.unmute":     {"この商品の通知を再開します。", "Alerts about this product come again."},
	"done.mute":     {"通知を止めました。", "Nobody hears of this product for now."},
	"done.stop":     {"通知を止めました。", "Nobody hears of this product any more."},
	"done.ack":      {"確認済みにしました。", "Marked as seen."},
	"done.unmute":   {"通知を再開しました。", "Alerts about this product come again."},
	"press.mute":    {"1時間通知しない", "Mute for an hour"},
	"press.stop":    {"今後は通知しない", "Stop"},
	"press.ack":     {"確認しました", "Seen"},
	"press.unmute":  {"通知を再開する", "Send alerts again"},
	"do_forged":     {"このボタンは使えません。", "This button is not one of ours."},
	"do_used":       {"このボタンはもう使われています。", "This button was pressed before."},
	"do_expired":    {"このボタンは期限切れです。新しい通知のボタンを使ってください。", "This button is too old. Use that of a newer alert."},
	"do_no_product": {"この商品はもう設定にありません。", "This product is no longer configured."},
	"do_many":       {"しばらく待ってからもう一度開いてください。", "Too many wrong buttons from your address: try again later."},
	"do_failed":     {"うまくいきませんでした。もう一度押してください。", "That did not work. Please press it again."},
	"error":         {"エラー", "Error"},

	"scope.read":  {"読み取り (read)", "read"},
	"scope.write": {"変更 (write)", "change (write)"},
	"scope.hints": {"ヒントの送信 (hints)", "hints"},

	"signin":       {"サインイン", "Sign in"},
	"signout":      {"サインアウト", "Sign out"},
	"signout_all":  {"すべてのブラウザでサインアウト", "Sign out everywhere"},
	"password":     {"パスワード", "Password"},
	"signin_wrong": {"パスワードが違います。", "Wrong password."},
	"signin_many": {
		"間違ったパスワードが続いたため、確認に時間がかかっています。少し待ってからもう一度試してください。",
		"Passwords from your address are looked at slowly after too many wrong ones. Try again in a moment.",
	},
	"form_old": {
		"このページは古くなっています。ページを読み込み直して、もう一度押してください。",
		"This page is too old for its buttons. Reload it and press again.",
	},
	"past_proxy": {
		"ここにはプロキシを通してのみ入れます（web.trusted_proxies）。",
		"This can only be reached by way of the proxy (web.trusted_proxies).",
	},
	"proxy_names_nobody": {
		"プロキシが利用者名を伝えていません（web.auth_header）。",
		"The proxy does not say who you are (web.auth_header).",
	},
	"tokens": {"APIトークン", "API tokens"},
	"tokens_what": {
		"プログラムが API を使うためのトークンです。パスワードの代わりに Authorization: Bearer で送ります。",
		"Programs use the API with a token of their own instead of the password, sent as Authorization: Bearer.",
	},
	"token_made":      {"トークンを作りました。表示されるのは今回だけです。", "The token was made. It is shown this once:"},
	"token_bad":       {"トークンには、64バイト以内の名前と、1つ以上の権限が必要です（200個まで）。", "A token needs a name of at most 64 bytes and at least one scope; there can be 200."},
	"token_name":      {"名前", "Name"},
	"token_scopes":    {"できること", "What it may do"},
	"token_add":       {"トークンを作る", "Make a token"},
	"no_tokens":       {"トークンはありません。", "There are no tokens."},
	"made":            {"作成", "made"},
	"used":            {"最終使用", "last used"},
	"never":           {"なし", "never"},
	"revoke":          {"無効にする", "Revoke"},
	"sessions":        {"サインイン中のブラウザ", "Signed-in browsers"},
	"no_sessions":     {"サインイン中のブラウザはありません。", "No browser is signed in."},
	"this_browser":    {"このブラウザ", "this browser"},
	"signed_in":       {"サインイン", "signed in"},
	"last_here":       {"最終アクセス", "last here"},
	"proxy_name":      {"プロキシによる利用者名:", "The proxy says that you are"},
	"nobody_signs_in": {"ここではパスワードを確認していません。", "No password is asked for here."},

	"back":        {"見守りへ戻る", "Back to the watches"},
	"updated":     {"更新", "Updated"},
	"ago.now":     {"たった今", "just now"},
	"ago.seconds": {"%d秒前", "%d s ago"},
	"ago.minutes": {"%d分前", "%d min ago"},
	"ago.hours":   {"%d時間前", "%d h ago"},
	"ago.days":    {"%d日前", "%d days ago"},
	"in.now":      {"まもなく", "any moment"},
	"in.seconds":  {"%d秒後", "in %d s"},
	"in.minutes":  {"%d分後", "in %d min"},
	"in.hours":    {"%d時間後", "in %d h"},
	"in.days":     {"%d日後", "in %d days"},
}

// translator finds words of one language.
type translator int

const (
	japanese translator = iota
	english
)

func newTranslator(language string) translator {
	if language == "en" {
		return english
	}
	return japanese
}

// lang is the language as HTML names it.
func (t translator) lang() string { return [...]string{"ja", "en"}[t] }

// say returns the word for a key. A key that nobody knows (a kind of a newer
// version in an old record) is shown as it is.
func (t translator) say(key string) string {
	return cmp.Or(words[key][t], key)
}

// kind returns a kind's name, the one that alerts give it.
func (t translator) kind(k stock.Kind) string {
	if t == japanese {
		return k.Info().JA
	}
	return k.Info().EN
}

// reason returns why something is so. Reasons are written in English.
// language is the reader's, for reasons and evidence.
func (t translator) language() stock.Language {
	if t == japanese {
		return stock.Japanese
	}
	return stock.English
}

// name returns the word for a member of a kind: name("outcome", "blocked"). A
// member that nobody knows is shown as it is.
func (t translator) name(kind, member string) string {
	return cmp.Or(words[kind+"."+member][t], member)
}
