package alerttext

import (
	"fmt"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// restAfter is for how long no page may have been looked at before the weekly news
// calls that trouble: no interval is usually longer.
const restAfter = 24 * time.Hour

// newsWords is what differs between two languages in the owner's news.
type newsWords struct {
	causes   map[string]string // of a channel
	title    func(kind, about string) string
	weekly   func(pages int) string
	pages    func(unreadable, pages int) string
	readable func(pages, left int) string
	reason   string
	since    func(at string) string
	lasted   func(from, to, lasted string) string
	until    func(at string) string
	check    map[stock.Kind]string // what to do
	full     func(store string, percent int) string
	diskFull string
	enable   func(channel string) string
	lastLook func(at string) string
	noLook   func(at string) string // at "": never
	trouble  func(unreadable int) string
	allRead  string
	channels func(ids string) string
	sent     func(n int, since string) string
}

var newsEN = newsWords{
	causes: map[string]string{
		stock.CauseDisabled: "Its service says that the recipient is gone, so nothing is sent there any more",
		stock.CauseRefused:  "Its service refuses us. It is tried again every two minutes while an alert waits",
		stock.CauseQuota:    "It takes no more messages for now",
		stock.CauseFailing:  "Nothing has got through for 15 minutes. It is tried again and again",
	},
	title:  func(kind, about string) string { return kind + ": " + about },
	weekly: func(pages int) string { return plural(pages, "page") },
	pages: func(unreadable, pages int) string {
		return fmt.Sprintf("%d of the %s of this host cannot be read", unreadable, plural(pages, "page"))
	},
	readable: func(pages, left int) string {
		s := plural(pages, "page") + " can be read again"
		if left > 0 {
			s += fmt.Sprintf(", %d not yet", left)
		}
		return s
	},
	reason: "Reason: ",
	since:  func(at string) string { return "Since: " + at },
	lasted: func(from, to, lasted string) string { return fmt.Sprintf("From %s to %s (%s)", from, to, lasted) },
	until:  func(at string) string { return "Until: " + at },
	check: map[stock.Kind]string{
		stock.StorageDown:  "No change is noted and no alert is sent until this is mended. See whether the disk of data_dir is full",
		stock.StorageUp:    "Changes are noted and alerts are sent again",
		stock.StoreFilling: "When it is full, no change is noted. Give it room: watch fewer pages, free the disk of data_dir, or raise the stream's limit (docs/operations.md)",
	},
	full:     func(store string, percent int) string { return fmt.Sprintf("%s is %d%% full", store, percent) },
	diskFull: "The disk of data_dir is full. Changes are noted and alerts are sent in the room that was kept for this, for some hours. Free it before that is used up",
	enable:   func(channel string) string { return "Once it is mended: sainyuka enable " + channel },
	lastLook: func(at string) string { return "Last look: " + at },
	noLook: func(at string) string {
		if at == "" {
			return "Careful: no page was looked at yet"
		}
		return "Careful: no page was looked at since " + at
	},
	trouble:  func(n int) string { return plural(n, "page") + " cannot be read" },
	allRead:  "All pages can be read",
	channels: func(ids string) string { return "Channels in trouble: " + ids },
	sent:     func(n int, since string) string { return fmt.Sprintf("%s since %s", plural(n, "alert"), since) },
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

var newsJA = newsWords{
	causes: map[string]string{
		stock.CauseDisabled: "送信先がなくなったとサービスが答えたため、この通知先への送信を止めました",
		stock.CauseRefused:  "送信先のサービスに断られています。待っている通知がある間、2分ごとに再送します",
		stock.CauseQuota:    "送信数の上限に達したため、しばらく送れません",
		stock.CauseFailing:  "15分間、一通も届いていません。再送を続けます",
	},
	title:  func(kind, about string) string { return "【" + kind + "】" + about },
	weekly: func(pages int) string { return fmt.Sprintf("%dページ", pages) },
	pages: func(unreadable, pages int) string {
		return fmt.Sprintf("このサイトの%dページのうち%dページを読み取れません", pages, unreadable)
	},
	readable: func(pages, left int) string {
		s := fmt.Sprintf("%dページがまた読み取れるようになりました", pages)
		if left > 0 {
			s += fmt.Sprintf("（残り%dページはまだです）", left)
		}
		return s
	},
	reason: "理由: ",
	since:  func(at string) string { return at + "から" },
	lasted: func(from, to, lasted string) string { return fmt.Sprintf("%sから%sまで（%s）", from, to, lasted) },
	until:  func(at string) string { return at + "まで" },
	check: map[stock.Kind]string{
		stock.StorageDown:  "直るまで、変化の記録も通知もできません。data_dir のディスクがいっぱいでないか確かめてください",
		stock.StorageUp:    "変化の記録と通知を再開しました",
		stock.StoreFilling: "いっぱいになると変化を記録できません。見守るページを減らすか、data_dir のディスクを空けるか、上限を上げてください (docs/operations.md)",
	},
	full:     func(store string, percent int) string { return fmt.Sprintf("%s の使用率: %d%%", store, percent) },
	diskFull: "data_dir のディスクがいっぱいです。変化の記録と通知は、このために取ってある空きで数時間は続きます。使い切る前にディスクを空けてください",
	enable:   func(channel string) string { return "直したら: sainyuka enable " + channel },
	lastLook: func(at string) string { return "最後の確認: " + at },
	noLook: func(at string) string {
		if at == "" {
			return "注意: まだ一度もページを確認していません"
		}
		return "注意: " + at + "から、どのページも確認していません"
	},
	trouble:  func(n int) string { return fmt.Sprintf("%dページを読み取れません", n) },
	allRead:  "すべてのページを読み取れています",
	channels: func(ids string) string { return "不調の通知先: " + ids },
	sent:     func(n int, since string) string { return fmt.Sprintf("%sからの通知: %d件", since, n) },
}

// ownersNews writes the owner's news.
func (t *text) ownersNews(news stock.News) (title string, lines []string) {
	if news.Setup != nil {
		return t.setup(*news.Setup)
	}
	w := &newsEN
	if t.view.Language == "ja" {
		w = &newsJA
	}
	kind := t.alert.Kind
	about := channel.Clean(news.Host+news.Channel, MaxName)
	if about == "" {
		about = "sainyuka"
	}
	if kind == stock.Weekly {
		return w.title(t.words.kinds(kind), w.weekly(news.Pages)), t.weekly(w, news)
	}
	if kind == stock.DataLost {
		return w.title(t.words.kinds(kind), about), append(Losses(t.words.language, news.Losses), t.span(w, news))
	}
	add := func(s string) {
		if s != "" {
			lines = append(lines, s)
		}
	}
	if kind == stock.StoreFilling && news.Store == stock.StoreDisk && news.Percent >= 100 {
		return w.title(t.words.kinds(kind), about), []string{w.diskFull, t.span(w, news)}
	}
	switch kind {
	case stock.HostDown:
		add(w.pages(news.Unreadable, news.Pages))
	case stock.HostUp:
		add(w.readable(news.Pages, news.Unreadable))
	case stock.ChannelDown:
		add(w.causes[news.Cause])
	case stock.StoreFilling, stock.StoreRoomy:
		add(w.full(channel.Clean(news.Store, MaxName), news.Percent))
	}
	add(w.check[kind])
	if problem := (stock.Problem{Outcome: news.Outcome, Reason: news.Reason}); !news.Reason.None() || news.Outcome != "" {
		add(w.reason + channel.CleanShopText(problem.In(stock.Language(t.words.language)), lineFact))
	}
	add(t.span(w, news))
	if news.Cause == stock.CauseDisabled && kind == stock.ChannelDown {
		add(w.enable(news.Channel))
	}
	return w.title(t.words.kinds(kind), about), lines
}

// span says when it began, and when it ended or is going to.
func (t *text) span(w *newsWords, news stock.News) string {
	switch {
	case news.Since.IsZero():
		return ""
	case t.alert.Kind.Info().Opposite == "" && !news.Until.IsZero():
		return w.lasted(t.when(news.Since), t.when(news.Until), t.words.duration(news.Until.Sub(news.Since)))
	case !news.Until.IsZero():
		return w.until(t.when(news.Until))
	}
	return w.since(t.when(news.Since))
}

// weekly says that all is well, or what is not.
func (t *text) weekly(w *newsWords, news stock.News) []string {
	var lines []string
	switch {
	case news.Pages == 0:
	case news.LastLook.IsZero():
		lines = append(lines, w.noLook(""))
	case noLooks(t.alert):
		lines = append(lines, w.noLook(t.when(news.LastLook)))
	default:
		lines = append(lines, w.lastLook(t.when(news.LastLook)))
	}
	switch {
	case news.Unreadable > 0:
		lines = append(lines, w.trouble(news.Unreadable))
	case news.Pages > 0 && !noLooks(t.alert):
		lines = append(lines, w.allRead)
	}
	if len(news.Troubled) > 0 {
		lines = append(lines, w.channels(strings.Join(news.Troubled, ", ")))
	}
	return append(lines, w.sent(news.Sent, t.when(news.Since)))
}

// noLooks reports whether weekly news say that no page was looked at for long.
func noLooks(a stock.Alert) bool {
	return a.Kind == stock.Weekly && a.News != nil && a.News.Pages > 0 && a.ObservedAt.Sub(a.News.LastLook) > restAfter
}
