package page

import (
	"strconv"
	"time"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// japan is the time in which Japanese shops write dates.
var japan = time.FixedZone("JST", 9*60*60)

const periodDate = `(?:(20\d\d)[/.年-])?\s?(\d{1,2})[/.月-]\s?(\d{1,2})日?\s?(?:\([^()]{1,6}\))?\s?(?:(\d{1,2})[:時]\s?(\d{2})?分?)?`

// period matches the days between which entries are taken, as a table or a line of a
// draw writes them.
var period = pattern.MustCompile(`(?:受付|応募|申込|申し込み|エントリー|募集)(?:期間|日時)\s?(?:は|:)?\s?` + periodDate + `\s?(?:頃|より|から)?\s?[~〜-]?\s?` + periodDate)

// DrawByPeriod reads by the days that a page names whether a draw takes entries:
// PreSale between them, since what can be had is a chance to buy, OutOfStock before
// and after, Unknown where it names none.
func (d *Document) DrawByPeriod() (stock.Availability, string) {
	from, to, text := d.entryPeriod()
	now := d.Page.FetchedAt
	switch {
	case text == "":
		return stock.Unknown, ""
	case now.Before(from), !now.Before(to):
		return stock.OutOfStock, text
	}
	return stock.PreSale, text
}

// entryPeriod reads between which times a draw takes entries. A first day without a
// year is in the year in which the page came, a second one in that of the first; the
// last day is one of the period.
func (d *Document) entryPeriod() (from, to time.Time, text string) {
	m := period.FindStringSubmatch(d.Text())
	if m == nil || d.Page.FetchedAt.IsZero() {
		return from, to, ""
	}
	from, _ = entryTime(m[1:6], d.Page.FetchedAt.In(japan).Year())
	to, timed := entryTime(m[6:11], from.Year())
	if to.Before(from) && m[6] == "" {
		to = to.AddDate(1, 0, 0)
	}
	if !timed {
		to = to.AddDate(0, 0, 1)
	}
	if !from.Before(to) {
		return time.Time{}, time.Time{}, ""
	}
	return from, to, m[0]
}

// entryTime returns the time of a year, month, day, hour and minute, and whether the
// hour is there.
func entryTime(parts []string, year int) (t time.Time, timed bool) {
	var n [5]int
	for i, p := range parts {
		n[i], _ = strconv.Atoi(p)
	}
	if n[0] != 0 {
		year = n[0]
	}
	return time.Date(year, time.Month(n[1]), n[2], n[3], n[4], 0, 0, japan), parts[3] != ""
}
