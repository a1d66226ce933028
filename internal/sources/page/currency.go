package page

import (
	"slices"
	"strings"
	"unicode"
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

// markerTable holds the symbols and words of money after Fold, which has already
// made ￥ into ¥ and ₨ into Rs, by the currency that they stand for. Codes of ISO
// 4217 are matched apart (isoCodes).
var markerTable = []struct {
	code, texts string
	alts        []string
}{
	{"", "$", dollars},
	{"", "kr|kr.", crowns},
	{"", "rs|rs.|re", rupees},
	{"", "元|圓", yuans},
	{"", "br", []string{"BYN", "ETB"}},
	{"", "ريال", []string{"SAR", "QAR", "OMR", "YER"}},
	{"", ",-|تومان", nil}, // the shop's own; the toman has no code
	{"JPY", "¥", []string{"CNY"}},
	{"JPY", `円|yen|\`, nil},
	{"CNY", "圆", yuans},
	{"KRW", "원|₩", nil},
	{"RUB", "₽|руб|руб.|рублей|рубля|р|р.", []string{"BYN"}},
	{"BYN", "б.р.|бел.руб.|бел. руб.", nil},
	{"XOF", "fcfa", []string{"XAF"}},
	{"AED", "dhs|د.إ", nil},
	{"AMD", "֏", nil},
	{"AUD", "a$|au$|au $", nil},
	{"AZN", "₼", nil},
	{"BAM", "км", nil},
	{"BDT", "৳", nil},
	{"BGN", "лв|лв.", nil},
	{"BOB", "$b", nil},
	{"BRL", "r$", nil},
	{"CAD", "c$|ca$|cad$", nil},
	{"CHF", "chf|fr.|sfr", nil},
	{"CLP", "clp$", nil},
	{"COP", "col$|cop$", nil},
	{"CRC", "₡", nil},
	{"CZK", "kč|kc", nil},
	{"DOP", "rd$", nil},
	{"ARS", "ar$", nil},
	{"EGP", "جنيه|ج.م", nil},
	{"EUR", "€|euro|euros|евро|ευρώ", nil},
	{"GBP", "£|₤|stg", nil},
	{"GEL", "₾|ლარი", nil},
	{"GHS", "₵|gh₵", nil},
	{"GYD", "gy$", nil},
	{"HKD", "hk$", nil},
	{"HRK", "kn", nil},
	{"HUF", "ft", nil},
	{"IDR", "rp|rp.", nil},
	{"ILS", `₪|nis|ש"ח|ש״ח|ש'ח|ש''ח`, nil},
	{"INR", "₹|र|ரூ", nil},
	{"IRR", "ریال|﷼", nil},
	{"JMD", "j$", nil},
	{"KES", "ksh", nil},
	{"KGS", "сом", nil},
	{"KHR", "៛", nil},
	{"KWD", "kd|دينار كويتي|د.ك", nil},
	{"KZT", "тг|тг.|₸", nil},
	{"LAK", "₭", nil},
	{"MKD", "ден", nil},
	{"MMK", "ks", nil},
	{"MNT", "₮", nil},
	{"MOP", "mop$", nil},
	{"MXN", "mx$", nil},
	{"MYR", "rm", nil},
	{"NGN", "₦", nil},
	{"NZD", "nz$", nil},
	{"PAB", "b/.", nil},
	{"OMR", "ر.ع", nil},
	{"PEN", "s/|s/.", nil},
	{"PHP", "₱", nil},
	{"PLN", "zł|zl", nil},
	{"QAR", "ر.ق", nil},
	{"RON", "lei", nil},
	{"RSD", "din|дин", nil},
	{"SAR", "ر.س", nil},
	{"SGD", "s$|sgd$|$ sgd", nil},
	{"THB", "฿|บาท", nil},
	{"TRY", "tl|₺", nil},
	{"TTD", "tt$", nil},
	{"TWD", "nt$", nil},
	{"TZS", "tsh", nil},
	{"PYG", "₲", nil},
	{"UAH", "грн|грн.|₴|гривень", nil},
	{"UZS", "сум|so'm|so‘m", nil},
	{"USD", "us$|u$s", nil},
	{"VND", "₫|đ|vnđ|đồng", nil},
	{"ZAR", "r", nil},
}

// markers is markerTable by text, the longest first.
var markers = func() []marker {
	var all []marker
	for _, row := range markerTable {
		for text := range strings.SplitSeq(row.texts, "|") {
			all = append(all, marker{text, row.code, row.alts})
		}
	}
	slices.SortStableFunc(all, func(a, b marker) int { return len(b.text) - len(a.text) })
	return all
}()

// isoCodes are the codes that pages print beside amounts.
var isoCodes = strings.Fields(`AED AMD ARS AUD AZN BAM BDT BGN BHD BOB BRL BYN CAD CHF CLP CNY COP CRC CZK DKK DOP EGP EUR GBP GEL GHS GTQ HKD HRK HUF
	IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KRW KWD KZT LBP LKR MAD MDL MKD MMK MNT MUR MXN MYR NGN NOK NPR NZD OMR PAB PEN PHP PKR PLN PTE PYG
	QAR RON RSD RUB SAR SEK SGD THB TND TRY TTD TWD UAH UGX USD UYU UZS VND XAF XOF ZAR ZMW`)

// isoMarkers are the markers that codes are.
var isoMarkers = func() map[[3]byte]*marker {
	all := map[[3]byte]*marker{}
	for _, code := range isoCodes {
		all[[3]byte([]byte(code))] = &marker{text: code, code: code}
	}
	return all
}()

// isoMarker returns the marker that three bytes are in capital or small letters; nil for
// others.
func isoMarker(s string) *marker {
	var code [3]byte
	for i := range code {
		if !letter(s[i]) {
			return nil
		}
		code[i] = s[i] &^ 0x20
	}
	return isoMarkers[code]
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
	if t == "" {
		return nil, len(s)
	}
	for _, m := range markersEnding[t[len(t)-1]] {
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
		if m := isoMarker(t[at:]); m != nil && !isWordRune(before) {
			return m, at
		}
	}
	return nil, len(s)
}

// markerAfter returns the marker that begins s, spaces aside, and where it ends.
func markerAfter(s string) (*marker, int) {
	t := strings.TrimLeft(s, " ")
	if t == "" {
		return nil, 0
	}
	skipped := len(s) - len(t)
	for _, m := range markersBeginning[t[0]] {
		if !hasPrefixFold(t, m.text) || m.text == `\` || m.text == "r" || m.text == "¥" && skipped > 0 {
			continue
		}
		if next := len(m.text); skipped > 0 && len(t) > next && (m.text == "$" && t[1] == ' ' || digit(t, next) && standsBefore(m.text)) {
			return nil, 0 // the sign of the next amount
		}
		if after, _ := utf8.DecodeRuneInString(t[len(m.text):]); isWord(m.text) && isWordRune(after) {
			continue
		}
		return m, skipped + len(m.text)
	}
	if len(t) >= 3 {
		after, _ := utf8.DecodeRuneInString(t[3:])
		if m := isoMarker(t[:3]); m != nil && !isWordRune(after) {
			return m, skipped + 3
		}
	}
	return nil, 0
}

// standsBefore reports whether a sign is written before its amounts.
func standsBefore(sign string) bool {
	return strings.HasSuffix(sign, "$") || sign == "£" || sign == "₹" || sign == "₩"
}

func isWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return isWordRune(r)
}

func hasPrefixFold(s, lower string) bool {
	return len(s) >= len(lower) && mayFold(s[0], lower[0]) && strings.EqualFold(s[:len(lower)], lower)
}

// markersBeginning and markersEnding are the markers that may begin or end with a byte.
var (
	markersBeginning = markersBy(firstRune, func(r rune) byte { return string(r)[0] })
	markersEnding    = markersBy(lastRune, func(r rune) byte { s := string(r); return s[len(s)-1] })
)

// markersBy sorts the markers by a byte of a character of theirs, which may stand in
// either case.
func markersBy(char func(string) rune, of func(rune) byte) (by [256][]*marker) {
	for i := range markers {
		m, r := &markers[i], char(markers[i].text)
		for first, c := true, r; first || c != r; first, c = false, unicode.SimpleFold(c) {
			if list := by[of(c)]; !slices.Contains(list, m) {
				by[of(c)] = append(list, m)
			}
		}
	}
	return by
}

// mayFold reports whether the first bytes of two texts, the second in lower case, may
// be of one letter in two cases.
func mayFold(c, lower byte) bool {
	return c == lower || c >= utf8.RuneSelf || c|0x20 == lower
}

func hasSuffixFold(s, lower string) bool {
	return len(s) >= len(lower) && mayFold(s[len(s)-1], lower[len(lower)-1]) && strings.EqualFold(s[len(s)-len(lower):], lower)
}

// japanese reports whether a text has kana, or words that only Japanese prints beside
// prices.
func japanese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana) }) || strings.ContainsAny(s, "円税")
}
