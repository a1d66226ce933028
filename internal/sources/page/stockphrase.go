package page

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// StockPhrase reads a short text of a buy box that states stock: "在庫あり",
// "Currently unavailable.". It takes every clause of the text for itself; the
// first that states something counts, unless another moves what can be had to a day
// to come. Prose, notices and traps state nothing. Every date in it is taken for one
// to come: where it is known when the page came, Document.StockPhrase tells better.
func StockPhrase(text string) (stock.Availability, bool) {
	return stockPhrase(text, time.Time{})
}

func stockPhrase(text string, now time.Time) (stock.Availability, bool) {
	k := key(text)
	if a, ok := aloneWords[strings.Trim(k, " .!()[]✓✔●✅❌✗")]; ok {
		return a, true
	}
	marked := dateMarks(k, now)
	if !strings.Contains(marked, "@") && !states.May(marked) {
		return stock.Unknown, false
	}
	promise := promises.MatchString(k)
	said := stock.Unknown
	for clause := range clauses(marked) {
		switch a := stateOfClause(clause, promise); {
		case a == stock.Unknown, said != stock.Unknown && a.Group() != stock.Later:
		case said == stock.Unknown:
			said = a
		case said.Group() == stock.Now && strings.Contains(clause, "@"):
			said = a
		}
	}
	return said, said != stock.Unknown
}

// states tells of the words and forms of which a clause without a date has one, if it
// states anything. Most texts of a page have none.
var states = func() *pattern.Any {
	forms := []*pattern.Regexp{elsewhereOnly, onBackOrder, soonAgain, storeOnly, restocked, quantityLeft, markedStock}
	for _, d := range slices.Concat(denialsJapan, denialsWorld) {
		forms = append(forms, d.form)
	}
	var words []string
	for _, p := range stockPhrases {
		words = append(words, p.words.all...)
	}
	return pattern.NewAny(words, forms...)
}()

// maxNotice bounds a sentence that says where the thing is not sent to.
const maxNotice = 100

// stateOfClause reads one clause, whose dates are marked.
func stateOfClause(clause string, promise bool) stock.Availability {
	length := utf8.RuneCountInString(clause)
	if length > maxNotice || strings.HasSuffix(clause, ":") {
		return stock.Unknown
	}
	if a := denyFirst(clause); a != stock.Unknown {
		return a
	}
	dated := stock.Unknown
	if length <= maxPhrase+len(markNear) {
		dated = later(clause, false)
	}
	if dated == stock.PreOrder && !promise {
		return dated
	}
	if length > maxPhrase || traps.MatchString(clause) {
		return stock.Unknown
	}
	a := wordsOfClause(clause, promise)
	if a.Group() == stock.No {
		return a
	}
	if no, denied := deny(clause); denied {
		return no
	} else if no != stock.Unknown {
		return stock.Unknown // a refusal to some buyers
	}
	if a.Group() == stock.Now || a == stock.Unknown {
		if l := later(clause, a.Group() == stock.Now); l != stock.Unknown {
			return l
		}
	}
	return a
}

// refused finds a negation further before a wording of stock: what it denies is then
// not clear.
var refused = pattern.MustCompile(`(^|\s)(not|cannot|isn't|nicht|kein|keine|keinen|pas|niet|geen)\s`)

// markedStock matches a label of stock with a sign or a count that says yes.
var markedStock = pattern.MustCompile(`(^|[^頭舗])在庫(数|状況|有無)?\s?[:は]?\s?([○◯〇◎]|あり|有り?$|0*[1-9]\d*\s?(個|点|本|枚|台|冊|件|着|足)?$)`)

// wordsOfClause looks a clause up in the tables.
func wordsOfClause(clause string, promise bool) stock.Availability {
	if quantityLeft.MatchString(clause) {
		return limited(clause)
	}
	for _, p := range stockPhrases {
		at := p.words.index(clause)
		if at < 0 {
			continue
		}
		switch {
		case p.says.Purchasable() && (denied.MatchString(clause) || negations.MatchString(clause[:at])):
			if someBuyers(clause) || notOfThis.MatchString(clause) {
				return stock.Unknown
			}
			return stock.OutOfStock
		case p.says.Purchasable() && (promise || refused.MatchString(clause[:at])), !p.says.Purchasable() && (notOfThis.MatchString(clause) || someBuyers(clause) || notDenied.MatchString(clause)):
			continue
		}
		return p.says
	}
	if markedStock.MatchString(clause) {
		return stock.InStock
	}
	return stock.Unknown
}
