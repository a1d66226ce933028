package alerttext

import (
	"fmt"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/button"
	"github.com/sainyuka/sainyuka/internal/guard"
	"github.com/sainyuka/sainyuka/internal/stock"
)

var japanese = words{
	language: "ja",
	kinds:    func(k stock.Kind) string { return k.Info().JA },
	marks: map[string]string{
		guard.MarkAboveList:          "注意: 定価より高い価格です",
		string(guard.FarBelowList):   "注意: 定価よりかなり安い価格です。販売者をよく確かめてください",
		string(guard.FarBelowOthers): "注意: ほかのお店よりかなり安い価格です。販売者をよく確かめてください",
		string(guard.SellerBad):      "注意: 評価の低い販売者です",
		string(guard.SellerNew):      "注意: 評価の少ない販売者です",
		guard.MarkRatingUnknown:      "販売者の評価は不明です",
		guard.MarkSellerUnknown:      "販売者は不明です",
		guard.MarkConditionUnknown:   "新品か中古かは不明です",
		stock.MarkWasUnclear:         "しばらく在庫の有無が読み取れませんでしたが、はっきり買えるようになりました",
		MarkTogether:                 "複数のショップでほぼ同時に動きがありました。一番良い条件はこちら、他のショップは下に",
		MarkHeld:                     "おやすみ時間中の通知を、送る前に確認し直しました",
		MarkEscalated:                "この通知はまだ誰も確認していません",
	},
	news: map[stock.Kind]string{
		stock.MaybeRestocked: "購入欄では買えるように見えますが、ページのデータは在庫がないと言っています。ページで確かめてください",
		stock.Gone:           "商品ページがなくなりました",
		stock.StaleOut:       "30日以上、在庫がありません。販売終了かもしれません。ほかのお店も探してみてください",
		stock.Readable:       "また読み取れるようになりました",
		stock.Flapping:       "10分のあいだに在庫や価格が何度も変わっています。落ち着くまで、このページの変化は知らせません",
	},
	buttons: map[button.Kind]string{button.Mute: "1時間通知しない", button.Stop: "今後は通知しない", button.Acknowledge: "確認しました"},

	plusOthers:  func(n int) string { return fmt.Sprintf("（他%d件）", n) },
	joined:      "ほかに待っていたお知らせ:",
	open:        "商品ページを開く",
	lateKind:    "・遅延",
	lastRead:    "最後に読めた状態: ",
	whenSeen:    "確認時は",
	test:        "これは試験の通知です。実際の入荷ではありません",
	noPrice:     "価格不明",
	taxIncluded: "（税込）",
	separator:   "・",
	seller:      "販売: ",
	item:        "商品: ",
	others:      "ほかのお店:",
	within:      "ほかに条件に合うようになったもの:",
	bullet:      "・",
	evidence:    "根拠: ",
	reckoning:   "内訳: ",
	seen:        "確認: ",

	title: func(kind, product, amount, shop string) string {
		if amount != "" {
			product += " " + amount
		}
		return fmt.Sprintf("【%s】%s（%s）", kind, product, shop)
	},
	late: func(age, now, asOf string) string {
		if now == "" {
			return fmt.Sprintf("遅れて届いた通知です（%s前に確認）。いまの状態は不明です", age)
		}
		return fmt.Sprintf("遅れて届いた通知です（%s前に確認）。最新の状態: %s（%s）", age, now, asOf)
	},
	unreadable: func(since, because string) string {
		s := "ページを読み取れません"
		if since != "" {
			s = since + "から" + s
		}
		if because != "" {
			s += ": " + because
		}
		return s
	},
	nowWithin: func(reason string) string {
		if reason == "" {
			return "条件に合うようになりました"
		}
		return "条件に合うようになりました（これまで: " + reason + "）"
	},
	left: func(n int64) string { return fmt.Sprintf("残り%d点", n) },
	shipping: func(p stock.Price) string {
		if p.Minor == 0 {
			return "送料無料"
		}
		return "送料" + moneyJA(p)
	},
	points:    func(n int64) string { return stock.Grouped(fmt.Sprint(n)) + "ポイント" },
	effective: func(p stock.Price) string { return "実質" + moneyJA(p) },
	step: func(s stock.Step) string {
		switch s.Label {
		case stock.StepShipping:
			if s.Amount.Minor == 0 {
				return "送料無料"
			}
			return "送料" + moneyJA(s.Amount)
		case stock.StepShippingUnknown:
			return "送料不明"
		case stock.StepCoupon:
			return "クーポン" + moneyJA(without(s.Amount))
		case stock.StepPoints, stock.StepBonus:
			gift := stock.Grouped(fmt.Sprint(s.Points)) + "ポイント"
			if worth := without(s.Amount); worth.Minor != s.Points {
				gift += "（" + moneyJA(worth) + "分）"
			}
			return gift
		}
		return moneyJA(without(s.Amount))
	},
	brackets: func(s string) string { return "（" + s + "）" },
	rating:   func(r stock.Rating) string { return fmt.Sprintf("評価%d%%（%d件）", r.GoodPercent, r.Count) },
	comparison: func(list, now stock.Price) string {
		d, percent := difference(list, now)
		switch {
		case now.Minor < list.Minor:
			return fmt.Sprintf("定価%sより%s安い（-%s）", moneyJA(list), moneyJA(d), percent)
		case now.Minor > list.Minor:
			return fmt.Sprintf("定価%sより%s高い（+%s）", moneyJA(list), moneyJA(d), percent)
		}
		return "定価" + moneyJA(list) + "と同じ"
	},
	change: func(before, now stock.Price) string {
		d, percent := difference(before, now)
		if now.Minor < before.Minor {
			return fmt.Sprintf("前回%sから%s値下がり（-%s）", moneyJA(before), moneyJA(d), percent)
		}
		return fmt.Sprintf("前回%sから%s値上がり（+%s）", moneyJA(before), moneyJA(d), percent)
	},
	before: func(availability, lasted string) string {
		if lasted == "" {
			return "これまで: " + availability
		}
		return fmt.Sprintf("これまで: %s（%s）", availability, lasted)
	},
	more:     func(n int) string { return fmt.Sprintf("・ほか%d店", n) },
	money:    moneyJA,
	when:     whenJA,
	duration: durationJA,
}

func moneyJA(p stock.Price) string {
	if p.Currency == "" {
		return p.Text() + "（通貨不明）"
	}
	return p.Text()
}

func whenJA(at, now time.Time) string {
	weekday := [...]string{"日", "月", "火", "水", "木", "金", "土"}[at.Weekday()]
	s := fmt.Sprintf("%d月%d日（%s）%s", at.Month(), at.Day(), weekday, at.Format("15:04:05"))
	if at.Year() != now.Year() {
		s = fmt.Sprintf("%d年%s", at.Year(), s)
	}
	return s + " " + timeZone(at)
}

func durationJA(d time.Duration) string {
	days, hours, minutes, seconds := units(d)
	var s strings.Builder
	for _, u := range []struct {
		n    int
		name string
	}{{days, "日"}, {hours, "時間"}, {minutes, "分"}, {seconds, "秒"}} {
		if u.n > 0 {
			s.WriteString(fmt.Sprint(u.n) + u.name)
		}
	}
	if s.Len() == 0 {
		return "0秒"
	}
	return s.String()
}
