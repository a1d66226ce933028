package page

import (
	"math/big"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxPriceText bounds the text in which prices are looked for: a price stands in
// a short one.
const maxPriceText = 4096

// ParsePrice reads the price that a text states, in the currency that the text
// or, failing that, hint names. Of several amounts it takes the one that a buyer
// pays: not shipping, not points, not a struck-out list price, and with tax
// rather than without. An amount that cannot be right (yen with cents, broken
// groups) is none. hint may be empty.
func ParsePrice(text, hint string) (stock.Price, bool) {
	best, found := amount{}, false
	for _, a := range amounts(text, hint) {
		if a.rank.asPrice() && (!found || a.rank > best.rank) {
			best, found = a, true
		}
	}
	return best.price, found
}

// PlainPrice reads the price of a machine-readable field. Unlike ParsePrice it
// takes a bare number at its word and finds nothing in a sentence. A point is a decimal
// one, unless three digits behind it can be none in the currency.
func PlainPrice(text, currency string) (stock.Price, bool) {
	text = Fold(text)
	p, err := stock.NewPrice(text, currency)
	if err != nil || ambiguous(text) && pointGroups(currency) {
		p, ok := ParsePrice(text, currency)
		return p, ok && p.Minor > 0
	}
	if currency != "" && stock.MinorDigits(currency) == 0 {
		whole, frac, _ := strings.Cut(text, ".")
		switch {
		case strings.Trim(frac, "0") == "", strings.HasPrefix(frac, "99"): // 9899.999999 is 9900
		case len(whole) < 3:
			return stock.Price{}, false // the currency cannot be right
		default:
			p, err = stock.NewPrice(whole, currency) // a computed tax: nobody pays the sen
		}
	}
	return p, err == nil && p.Minor > 0
}

// ambiguous reports whether a plain decimal may also be a grouped number.
func ambiguous(s string) bool {
	whole, frac, ok := strings.Cut(s, ".")
	return ok && len(frac) == 3 && len(whole) <= 3 && whole != "0"
}

// pointGroups reports whether three digits behind a point are thousands in a currency:
// it has no smaller unit in use, or it is not known.
func pointGroups(currency string) bool {
	return stock.MinorDigits(currency) == 0 || slices.Contains([]string{"", "ARS", "COP", "CRC", "HUF", "IDR", "UZS"}, currency)
}

// rank says how likely an amount is what a buyer pays.
type rank int

const (
	never      rank = iota // shipping, points, a discount, a bound
	bare                   // a number without a currency
	instead                // a price of another thing or for other buyers: subscription, member, rental, of several
	listed                 // a price of reference, which is the shop's own only where no other stands
	superseded             // a price that is asked no longer
	net                    // a price without tax
	asked                  // an amount of money
	included               // an amount of money that says that tax is in it
)

// asPrice reports whether an amount may be a price in a text that is nothing more
// than a text; in a page, one of reference may be all that a shop prints.
func (r rank) asPrice() bool { return r != never && r != listed }

// amount is one number of a text with what the text around it makes of it.
type amount struct {
	price stock.Price
	rank  rank
	money bool // a currency stands beside it
}

// amounts finds every number of a text that can be an amount of money.
func amounts(text, hint string) []amount {
	if len(text) > maxPriceText {
		text = text[:maxPriceText]
	}
	return amountsOf(Fold(text), hint)
}

// amountsOf is amounts for a text that is folded already.
func amountsOf(s, hint string) []amount {
	if !strings.ContainsAny(s, "0123456789") {
		if k := strings.Trim(strings.ToLower(s), " !."); k == "free" || k == "gratis" {
			return []amount{{stock.Price{Currency: hint}, bare, false}}
		}
		return nil
	}
	var found []amount
	var last number
	from := 0 // where the label of the next number begins
	for i := 0; i < len(s); {
		if !digit(s, i) && !((s[i] == '.' || s[i] == ',') && digit(s, i+1) && !digit(s, i-1)) {
			i++
			continue
		}
		n := scanNumber(s, i)
		a, end, ok := readAmount(s, from, n, hint)
		if ok {
			found = join(found, a, last, s[from:n.start])
			last = n
		}
		i = end
		if a.money || !within(s[from:n.start], s[n.end:]) {
			from = end
		}
	}
	return found
}

// within reports whether a number, by the text from the last amount to it and the text
// behind it, belongs to the label of the next amount: "レンタル(7日) 500円", "with code
// SAVE10: £8.90".
func within(before, behind string) bool {
	if last := lastRune(before); last < utf8.RuneSelf && unicode.IsLetter(last) {
		return true
	}
	return strings.LastIndexByte(before, '(') > strings.LastIndexByte(before, ')') || lasting.MatchString(behind)
}

// join adds an amount to those found before it. Two that are a range, as in
// "352,00 – 376,45 €", are in one currency, and the price is the first. One in another
// currency than the price before it is that price converted.
func join(found []amount, a amount, before number, between string) []amount {
	if len(found) == 0 {
		return append(found, a)
	}
	first := &found[len(found)-1]
	if isRange(between) && a.rank >= instead {
		if first.money && first.rank == never {
			a.rank = never
			return append(found, a)
		}
		if value, ok := before.plain(a.price.Currency); ok && first.rank == bare {
			if p, err := stock.NewPrice(value, a.price.Currency); err == nil {
				*first = amount{p, a.rank, true}
			}
		}
		if first.money && first.price.Comparable(a.price) && first.price.Minor < a.price.Minor {
			a.rank = never
		}
	}
	for _, b := range found {
		if a.money && b.money && b.rank >= asked && a.rank >= asked && b.price.Currency != a.price.Currency {
			a.rank = instead
		}
	}
	return append(found, a)
}

// isRange reports whether the text between two numbers, a sign of money aside, makes
// a range of them.
func isRange(between string) bool {
	if m, at := markerBefore(between); m != nil {
		between = between[:at]
	}
	switch strings.ToLower(strings.Trim(between, " ")) {
	case "-", "–", "—", "~", "〜", "から", "to", "bis", "à", "a", "až", "do", "до":
		return true
	}
	return false
}

// readAmount judges the number n of s, whose label begins at from. end is where
// what belongs to the number ends.
func readAmount(s string, from int, n number, hint string) (a amount, end int, ok bool) {
	left, labelEnd := markerBefore(s[from:n.start])
	end = n.end
	unit, unitEnd := japaneseUnits(s, n)
	if unit != nil {
		end = unitEnd
	}
	right, width := markerAfter(s[end:])
	if right != nil && left != nil && digit(s, end+width) && !isWord(right.text) {
		right = nil // the sign of the next amount
	}
	if right != nil {
		end += width
	}
	m := left
	if m == nil || right != nil && m.code == "" {
		m = either(right, m)
	}
	currency := resolve(m, hint)
	if currency == "JPY" && hint == "" && m.text == "¥" && n.cents() && !japanese(s) {
		currency = "CNY" // no yen has cents
	}
	if right != nil && unit == nil && right.text == "€" {
		end = n.takeCents(s, end)
	}
	value, fine := n.plain(currency)
	if unit != nil {
		value, fine = unit.String(), true
	}
	if !fine {
		return a, end, false
	}
	p, err := stock.NewPrice(value, currency)
	if err != nil {
		return a, end, false
	}
	label := s[from : from+labelEnd]
	tail := s[end:]
	a = amount{p, judge(label, s[:n.start], tail, m != nil), m != nil}
	if m == nil && !standsAlone(s, n, unit != nil) || negative(s[:from+labelEnd]) || negative(s[:n.start]) || from == 0 && bounds(label) {
		a.rank = never
	}
	return a, end + tagWidth(tail, m != nil), true
}

// bounds reports whether the label of an amount is the sign of a range that has no
// lower end: "〜1,999円" is what a filter offers.
func bounds(label string) bool {
	label = strings.Trim(label, " (")
	return label == "~" || label == "〜"
}

func either(a, b *marker) *marker {
	if a != nil {
		return a
	}
	return b
}

// negative reports whether the text before an amount ends with a sign of its own:
// a minus makes it a discount, a plus a charge on top. A dash between words is none.
func negative(s string) bool {
	if t, ok := strings.CutSuffix(strings.TrimRight(s, " "), "+"); ok {
		return !digit(t, len(t)-1) // "10+ £8.90" counts
	}
	for _, sign := range []string{"-", "−", "▲", "△"} {
		if rest, ok := strings.CutSuffix(s, sign); ok {
			return rest == "" || strings.ContainsAny(rest[len(rest)-1:], " (:")
		}
	}
	return false
}

// takeCents reads cents that stand behind the sign, as in "35€ 99".
func (n *number) takeCents(s string, end int) int {
	if len(n.seps) > 0 {
		return end
	}
	i := end
	if i < len(s) && s[i] == ' ' {
		i++
	}
	if digit(s, i) && digit(s, i+1) && !digit(s, i+2) && (i+2 == len(s) || s[i+2] == ' ') && !strings.HasPrefix(s[i+2:], " €") {
		n.runs, n.seps = append(n.runs, s[i:i+2]), append(n.seps, '.')
		return i + 2
	}
	return end
}

// units are the Japanese multipliers.
var units = []struct {
	text string
	zero int
}{{"億", 8}, {"万", 4}, {"千", 3}}

// japaneseUnits reads "12万3,456", "1万2千" and "1.2億" from the number n of s
// on. It returns nil when n has no multiplier behind it.
func japaneseUnits(s string, n number) (*big.Int, int) {
	if zerosAfter(s, n.end) == 0 {
		return nil, 0
	}
	total, found, below := new(big.Int), false, 20
	for {
		zeros, end := zerosAfter(s, n.end), n.end
		if zeros > 0 {
			end += strings.IndexFunc(s[n.end:], func(r rune) bool { return r != ' ' }) + len("万")
		}
		if zeros >= below || zeros == 0 && !found {
			return nil, 0
		}
		part, ok := scaled(n, zeros)
		if !ok {
			return nil, 0
		}
		total.Add(total, part)
		if zeros == 0 || !digit(s, end) {
			return total, end
		}
		found, below = true, zeros
		n = scanNumber(s, end)
	}
}

// zerosAfter returns how many zeros the multiplier at s[i:] stands for; 0 without one.
func zerosAfter(s string, i int) int {
	for _, u := range units {
		if strings.HasPrefix(strings.TrimLeft(s[i:], " "), u.text) {
			return u.zero
		}
	}
	return 0
}

// namesMoney reports whether a sign or word of money stands beside a digit of s: without
// one no amount in it is money. It is quick, since most lines of a page have none.
func namesMoney(s string) bool {
	for i := 0; i < len(s); i++ {
		if !digit(s, i) {
			continue
		}
		if m, _ := markerBefore(strings.TrimRight(s[:i], ".,")); m != nil {
			return true
		}
		for digit(s, i) {
			i++
		}
		if m, _ := markerAfter(s[i:]); m != nil || zerosAfter(s, i) > 0 {
			return true
		}
	}
	return false
}

// scaled returns n times ten to the power of zeros, if that is a whole number.
func scaled(n number, zeros int) (*big.Int, bool) {
	currency := "JPY"
	if zeros > 0 && len(n.seps) == 1 && n.seps[0] == '.' && len(n.runs[1]) < 3 {
		currency = "" // "1.2億": a point before a multiplier is a decimal point
	}
	v, ok := n.plain(currency)
	if !ok {
		return nil, false
	}
	whole, frac, _ := strings.Cut(v, ".")
	if len(frac) > zeros {
		return nil, false
	}
	i, ok := new(big.Int).SetString(whole+frac+strings.Repeat("0", zeros-len(frac)), 10)
	return i, ok
}

// standsAlone reports whether a number without a currency may be an amount: not
// part of a word, a date, a size, a count or a percentage.
func standsAlone(s string, n number, unit bool) bool {
	prev, _ := utf8.DecodeLastRuneInString(s[:n.start])
	if isWordRune(prev) && prev < utf8.RuneSelf {
		return false // BP1, RTX4090
	}
	if strings.ContainsRune("-/:#", prev) && n.start >= 2 && digit(s, n.start-2) {
		return false // 25-09, 11/22
	}
	rest := s[n.end:]
	if len(rest) > 1 && strings.ContainsRune("-/:", rune(rest[0])) && digit(rest, 1) {
		return false
	}
	return unit || !hasCounter(rest)
}
