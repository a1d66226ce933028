package page

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// marker is a text that stands beside an amount and says that it is money.
type marker struct {
	text string
	code string   // ISO 4217; "" when the text alone does not tell
	alts []string // other currencies that print the same text
}

var (
	dollars = []string{"USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS", "UYU", "BRL", "JMD"}
	crowns  = []string{"SEK", "NOK", "DKK", "ISK", "CZK"}
	rupees  = []string{"INR", "PKR", "LKR", "NPR", "MUR", "SCR"}
	yuans   = []string{"CNY", "TWD", "HKD"}
)

// markers are the symbols and words of money after Fold, which has already made
// ￥ into ¥ and ₨ into Rs. Codes of ISO 4217 are matched apart (isoCodes).
var markers = longestFirst([]marker{
	{"円", "JPY", nil}, {"yen", "JPY", nil}, {"¥", "JPY", []string{"CNY"}}, {`\`, "JPY", nil},
	{"元", "", yuans}, {"圆", "CNY", yuans}, {"圓", "", yuans}, {"원", "KRW", nil}, {"₩", "KRW", nil},
	{"$", "", dollars}, {"us$", "USD", nil}, {"u$s", "USD", nil}, {"a$", "AUD", nil}, {"au$", "AUD", nil}, {"au $", "AUD", nil},
	{"c$", "CAD", nil}, {"ca$", "CAD", nil}, {"cad$", "CAD", nil}, {"nz$", "NZD", nil}, {"s$", "SGD", nil}, {"sgd$", "SGD", nil},
	{"$ sgd", "SGD", nil}, {"hk$", "HKD", nil}, {"nt$", "TWD", nil}, {"mx$", "MXN", nil}, {"r$", "BRL", nil}, {"j$", "JMD", nil},
	{"tt$", "TTD", nil}, {"mop$", "MOP", nil}, {"gy$", "GYD", nil}, {"$b", "BOB", nil}, {"b/.", "PAB", nil}, {"s/.", "PEN", nil}, {"s/", "PEN", nil},
	{"€", "EUR", nil}, {"euro", "EUR", nil}, {"euros", "EUR", nil}, {"£", "GBP", nil}, {"₤", "GBP", nil}, {"stg", "GBP", nil},
	{"chf", "CHF", nil}, {"fr.", "CHF", nil}, {"sfr", "CHF", nil}, {"zł", "PLN", nil}, {"zl", "PLN", nil},
	{"kč", "CZK", nil}, {"kc", "CZK", nil}, {"ft", "HUF", nil}, {"lei", "RON", nil}, {"лв", "BGN", nil}, {"лв.", "BGN", nil},
	{"kn", "HRK", nil}, {"din", "RSD", nil}, {"дин", "RSD", nil}, {"ден", "MKD", nil}, {"км", "BAM", nil},
	{"kr", "", crowns}, {"kr.", "", crowns}, {",-", "", nil}, {"tl", "TRY", nil}, {"₺", "TRY", nil},
	{"руб", "RUB", []string{"BYN"}}, {"руб.", "RUB", []string{"BYN"}}, {"рублей", "RUB", []string{"BYN"}}, {"р", "RUB", []string{"BYN"}},
	{"р.", "RUB", []string{"BYN"}}, {"₽", "RUB", nil}, {"грн", "UAH", nil}, {"грн.", "UAH", nil}, {"₴", "UAH", nil}, {"br", "", []string{"BYN", "ETB"}},
	{"тг", "KZT", nil}, {"тг.", "KZT", nil}, {"₸", "KZT", nil}, {"₼", "AZN", nil}, {"֏", "AMD", nil}, {"₾", "GEL", nil}, {"ლარი", "GEL", nil},
	{"₹", "INR", nil}, {"rs", "", rupees}, {"rs.", "", rupees}, {"re", "", rupees}, {"र", "INR", nil}, {"ரூ", "INR", nil},
	{"৳", "BDT", nil}, {"₫", "VND", nil}, {"đ", "VND", nil}, {"vnđ", "VND", nil}, {"฿", "THB", nil}, {"rp", "IDR", nil}, {"rm", "MYR", nil}, {"₱", "PHP", nil},
	{"៛", "KHR", nil}, {"₭", "LAK", nil}, {"₮", "MNT", nil}, {"ks", "MMK", nil}, {"₪", "ILS", nil}, {"nis", "ILS", nil}, {`ש"ח`, "ILS", nil}, {"ש״ח", "ILS", nil}, {"ש'ח", "ILS", nil},
	{"kd", "KWD", nil}, {"دينار كويتي", "KWD", nil}, {"د.ك", "KWD", nil}, {"dhs", "AED", nil}, {"د.إ", "AED", nil}, {"ر.س", "SAR", nil}, {"ر.ق", "QAR", nil},
	{"جنيه", "EGP", nil}, {"ج.م", "EGP", nil}, {"ریال", "IRR", nil}, {"ريال", "", []string{"SAR", "QAR", "OMR", "YER"}}, {"تومان", "", nil},
	{"₦", "NGN", nil}, {"ksh", "KES", nil}, {"tsh", "TZS", nil}, {"fcfa", "XOF", []string{"XAF"}}, {"r", "ZAR", nil},
})

// isoCodes are the codes that pages print beside amounts.
var isoCodes = strings.Fields(`AED AMD ARS AUD AZN BAM BDT BGN BHD BOB BRL BYN CAD CHF CLP CNY COP CRC CZK DKK DOP EGP EUR GBP GEL GHS GTQ HKD HRK HUF
	IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KRW KWD KZT LBP LKR MAD MDL MKD MMK MNT MUR MXN MYR NGN NOK NPR NZD OMR PAB PEN PHP PKR PLN PTE PYG
	QAR RON RSD RUB SAR SEK SGD THB TND TRY TTD TWD UAH UGX USD UYU UZS VND XAF XOF ZAR ZMW`)

func longestFirst(ms []marker) []marker {
	slices.SortStableFunc(ms, func(a, b marker) int { return len(b.text) - len(a.text) })
	return ms
}

// Currency returns the ISO 4217 code that a machine-readable field names: a
// code, an obsolete code, or a symbol that belongs to one currency only.
func Currency(s string) string {
	s = Fold(s)
	if code := strings.ToUpper(s); slices.Contains(isoCodes, code) {
		return code
	}
	switch strings.ToUpper(s) {
	case "RUR":
		return "RUB"
	case "RMB":
		return "CNY"
	}
	for _, m := range markers {
		if m.text == strings.ToLower(s) {
			return m.code
		}
	}
	return ""
}

// resolve returns the currency of an amount with the marker m (nil: none) on a
// page or in a field that names the currency hint. A hint decides between the
// currencies that share a symbol and never overrules a symbol that has one.
func resolve(m *marker, hint string) string {
	switch {
	case m == nil:
		return hint
	case slices.Contains(m.alts, hint):
		return hint
	case m.code == "" && m.alts == nil:
		return hint
	default:
		return m.code
	}
}

// markerBefore returns the marker that ends s, spaces aside, and where it begins.
func markerBefore(s string) (*marker, int) {
	t := strings.TrimRight(s, " :.(")
	for i := range markers {
		m := &markers[i]
		if m.text == ",-" || m.code == "RUB" && len(m.text) <= 3 || !hasSuffixFold(t, m.text) {
			continue
		}
		at := len(t) - len(m.text)
		if before, _ := utf8.DecodeLastRuneInString(t[:at]); isWord(m.text) && isWordRune(before) {
			continue
		}
		return m, at
	}
	if len(t) >= 3 {
		at := len(t) - 3
		before, _ := utf8.DecodeLastRuneInString(t[:at])
		if code := strings.ToUpper(t[at:]); !isWordRune(before) && slices.Contains(isoCodes, code) {
			return &marker{text: code, code: code}, at
		}
	}
	return nil, len(s)
}

// markerAfter returns the marker that begins s, spaces aside, and where it ends.
func markerAfter(s string) (*marker, int) {
	t := strings.TrimLeft(s, " ")
	skipped := len(s) - len(t)
	for i := range markers {
		m := &markers[i]
		if !hasPrefixFold(t, m.text) || m.text == `\` || m.text == "r" || m.text == "¥" && skipped > 0 {
			continue
		}
		if m.text == "$" && skipped > 0 && len(t) > 1 && (t[1] == ' ' || t[1] >= '0' && t[1] <= '9') {
			return nil, 0 // the sign of the next amount
		}
		if after, _ := utf8.DecodeRuneInString(t[len(m.text):]); isWord(m.text) && isWordRune(after) {
			continue
		}
		return m, skipped + len(m.text)
	}
	if len(t) >= 3 {
		after, _ := utf8.DecodeRuneInString(t[3:])
		if code := strings.ToUpper(t[:3]); !isWordRune(after) && slices.Contains(isoCodes, code) {
			return &marker{text: code, code: code}, skipped + 3
		}
	}
	return nil, 0
}

func isWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return isWordRune(r)
}

func hasPrefixFold(s, lower string) bool {
	return len(s) >= len(lower) && strings.EqualFold(s[:len(lower)], lower)
}

func hasSuffixFold(s, lower string) bool {
	return len(s) >= len(lower) && strings.EqualFold(s[len(s)-len(lower):], lower)
}
