package alerttext

import (
	"fmt"
	"strings"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// setupWords is what differs between two languages in a receipt.
type setupWords struct {
	title    func(kind string, pages int) string
	counts   func(read, unread int) string
	watching func(state, shop string) string
	buyable  func(state, shop string) string
	search   func(listings int) string
	unread   func(reason, advice, shop string) string
	unseen   string // the reason where no look was made yet
	unsaid   string // the reason where a look that was read said nothing
	more     func(n int) string
}

var setupEN = setupWords{
	title:  func(kind string, pages int) string { return kind + ": " + plural(pages, "page") },
	counts: func(read, unread int) string { return fmt.Sprintf("%d read, %d not read", read, unread) },
	watching: func(state, shop string) string {
		return fmt.Sprintf("Now watching: %s (%s)", state, shop)
	},
	buyable: func(state, shop string) string {
		return fmt.Sprintf("Can be bought now: %s (%s)", state, shop)
	},
	search: func(n int) string { return "a search with " + plural(n, "listing") },
	unread: func(why, advice, shop string) string {
		return fmt.Sprintf("Cannot be read: %s. %s (%s)", why, advice, shop)
	},
	unseen: "it was not looked at yet",
	unsaid: "the page does not say whether it is in stock",
	more:   func(n int) string { return fmt.Sprintf("- and %d more", n) },
}

var setupJA = setupWords{
	title: func(kind string, pages int) string { return fmt.Sprintf("【%s】%dページ", kind, pages) },
	counts: func(read, unread int) string {
		return fmt.Sprintf("読めたページ: %d、読めないページ: %d", read, unread)
	},
	watching: func(state, shop string) string {
		return fmt.Sprintf("見守り開始: %s (%s)", state, shop)
	},
	buyable: func(state, shop string) string {
		return fmt.Sprintf("いま買えます: %s (%s)", state, shop)
	},
	search: func(n int) string { return fmt.Sprintf("検索ページ（出品%d件）", n) },
	unread: func(why, advice, shop string) string {
		return fmt.Sprintf("読めません: %s。%s (%s)", why, advice, shop)
	},
	unseen: "まだ一度も確認していません",
	unsaid: "在庫の記載がありません",
	more:   func(n int) string { return fmt.Sprintf("・他%dページ", n) },
}

// setup writes a receipt: what the first looks at each watch found.
func (t *text) setup(s stock.Setup) (title string, lines []string) {
	w := &setupEN
	if t.view.Language == "ja" {
		w = &setupJA
	}
	kind := t.words.kinds(stock.SetupReceipt)
	if s.Read+s.Unread == 1 && len(s.Watches) == 1 {
		only := s.Watches[0]
		return t.single(kind, only), t.setupLines(w, only)
	}
	lines = append(lines, w.counts(s.Read, s.Unread))
	for _, one := range s.Watches {
		lines = append(lines, t.words.bullet+setupName(one))
		lines = append(lines, t.setupLines(w, one)...)
	}
	if s.More > 0 {
		lines = append(lines, w.more(s.More))
	}
	return w.title(kind, s.Read+s.Unread), lines
}

// single is the title of a receipt of one watch.
func (t *text) single(kind string, one stock.SetupWatch) string {
	if t.view.Language == "ja" {
		return newsJA.title(kind, setupName(one))
	}
	return newsEN.title(kind, setupName(one))
}

func setupName(one stock.SetupWatch) string {
	if name := channel.Clean(one.Product.Name, MaxName); name != "" {
		return name
	}
	return one.Product.ID
}

// setupLines says of one watch how it is, and opens what can be bought.
func (t *text) setupLines(w *setupWords, one stock.SetupWatch) []string {
	shop := channel.Clean(t.shop(one.Watch.Source, one.Watch.URL), MaxShop)
	if one.Unread {
		return []string{w.unread(t.setupReason(w, one), one.Outcome.Advice(stock.Language(t.view.Language)), shop)}
	}
	if one.Search {
		return []string{w.watching(w.search(one.Listings), shop)}
	}
	state := t.availability(one.Availability, one.SaleMode, nil)
	if one.Price.Known() {
		state += " " + t.words.money(one.Price)
	}
	if !one.Availability.Purchasable() {
		return []string{w.watching(state, shop)}
	}
	lines := []string{w.buyable(state, shop)}
	if link := t.view.open(TapLink(one.Watch.URL, "")); link != "" {
		lines = append(lines, link)
	}
	return lines
}

// setupReason says why a watch told nothing.
func (t *text) setupReason(w *setupWords, one stock.SetupWatch) string {
	switch {
	case one.Outcome == stock.NotFound:
		return stock.Because(stock.ReasonNotThere).In(stock.Language(t.view.Language))
	case !one.Reason.None():
		return strings.TrimRight(channel.CleanShopText(one.Reason.In(stock.Language(t.words.language)), lineFact), "。. ")
	case one.Outcome == "":
		return w.unseen
	case one.Outcome.Good():
		return w.unsaid
	}
	return string(one.Outcome)
}

// setupLink is what a tap on a receipt opens: the first page that can be bought
// from, else the page of a watch that is alone.
func setupLink(s *stock.Setup) string {
	if s == nil || len(s.Watches) == 0 {
		return ""
	}
	if first := s.Watches[0]; first.Availability.Purchasable() || s.Read+s.Unread == 1 {
		return TapLink(first.Watch.URL, "")
	}
	return ""
}
