package page

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/pattern"
)

// Marks that dateMarks puts in the place of dates: one that has come, one within
// the time that a delivery may take, one after that.
const (
	markPast = "@past@"
	markNear = "@near@"
	markFar  = "@far@"
)

// deliveryTime is how far ahead a date may be that only tells when a parcel comes.
const deliveryTime = 21 * 24 * time.Hour

// stalePast is how long ago a day without a year may be before it is next year's.
const stalePast = 120 * 24 * time.Hour

// months are the beginnings of the names of months in the languages of the tables.
var months = map[string]time.Month{
	"jan": 1, "januar": 1, "ene": 1, "gen": 1, "feb": 2, "fév": 2, "fev": 2, "mar": 3, "mär": 3, "mrz": 3, "maa": 3, "apr": 4, "avr": 4, "abr": 4, "may": 5, "mai": 5, "mag": 5, "mei": 5,
	"jun": 6, "juin": 6, "giu": 6, "jul": 7, "juil": 7, "lug": 7, "aug": 8, "aoû": 8, "aou": 8, "ago": 8, "sep": 9, "set": 9, "oct": 10, "okt": 10, "ott": 10, "out": 10, "nov": 11, "dec": 12, "dez": 12, "déc": 12, "dic": 12,
	"sty": 1, "lut": 2, "kwi": 4, "maj": 5, "cze": 6, "lip": 7, "sie": 8, "wrz": 9, "paź": 10, "lis": 11, "gru": 12,
}

const (
	monthName = `(jan(?:uary|uari|uar|vier|\.)?|enero|ene\.?|gennaio|gen\.?|feb(?:ruary|ruari|ruar|rero|braio|\.)?|févr?(?:ier|\.)?|march|mar(?:ch|s|zo|\.)?|märz|mrz\.?|maart|apr(?:il|ile|\.)?|avr(?:il|\.)?|abr(?:il|\.)?|may|mai|mayo|maggio|mei|june?|juin|juni|junio|giugno|july?|juil(?:let|\.)?|juli|julio|luglio|aug(?:ustus|usti|ust|\.)?|août|aout|agosto|ago\.?|sept?(?:ember|embre|tiembre|\.)?|settembre|oct(?:ober|obre|ubre|\.)?|okt(?:ober|\.)?|ottobre|nov(?:ember|embre|iembre|\.)?|dec(?:ember|\.)?|dez(?:ember|\.)?|déc(?:embre|\.)?|dic(?:iembre|embre|\.)?|stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia)`
	dayNumber = `(\d{1,2})(?:st|nd|rd|th|er|\.|º)?`
)

// dateForms are the ways to write a date, the longer before what they begin with.
// Their groups are named y, m, d, n (a month's name), and a, b for a pair whose
// order only the country knows.
var dateForms = alternatives(

	`(?P<y>20\d\d)\s?[-/.年년]\s?(?P<m>\d{1,2})\s?[-/.月월]\s?(?P<d>\d{1,2})(?:\s?[日일])?`,
	`(?P<y>20\d\d)\s?[年년]\s?(?P<m>\d{1,2})\s?[月월]`,
	`(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일]`,
	`(?P<m>\d{1,2})\s?[月월]\s?(?:上旬|中旬|下旬|初旬|末|頃|ごろ|중순|초|말)`,
	`(?P<a>\d{1,2})[./-](?P<b>\d{1,2})[./-](?P<y>20\d\d)`,
	`\b`+strings.Replace(dayNumber, "(", "(?P<d>", 1)+`\s?(?:de |of )?`+strings.Replace(monthName, "(", "(?P<n>", 1)+`\b(?:,?\s?(?:de |del )?(?P<y>20\d\d))?`,
	`\b`+strings.Replace(monthName, "(", "(?P<n>", 1)+`\s`+strings.Replace(dayNumber, "(", "(?P<d>", 1)+`\b(?:,?\s?(?P<y>20\d\d))?`,
	`\b`+strings.Replace(monthName, "(", "(?P<n>", 1)+`\s(?:de )?(?P<y>20\d\d)`,
	`(?:^|[\s(:])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:$|[\s)(~〜から以ま入販発予より])`,
)

// alternatives joins expressions into one, each named group being called by the
// number of its expression and its letter.
func alternatives(forms ...string) *pattern.Regexp {
	for i, f := range forms {
		forms[i] = strings.ReplaceAll(f, "(?P<", "(?P<f"+strconv.Itoa(i))
	}
	return pattern.MustCompile(strings.Join(forms, "|"))
}

var dateGroups = dateForms.SubexpNames()

// nextDays are words for a day to come without a number.
var nextDays = pattern.MustCompile(`\b(tomorrow|next (week|month|year|spring|summer|autumn|fall|winter)|morgen|nächste[nrs]? (woche|monat|jahr)|demain|la semaine prochaine|le mois prochain|mañana|la próxima semana|el próximo mes|domani|la prossima settimana|il mese prossimo)\b|明日|来週|来月|来年|翌月|明天|下周|下週|下个月|下個月|내일|다음 ?(주|달)`)

// dateMarks replaces the dates in a folded lower-case text by marks that tell how
// far ahead of now they are. Without a now every date is ahead.
func dateMarks(k string, now time.Time) string {
	if strings.ContainsAny(k, "0123456789") {
		k = replaceDates(k, now)
	} else if beforeMonth.May(k) {
		k = monthAlone.ReplaceAllStringFunc(k, func(s string) string { return markOfMonth(s, now) })
	}
	return nextDays.ReplaceAllString(k, markFar)
}

// monthAlone matches a month that no day and no year stand beside, behind a word that
// shows that it is one: "in March".
var (
	beforeMonth = pattern.NewAny([]string{"in ", "im ", "en ", "early ", "mid", "late ", "anfang ", "ende ", "mitte ", "début ", "fin ", "vanaf ", "begin ", "eind "})
	monthAlone  = pattern.MustCompile(`\b(in|im|en|early|mid|late|anfang|mitte|ende|début|mi|fin|vanaf|begin|eind)[\s-]((early|mid|late)[\s-])?` + monthName + `$`)
)

func markOfMonth(s string, now time.Time) string {
	month := monthOf(s[strings.LastIndexAny(s, " -")+1:])
	if month == 0 {
		return s
	}
	return day{month: int(month)}.mark(now)
}

func replaceDates(k string, now time.Time) string {
	found := dateForms.FindAllStringSubmatchIndex(k, 20)
	if len(found) == 0 {
		return k
	}
	var b strings.Builder
	at := 0
	for _, m := range found {
		d, ok := readDate(k, m)
		if !ok {
			continue
		}
		from, to := m[0], m[1]
		for from < to && strings.IndexByte(" (:", k[from]) >= 0 {
			from++
		}
		if last, size := utf8.DecodeLastRuneInString(k[from:to]); !dateEnd(last) {
			to -= size // the rune behind a day without a year belongs to what follows
		}
		b.WriteString(k[at:from])
		b.WriteString(d.mark(now))
		at = to
	}
	b.WriteString(k[at:])
	return b.String()
}

func dateEnd(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || strings.ContainsRune("日일月월.旬末頃ろ순초말éûôº", r)
}

// day is a date with what a text says of it; a part that it leaves out is 0.
type day struct{ year, month, day int }

// readDate takes the date out of one match of dateForms.
func readDate(k string, m []int) (day, bool) {
	var d day
	var pair [2]int
	for i, name := range dateGroups {
		if name == "" || m[2*i] < 0 {
			continue
		}
		s := k[m[2*i]:m[2*i+1]]
		n, _ := strconv.Atoi(s)
		switch name[len(name)-1:] {
		case "y":
			d.year = n
		case "m":
			d.month = n
		case "d":
			d.day = n
		case "n":
			d.month = int(monthOf(s))
		case "a":
			pair[0] = n
		case "b":
			pair[1] = n
		}
	}
	if pair[0] > 0 {
		d.month, d.day = pair[0], pair[1]
		if d.month > 12 {
			d.month, d.day = d.day, d.month
		}
	}
	return d, d.month >= 1 && d.month <= 12 && d.day <= 31
}

func monthOf(name string) time.Month {
	for n := min(len(name), 5); n >= 3; n-- {
		if m, ok := months[name[:n]]; ok {
			return m
		}
	}
	return 0
}

// mark says how far ahead of now a date is.
func (d day) mark(now time.Time) string {
	if now.IsZero() {
		return markFar
	}
	year, dayOf := d.year, max(d.day, 1)
	if d.day == 0 {
		dayOf = 15
	}
	if year == 0 {
		year = now.Year()
	}
	at := time.Date(year, time.Month(d.month), dayOf, 0, 0, 0, 0, now.Location())
	if d.year == 0 && now.Sub(at) > stalePast {
		at = at.AddDate(1, 0, 0)
	}
	switch ahead := at.Sub(now); {
	case ahead <= 0:
		return markPast
	case ahead <= deliveryTime:
		return markNear
	}
	return markFar
}
