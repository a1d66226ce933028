package reason

// apis are what the official APIs answer.
var apis = []pair{
	{"the API does not accept the request", "APIが問い合わせを受け付けません"},
	{"the API refuses the key ({})", "APIがキーを拒んでいます（{1}）"},
	{"the API knows no such data, or this version of it has ended ({})", "APIに該当データがないか、このバージョンが終了しています（{1}）"},
	{"the API was asked too often (429)", "APIへの問い合わせが多すぎます（429）"},
	{"the API has trouble ({})", "APIに障害が起きています（{1}）"},
	{"the API answers {}", "APIの応答: {1}"},
	{"an offer does not say whether it can be bought, and no other can", "購入できるか分からない商品があり、ほかに購入できるものがありません"},
	{"rows that could not be read: {}, and no other offer can be bought", "読み取れない行が{1}件あり、ほかに購入できるものがありません"},
	{"the answer shows the first {} of {} offers and none of them can be bought", "{2}件のうち先頭の{1}件しか返されず、その中に購入できるものがありません"},
	{"narrow the query, by min_price and max_price for example", "min_price や max_price などで条件を絞ってください"},
	{"offers found: {}, but they name other codes beside {}, so that theirs may be the stock of another product", "{1}件見つかりましたが、{2} 以外のコードも書かれており、別の商品の在庫かもしれません"},
	{"the API does not show {}: watch the page itself", "APIの結果に {1} がありません。ページそのものを見守ってください"},
	{"not an answer of the API: it has no count, or no items", "APIの応答ではありません（count か Items がありません）"},
	{"not an answer of the API: it has no totalResultsAvailable, or no hits", "APIの応答ではありません（totalResultsAvailable か hits がありません）"},
	{"check application_id and access_key in [api.rakuten]", "[api.rakuten] の application_id と access_key を確かめてください"},
	{"an application of type Web Application also needs its registered site as referer, and one of type API/Backend Service this machine's public IP address on its list", "「Webアプリケーション」型では登録したサイトを referer に、「API/バックエンドサービス」型ではこの機械のグローバルIPアドレスを許可リストに入れる必要があります"},
	{"check app_id in [api.yahoo]: the Client ID of an application that may use the shopping API", "[api.yahoo] の app_id を確かめてください（ショッピングAPIを使えるアプリケーションのClient ID）"},
	{"{}: needs a key: set application_id and access_key in [api.rakuten]", "{1}: キーが必要です。[api.rakuten] に application_id と access_key を書いてください"},
	{"{}: needs a key: set app_id in [api.yahoo]", "{1}: キーが必要です。[api.yahoo] に app_id を書いてください"},
	{"query {}: no source asks this API", "{1} を読めるAPIがありません"},
	{"query {}: {}", "{1} は問い合わせとして読めません: {2}"},
}

// network are why there is no answer, and what it is in the place of a page.
var network = []pair{
	{"robots.txt of {} says {}", "{1} の robots.txt が禁じています（{2}）"},
	{"robots.txt of {}: {}", "{1} の robots.txt が読めません: {2}"},
	{"more than {} redirects", "転送が{1}回を超えました"},
	{"redirects without a usable Location", "転送先の分からない転送です"},
	{"redirects to a URL that cannot be asked: {}", "見に行けないURLへの転送です: {1}"},
	{"redirects from https to plain http: not followed", "https から http への転送のため、従いません"},
	{"304 Not Modified, but nothing was asked conditionally", "条件を付けていないのに 304 Not Modified が返りました"},
	{"unsupported Content-Encoding {}", "対応していない Content-Encoding です（{1}）"},
	{"broken {} body: {}", "{1} の圧縮データが壊れています: {2}"},
	{"too large: more than {} bytes", "大きすぎます（{1}バイト超）"},
	{"the page has more than {} bytes", "ページが大きすぎます（{1}バイト超）"},
	{"timeout after {}", "{1} 以内に応答がありません"},
	{"timeout: the time for this look was over", "この確認に使える時間が終わりました"},
	{"timeout while connecting", "接続中に時間切れになりました"},
	{"timeout", "時間切れ"},
	{"cancelled", "中止しました"},
	{"DNS: no such host", "DNS: ホスト名が見つかりません"},
	{"DNS: {}", "DNSの不具合: {1}"},
	{"TLS: {}", "TLSの不具合: {1}"},
	{"connection refused", "接続を拒否されました"},
	{"connection reset", "接続が切られました"},
	{"host unreachable", "ホストに到達できません"},
	{"network unreachable", "ネットワークに到達できません"},
	{"the answer was cut off", "応答が途中で切れました"},
	{"the connection was closed without an answer", "応答のないまま接続が閉じられました"},
	{"the proxy refuses: {}", "プロキシーが拒んでいます: {1}"},
	{"{} is refused ({} address)", "{1} への接続は許されていません（{2} アドレス）"},
	{"fetch.allow_private_addresses = true would allow it", "fetch.allow_private_addresses = true にすると許可されます"},
	{"look up {}: {}", "{1} の名前解決: {2}"},
	{"check address: {}", "アドレスの確認: {1}"},
	{"dial {}: {}", "{1} への接続: {2}"},
	{"dial: {}", "接続: {1}"},
	{"request: {}", "要求: {1}"},
}

// browser are what keeps a page from being drawn.
var browser = []pair{
	{"HMV sent the page before the item's, for visitors without a cookie: sainyuka keeps none", "HMVが、Cookieのない訪問者向けの前置きページを返しました（sainyukaはCookieを保存しません）"},
	{"the page is one to be drawn by a browser: set fetch.browser_url (docs/browser.md)", "ブラウザーで描画するページです。fetch.browser_url を設定してください（docs/browser.md）"},
	{"draw = true below its [host] has it drawn (docs/browser.md)", "その [host] に draw = true と書くと描画されます（docs/browser.md）"},
	{"the browser of fetch.browser_url: {}", "fetch.browser_url のブラウザー: {1}"},
	{"wait for the browser: {}", "ブラウザーの空きを待っています: {1}"},
	{"no answer within {}", "{1} 以内に応答がありません"},
	{"the page was not drawn within {}: it goes on loading", "{1} 以内に描画が終わりません（読み込みが続いています）"},
	{"the page was not drawn within {}: nothing on it is {}", "{1} 以内に描画されません（{2} がありません）"},
	{"the page keeps the browser busy", "ページがブラウザーを占有しています"},
	{"the page leads to {}", "ページが {1} へ移動します"},
	{"the page gave no answer", "ページが応答しません"},
	{"the page crashed in the browser", "ページがブラウザーの中で異常終了しました"},
	{"the page's selector of readiness is not one", "描画完了を示すセレクターが正しくありません"},
	{"the browser has closed the page", "ブラウザーがページを閉じました"},
	{"the browser loaded the page without asking for it", "ブラウザーが確認なしにページを読み込みました"},
	{"the connection to the browser was lost: it sent more than we are willing to read", "ブラウザーとの接続を切りました（送られたデータが大きすぎます）"},
	{"the connection to the browser was lost: it sent what is no message", "ブラウザーとの接続を切りました（読めないデータが送られました）"},
	{"the connection to the browser was lost", "ブラウザーとの接続が切れました"},
	{"open the WebSocket: {}", "WebSocketの接続: {1}"},
	{"ask for the browser's version: {}", "ブラウザーのバージョンの問い合わせ: {1}"},
	{"the answer is not a browser's", "ブラウザーの応答ではありません"},
	{"the answer names no WebSocket", "応答にWebSocketがありません"},
	{"the URL cannot be asked", "このURLは開けません"},
	{"read the answer: {}", "応答の読み取り: {1}"},
	{"{}: the browser says {}", "{1}: ブラウザーの応答 {2}"},
	{"{}: the browser's answer does not parse: {}", "{1}: ブラウザーの応答が読めません: {2}"},
	{"encode the selector: {}", "セレクターの変換: {1}"},
	{"status {}", "ステータス {1}"},
}

// addresses are what is wrong with a URL.
var addresses = []pair{
	{"the URL is longer than {} bytes", "URLが{1}バイトを超えています"},
	{"the URL holds a backslash: write it as %5C", "URLに「\\」があります（%5C と書いてください）"},
	{"the URL does not parse: {}", "URLとして読めません: {1}"},
	{"the URL does not parse", "URLとして読めません"},
	{"the URL holds a user name or password: not allowed", "URLにユーザー名かパスワードがあります"},
	{"the URL names no host", "URLにホスト名がありません"},
	{"only http and https URLs can be asked, not {}", "見に行けるのは http と https のURLだけです（{1} ではなく）"},
	{"port {} of the URL's host is not between 1 and 65535", "URLのポート {1} が 1〜65535 の範囲にありません"},
	{"host {} of the URL is not a host name", "URLの {1} はホスト名ではありません"},
	{"host {} of the URL names no network interface", "URLの {1} はネットワークインターフェースを示していません"},
	{"host {} of the URL is an IP address in disguise: write it as four decimal numbers", "URLの {1} は形を変えたIPアドレスです（10進数四つで書いてください）"},
	{"url {}: not an http or https address", "{1} は http か https のアドレスではありません"},
	{"url {}: {}", "{1} はURLとして読めません: {2}"},
}

// outcomes stand before a reason in a record of trouble, or alone.
var outcomes = []pair{
	{"blocked: {}", "ブロック: {1}"},
	{"rate_limited: {}", "アクセス制限: {1}"},
	{"disallowed: {}", "禁止: {1}"},
	{"not_found: {}", "ページなし: {1}"},
	{"wrong_product: {}", "別の商品: {1}"},
	{"unreadable: {}", "読み取れません: {1}"},
	{"error: {}", "接続できません: {1}"},
	{"blocked", "ブロックされています"},
	{"rate_limited", "アクセス制限中"},
	{"disallowed", "robots.txt により禁止"},
	{"not_found", "ページがありません"},
	{"wrong_product", "別の商品のページです"},
	{"unreadable", "読み取れません"},
	{"error", "接続できません"},
}

// methods are named where two of them disagree.
var methods = []pair{
	{"api", "公式API"},
	{"page-data", "ページ内データ"},
	{"json-ld", "構造化データ (JSON-LD)"},
	{"microdata", "構造化データ (microdata)"},
	{"open-graph", "Open Graph"},
	{"buy-box", "購入欄"},
}

// joined are reasons around other reasons.
var joined = []pair{
	{"the page does not say the availability: {}", "ページに在庫の記載がありません: {1}"},
	{"{}, and {} says {}", "{1}／一方、{2}は {3}"},
	{`{}: "{}"`, "{1}: 「{2}」"}, // an API's own words
}
