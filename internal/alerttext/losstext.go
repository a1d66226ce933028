package alerttext

import (
	"fmt"
	"strings"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// lossWords says what is missing in a store that was damaged, and what to do about it.
type lossWords struct {
	lost    map[stock.LossKind]func(n int) string
	advice  map[stock.LossKind]string
	rebuilt func(n int) string
	buried  func(n int) string
	more    string
}

var lossEN = lossWords{
	lost: map[stock.LossKind]func(int) string{
		stock.LostLetters:  func(n int) string { return plural(n, "alert") + " that waited" },
		stock.LostRecords:  func(n int) string { return plural(n, "record") + " of changes" },
		stock.LostProducts: func(n int) string { return plural(n, "product") + " that you added or edited" },
		stock.LostBrowsers: func(n int) string { return plural(n, "browser") + " that had subscribed" },
		stock.LostMutes:    func(n int) string { return plural(n, "mute") },
		stock.LostKeys:     func(n int) string { return plural(n, "key") + " of buttons or Web Push" },
		stock.LostFacts:    func(n int) string { return plural(n, "alert or choice") + " kept for later" },
		stock.LostProofs:   func(n int) string { return plural(n, "proof") + " of delivery" },
		stock.LostDead:     func(n int) string { return plural(n, "dead letter") },
		stock.LostLearned:  func(n int) string { return plural(n, "note") + " of the schedule" },
	},
	advice: map[stock.LossKind]string{
		stock.LostRecords:  "a page whose last record is gone begins anew without an alert: look at what you wait for yourself",
		stock.LostProducts: "add them again",
		stock.LostBrowsers: "open the dashboard in each and allow notifications again",
		stock.LostMutes:    "mute the product again if you want it silent",
		stock.LostKeys:     "buttons of earlier alerts no longer work, and browsers must subscribe again",
		stock.LostProofs:   "an alert of the last hour may come twice",
		stock.LostLearned:  "nothing to do: it is learned again",
	},
	rebuilt: func(n int) string { return fmt.Sprintf("%d are made again from the records", n) },
	buried:  func(n int) string { return fmt.Sprintf("%d stand among the dead letters", n) },
	more:    "Files of data_dir were damaged; the disk may be failing. `sainyuka doctor` says more; your last copy comes back with `sainyuka restore -replace`",
}

var lossJA = lossWords{
	lost: map[stock.LossKind]func(int) string{
		stock.LostLetters:  func(n int) string { return fmt.Sprintf("送信待ちの通知 %d件", n) },
		stock.LostRecords:  func(n int) string { return fmt.Sprintf("変化の記録 %d件", n) },
		stock.LostProducts: func(n int) string { return fmt.Sprintf("追加・編集した商品 %d件", n) },
		stock.LostBrowsers: func(n int) string { return fmt.Sprintf("登録済みのブラウザー %d台", n) },
		stock.LostMutes:    func(n int) string { return fmt.Sprintf("ミュート %d件", n) },
		stock.LostKeys:     func(n int) string { return fmt.Sprintf("ボタンまたはWeb Pushの鍵 %d個", n) },
		stock.LostFacts:    func(n int) string { return fmt.Sprintf("後で使うための通知や設定 %d件", n) },
		stock.LostProofs:   func(n int) string { return fmt.Sprintf("送信済みの控え %d件", n) },
		stock.LostDead:     func(n int) string { return fmt.Sprintf("送れなかった通知の控え %d件", n) },
		stock.LostLearned:  func(n int) string { return fmt.Sprintf("巡回の学習内容 %d件", n) },
	},
	advice: map[stock.LossKind]string{
		stock.LostRecords:  "最後の記録を失ったページは、通知なしで最初から始まります。待っている商品はご自身でも確認してください",
		stock.LostProducts: "もう一度追加してください",
		stock.LostBrowsers: "それぞれでダッシュボードを開き、通知をもう一度許可してください",
		stock.LostMutes:    "必要なら、もう一度ミュートしてください",
		stock.LostKeys:     "以前の通知のボタンは使えません。ブラウザーはもう一度登録してください",
		stock.LostProofs:   "1時間以内の通知が二重に届くことがあります",
		stock.LostLearned:  "何もしなくても、また学習します",
	},
	rebuilt: func(n int) string { return fmt.Sprintf("%d件は記録から作り直します", n) },
	buried:  func(n int) string { return fmt.Sprintf("%d件は送れなかった通知の一覧にあります", n) },
	more:    "data_dir のファイルが壊れていました。ディスクの故障かもしれません。詳しくは sainyuka doctor を、控えから戻すには sainyuka restore -replace を使ってください",
}

// Losses says in a language what is missing in a store, a line each, and what to do.
func Losses(language string, losses []stock.Loss) (lines []string) {
	w, sep, comma := &lossEN, ": ", ", "
	if language == "ja" {
		w, sep, comma = &lossJA, "：", "、"
	}
	for _, l := range losses {
		what, known := w.lost[l.Kind]
		if !known {
			continue
		}
		line := what(l.Count)
		if names := named(l.Names); len(names) > 0 {
			line += " (" + strings.Join(names, ", ") + ")"
		}
		var then []string
		if l.Rebuilt > 0 {
			then = append(then, w.rebuilt(l.Rebuilt))
		}
		if l.Buried > 0 {
			then = append(then, w.buried(l.Buried))
		}
		if advice := w.advice[l.Kind]; advice != "" {
			then = append(then, advice)
		}
		if len(then) > 0 {
			line += sep + strings.Join(then, comma)
		}
		lines = append(lines, line)
	}
	return append(lines, w.more)
}

// named are the names of what is lost, each once.
func named(names []string) (all []string) {
	seen := map[string]bool{}
	for _, n := range names {
		if n = channel.Clean(n, MaxName); n != "" && !seen[n] {
			seen[n] = true
			all = append(all, n)
		}
	}
	return all
}
