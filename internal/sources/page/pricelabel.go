package page

import (
	"strings"
	"unicode/utf8"
)

// Words in the label before an amount, or right behind it, that say that it is
// not what a buyer pays. All are looked up in folded lower case.
var (
	labelNever = newLexicon(
		"送料", "配送料", "手数料", "運賃", "代引", "ポイント", "獲得", "還元", "クーポン", "割引", "値引", "引き", "節約", "お得額", "下取",
		"通常価格", "通常:", "定価", "参考価格", "参考小売", "希望小売", "標準価格", "標準小売", "旧価格", "元値", "元の価格", "市場価格", "当店通常", "メーカー価格", "あたり", "単価",
		"最大", "以上", "残り", "在庫", "品番", "型番", "jan", "発売日", "レビュー", "件", "月々", "分割", "入札",
		"shipping", "delivery", "postage", "versand", "livraison", "envío", "frete", "spedizione", "доставка", "save", "you save", "discount", "cashback", "points",
		"preis pro", "grundpreis", "pro 100", "prix au", "unit price", "price per", "prezzo al", "precio por", "cena za", "installment", "instalments", "instalment", "raten", "ab monatlich", "mensualité", "mensualités", "au lieu", "sin interés", "sem juros", "splátky", "рассрочка", "в месяц", "экономия", "скидка", "вы экономите", "sparen", "du sparst", "sie sparen", "économisez", "vous économisez", "risparmi", "ahorras", "ahorra", "economize", "oszczędzasz", "ušetříte", "ušetríte", "besparing", "winning bid", "minimum order", "orders over", "cash back", "運費", "运费", "배송비", "적립",
		"rating", "reviews", "per month", "cuotas", "mensual", "monthly", "estimate", "starting price", "qty", "quantity", "sku", "isbn", "ean",
	)
	labelBefore = newLexicon(
		"税抜", "税別", "本体", "was", "rrp", "msrp", "list price", "uvp", "statt", "regular price", "old price", "reg.", "excl", "ex vat", "prix conseillé", "precio anterior",
		"antes", "před slevou", "cena regularna", "before", "ord. pris", "ord pris", "tidigare", "før", "běžná cena", "bežná cena", "pôvodne", "původně", "was:", "vorher", "bisher", "ursprünglich", "ehemals", "au lieu de", "invece di", "en vez de", "van voor", "adviesprijs", "vejl. pris", "catálogo", "市售價", "原價", "原价", "定價", "建議售價", "市價", "市场价", "정가", "시중가", "старая цена", "było", "poprzednio",
		"brez ddv", "bez dph", "bez vat", "ohne mwst", "exkl", "excl.", "ex tax", "ex. tax", "exc. tax", "exc tax", "sans tva", "hors taxe", "hors taxes", "senza iva", "iva esclusa", "sin iva", "sem iva", "без пдв", "без ндс", "без ддс", "fără tva", "fara tva", "bez pdv", "uten mva", "eks. moms", "ex moms", "exkl. moms", "ex. moms", "kdv hariç", "χωρίς φπα", "未税", "未稅",
	)
	labelFree = []string{"送料無料", "送料込み", "送料込", "送料別", "送料負担なし", "配送料無料", "配送料込み", "手数料無料", "free shipping", "free delivery", "ポイント対象"}

	tailNever  = []string{"%", "/ kg", "/kg", "/ l", "/l", "/ 100", "/100", "/ 1 kg", "/1kg", "/1 kg", "/ 1 l", "/ litre", "/ month", "/month", "/mo", "per month", "pro monat", "par mois", "al mes", "al mese", "/ monat", "/mois", "sparen", "gespart", "rabatt", "cashback", "パーセント", "ポイント", "point", "pt", "円分", "円引", "円off", "off", "引き", "引", "オフ", "割", "倍", "お得", "以上", "キャッシュバック", "還元", "mb", "gb", "save", "delivery", "shipping", "postage", "livraison", "versand", "spedizione", "送料", "cuotas"}
	tailBefore = []string{"(税抜", "(税別", "税抜", "税別", "+税", "+ 税", "(本体", "→", "⇒", "->", "excl", "ex vat", "ex. vat", "(ex", "exc vat", "brez ddv", "bez dph", "bez vat", "ohne mwst", "exkl", "hors taxe", "+ iva", "+iva", "sin iva", "sem iva", "iva esclusa", "без пдв", "без ндс", "+ vat", "+vat", "+ tax", "fără tva", "fara tva", "bez pdv", "uten mva", "eks. moms", "ex moms", "kdv hariç", "+ kdv"}
	tailTax    = []string{"(税込", "税込", "(内税", "inc vat", "inkl"}

	counters = []string{
		"%", "個", "点", "件", "本", "枚", "名", "人", "日", "月", "年", "時", "分", "秒", "回", "台", "袋", "箱", "冊", "歳", "位", "倍", "割", "巻", "号", "着", "足", "組", "セット", "ヶ", "か月", "カ月", "週",
		"インチ", "ポイント", "pt", "p", "cm", "mm", "km", "kg", "mg", "g", "ml", "l", "gb", "tb", "mb", "mah", "w", "v", "hz", "x", "pcs", "off", "months", "month", "days", "day", "hours", "stars", "reviews", "ratings", "von", "of",
	}
)

// judge ranks an amount by the label before it and by the tail behind it.
func judge(label, tail string, money bool) rank {
	label = strings.ToLower(label)
	for _, w := range labelFree {
		label = strings.ReplaceAll(label, w, "")
	}
	tail = strings.ToLower(strings.TrimLeft(tail, " "))
	for _, w := range labelFree { // "¥2,980 送料込み" is the price, not the shipping
		tail = strings.TrimPrefix(tail, w)
	}
	switch {
	case labelNever.in(label) || startsWithWord(tail, tailNever):
		return never
	case strings.HasPrefix(tail, "+") && strings.Trim(tail[1:], " .!") == "":
		return never // "orders $49+"
	case !money:
		return bare
	case labelBefore.in(label) || ownTail(tail, tailBefore) > 0:
		return before
	case strings.Contains(label, "税込") || ownTail(tail, tailTax) > 0:
		return included
	}
	return asked
}

// tagWidth returns how much of the tail speaks of the amount before it, so that
// it is not taken for the label of the next: a bracket, or a word on tax.
func tagWidth(tail string) int {
	t := strings.TrimLeft(tail, " ")
	skipped := len(tail) - len(t)
	if strings.HasPrefix(t, "(") {
		if i := strings.IndexByte(t, ')'); i > 0 && !strings.ContainsAny(t[:i], "0123456789") {
			return skipped + i + 1
		}
	}
	low := strings.ToLower(t)
	for _, w := range tailNever {
		if strings.HasPrefix(low, w) {
			return skipped + len(w)
		}
	}
	for _, words := range [][]string{tailBefore, tailTax} {
		if n := ownTail(low, words); n > 0 && low[0] != '(' {
			return skipped + n
		}
	}
	return 0
}

// ownTail returns the length of the word that begins the tail of an amount and
// belongs to it; 0 without one. A word right before a further amount is the label
// of that: "40.00€ Brez DDV: 36.53€".
func ownTail(tail string, words []string) int {
	for _, w := range words {
		if !startsWithWord(tail, []string{w}) {
			continue
		}
		rest := strings.TrimLeft(tail[len(w):], " .")
		if rest == "" || !strings.ContainsRune("0123456789:$¥€£", firstRune(rest)) {
			return len(w)
		}
	}
	return 0
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// startsWithWord reports whether s begins with one of words, a Latin one not
// being the beginning of a longer word.
func startsWithWord(s string, words []string) bool {
	for _, w := range words {
		if strings.HasPrefix(s, w) && standsApart(s, 0, len(w)) {
			return true
		}
	}
	return false
}

// hasCounter reports whether what follows a number says that it counts things.
func hasCounter(rest string) bool {
	return startsWithWord(strings.ToLower(strings.TrimLeft(rest, " ")), counters)
}
