package page

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// number is one written number: runs of digits with the separators between
// them. "1.837, 32" has runs 1, 837, 32 and separators '.', ','.
type number struct {
	runs       []string
	seps       []byte // '.', ',', '\'' or ' '
	start, end int    // in the text
}

// maxRun bounds a run of digits: no price has more, and phone numbers, JAN codes
// and ids often do.
const maxRun = 15

func digit(s string, i int) bool { return i >= 0 && i < len(s) && '0' <= s[i] && s[i] <= '9' }

// scanNumber reads the number that begins at s[i], a digit or a point before one.
func scanNumber(s string, i int) number {
	n := number{start: i}
	if s[i] == '.' || s[i] == ',' {
		n.runs, n.seps = append(n.runs, ""), append(n.seps, s[i])
		i++
	}
	for {
		from := i
		for digit(s, i) {
			i++
		}
		n.runs = append(n.runs, s[from:i])
		n.end = i
		sep, next := separator(s, i, len(n.runs) == 1 && i-from > 3)
		if sep == 0 {
			return n
		}
		n.seps = append(n.seps, sep)
		i = next
	}
}

// separator returns what separates the run that ended at i from a further run
// of the same number, and where that run begins; 0 when the number has ended.
func separator(s string, i int, longRun bool) (sep byte, next int) {
	if i >= len(s) {
		return 0, 0
	}
	if strings.HasPrefix(s[i:], "’") || s[i] == '\'' {
		next = i + len("’")
		if s[i] == '\'' {
			next = i + 1
		}
		if !longRun && group(s, next) {
			return '\'', next
		}
		return 0, 0
	}
	switch s[i] {
	case ' ':
		if !longRun && group(s, i+1) {
			return ' ', i + 1
		}
		if !longRun && i+1 < len(s) && s[i+1] == ',' && (group(s, i+2) || i+2 < len(s) && s[i+2] == ' ' && group(s, i+3)) && loneNumber(s, i) {
			return ',', i + 2 + strings.IndexFunc(s[i+2:], func(r rune) bool { return r != ' ' })
		}
	case '.', ',':
		if digit(s, i+1) {
			return s[i], i + 1
		}
		// "119. 95": cents set apart by a style sheet's inner element
		if i+1 < len(s) && s[i+1] == ' ' && digit(s, i+2) && digit(s, i+3) && !digit(s, i+4) && !decimalFollows(s, i+4) {
			return s[i], i + 2
		}
		if s[i] == ',' && !longRun && i+1 < len(s) && s[i+1] == ' ' && group(s, i+2) && loneNumber(s, i) {
			return s[i], i + 2 // "3, 980"
		}
	}
	return 0, 0
}

// loneNumber reports whether the digits that end at i are no part of a name that ends
// there, as in "マンガ 2, 980円": before them stands nothing, a sign, or a word for money.
func loneNumber(s string, i int) bool {
	for i > 0 && (digit(s, i-1) || s[i-1] == ',') {
		i--
	}
	before := strings.ToLower(strings.TrimRight(s[:i], " "))
	if before == "" {
		return true
	}
	if m, _ := markerBefore(before); m != nil {
		return true
	}
	last, _ := utf8.DecodeLastRuneInString(before)
	return !unicode.IsLetter(last) && !unicode.IsDigit(last) || moneyNouns.MatchString(before)
}

var moneyNouns = pattern.MustCompile(`(価格|値段|税込|特価|販売価|単品|price|preis|prix|precio|prezzo|only|now)$`)

// decimalFollows reports whether what looks like cents at the end of i is itself
// the whole part of a further number, as in "1980. 25.50".
func decimalFollows(s string, i int) bool {
	return i < len(s) && (s[i] == '.' || s[i] == ',' || s[i] == '%') && (s[i] == '%' || digit(s, i+1))
}

// group reports whether exactly three digits stand at i.
func group(s string, i int) bool {
	return digit(s, i) && digit(s, i+1) && digit(s, i+2) && !digit(s, i+3)
}

// plain returns the number as a plain decimal in the given currency, or false
// when its separators make no sense in it: yen have no cents, so "1,98円" is not
// a price, and "1.980円" is 1980.
func (n number) plain(currency string) (string, bool) {
	for _, r := range n.runs {
		if len(r) > maxRun {
			return "", false
		}
	}
	whole, frac := n.runs, ""
	if n.decimal(currency) {
		last := len(n.runs) - 1
		whole, frac = n.runs[:last], n.runs[last]
		if stock.MinorDigits(currency) == 0 && currency != "" {
			if strings.Trim(frac, "0") != "" && !(n.seps[last-1] == '.' && len(frac) <= 2 && len(strings.Join(whole, "")) >= 3) {
				return "", false
			}
			frac = "" // a tax of 8 % makes "4,298.40円": nobody pays the sen
		}
	}
	if !grouped(whole, n.seps) {
		return "", false
	}
	s := strings.TrimLeft(strings.Join(whole, ""), "0")
	if s == "" {
		s = "0"
	}
	if len(s) > maxRun {
		return "", false
	}
	if frac != "" {
		s += "." + frac
	}
	return s, true
}

// decimal reports whether the last run is a fraction.
func (n number) decimal(currency string) bool {
	if len(n.seps) == 0 {
		return false
	}
	last := n.seps[len(n.seps)-1]
	run := n.runs[len(n.runs)-1]
	if last != '.' && last != ',' {
		return false
	}
	digits := stock.MinorDigits(currency)
	switch count := len(n.seps) - len(slices.DeleteFunc(slices.Clone(n.seps), func(b byte) bool { return b == last })); {
	case count > 1:
		return false // a sign that stands twice groups
	case len(run) != 3:
		return true
	case len(n.seps) > 1:
		return digits == 3 // "1.234,567": two signs, but three digits are a group everywhere else
	case strings.Trim(n.runs[0], "0") == "" && n.runs[0] != "":
		return true // "0.755"
	default:
		return len(n.runs[0]) > 3 || (digits == 3 || currency == "GBP") && last == '.' // nobody groups pounds by points
	}
}

// grouped reports whether runs are one number cut into groups: of three, or in
// the Indian way of two before a last one of three.
func grouped(runs []string, seps []byte) bool {
	if len(runs) == 1 {
		return true
	}
	for i, r := range runs {
		switch {
		case i == 0 && len(r) > 3:
			return false
		case i > 0 && len(r) != 3 && !(len(r) == 2 && i < len(runs)-1 && seps[0] == ',' && len(runs[0]) <= 2):
			return false
		case i > 1 && seps[i-1] != seps[0]:
			return false
		}
	}
	return true
}

// cents reports whether the number ends with two digits behind a point that are not
// both zero.
func (n number) cents() bool {
	last := len(n.seps) - 1
	return last >= 0 && n.seps[last] == '.' && len(n.runs[last+1]) == 2 && n.runs[last+1] != "00"
}
