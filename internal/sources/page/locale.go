package page

import (
	"bytes"
	"strings"
)

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

// homeCurrencies are those of countries that no other page means by their sign, by the
// country's code, and of languages that are spoken in one of them.
var homeCurrencies = map[string]string{
	"jp": "JPY", "ja": "JPY", "kr": "KRW", "ko": "KRW", "uk": "GBP", "gb": "GBP", "ch": "CHF", "pl": "PLN", "cz": "CZK", "cs": "CZK", "hu": "HUF", "ro": "RON", "bg": "BGN", "ru": "RUB", "ua": "UAH", "tr": "TRY", "th": "THB", "vn": "VND", "vi": "VND", "id": "IDR", "my": "MYR", "ph": "PHP", "il": "ILS", "he": "ILS", "za": "ZAR", "br": "BRL", "sv": "SEK", "da": "DKK", "nb": "NOK",
	"de": "EUR", "at": "EUR", "fr": "EUR", "it": "EUR", "es": "EUR", "pt": "EUR", "nl": "EUR", "be": "EUR", "ie": "EUR", "fi": "EUR", "gr": "EUR", "el": "EUR", "sk": "EUR", "si": "EUR", "ee": "EUR", "lt": "EUR", "lv": "EUR", "hr": "EUR", "cy": "EUR", "lu": "EUR", "mt": "EUR",
}

// homeCurrency returns the currency that the page's buyers pay in, by the end of its
// host's name, the region of its language, or the language alone; "" when none tells.
// It decides only between amounts in several currencies.
func (d *Document) homeCurrency() string {
	if c := d.localCurrency(); c != "" {
		return c
	}
	host := strings.ToLower(d.URL.Hostname())
	if c := homeCurrencies[host[strings.LastIndexByte(host, '.')+1:]]; c != "" {
		return c
	}
	language, region, _ := strings.Cut(strings.ReplaceAll(d.lang, "_", "-"), "-")
	if c := homeCurrencies[region]; c != "" {
		return c
	}
	return homeCurrencies[language]
}

// simplified are words of shops that only pages in simplified Chinese have.
var simplified = [][]byte{[]byte("购买"), []byte("购物车"), []byte("库存"), []byte("现货"), []byte("运费"), []byte("价格"), []byte("发货"), []byte("售价"), []byte("优惠")}

// chinese reports whether the page is in simplified Chinese: by its language, or by its
// words where it names none and has no kana.
func (d *Document) chinese() bool {
	if d.lang != "" {
		return d.lang == "zh" || strings.HasPrefix(d.lang, "zh-cn") || strings.HasPrefix(d.lang, "zh-hans")
	}
	if strings.HasSuffix(strings.ToLower(d.URL.Hostname()), ".jp") || !bytes.Contains(d.Page.Body, []byte("¥")) && !bytes.Contains(d.Page.Body, []byte("￥")) {
		return false
	}
	for _, word := range simplified {
		if bytes.Contains(d.Page.Body, word) {
			return !bytes.Contains(d.Page.Body, []byte("の")) && !bytes.Contains(d.Page.Body, []byte("ください"))
		}
	}
	return false
}
