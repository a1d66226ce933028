package official

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// sift keeps the rows that a query is about.
func sift(q stock.Query, rows []Row) (kept []Row, left leftOut) {
	for _, r := range rows {
		code := codeOf(q.JAN, r)
		switch {
		case !pageFits(q.Item, r.URL):
			left.pages++
		case code == otherCode:
			left.other++
		case code == severalCodes:
			left.unsure++
		case !conditionFits(q.Condition, r.Condition):
			left.condition++
		case !wordsFit(q, r.Title):
			left.words++
		case !priceFits(q, r.Price):
			left.price++
		default:
			kept = append(kept, r)
		}
	}
	return kept, left
}

// pageFits reports whether a row's page is the one that was asked for. The malls
// write an address with and without a slash at its end.
func pageFits(asked, got string) bool {
	return asked == "" || strings.EqualFold(pathOf(asked), pathOf(got))
}

// pathOf returns the path of an address on the API's shop.
func pathOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.Trim(u.Path, "/")
}

// kinship is what the codes in a row say of it.
type kinship uint8

const (
	fits         kinship = iota // ours, or the row names none and the API's own match is believed
	otherCode                   // only codes of other products
	severalCodes                // ours among others: a page of variants, or accessories "for ..."
)

// codeOf holds a row against a code.
func codeOf(jan string, r Row) kinship {
	if jan == "" {
		return fits
	}
	if r.Digital {
		return otherCode
	}
	if r.JAN != "" {
		if stock.SameCode(r.JAN, jan) {
			return fits
		}
		return otherCode
	}
	ours, others := false, false
	for _, found := range codes.FindAllString(page.Fold(r.Title+" "+r.Text), -1) {
		switch {
		case found == jan:
			ours = true
		case stock.CheckCode(found) == nil:
			others = true
		}
	}
	switch {
	case ours && others:
		return severalCodes
	case others:
		return otherCode
	}
	return fits
}

// codes finds what can be a Japanese JAN or an ISBN: a run of just 13 digits.
var codes = regexp.MustCompile(`\b(4[59]|97[89])[0-9]{10,11}\b`)

// conditionFits reports whether a row's condition is the one that was asked for.
// What does not say is new: the APIs and the malls' rules mark what is used.
func conditionFits(asked, said string) bool {
	isNew := said == "" || said == stock.ConditionNew
	switch asked {
	case stock.ConditionNew:
		return isNew
	case stock.ConditionUsed:
		return !isNew
	}
	return true
}

// wordsFit reports whether a title holds all the words of the query and none of
// those that it forbids. The APIs search in descriptions too, where shops write
// the names of what the thing is not.
func wordsFit(q stock.Query, title string) bool {
	title = strings.ToLower(page.Fold(title))
	for word := range strings.FieldsSeq(strings.ToLower(page.Fold(q.Words))) {
		if !strings.Contains(title, word) {
			return false
		}
	}
	for word := range strings.FieldsSeq(strings.ToLower(page.Fold(q.Not))) {
		if strings.Contains(title, word) {
			return false
		}
	}
	return true
}

// priceFits holds a known price against the limits of the query, which the API
// was told too.
func priceFits(q stock.Query, p stock.Price) bool {
	if !p.Known() {
		return true
	}
	return p.Minor >= q.MinPrice && (q.MaxPrice == 0 || p.Minor <= q.MaxPrice)
}
