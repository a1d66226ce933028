package alerttext

import (
	"fmt"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/button"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// words is all that differs between two languages. Sentences are functions,
// since languages put their parts in different orders.
type words struct {
	language string
	kinds    func(stock.Kind) string
	marks    map[string]string
	news     map[stock.Kind]string
	buttons  map[button.Kind]string

	open        string
	lateKind    string // after the kind in a late title
	lastRead    string // before what was so when the page could last be read
	whenSeen    string // before what was so at the look of a late alert
	test        string
	noPrice     string
	taxIncluded string
	separator   string
	seller      string
	item        string
	others      string
	within      string // before what else new limits let pass
	bullet      string
	evidence    string
	reckoning   string
	seen        string

	title      func(kind, product, amount, shop string) string
	late       func(age, now, asOf string) string
	unreadable func(since, reason string) string
	nowWithin  func(reason string) string // it was held before
	left       func(n int64) string
	shipping   func(p stock.Price) string
	points     func(n int64) string
	effective  func(p stock.Price) string
	step       func(s stock.Step) string // of a reckoning, without its sign and its name
	brackets   func(s string) string
	rating     func(r stock.Rating) string // of a seller
	comparison func(list, now stock.Price) string
	change     func(before, now stock.Price) string
	before     func(availability, lasted string) string
	more       func(n int) string
	money      func(p stock.Price) string
	when       func(at, now time.Time) string
	duration   func(d time.Duration) string
	plusOthers func(n int) string // at the end of a title
	joined     string             // above the other alerts of one message
}

func wordsOf(language string) *words {
	if language == "ja" {
		return &japanese
	}
	return &english
}

// ButtonLabel is what a button of an alert is called in a language.
func ButtonLabel(language string, kind button.Kind) string { return wordsOf(language).buttons[kind] }

// without returns a price without its sign.
func without(p stock.Price) stock.Price {
	if p.Minor < 0 {
		p.Minor = -p.Minor
	}
	return p
}

// difference returns the distance of two prices as a price, and in percent of
// the first.
func difference(from, to stock.Price) (d stock.Price, percent string) {
	d = stock.Price{Minor: to.Minor - from.Minor, Currency: to.Currency}
	if d.Minor < 0 {
		d.Minor = -d.Minor
	}
	p := float64(d.Minor) * 100 / float64(from.Minor)
	if p < 9.95 {
		return d, fmt.Sprintf("%.1f%%", p)
	}
	return d, fmt.Sprintf("%.0f%%", p)
}

// timeZone names a zone as people do: "JST", or "UTC+2" where the zone has only
// a number.
func timeZone(at time.Time) string {
	name, offset := at.Zone()
	if name != "" && !strings.ContainsAny(name, "+-0123456789") {
		return name
	}
	if offset%3600 != 0 {
		return fmt.Sprintf("UTC%+d:%02d", offset/3600, max(offset, -offset)%3600/60)
	}
	return fmt.Sprintf("UTC%+d", offset/3600)
}
