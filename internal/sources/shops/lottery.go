package shops

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// draws are the lines of a page of a draw, without spaces. Each must be the whole
// line: a table of dates has 受付開始 and 受付終了 beside its dates.
var draws = []struct {
	says stock.Availability
	line *regexp.Regexp
}{
	{stock.OutOfStock, regexp.MustCompile(`^.{0,20}?(受付|申し?込み?|応募|抽選|販売)(期間)?(は|を)?(すでに|既に)?(終了|締め?切り?)((いた)?しま|致しま|りま|らせていただきま)した[。!]?$`)},
	{stock.OutOfStock, regexp.MustCompile(`^(お?申し?込み?|ご?応募|抽選)?(受付)?(終了|締切|締め切り)$`)},
	{stock.OutOfStock, regexp.MustCompile(`^.{0,20}?(受付|申し?込み?|応募|抽選)(の)?(開始)?前(です)?[。]?$`)},
	{stock.OutOfStock, regexp.MustCompile(`開始(まで|を)(今|いま)?(しばらく|もう少し|もうしばらく|少々)?お待ち(ください|下さい|くださいませ)[。!]?$`)},
	{stock.OutOfStock, regexp.MustCompile(`^.{0,20}?(受付|申し?込み?|応募|抽選|エントリー)(は|を)?(まだ)?(開始し|始まっ|受け付け|行っ)て(い|おり)ません[。]?$`)},
	{stock.OutOfStock, regexp.MustCompile(`^.{0,20}?(受付|申し?込み?|応募|抽選|エントリー)(期間外|準備中)(です)?[。]?$`)},
	{stock.OutOfStock, regexp.MustCompile(`^(近日|まもなく|間もなく)、?.{0,12}?(受付|申し?込み?|応募|抽選|エントリー|募集)?(を)?開始(予定|いたします|します|です)?[。!]?$`)},
	{stock.PreSale, regexp.MustCompile(`^(ただいま|只今|現在)?、?(抽選|販売|の|を|お?申し?込み?|ご?応募|エントリー)*(受付|申込|応募|募集)中(です)?[。!]?$`)},
}

// entry is a button that enters a draw.
var entry = regexp.MustCompile(`^(抽選(販売)?(に|へ)?)?(お?申し?込み?(む|する|へ進む|はこちら)?|ご?応募(する|はこちら)?|エントリー(する|はこちら)?)$`)

// maxDrawLine bounds a line that says whether a draw is open.
const maxDrawLine = 50

// draw reads whether entries to a draw are taken: PreSale while they are, since
// what can be had is a chance to buy, and OutOfStock before and after.
func draw(d *page.Document, f *page.Finding) stock.Availability {
	var open, closed *statement
	note := func(a stock.Availability, text, at string) {
		st := &statement{a, text, at}
		switch {
		case a == stock.PreSale && open == nil:
			open = st
		case a != stock.PreSale && closed == nil:
			closed = st
		}
	}
	for _, p := range d.Leaves() {
		if tag := p.Tag(); tag == "dt" || tag == "th" || tag == "label" {
			continue // 締切 and 受付終了 are labels there
		}
		line := p.Text()
		bare := strings.ReplaceAll(line, " ", "")
		if utf8.RuneCountInString(bare) > maxDrawLine {
			continue
		}
		for _, w := range draws {
			if w.line.MatchString(bare) {
				note(w.says, line, p.Where())
				break
			}
		}
	}
	for _, p := range d.Parts(`button, input[type="submit"], a[class*="btn"], a[class*="button"], a[role="button"]`) {
		if label := strings.ReplaceAll(p.Label(), " ", ""); entry.MatchString(label) && !p.Disabled() {
			note(stock.PreSale, p.Label(), p.Where())
		}
	}
	switch {
	case open != nil && closed != nil:
		f.Reason = stock.Because(stock.ReasonDrawsMixedWatchOne, open.text, closed.text)
		f.Conflict = closed.says
	case open != nil:
		f.Note(stock.FactAvailability, open.says.String(), open.text, open.at, stock.NoteDrawOpen)
		return open.says
	case closed != nil:
		f.Note(stock.FactAvailability, closed.says.String(), closed.text, closed.at, stock.NoteDrawClosed)
		return closed.says
	default:
		return drawByPeriod(d, f)
	}
	return stock.Unknown
}

// drawByPeriod reads by the days that the page names whether entries are taken.
func drawByPeriod(d *page.Document, f *page.Finding) stock.Availability {
	a, text := d.DrawByPeriod()
	switch a {
	case stock.PreSale:
		f.Note(stock.FactAvailability, a.String(), text, "the page's text", stock.NoteDrawOpen)
	case stock.OutOfStock:
		f.Note(stock.FactAvailability, a.String(), text, "the page's text", stock.NoteDrawClosed)
	default:
		f.Reason = stock.Because(stock.ReasonDrawNotSaid)
	}
	return a
}
