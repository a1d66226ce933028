package page

import "strings"

// localCurrencies are those of countries whose money is printed with a sign that
// others print too, by the country's code.
var localCurrencies = map[string]string{
	"au": "AUD", "nz": "NZD", "ca": "CAD", "us": "USD", "sg": "SGD", "hk": "HKD", "tw": "TWD", "mx": "MXN", "cl": "CLP", "co": "COP", "ar": "ARS", "uy": "UYU",
	"se": "SEK", "no": "NOK", "dk": "DKK", "is": "ISK", "in": "INR", "pk": "PKR", "lk": "LKR", "np": "NPR", "cn": "CNY", "by": "BYN",
	"sa": "SAR", "qa": "QAR", "om": "OMR", "ye": "YER",
}

// localCurrency returns the currency of the country that the page is made for, by the
// end of its host's name or the region of its language: it decides between currencies
// that share a sign. Names under .co and .is are used all over the world, and en-US is
// what templates say that nobody has changed.
func (d *Document) localCurrency() string {
	host := d.URL.Hostname()
	end := strings.ToLower(host[strings.LastIndexByte(host, '.')+1:])
	if c := localCurrencies[end]; c != "" && (end != "co" && end != "is" || strings.HasSuffix(host, ".com."+end)) {
		return c
	}
	for _, locale := range []string{d.lang, strings.ToLower(d.Meta("og:locale"))} {
		if _, region, ok := strings.Cut(strings.ReplaceAll(locale, "_", "-"), "-"); ok {
			if c := localCurrencies[region[strings.LastIndexByte(region, '-')+1:]]; c != "" && c != "USD" {
				return c
			}
		}
	}
	return ""
}
