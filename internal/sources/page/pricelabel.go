package page

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/pattern"
)

// Words in the label before an amount, or right behind it, that say that it is
// not what a buyer pays. All are looked up in folded lower case.
var (
	// labelNever names amounts that are no price of the thing at all.
	labelNever = newLexicon(
		"送料", "配送料", "手数料", "運賃", "代引", "ポイント", "獲得", "還元", "クーポン", "割引", "値引", "引き", "節約", "お得額", "下取", "買取",
		"あたり", "当たり", "当り", "単価", "消費税", "税額", "内税額", "保証料", "延長保証", "ギフト券", "商品券", "お届け手数料",
		"最大", "以上", "以下", "未満", "残り", "在庫", "品番", "型番", "jan", "発売日", "レビュー", "件", "月々", "月額", "分割", "回払い", "回払", "入札", "支払い総額",
		"shipping", "delivery", "postage", "versand", "livraison", "envío", "frete", "spedizione", "доставка", "save", "you save", "saving", "savings", "discount", "cashback", "points", "trade-in", "trade in", "gift card", "voucher", "deposit", "warranty", "protection",
		"preis pro", "grundpreis", "pro 100", "prix au", "unit price", "price per", "prezzo al", "precio por", "cena za", "installment", "installments", "instalments", "instalment", "payment of", "payments of", "interest-free", "interest free", "raten", "monatsrate", "ab monatlich", "monatlich", "mensualité", "mensualités", "mensualidades", "parcelas", "sin interés", "sem juros", "senza interessi", "sans frais", "splátky", "рассрочка", "в месяц", "экономия", "скидка", "вы экономите", "sparen", "du sparst", "sie sparen", "économisez", "vous économisez", "risparmi", "ahorras", "ahorra", "economize", "oszczędzasz", "ušetříte", "ušetríte", "besparing", "winning bid", "minimum order", "orders over", "cash back", "每期", "分期", "積點", "點數", "紅利", "运费险", "運費", "运费", "배송비", "적립",
		"orders above", "orders of", "on orders", "over", "spend", "when you spend", "min. spend", "minimum spend", "up to", "under", "versandkostenfrei ab", "gratisversand ab", "gratis verzending vanaf", "livraison offerte dès", "livraison gratuite dès", "envío gratis desde", "spedizione gratuita da", "fri frakt över", "fri fragt over", "消費滿", "消费满", "订单满",
		"rating", "reviews", "per month", "cuotas", "mensual", "monthly", "estimate", "starting price", "qty", "quantity", "sku", "isbn", "ean",
	)
	// labelInstead names prices of another thing, or for a buyer with whom the shop
	// has more than this one dealing. Such a price counts only where no other stands.
	labelInstead = newLexicon(
		"定期購入", "定期便", "定期お届け", "定期コース", "定期価格", "定期初回", "定期特別", "定期なら", "定期:", "定期", "お届け便", "おトク便", "頒布会", "初回価格", "初回限定", "初回特別", "初回のみ", "サブスク",
		"会員価格", "会員様価格", "会員特別", "会員特価", "会員限定特価", "会員限定価格", "会員登録で", "会員登録すると", "会員なら", "会員様なら", "会員:", "プレミアム会員", "メンバー価格", "メンバーズ価格", "友の会", "ログイン価格", "ログイン後価格", "vip価格", "社員価格", "業者価格", "卸価格", "卸売", "学割", "学生価格", "アプリ限定価格", "アプリ価格",
		"レンタル", "貸出", "電子書籍", "電子版", "kindle", "ダウンロード版", "デジタル版", "まとめ買い", "まとめて", "まとめ割", "大口", "ケース販売", "ロット", "セット価格", "セット販売", "セット", "同時購入", "中古", "新品&中古", "出品者から", "クーポン利用で", "クーポン適用", "クーポン使用", "参考換算", "実質価格", "実質", "約", "およそ",
		"subscribe", "subscription", "subscribe & save", "autoship", "auto-ship", "auto-delivery", "repeat delivery", "deliver every", "first order", "member", "members", "member's", "membership", "loyalty price", "club price", "plus price", "prime price", "rewards price", "student", "students", "trade price", "wholesale", "rent", "rental", "hire", "ebook", "e-book", "audiobook", "digital edition", "digital version", "download version", "bulk", "bundle price", "bundle:", "case price", "used from", "used price", "used:", "buy used", "pre-owned", "preowned", "second hand", "second-hand", "refurbished from", "open box", "open-box", "with code", "with coupon", "after coupon", "when you buy", "approx", "approx.", "approximately", "≈", "~=", "other sellers", "new & used",
		"abo", "sparabo", "im abo", "spar-abo", "mitgliederpreis", "mitglieder", "miete", "mieten", "leihen", "gebraucht", "gebraucht ab", "im set", "ca.", "mit gutschein", "mit code", "abonnement", "abonné", "abonnés", "adhérent", "adhérents", "prix club", "location", "louer", "d'occasion", "d’occasion", "occasion", "suscripción", "suscríbete", "socio", "socios", "alquiler", "segunda mano", "abbonamento", "noleggio", "usato", "soci", "assinatura", "assinante", "aluguel", "usado", "usados", "lidmaatschap", "huur", "huren", "tweedehands", "prenumeration", "medlem", "medlemspris", "hyra", "begagnad", "subskrypcja", "wypożyczenie", "używane", "pronájem", "аренда", "подписка", "по карте", "с картой", "б/у",
		"會員價", "会员价", "訂閱", "订阅", "租借", "租賃", "租金", "電子書", "电子书", "二手", "団購", "团购价", "约", "約合", "约合", "회원가", "정기구독", "정기배송", "대여", "중고",
	)
	// labelListed names prices of reference: they count only where no price of the
	// shop's own stands.
	labelListed = newLexicon(
		"通常価格", "通常:", "定価", "参考価格", "参考小売", "希望小売", "標準価格", "標準小売", "旧価格", "元値", "元の価格", "市場価格", "相場", "当店通常", "メーカー価格", "メーカー希望", "オープン価格", "他店", "セール前", "変更前", "値下げ前", "従来価格", "販売当初",
		"worth", "est. value", "est value", "estimated value", "value:", "comp. value", "compare at", "comparable value", "suggested", "market price", "typical price", "retail:", "retail price",
		"au lieu", "au lieu de", "valeur", "prix public", "listenpreis", "unverbindliche", "precio de lista", "pvp recomendado", "prezzo di listino", "cena katalogowa", "doporučená",
	)
	// labelWas names prices that are asked no longer.
	labelWas = newLexicon(
		"was", "rrp", "msrp", "srp", "list price", "uvp", "statt", "regular price", "old price", "previous price", "original price", "originally", "reg.", "reg", "regular", "prix conseillé", "precio anterior",
		"antes", "před slevou", "cena regularna", "before", "ord. pris", "ord pris", "tidigare", "før", "běžná cena", "bežná cena", "pôvodne", "původně", "was:", "vorher", "bisher", "ursprünglich", "ehemals", "invece di", "en vez de", "van voor", "adviesprijs", "vejl. pris", "catálogo", "市售價", "原價", "原价", "定價", "建議售價", "市價", "市场价", "정가", "시중가", "старая цена", "było", "poprzednio",
	)
	// labelNet names prices without tax.
	labelNet = newLexicon(
		"税抜", "税別", "本体価格", "(本体", "excl", "ex vat",
		"brez ddv", "bez dph", "bez vat", "ohne mwst", "exkl", "excl.", "ex tax", "ex. tax", "exc. tax", "exc tax", "sans tva", "hors taxe", "hors taxes", "senza iva", "iva esclusa", "sin iva", "sem iva", "без пдв", "без ндс", "без ддс", "fără tva", "fara tva", "bez pdv", "uten mva", "eks. moms", "ex moms", "exkl. moms", "ex. moms", "kdv hariç", "χωρίς φπα", "未税", "未稅",
	)
	// labelNow names what is asked now.
	labelNow = newLexicon(
		"特価", "特別価格", "販売価格", "セール価格", "現在価格", "当店価格", "一般価格", "単品価格", "sale price", "now", "our price", "special price", "current price", "your price", "you pay", "buy once", "one-time purchase", "angebotspreis", "aktueller preis", "jetzt", "prix promo", "prix actuel", "precio actual", "precio de oferta", "prezzo attuale", "nu", "teraz", "nyní",
	)
	labelFree = []string{"送料無料", "送料込み", "送料込", "送料別", "送料負担なし", "配送料無料", "配送料込み", "手数料無料", "ポイント対象", "会員登録不要", "非会員", "non-members", "non-member", "non members", "レンタル可", "定期的", "定期点検", "単品購入", "通常購入", "定期入れ", "free shipping", "free delivery", "one-time purchase", "ohne abo", "sans abonnement", "sin suscripción"}

	// tailLabels are tails that may as well be the label of the next amount.
	tailLabels = []string{"ポイント", "point", "pt", "save", "delivery", "shipping", "postage", "livraison", "versand", "spedizione", "送料", "配送料", "手数料", "消費税", "cuotas", "sparen", "cashback", "還元", "お得"}
	tailNever  = []string{"%", "/ kg", "/kg", "/ l", "/l", "/ 100", "/100", "/ 1 kg", "/1kg", "/1 kg", "/ 1 l", "/ litre", "/ g", "/g", "/ ml", "/ml", "/ oz", "/oz", "/ 個", "/個", "/本", "/枚", "/ month", "/month", "/mo", "/ mo", "/月", "/ 月", "a month", "per month", "per 100", "per kg", "per litre", "monthly", "pro monat", "par mois", "al mes", "al mese", "/ monat", "/monat", "/mois", "/mes", "gespart", "rabatt", "パーセント", "円分", "円引", "円off", "off", "引き", "引", "オフ", "割", "倍", "以上", "以下", "未満", "キャッシュバック", "mb", "gb", "相当", "で送料", "の商品", "gift card", "voucher", "or more", "and over", "and above", "or over", "minimum", "× ", "x 1", "x 2", "x 3", "×1", "×2", "×3", "×4", "×6", "x 6", "x 4"}
	tailOther  = []string{"with code", "with coupon", "with voucher", "with promo", "after coupon", "for members", "with subscription", "if you subscribe", "mit code", "mit gutschein", "avec le code", "con código", "con codice", "クーポン利用", "クーポン適用", "クーポン使用", "(会員", "(クーポン", "(定期"}
	tailNet    = []string{"(税抜", "(税別", "税抜", "税別", "+税", "+ 税", "(本体", "+消費税", "excl", "ex vat", "ex. vat", "(ex", "exc vat", "brez ddv", "bez dph", "bez vat", "ohne mwst", "exkl", "hors taxe", "+ iva", "+iva", "sin iva", "sem iva", "iva esclusa", "без пдв", "без ндс", "+ vat", "+vat", "+ tax", "fără tva", "fara tva", "bez pdv", "uten mva", "eks. moms", "ex moms", "kdv hariç", "+ kdv"}
	tailWas    = []string{"→", "⇒", "->", "➡", "▶", "=>", "から値下げ"}
	tailTax    = []string{"(税込", "税込", "(内税", "(tax in", "inc vat", "inkl"}

	counters = []string{
		"%", "個", "点", "件", "本", "枚", "名", "人", "日", "月", "年", "時", "分", "秒", "回", "台", "袋", "箱", "冊", "歳", "位", "倍", "割", "巻", "号", "着", "足", "組", "セット", "ヶ", "か月", "カ月", "週",
		"インチ", "ポイント", "pt", "p", "cm", "mm", "km", "kg", "mg", "g", "ml", "l", "gb", "tb", "mb", "mah", "w", "v", "hz", "x", "pcs", "off", "months", "month", "days", "day", "hours", "stars", "reviews", "ratings", "von", "of",
	}
)

// What stands before an amount and counts: of how many things, or in how many
// payments, it is the price.
var (
	several = pattern.MustCompile(`(?:^|[^\d.,])(?:[2-9]|[1-9]\d{1,3})\s*(?:(?:個|点|本|枚|袋|箱|冊|缶|足|着|組|台|パック|ケース|ボトル|セット|pack|packs|pcs|pieces|items|bottles|units|stück|pièces|unidades)\s*(?:以上|まとめ|セット|で|なら|ご購入|購入|入り|入|〜|~|\+|for|or more|:|\s)|for\b|\+|or more|~|以上)[^\d¥$€£]{0,12}[¥$€£]?\s*$|(?:^|\s)(?:[2-9]|[1-9]\d{1,3}) ?[-–〜~] ?\d{1,4}\s*(?:個|点|本|枚|pcs|units|:)[^\d]{0,4}$`)
	ofUnit  = pattern.MustCompile(`\((?:\d+(?:\.\d+)?)?\s*(?:個|本|枚|袋|箱|冊|缶|包|粒|回|日分|食|杯|組|足|m|cm|g|kg|ml|l|oz|lb)\s*(?:あたり|当たり|当り|につき)?\s*[:/=]?\s*(?:約\s*)?[¥$€£]?\s*$`)
	payment = pattern.MustCompile(`(?:^|[^\d.,])\d{1,2}\s?(?:[x×]|回払い?|回|か月|ヶ月|months? at)\s?(?:各|で|:|月々|r)?\s?[¥$€£]?\s*$`)
	least   = pattern.MustCompile(`(?:^|\s)(?:ab|über|from|above|dès|desde|da|vanaf|od|от|od kwoty)\s*[¥$€£]?\s*$`)
	sent    = pattern.MustCompile(`^(?:versandkostenfrei|gratis ?versand|kostenloser versand|portofrei|livraison (?:offerte|gratuite)|envío (?:gratis|gratuito)|frete grátis|spedizione gratuita|gratis verzending|darmowa (?:dostawa|wysyłka)|doprava zdarma|бесплатная доставка|free (?:delivery|shipping|uk|p&p))`)
	lasting = pattern.MustCompile(`^\s?(?:泊|日間|週間|[ヶかカ]月間?|days?|weeks?|months?|tage|jours|días|giorni)($|\P{L})`)
	coded   = pattern.MustCompile(`[a-z]{3,}\d+`)
	counted = pattern.MustCompile(`\([^()]*\d[^()]*\)`)
	times   = pattern.MustCompile(`^(?:[x×]\s?\d{1,2}(?:\s?(?:回|months|mois|meses|monate|mal|fois))?|\d{1,2}\s?回)`)
)

// judge ranks an amount by the label before it, by all of the text before it, and by
// the tail behind it.
func judge(label, before, tail string, money bool) rank {
	label = strings.ReplaceAll(strings.ToLower(label), "消費税込", "税込")
	if strings.ContainsAny(label, "0123456789") {
		label = coded.ReplaceAllString(label, "") // the words of a code say nothing: "SAVE10"
	}
	if strings.Contains(label, "(") {
		label = counted.ReplaceAllString(label, " ")
	}
	if i := labelNow.lastIndex(label); i > 0 && !unicode.IsLetter(lastRune(label[:i])) {
		label = label[i:] // "Regular price Sale price $19.99": the first label's amount is crossed out
	}
	for _, w := range labelFree {
		label = strings.ReplaceAll(label, w, "")
	}
	tail = strings.ToLower(strings.TrimLeft(tail, " "))
	whole := tail
	for _, w := range labelFree { // "¥2,980 送料込み" is the price, not the shipping
		tail = strings.TrimPrefix(tail, w)
	}
	switch {
	case labelNever.in(label) || startsWithWord(tail, tailNever) || behind(tail, tailLabels, money) > 0:
		return never
	case strings.HasPrefix(tail, "+") && strings.Trim(tail[1:], " .!") == "":
		return never // "orders $49+"
	case !money:
		return bare
	}
	before = strings.ToLower(before)
	counts := strings.ContainsAny(before, "0123456789")
	switch {
	case sent.MatchString(whole) && least.MatchString(before):
		return never
	case ofUnit.MatchString(before) || counts && payment.MatchString(before) || times.MatchString(tail):
		return never
	case counts && several.MatchString(before) || labelInstead.in(label) || startsWithWord(tail, tailOther):
		return instead
	case labelListed.in(label):
		return listed
	case labelWas.in(label) || startsWithWord(tail, tailWas):
		return superseded
	case ownTail(tail, tailTax) > 0:
		return included
	case labelNet.in(label) || ownTail(tail, tailNet) > 0:
		return net
	case strings.Contains(label, "税込"):
		return included
	}
	return asked
}

// behind returns the length of the word that begins the tail of an amount and says
// what the amount is; 0 without one. After an amount of money such a word is the label
// of a next amount if one follows: "1,980円 送料 550円".
func behind(tail string, words []string, money bool) int {
	for _, w := range words {
		if !startsWithWord(tail, []string{w}) {
			continue
		}
		rest := tail[len(w):]
		if next := strings.IndexAny(rest, "0123456789"); money && next >= 0 && utf8.RuneCountInString(rest[:next]) <= 12 {
			return 0
		}
		return len(w)
	}
	return 0
}

// tagWidth returns how much of the tail speaks of the amount before it, so that
// it is not taken for the label of the next: a bracket, or a word on tax.
func tagWidth(tail string, money bool) int {
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
	for _, w := range tailOther {
		if strings.HasPrefix(low, w) {
			return skipped + len(w)
		}
	}
	if n := behind(low, tailLabels, money); n > 0 {
		return skipped + n
	}
	for _, words := range [][]string{tailNet, tailTax} {
		if n := ownTail(low, words); n > 0 && low[0] != '(' {
			return skipped + n
		}
	}
	return 0
}

// ownTail returns the length of the word that begins the tail of an amount and
// belongs to it; 0 without one. A word right before a further amount is the label
// of that: "40.00€ Brez DDV: 36.53€", "1,980円(本体価格1,800円)".
func ownTail(tail string, words []string) int {
	for _, w := range words {
		if !startsWithWord(tail, []string{w}) {
			continue
		}
		if end := strings.IndexByte(tail, ')'); w[0] == '(' && end > 0 && strings.ContainsAny(tail[:end], "0123456789") {
			return 0
		}
		rest := strings.TrimLeft(tail[len(w):], " .")
		if rest == "" || !strings.ContainsRune("0123456789:$¥€£", firstRune(rest)) {
			return len(w)
		}
	}
	return 0
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
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
