package alerttext

import (
	"strings"

	"github.com/sainyuka/sainyuka/internal/channel"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// price says the price, with shipping, points and the effective price. Shipping and
// points are left out where a reckoning lists them.
func (t *text) price() string {
	o := t.alert.Offer
	if !o.Price.Known() {
		if t.alert.Kind == stock.Gone || !o.Availability.Purchasable() {
			return ""
		}
		return t.words.noPrice
	}
	amount := t.words.money(o.Price)
	if o.Price.Currency == "JPY" && taxIncluded(t.alert.Watch.Source) {
		amount += t.words.taxIncluded
	}
	parts := []string{amount}
	if t.reckoning() == "" {
		if o.Shipping != nil {
			parts = append(parts, t.words.shipping(*o.Shipping))
		}
		if o.Points != nil && *o.Points > 0 {
			parts = append(parts, t.words.points(*o.Points))
		}
	}
	if o.Effective.Known() && o.Effective != o.Price {
		parts = append(parts, t.words.effective(o.Effective))
	}
	return strings.Join(parts, t.words.separator)
}

// reckoning says how the effective price is made up: "¥49,980 (free shipping) - 444
// points"; "" when it is the price alone.
func (t *text) reckoning() string {
	var sum, remarks []string
	for _, s := range t.alert.Reckoning {
		term := t.words.step(s)
		name := channel.Clean(s.Name, MaxName)
		switch {
		case s.Label == stock.StepPrice:
			sum = append(sum, term)
		case s.Amount.Minor == 0 && s.Points == 0:
			remarks = append(remarks, term)
		case name != "":
			sum = append(sum, sign(s)+term+t.words.brackets(name))
		default:
			sum = append(sum, sign(s)+term)
		}
	}
	if len(sum) == 0 || len(sum)+len(remarks) == 1 {
		return ""
	}
	if len(remarks) > 0 {
		sum[0] += t.words.brackets(strings.Join(remarks, t.words.separator))
	}
	return t.words.reckoning + strings.Join(sum, " ")
}

// sign says whether a line of a reckoning is added or taken off.
func sign(s stock.Step) string {
	if s.Amount.Minor > 0 {
		return "+ "
	}
	return "- "
}

// taxIncluded reports whether a source always reads the price with tax. A page
// of another shop may show either.
func taxIncluded(source string) bool {
	switch source {
	case "rakuten", "yahoo", "mercari", string(stock.RakutenAPI), string(stock.RakutenBooksAPI), string(stock.YahooAPI):
		return true
	}
	return false
}
