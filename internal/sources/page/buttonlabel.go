package page

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// labelSays is what the text of a button says.
type labelSays struct {
	key          string // the text as phrases are looked up
	later        stock.Availability
	orders, cart bool
}

// says returns what the text of a button says. The cards of a list have buttons of
// one text.
func (d *Document) says(label string) labelSays {
	said, known := d.labels[label]
	if !known {
		said.key = key(label)
		said.later, said.orders = buyLabel(said.key)
		said.cart = said.orders && cartPhrases.in(said.key)
		d.labels[label] = said
	}
	return said
}

// Buys reports whether a button with the text opens an order.
func Buys(text string) bool {
	_, ok := buyLabel(key(text))
	return ok
}

// bracketed is what a button says in brackets behind its text.
var bracketed = pattern.MustCompile(`\s?[((\[【][^))\]】]*[))\]】]$`)

// plainLabel takes from the folded lower-case text of a button what does not decide
// on what it does: spaces between all of its letters, and a remark in brackets that
// denies nothing.
func plainLabel(s string) string {
	if spaced(s) {
		s = strings.ReplaceAll(s, " ", "")
	}
	if last, _ := utf8.DecodeLastRuneInString(s); !strings.ContainsRune(")）]】", last) {
		return s
	}
	remark := bracketed.FindString(s)
	if remark == "" || len(remark) == len(s) {
		return s
	}
	if a, _ := StockPhrase(strings.Trim(remark, " ()[]【】")); a.Group() == stock.No || a.Group() == stock.Later || notifies(remark) {
		return s
	}
	return strings.TrimSuffix(s, remark)
}

// spaced reports whether a folded text is four characters or more with a space between
// any two.
func spaced(s string) bool {
	n := 0
	for _, r := range s {
		if (r == ' ') != (n%2 == 1) {
			return false
		}
		n++
	}
	return n >= 7 && n%2 == 1
}

// countToAdd is how a button says how many it adds.
var countToAdd = pattern.MustCompile(`\badd \d+ (items? )?to (the )?`)

// aheadTexts are the texts of aheadLabels.
var aheadTexts = slices.Collect(maps.Keys(aheadLabels))

// buyLabel reads the folded lower-case text of a button.
func buyLabel(s string) (later stock.Availability, ok bool) {
	if !mayOrder(s) {
		return 0, false
	}
	s = countToAdd.ReplaceAllString(plainLabel(s), "add to ")
	if s == "" || utf8.RuneCountInString(s) > 40 || notBuyWords.in(s) {
		return 0, false
	}
	if preorderLabels.in(s) {
		return stock.PreOrder, true
	}
	if cartPhrases.in(s) || strings.Contains(s, " ") && hasHan(s) && cartPhrases.in(strings.ReplaceAll(s, " ", "")) {
		return stock.Unknown, true
	}
	bare := strings.Trim(s, " !>»›→.+")
	if a, ok := aheadLabels[bare]; ok {
		return a, true
	}
	if slices.Contains(addVerbs, bare) {
		return stock.Unknown, true
	}
	if bare == "" {
		return 0, false
	}
	for _, w := range orderVerbStarts[bare[0]] {
		if rest, ok := strings.CutPrefix(bare, w); ok && (rest == "" || rest[0] == ' ' && utf8.RuneCountInString(bare) <= 24) {
			return stock.Unknown, true
		}
	}
	return 0, false
}

// aheadLabels order ahead where they are all that a button says.
var aheadLabels = map[string]stock.Availability{
	"予約": stock.PreOrder, "ご予約": stock.PreOrder, "予約注文": stock.PreOrder, "ご予約注文": stock.PreOrder,
	"backorder": stock.BackOrder, "back-order": stock.BackOrder, "back order": stock.BackOrder, "backorder now": stock.BackOrder, "取り寄せ注文する": stock.BackOrder, "取り寄せ注文": stock.BackOrder,
}
