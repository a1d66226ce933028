package web

import "fmt"

// in says why something was refused, in a language.
func (f failure) in(t translator) string {
	format := f.says
	if ja, ok := refusals[format]; ok && t == japanese {
		format = ja
	}
	if len(f.args) == 0 {
		return format
	}
	return fmt.Sprintf(format, f.args...)
}

// refusals are the fixed sentences of failures in Japanese, by the English ones. A test
// asks for every one.
var refusals = map[string]string{
	"no such page":                    "そのページはありません。",
	"no such file":                    "そのファイルはありません。",
	"no such watch":                   "その見守りページはありません。",
	"no such product":                 "その商品はありません。",
	"no such channel":                 "その通知先はありません。",
	"no such channel of type webpush": "その webpush の通知先はありません。",
	"no such subscription":            "その登録はありません。",
	"no such host":                    "そのホストはありません。",
	"no such token":                   "そのトークンはありません。",
	"no such session":                 "そのサインインはありません。",
	"method not allowed":              "この操作はここではできません (method not allowed)。",
	"internal error":                  "内部エラーが起きました。ログを確かめてください。",
	"busy: try again":                 "混み合っています。もう一度お試しください。",
	"too many wrong passwords":        "パスワードの間違いが続いています。少し待ってからお試しください。",
	"password needed":                 "パスワードが必要です。",
	"token needed":                    "トークンが必要です。",
	"sent by another site":            "ほかのサイトから送られた操作のため、受け付けません。",
	"this token lacks the scope %s":   "このトークンには権限 %s がありません。",
	"a token opens the API, and not what makes tokens and sessions":                             "トークンで使えるのは API だけです。トークンやサインインの管理には使えません。",
	"this name is not ours: set web.public_url to the address by which you reach the dashboard": "このアドレスでは開けません。ダッシュボードを開くアドレスを web.public_url に設定してください。",
	"hints are not taken: make a token with the scope hints, or set web.hints_token_file":       "ヒントは受け付けていません。権限 hints のトークンを作るか、web.hints_token_file を設定してください。",
	"no watcher that may ask this host answered: is one running?":                               "このお店を確認できる watcher から応答がありません (no watcher)。動いているか確かめてください。",
	"the look took more than %v":                     "確認に%vを超える時間がかかりました。",
	"give the address of a page: url, urls or watch": "ページのアドレスを url、urls か watch に指定してください。",
	"this product stands in the configuration file: change it there (pause and resume work here too)": "この商品は設定ファイルにあります。変更はファイルで行ってください（一時停止と再開はここでもできます）。",
	"the product was changed meanwhile: read it again, and write over its revision of now":            "ほかの人が先に変更しました。読み直して、いまのリビジョンを指定してください。",
	"product %s watches %s already":                                       "商品 %s がもう %s を見守っています。",
	"there is a product %s already":                                       "商品 %s はもうあります。",
	"no room for that: %v":                                                "これ以上は保存できません: %v",
	"say which revision this is written over: If-Match, or revision":      "どのリビジョンの上に書くかを If-Match か revision で指定してください。",
	"revision is not the number that If-Match has":                        "revision が If-Match の数と違います。",
	"If-Match must be the ETag of the product":                            "If-Match は商品の ETag にしてください。",
	"the body must be one JSON object":                                    "本文は JSON オブジェクト1つにしてください。",
	"the body must be a JSON object with the url of a page":               "本文は、ページの url がある JSON オブジェクトにしてください。",
	"the body must be one JSON object of at most %d bytes":                "本文は %d バイト以内の JSON オブジェクト1つにしてください。",
	"the body must have at most %d bytes":                                 "本文は %d バイト以内にしてください。",
	"the body is not a hint: %v":                                          "本文がヒントではありません: %v",
	"the body is not a token in JSON: %v":                                 "本文がトークンの JSON ではありません: %v",
	"the body is not a subscription in JSON":                              "本文が登録の JSON ではありません。",
	"send application/json":                                               "application/json で送ってください。",
	"the form cannot be read":                                             "フォームを読み取れませんでした。",
	"products must be a list of 1 to %d":                                  "products は1から%dまでの並びにしてください。",
	"limit %q is not a number from 1 to %d":                               "limit %q は1から%dまでの数ではありません。",
	"for_seconds %q is not a number from 1 to %d":                         "for_seconds %q は1から%dまでの数ではありません。",
	"give one of product, jan, url and text":                              "product、jan、url、text のうち1つを指定してください。",
	"source must be a name of at most %d bytes":                           "source は %d バイト以内の名前にしてください。",
	`source "shop" is what our own looks are called: choose another name`: "source の「shop」は自分の確認が使う名前です。別の名前にしてください。",
	"at must lie within the last %v or the next %v":                       "at は過去%vから%v先までにしてください。",
	"within_seconds must be from 0 to %d":                                 "within_seconds は0から%dまでにしてください。",
}
