package app

import (
	"fmt"
	"strings"
)

// doctorWords are the findings of the doctor in one language: {n} is a count, {store} a
// stream, {names} what it is about.
type doctorWords map[string]string

var doctorEN = doctorWords{
	"store_whole":             "the store is whole: {n} messages were read",
	"unreadable":              "{store}: {n} messages cannot be read: their blocks on the disk are damaged. What they said is in your last copy (`sainyuka restore -replace`)",
	"nonsense":                "{store}: {n} messages are not what stands there. -repair removes them",
	"letters_without_channel": "{n} alerts wait for channels that are not configured ({names}). -repair moves them to the dead letters; they go out by `sainyuka dead redrive` once the channel is back",
	"dead_letters":            "{n} alerts could not be delivered: `sainyuka dead list`",
	"history_without_watch":   "{n} watches have records and are not configured ({names}): kept for 30 days in case they come back",
	"watch_without_history":   "{n} watches have no record yet (products {names}): their first look makes one without an alert",
	"mute_without_product":    "{n} mutes are of products that are not configured ({names}): they wait in case the product comes back",
	"browser_without_channel": "{n} browsers subscribed to channels that are not configured ({names}): nothing is sent to them",
	"disabled":                "{n} recipients were disabled because their service refused them ({names}): `sainyuka enable CHANNEL` once it is mended",
	"nearly_full":             "{store} is {n}% full: docs/operations.md says how to give it room",
	"mended":                  " [mended]",
}

var doctorJA = doctorWords{
	"store_whole":             "保存データに問題はありません（{n}件を確認）",
	"unreadable":              "{store}: {n}件を読み取れません。ディスク上のデータが壊れています。内容は控えにあります（sainyuka restore -replace）",
	"nonsense":                "{store}: あるはずのないデータが{n}件あります。-repair で取り除けます",
	"letters_without_channel": "設定にない通知先（{names}）への通知が{n}件待っています。-repair で送れなかった通知に移します。通知先を戻してから sainyuka dead redrive で送れます",
	"dead_letters":            "送れなかった通知が{n}件あります: sainyuka dead list",
	"history_without_watch":   "設定にないページの記録が{n}件あります（{names}）。戻ってきたときのため30日間保存します",
	"watch_without_history":   "まだ記録のないページが{n}件あります（商品 {names}）。最初の確認では通知しません",
	"mute_without_product":    "設定にない商品（{names}）のミュートが{n}件あります。商品が戻ったときに有効になります",
	"browser_without_channel": "設定にない通知先（{names}）に登録したブラウザーが{n}台あります。送信しません",
	"disabled":                "サービスに断られて止めた送信先が{n}件あります（{names}）。直したら sainyuka enable 通知先",
	"nearly_full":             "{store} の使用率が{n}%です。空け方は docs/operations.md にあります",
	"mended":                  "［修復済み］",
}

// doctorText says a finding in a language.
func doctorText(language string, f Diagnosis) string {
	w := doctorEN
	if language == "ja" {
		w = doctorJA
	}
	text := strings.NewReplacer("{n}", fmt.Sprint(f.Count), "{store}", f.Store, "{names}", strings.Join(f.Names, ", ")).Replace(w[f.Code])
	if f.Mended {
		text += w["mended"]
	}
	return text
}
