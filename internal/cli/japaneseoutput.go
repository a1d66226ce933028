package cli

import "maps"

// japanese has what commands say, by its English format; a test compares it with them.
var japanese = func() map[string]string {
	all := maps.Clone(messages)
	maps.Copy(all, output)
	return all
}()

// output are the results of commands and the explanations of flags.
var output = map[string]string{
	"print one JSON object with the products, and what could not be carried over, in place of TOML":         "TOML の代わりに、商品と移せなかったものを JSON オブジェクト一つで出力",
	"print each product as one JSON object, as the API takes it, a line each, in place of TOML":             "TOML の代わりに、商品を API と同じ形の JSON で1行に一つずつ出力",
	"as without it: each window is a JSON object, a line each":                                              "付けなくても同じです（1行に一つの JSON）",
	"ask nothing, and print one JSON object in place of words: the configuration, the channel and the test": "何も尋ねず、文の代わりに設定・通知先・テストの結果を JSON オブジェクト一つで出力",
	"write the log as JSON objects, a line each":                                                            "ログを1行に一つの JSON オブジェクトで書く",
	"usage:": "使い方:", "flags:": "フラグ:", "examples:": "例:",

	"unclear": "はっきりしない",
	"ready":   "動いています", "not ready: %v": "準備中です: %v", "%s, version %s": "%s、バージョン %s", "%d products, %d pages": "商品 %d、ページ %d",
	"%d alerts were given up: see `sainyuka dead list`": "届かなかった通知が%d件あります。`sainyuka dead list` で見られます",
	"muted: %s": "通知を止めている商品: %s",
	"channel %s is not sent to: see `sainyuka enable %s`": "通知先 %s には送っていません。再開は `sainyuka enable %s`",
	"channel %s has used up its quota":                    "通知先 %s は送信数の上限に達しました",

	"effective %s: %s": "実質 %s: %s", "... and %d more; -json shows all": "ほか%d件。すべては -json で見られます", "no offer was found": "見つかりませんでした",
	"free shipping": "送料無料", "shipping %s": "送料 %s", "%d points": "%dポイント", "shipping unknown": "送料不明",
	"\n# To watch it, copy what you like of this below a [[product]].\n# A whole mall, new goods only unless you add &condition=any:\n": "\n# 見守るには、この中から [[product]] の下に書き写します。\n# モール全体（&condition=any を付けなければ新品だけ）:\n",
	"\n# The page of one offer:\n": "\n# それぞれの出品のページ:\n",
	"no official API can be asked: the configuration (-config FILE) has no key for one":      "公式APIに問い合わせできません。設定 (-config FILE) に鍵がありません",
	"\nKeys are free. Set one or both, see config.example.toml:":                             "\n鍵は無料です。どちらか、または両方を設定します（config.example.ja.toml）:",
	"  [api.rakuten]  application_id and access_key, from https://webservice.rakuten.co.jp/": "  [api.rakuten]  application_id と access_key。https://webservice.rakuten.co.jp/ で取得",
	"  [api.yahoo]    app_id, from https://e.developer.yahoo.co.jp/":                         "  [api.yahoo]    app_id。https://e.developer.yahoo.co.jp/ で取得",
	"\nIt will then ask, and a watch can ask the same:":                                      "\n次のように問い合わせ、見守りでも同じことができます:",
	"\nMeanwhile these pages show it in a browser:":                                          "\nそれまでは、次のページをブラウザーで見られます:",

	"url": "アドレス", "source": "読み取り元", "outcome": "結果", "reason": "理由", "leans": "傾き", "neither way": "どちらでもない", "title": "商品名", "availability": "在庫", "sale mode": "販売方法",
	"price": "価格", "quantity": "在庫数", "seller": "販売者", "condition": "状態", "shipping": "送料", "points": "ポイント", "jan": "JAN", "image": "画像", "offer": "出品", "listing": "検索結果", "not trusted": "根拠にしない", "evidence": "根拠",
	"%s on %s since %s: it kept its word through sell-outs and returns (-reset-trust trusts it again)": "%s（%s、%s から）: 売り切れや再入荷があっても変わりませんでした（-reset-trust でもう一度根拠にします）",

	"world\tpolicy\tin time\tx uniform\treference\tworst seed\twithin 60 s\tdelay\tweek 1\tlongest gap":                                                                                                           "世界\t方針\t間に合った割合\t均等比\t参考値\t最悪の種\t60秒以内\t遅れ\t第1週\t最長の間隔",
	"\nin time: part of the windows seen at least 30 s before they close, ± standard error over the seeds.\nwithin 60 s, restricted mean delay and week 1 are relative to uniform; the longest gap is in cycles.": "\n間に合った割合: 終わる30秒前までに見つけた入荷の割合。± は種ごとの標準誤差です。\n60秒以内、遅れの平均、第1週は均等な確認との比、最長の間隔は周期の数です。",

	"the configuration `FILE` (default config.toml)":                                       "設定ファイル `FILE`（既定は config.toml）",
	"the `FILE` to write, which is replaced when it is there":                              "書き出す `FILE`。あれば置き換えます",
	"`FILE` of the user who may copy streams, instead of nats.credentials_file":            "ストリームを写せる利用者の `FILE`。nats.credentials_file の代わり",
	"the configuration `FILE` of the place that the copy goes to (default config.toml)":    "写す先の設定ファイル `FILE`（既定は config.toml）",
	"the `FILE` that backup wrote":                                                         "backup が書いた `FILE`",
	"remove what is there before":                                                          "先にいまの内容を消します",
	"`FILE` of the user who may make and remove streams, instead of nats.credentials_file": "ストリームを作り、消せる利用者の `FILE`。nats.credentials_file の代わり",
	"`FILE` of the user who may make streams, instead of nats.credentials_file":            "ストリームを作れる利用者の `FILE`。nats.credentials_file の代わり",
	"`ADDRESS` for the dashboard and metrics, instead of web.listen":                       "ダッシュボードと計測の `ADDRESS`。web.listen の代わり",
	"`FOLDER` for this process's files, instead of data_dir":                               "このプロセスのファイルを置く `FOLDER`。data_dir の代わり",
	"print a JSON array":    "JSON の配列で書き出します",
	"print one JSON object": "JSON のオブジェクト1つで書き出します",
	"print JSON":            "JSON で書き出します",
	"print one JSON object per world, policy and seed":                                                 "世界・方針・種ごとに JSON のオブジェクト1つで書き出します",
	"print what the API says, with \"ready\" and \"reason\"":                                           "API の答えに \"ready\" と \"reason\" を添えて書き出します",
	"mend what can be mended":                                                                          "直せるものを直します",
	"the 13 digits below the bar code (`CODE`), or an ISBN":                                            "バーコードの下の13桁 (`CODE`)、または ISBN",
	"`WORDS` that all stand in the title":                                                              "商品名にすべて含まれる `WORDS`",
	"take the keys of the APIs from this configuration `FILE` (default config.toml, when it is there)": "API の鍵をこの設定ファイル `FILE` から取ります（既定は、あれば config.toml）",
	"`ADDRESS` that the daemon was given instead of web.listen":                                        "web.listen の代わりにデーモンに渡した `ADDRESS`",
	"the page's `URL`; without -file it is fetched":                                                    "ページの `URL`。-file がなければ取りに行きます",
	"a saved `PAGE`: read instead of the network; - for standard input":                                "保存した `PAGE`。取りに行かずにこれを読みます。- は標準入力",
	"take [fetch] and [host] from this configuration `FILE` (default config.toml, when it is there)":   "[fetch] と [host] をこの設定ファイル `FILE` から取ります（既定は、あれば config.toml）",
	"forget which evidence does not count on the page's host; needs -url and -config":                  "このホストで根拠にしないと学んだことを忘れます。-url と -config が必要です",
	"try a rule: the CSS `SELECTOR` of where the page tells the stock, or of its order button":         "ルールを試す: 在庫の表示か購入ボタンの CSS `SELECTOR`",
	"try a rule: the CSS `SELECTOR` of the price":                                                      "ルールを試す: 価格の CSS `SELECTOR`",
	"try a rule: the `TEXT`, or /regular expression/, that says that it is in stock":                   "ルールを試す: 在庫ありを表す `TEXT` か /正規表現/",
	"try a rule: the `TEXT`, or /regular expression/, that says that it is not":                        "ルールを試す: 売り切れを表す `TEXT` か /正規表現/",
	"try a rule: the CSS `SELECTOR` of what is not read at all":                                        "ルールを試す: まったく読まない部分の CSS `SELECTOR`",
	"how alerts call it":                                                                 "通知での呼び名",
	"average wait between two looks, such as 60s":                                        "確認の平均の間隔。60s など",
	"`PRICE` above which nothing rings":                                                  "この `PRICE` を超えたら知らせません",
	"a `WORD` of your own; may be given several times":                                   "自分で決めるタグ `WORD`。何度でも指定できます",
	"its short name, 1 to 32 of a-z, 0-9 and -; one is made up":                          "短い名前。a-z、0-9、- の1から32文字。なければ作ります",
	"`ID` of the product that has these pages too":                                       "このページを加える商品の `ID`",
	"one `WORLD` of W0 to W7; default: all of them":                                      "W0 から W7 の `WORLD`。既定はすべて",
	"the first world's seed `N`":                                                         "最初の世界の種 `N`",
	"how many worlds to draw, with seeds N, N+1, ..":                                     "作る世界の数。種は N、N+1 …",
	"replay the windows of a log `FILE` instead (docs/scheduling.md)":                    "代わりに記録 `FILE` の入荷を再現します (docs/scheduling.md)",
	"how long, such as 1h; without it until `sainyuka unmute`":                           "止める長さ。1h など。なければ `sainyuka unmute` まで",
	"what the token may do: `SCOPES` of read, write and hints, with commas between them": "トークンにできること: read、write、hints の `SCOPES`。コンマで区切ります",
	"`ID` of the channel":                                                                "通知先の `ID`",
	"send the longest message that can come up, to see what the channel does with it":    "考えられる最も長い通知を送り、通知先での見え方を確かめます",
	"`LEVEL` of the log: DEBUG, INFO, WARN, ERROR":                                       "ログの `LEVEL`: DEBUG、INFO、WARN、ERROR",
	"`DIR` for config.toml; it is made when it is not there":                             "config.toml を置く `DIR`。なければ作ります",
	"`ja` or `en`; default: asked, or by LANG":                                           "`ja` か `en`。既定は、尋ねるか LANG に従います",
	"`URL` of a first page to watch":                                                     "最初に見守るページの `URL`",
	"write and test, and do not start":                                                   "書いて試すだけで、始めません",
	"end by itself after this `TIME`; 0: when interrupted":                               "この `TIME` が過ぎたら終わります。0 は止めるまで",
	"`ADDRESS` of the dashboard":                                                         "ダッシュボードの `ADDRESS`",
	"show the log":                                                                       "ログを表示します",
}
