package stock

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Price is an amount of money in the minor units of its currency (yen have
// none, so 1,980 yen is {1980, "JPY"} and 19.80 euro is {1980, "EUR"}). The zero
// Price means that no price is known; a price of nothing is {0, "JPY"}.
//
// A page may give an amount and no currency. Such a price has Currency "" and
// hundredths as its minor unit; it can be shown, but compares with no other.
type Price struct {
	Minor    int64
	Currency string // ISO 4217, upper case; "" when the page did not say
}

// maxMinor bounds what NewPrice makes: it keeps sums of a price, shipping and the like far from overflow.
const maxMinor = math.MaxInt64 / 1024

// Known reports whether there is a price at all.
func (p Price) Known() bool { return p != Price{} }

// minorDigits are the currencies of ISO 4217 whose minor unit is not 1/100.
var minorDigits = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}

// MinorDigits returns how many decimals a price in the currency has: 0 for JPY.
func MinorDigits(currency string) int {
	if d, ok := minorDigits[currency]; ok {
		return d
	}
	return 2
}

// NewPrice makes a Price from a plain decimal number ("1980", "19.80", "1980.00")
// and a currency in either case, or "" when the page did not say. Digits beyond
// the currency's minor unit are rounded half up. Group separators, signs and
// anything else that people write around a number are refused, as are "円" and
// "¥" for a currency: reading those is the work of the package that read the page.
func NewPrice(amount, currency string) (Price, error) {
	currency = strings.ToUpper(currency)
	if currency != "" && !isCurrencyCode(currency) {
		return Price{}, fmt.Errorf("currency %q is not a code of ISO 4217 such as JPY", currency)
	}
	minor, err := parseMinor(amount, MinorDigits(currency))
	if err != nil {
		return Price{}, err
	}
	if minor > maxMinor {
		return Price{}, fmt.Errorf("amount %q is too large", amount)
	}
	return Price{Minor: int64(minor), Currency: currency}, nil
}

func isCurrencyCode(s string) bool {
	return len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// parseMinor reads a plain decimal number as a count of units of 10^-digits, at
// most that of the most negative int64.
func parseMinor(amount string, digits int) (uint64, error) {
	whole, frac, point := strings.Cut(amount, ".")
	if whole == "" || point && frac == "" || strings.Trim(whole+frac, "0123456789") != "" {
		return 0, fmt.Errorf("amount %q is not a plain decimal number", amount)
	}
	roundUp := len(frac) > digits && frac[digits] >= '5'
	frac = (frac + strings.Repeat("0", digits))[:digits]
	n, err := strconv.ParseUint(whole+frac, 10, 64)
	if err != nil || n > -math.MinInt64 {
		return 0, fmt.Errorf("amount %q is too large", amount)
	}
	if roundUp {
		n++
	}
	return n, nil
}

// Yen returns n yen.
func Yen(n int64) Price { return Price{Minor: n, Currency: "JPY"} }

// Comparable reports whether p and q are known and in the same known currency.
func (p Price) Comparable(q Price) bool { return p.Currency != "" && p.Currency == q.Currency }

// Amount returns the number as a plain decimal string: "1980", "19.80". Without
// a currency trailing zero decimals are left out, since their number is a guess.
func (p Price) Amount() string {
	digits := MinorDigits(p.Currency)
	s := strconv.FormatInt(p.Minor, 10)
	if digits == 0 {
		return s
	}
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	if len(s) <= digits {
		s = strings.Repeat("0", digits-len(s)+1) + s
	}
	s = sign + s[:len(s)-digits] + "." + s[len(s)-digits:]
	if p.Currency == "" {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// String returns the amount and the currency, "1980 JPY", for logs.
func (p Price) String() string {
	if !p.Known() {
		return "no price"
	}
	return strings.TrimSpace(p.Amount() + " " + p.Currency)
}

type priceJSON struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency,omitempty"`
}

// MarshalJSON writes {"amount": "1980", "currency": "JPY"}.
func (p Price) MarshalJSON() ([]byte, error) {
	if !p.Known() {
		return []byte("null"), nil
	}
	return json.Marshal(priceJSON{p.Amount(), p.Currency})
}

// UnmarshalJSON reads whatever MarshalJSON writes: a record that could be
// written can always be read again, also when its price is nonsense.
func (p *Price) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*p = Price{}
		return nil
	}
	var j priceJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return fmt.Errorf("read price: %w", err)
	}
	amount, negative := strings.CutPrefix(j.Amount, "-")
	minor, err := parseMinor(amount, MinorDigits(j.Currency))
	if err != nil {
		return fmt.Errorf("read price: %w", err)
	}
	n := int64(minor)
	if negative {
		n = -n
	}
	*p = Price{Minor: n, Currency: j.Currency}
	return nil
}

// currencySigns are the signs that name one currency in every language that we speak. "$" and
// "¥" mean several; the others are written by their code.
var currencySigns = map[string]string{"JPY": "¥", "EUR": "€", "GBP": "£", "KRW": "₩", "USD": "US$"}

// Text writes a price for people, in alerts and on every page: "¥49,980", "US$19.80",
// "19.80 SEK"; "" when none is known.
func (p Price) Text() string {
	if !p.Known() {
		return ""
	}
	digits, negative := strings.CutPrefix(p.Amount(), "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	amount := Grouped(whole)
	if fraction != "" {
		amount += "." + fraction
	}
	if sign := currencySigns[p.Currency]; sign != "" {
		amount = sign + amount
	} else if p.Currency != "" {
		amount += " " + p.Currency
	}
	if negative {
		return "-" + amount
	}
	return amount
}

// Grouped puts a comma between each three digits.
func Grouped(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
