package page

import (
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// availabilityOf reads an availability field: a schema.org name in any form, or
// a stock word.
func availabilityOf(text string, now time.Time) stock.Availability {
	if text != "" && strings.IndexByte("0oOeElL", text[len(text)-1]) >= 0 && answersNo.MatchString(text) {
		return stock.Unknown
	}
	if a, ok := stock.ParseAvailability(text); ok && !strings.Contains(text, " / ") && !strings.Contains(text, ",") {
		return a
	}
	name := strings.TrimSpace(text)
	if !strings.Contains(name, " ") {
		name = name[strings.LastIndexByte(name, '/')+1:]
	}
	if a, ok := looseAvailability[squeezed.Replace(strings.ToLower(name))]; ok {
		return a
	}
	said := stock.Unknown
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '/' || r == '|' || r == ',' }) {
		a, ok := stock.ParseAvailability(strings.TrimSpace(part))
		if !ok {
			a, _ = stockPhrase(part, now)
		}
		switch {
		case a == stock.Unknown:
		case said != stock.Unknown && said.Group() != a.Group():
			return stock.Unknown // both of two answers: a template that nobody filled in
		default:
			said = a
		}
	}
	return said
}

// answersNo matches a name of a state with the answer that it is not so: "InStock=0".
var answersNo = pattern.MustCompile(`(?i)[a-z]\s*[:=]\s*(0|no|false|none|null)$`)

// looseAvailability are names that shops write into the field and schema.org has not.
var looseAvailability = map[string]stock.Availability{
	"onbackorder": stock.BackOrder, "backordered": stock.BackOrder, "limitedstock": stock.LimitedAvailability, "lowstock": stock.LimitedAvailability,
	"notavailable": stock.OutOfStock, "notinstock": stock.OutOfStock, "nostock": stock.OutOfStock, "outstock": stock.OutOfStock,
}

// offered reads the availability of the offer o, by all of its fields. conflict is
// what speaks against it, and why says how, where its fields contradict each other.
func offered(o *item, now time.Time) (a, conflict stock.Availability, why stock.Reason) {
	for _, v := range o.props["availability"] {
		text, _ := (&item{props: map[string][]value{"v": {v}}}).text("v")
		next := availabilityOf(text, now)
		if a != stock.Unknown && next != stock.Unknown && a.Group() != next.Group() {
			return stock.Unknown, stock.OutOfStock, stock.Because(stock.ReasonOfferContradicts, a, next)
		}
		if a == stock.Unknown {
			a = next
		}
	}
	starts, _ := o.text("availabilitystarts")
	if a = availabilityFrom(a, starts, now); a.Group() != stock.Now {
		return a, stock.Unknown, stock.Reason{}
	}
	for _, name := range []string{"inventorylevel", "offercount"} {
		if s, _ := o.text(name); s != "" {
			if n := wholeNumber(s); n != nil && *n == 0 {
				return stock.Unknown, stock.OutOfStock, stock.Because(stock.ReasonOfferNoneLeft, a, name)
			}
		}
	}
	return a, stock.Unknown, stock.Reason{}
}
