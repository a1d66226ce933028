package page

import (
	"strings"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// maxPhrase bounds the clause that may be a statement of stock. Longer ones are
// prose: terms, reviews, descriptions.
const maxPhrase = 48

// phrase is a wording with the availability that it states.
type phrase struct {
	says  stock.Availability
	words *lexicon
}

// traps are wordings that hold a stock word and state no stock: notices for the
// case that, buttons that offer to tell, filters, lotteries' consolation prizes.
var traps = pattern.MustCompile(`の際は|ないときは|なしの商品|と表示|の際には|の場合|ことがあり|ことがござい|可能性|恐れ|おそれ|お知らせ|おしらせ|通知|入荷連絡|入荷案内|リクエスト|次第ご?連絡|完売御礼品|` +
	`抽選参加賞|同梱|一緒に|予告なく|場合[がも](ござい|あり)|:\s*(on|off)$|を除く|含む|表示しない|のみ表示|絞り込|早期完売|即完売|完売必至|売り切れ御免|売切れ御免|売り切れごめん|在庫限り|在庫処分|在庫は?店舗|店舗在庫|店頭在庫|在庫を?確認|在庫について|在庫状況(を|は)|` +
	`\bif\b|\bwhen\b|\bonce\b|notify|e-?mail me|alert me|let me know|remind me|tell me|back in stock|\bhide\b|\bshow\b|\bonly show\b|\bexclude\b|\binclude\b|` +
	`sobald|\bas soon\b|dès qu|non appena|tan pronto|assim que|zodra|jakmile|akonáhle|amint|как только|så snart|` +
	`benachrichtig|prévenez|avísame|avvisami|avise-me|powiadom|upozorn|сообщить|уведомить|` +
	`\bcollection\b|\boption|\bopcja\b|\bdelivery\b|\bdostawa\b|\bvariante\b|\bservice\b|` +
	`\bmay\b|\bcould\b|near you|nearby|in stores?\b|click (&|and) collect|pick ?up|abhol|retrait|ritiro|odbiór|recoger|tienda`)

// promises are what makes of a text an offer to tell when there is stock again.
var promises = pattern.MustCompile(`benachrichtig|notify|e-?mail me|alert me|let me know|prévenez|avertir|avísame|avvisami|avise-me|powiadom|upozorn|сообщить|уведомить|повідомити|haber ver`)

// denied ends a clause that asks a question and says no: "in stock: no", "auf
// Lager: 0 Stück".
var denied = pattern.MustCompile(`:\s*(no|none|nein|non|nee|nie|ne|nej|nei|ei|nem|nu|нет|ні|не|não|nao|hayır|yok|false|-|×|✗|✕|x|無|なし)$|(:|^|\s|\()0\s*(stück|stk\.?|st\.?|pcs\.?|pieces?|units?|items?|ks|szt\.?|db|buc\.?|шт\.?|kpl|adet|個|点|件|개)?\)?$`)

// negations end what stands before a wording of stock, with one word more between
// at most: "nije na zalihi", "δεν υπάρχει σε απόθεμα".
var negations = pattern.MustCompile(`(^|\s)(not|isn't|isn’t|aren't|no|nicht|kein|keine|keiner|pas|non|não|nao|niet|geen|nie|není|neni|ne|nije|nisu|nema|ni|nem|nincs|nincsenek|inte|ej|ikke|ekki|ei|pole|nav|nėra|nera|не|нет|нема|немає|нету|няма|δεν|μη|δε|לא|אין|אינו|ليس|غير|لا|yox|hindi|tidak|bukan|không|chưa|ไม่|nuk|ez)(\s+\pL+)?\s+$|nu (este|e|sunt|se află)\s+$`)

// aloneWords state stock where they are all that is said.
var aloneWords = map[string]stock.Availability{
	"available online": stock.InStock, "verfügbar": stock.InStock, "disponibil": stock.InStock, "stocked": stock.InStock,
	"laos": stock.InStock, "sandėlyje": stock.InStock, "turime": stock.InStock, "موجود": stock.InStock, "mavjud": stock.InStock,
	"sold": stock.SoldOut, "sold already": stock.SoldOut, "verkauft": stock.SoldOut, "vendu": stock.SoldOut, "vendue": stock.SoldOut, "vendido": stock.SoldOut, "vendida": stock.SoldOut, "venduto": stock.SoldOut, "venduta": stock.SoldOut,
	"reserved": stock.Reserved, "reserviert": stock.Reserved, "réservé": stock.Reserved, "reservado": stock.Reserved, "riservato": stock.Reserved, "판매완료": stock.SoldOut, "예약중": stock.Reserved, "卖光了": stock.SoldOut, "預留": stock.Reserved,
	"loppu": stock.OutOfStock, "otsas": stock.OutOfStock, "habis": stock.SoldOut, "หมด": stock.SoldOut, "qolmadi": stock.OutOfStock, "bitib": stock.SoldOut,
}

// notOfThis are words of ways to get the thing, or of things to go with it: that
// one of these is not to be had says nothing of the thing itself.
var notOfThis = pattern.MustCompile(`\bdeliver|\bship(s|ped|ping)?\b|versandart|lieferung nach|livraison|envío|spedizion|consegna|doručení|dostaw|доставк|levering|kuljetus|teslimat|payment|financ|finanz|warranty|insurance|gift ?wrap|engrav|` +
	`\bfiliale|im markt|\bmarkt\b|en magasin|in negozio|punto vendita|in de winkel|winkelvoorraad|w sklepie|w salon|na prodejn|na predajn|üzletben|în magazin|in magazin|в магазин|в салон|i butik|mağaza|myymäl|kaupas|門市|매장|store stock|in-store|your store|local store|nearest store|selected store|reviews?\b|ratings?\b|\bvideo|\bimage|\bphoto|\bpreview`)

// Statements of stock, looked up in this order in folded lower case: a text
// that says both "not" and "available" says "not available".
var stockPhrases = []phrase{
	{stock.Discontinued, newLexicon(
		"販売終了", "販売を終了", "取扱い終了", "取り扱い終了", "取扱終了", "お取り扱いを終了", "お取扱いを終了", "取扱いを終了", "取り扱いを終了", "生産終了", "販売終息", "廃番",
		"discontinued", "no longer available", "no longer in stock", "nicht mehr lieferbar", "nicht mehr verfügbar", "plus disponible", "fin de série",
		"predaj skončil", "výpredaj skončil", "výroba ukončena", "výroba ukončená", "ikke længere tilgængelig", "finns inte längre", "utgått", "utgået", "utgått ur sortimentet", "udgået", "poistunut valikoimasta", "production arrêtée", "produit arrêté", "ne se fait plus", "auslaufartikel ausverkauft", "vom hersteller eingestellt", "produkcja zakończona", "produkt wycofany", "wycofany ze sprzedaży", "non più disponibile", "ya no está disponible", "ya no disponible", "não está mais disponível", "niet langer leverbaar", "niet meer leverbaar", "niet meer verkrijgbaar", "нет в продаже", "знят з виробництва", "больше не продается", "已下架", "商品已下架", "下架", "停產", "停产", "단종", "판매종료", "판매 종료", "판매중지", "판매 중지", "predaj bol ukončený", "predaj ukončený", "prodej skončil", "prodej ukončen", "fora de catálogo", "fuori produzione", "descatalogado", "снят с производства",
	)},
	{stock.OutOfStock, newLexicon(
		"ご注文できない商品", "注文できない", "注文不可", "在庫なし", "在庫無し", "在庫無", "在庫がありません", "在庫がございません", "在庫がなくなりました", "在庫はありません", "在庫を切らして", "在庫切れ", "在庫:×", "在庫 ×",
		"品切れ", "品切", "入荷未定", "入荷待ち", "入荷時期は未定", "販売停止", "販売休止", "販売中止", "ご購入できません", "購入できません", "ご購入いただけません", "購入いただけません", "ご注文いただけません", "ご注文ができません", "注文できません",
		"予約受付終了", "予約終了", "予約締切", "予約受付は終了", "受付終了", "受付は終了", "販売期間が終了", "販売期間外", "販売しておりません", "予定数の販売を終了しました", "予定数終了", "予定数量に達し", "お取り扱いできません", "お取扱いできません", "取り扱いできません", "公開停止中", "取引中",
		"out of stock", "out-of-stock", "0 in stock", "not in stock", "isn't in stock", "isn’t in stock", "isnt in stock", "no stock", "stock: no", "stock: 0", "stock level: 0", "currently out of", "sold through", "no longer for sale", "not for sale", "not sold online", "unavailable online", "not available online", "not available for online", "out of print", "this listing has ended", "listing was ended", "listing has ended", "bidding has ended", "bidding ended", "auction ended", "auction has ended", "auction closed", "this item has been sold", "has been sold", "item is sold", "this item sold", "sale ended", "sale has ended", "tickets are no longer", "no offers available", "no sellers", "currently no offers", "temporarily sold out", "currently unavailable", "temporarily unavailable", "aucune offre", "binnenkort leverbaar", "in kürze lieferbar", "bald lieferbar", "bald wieder", "wkrótce", "wieder verfügbar", "demnächst", "bientôt disponible", "de retour bientôt", "próximamente", "prossimamente", "disponibile a breve", "em breve", "brzy", "čoskoro", "hamarosan", "în curând", "скоро", "незабаром", "очікується", "ожидается", "tulossa", "kommer snart", "yakında", "בקרוב", "قريبا", "即將開賣", "即將上市", "即将上市", "출시예정", "coming soon", "not available", "not currently available", "unavailable", "no featured offers available", "awaiting stock",
		"nicht auf lager", "nicht auf lager.", "nicht am lager", "kein lagerbestand", "nicht mehr vorrätig", "nicht mehr auf lager", "nicht verfuegbar", "nicht bestellbar", "momentan nicht", "aktuell nicht", "online nicht", "nicht online", "wurde verkauft", "bereits verkauft", "nicht lagernd", "nicht lieferbar", "nicht verfügbar", "nicht vorrätig", "nicht zur verfügung", "nicht an lager", "derzeit nicht", "zur zeit nicht", "zurzeit vergriffen", "vergriffen",
		"rupture", "en rupture de stock", "rupture de stock", "victime de son succès", "victime de leur succès", "n'est plus disponible", "n’est plus disponible", "n'est pas disponible", "n’est pas disponible", "pas en stock", "hors stock", "plus en stock", "produit épuisé", "article vendu", "vente terminée", "indisponible", "actuellement indisponible", "non disponible", "épuisé", "agotado", "agotada", "agotados", "temporalmente agotado", "no hay stock", "no hay existencias", "sin disponibilidad", "no está disponible", "producto no disponible", "sense estoc", "exhaurit", "sin existencias", "sin stock", "no disponible", "fuera de stock",
		"non disponibile", "attualmente non disponibile", "esaurito", "esaurita", "esauriti", "prodotto non disponibile", "non è disponibile", "non ordinabile", "temporaneamente non", "momentaneamente non", "non in stock", "esgotado", "esgotada", "produto indisponível", "produto esgotado", "fora de estoque", "sem disponibilidade", "avise-me quando chegar", "indisponível", "não disponível", "sem stock", "sem estoque", "niet op voorraad", "niet voorradig", "momenteel uitverkocht", "tijdelijk niet", "momenteel niet", "online niet", "geen voorraad", "niet leverbaar", "niet beschikbaar", "uitverkocht",
		"brak na stanie", "brak towaru", "produkt niedostępny", "towar niedostępny", "niedostępne", "brak produktu", "aktualnie brak", "oferta zakończona", "aukcja zakończona", "brak w magazynie", "niedostępny", "niedostępna", "chwilowo niedostępny", "wyprzedan", "vypredané", "vypredaný", "vypredané!", "dočasne vypredané", "momentálne vypredané", "dočasně vyprodáno", "momentálně vyprodáno", "vyprodané", "vyprodán", "momentálně nedostupné", "nedostupný", "nedostupná", "nie je dostupný", "není dostupné", "není k dispozici", "vyprodáno", "nie je možné produkt kúpiť", "nie je možné kúpiť", "nelze koupit", "nelze zakoupit", "nie można kupić", "cannot be purchased", "cannot be ordered", "nicht bestellbar", "není skladem", "nie je skladom", "nie je na sklade", "nedostupné", "momentálne nedostupn", "ni na zalogi", "razprodano", "rasprodano", "nema na zalihi", "nije dostupno", "nema na stanju", "nije na stanju", "nedostupno", "trenutno nedostupno", "trenutno ni", "ni na voljo", "nije na skladištu", "pa stok",
		"stoc epuizat", "nu este disponibil", "nu este în stoc", "fără stoc", "fara stoc", "lipsă stoc", "lipsa stoc", "produs indisponibil", "nu este in stoc", "indisponibil", "elfogyott", "nincs készleten", "nem rendelhető", "jelenleg nem", "átmenetileg nem", "készlethiány", "nem elérhető", "nincs raktáron", "stokta yok", "stokta bulunmuyor", "stokta kalmadı", "tükenmiştir", "temin edilemiyor", "satışta değil", "stoklarda yok", "satışa kapalı", "mevcut değil", "tükendi", "нет в наличии", "товара нет", "нет на складах", "товар закончился", "закончилась", "закончились", "раскупили", "временно отсутствует", "немає в наявності", "немає на складі", "закінчився", "закінчилися", "розпродано", "не е наличен", "няма в наличност", "изчерпана", "изчерпано", "няма на склад", "не е в наличност", "снято с публикации", "недоступен", "недоступно", "нет на складе", "распродан", "закончился", "няма наличност", "изчерпан", "slut i lager", "slutsåld", "slutsålt", "tillfälligt slut", "ej i lager", "finns ej i lager", "finns inte i lager", "inte i lager", "ikke på lager", "ikke på nettlager", "ej på lager", "ei varastossa", "ei saatavilla", "tilapäisesti loppu", "loppu varastosta", "läbi müüdud", "pole laos", "ei ole laos", "neturime", "nėra sandėlyje", "išparduota", "nav noliktavā", "nav pieejama", "uppselt", "ikke tilgængelig", "εξαντλήθηκε", "εξαντλημένο", "εξαντλημενο", "μη διαθέσιμο", "δεν είναι διαθέσιμο", "χωρίς απόθεμα", "udsolgt", "utsolgt", "loppuunmyyty", "nav pieejams", "izpārdots",
		"stok habis", "habis terjual", "barang habis", "สินค้าหมด", "หมดสต็อก", "หมดชั่วคราว", "hàng đã hết", "tạm hết", "ngừng kinh doanh", "स्टॉक में नहीं", "स्टॉक समाप्त", "stok kosong", "tidak tersedia", "hết hàng", "缺貨", "暫時缺貨", "暂时缺货", "已搶購一空", "搶購一空", "已抢光", "抢光了", "补货", "無現貨", "无货", "無貨", "沒有庫存", "没有库存", "已結束", "已结束", "已截止", "暫停販售", "停售", "재고없음", "일시품절", "재고 부족", "판매 불가", "缺货", "無庫存", "补货中", "補貨中", "暫無庫存", "품절", "재고 없음", "אזל מהמלאי", "אזל", "לא זמין", "אין במלאי", "חסר במלאי", "نفذت الكمية", "نفد المخزون", "نفذ من المخزون", "غير متاح", "ناموجود", "تمام شد", "اتمام موجودی", "אינו במלאי", "לא במלאי", "لا يتوفر", "غير متوفر", "نفدت الكمية",
		"inte tillgänglig", "sales have ended", "sales ended", "event ended", "event has ended", "deal expired", "deal has ended", "deal ended", "offer expired", "offer has expired", "ad has expired", "listing has expired", "listing expired", "auktion beendet", "angebot beendet", "angebot abgelaufen", "anzeige ist nicht mehr verfügbar", "offre terminée", "offre expirée", "annonce expirée", "annonce désactivée", "sin unidades", "anuncio caducado", "anúncio expirado", "annuncio scaduto", "nem kapható", "kifutott", "снят с продажи", "снята с продажи", "объявление снято", "объявление закрыто", "laost otsas", "δεν υπάρχει σε απόθεμα", "نفد من المخزون", "موجود نیست", "สินค้าหมดชั่วคราว", "hindi available", "wala nang stock", "ekki til á lager", "agortuta", "არ არის მარაგში", "stokda yoxdur", "satışda yoxdur", "ogłoszenie nieaktualne", "inzerát není aktuální", "tuote loppu", "tuote on loppu", "momentan nicht auf lager", "aktuell nicht verfügbar",
	)},
	{stock.SoldOut, newLexicon(
		"売り切れ", "売切れ", "売切", "ソールドアウト", "ソルドアウト", "うりきれ", "完売", "sold out", "sold-out", "sprzedano", "udsolgt", "售空", "soldout", "ausverkauft", "已售完", "已售", "售完", "售罄", "매진",
		"epuisé", "распродано", "wyprzedane", "esgotat", "i shitur", "habis dijual",
	)},
	{stock.PreOrder, newLexicon(
		"予約商品", "予約受付中", "予約可", "ご予約受付", "予約する", "予約注文", "予約販売", "pre-order", "pre-ordine", "előrendelés", "förköp", "förbeställ", "forudbestilling", "forhåndsbestilling", "ön sipariş", "pré-venda", "em pré-venda", "reserva ya", "προπαραγγελία", "predobjedn", "預訂商品", "예약구매", "preorder", "pre order", "vorbestellen", "vorbestellung", "précommande", "precommande", "preventa", "prenota ora", "preordine", "przedsprzedaż", "předobjedn", "предзаказ", "預購", "预售", "예약판매",
	)},
	{stock.BackOrder, newLexicon(
		"お取り寄せ", "お取寄せ", "取り寄せ商品", "取寄せ", "メーカー取寄", "メーカー取り寄せ", "入荷次第", "backorder", "special order", "ships within 2-3 weeks", "on backorder", "op bestelling", "por encargo", "bajo pedido", "por encomenda", "sob encomenda", "beställningsvara", "bestillingsvare", "tilaustuote", "rendelésre", "la comandă", "po narudžbi", "po naročilu", "κατόπιν παραγγελίας", "back-order", "back order", "backordered", "available for back order", "sur commande", "auf bestellung", "na zamówienie", "на замовлення", "под заказ", "su ordinazione",
	)},
	{stock.MadeToOrder, newLexicon("受注生産", "受注製作", "made to order", "made-to-order")},
	{stock.LimitedAvailability, newLexicon(
		"残りわずか", "残り僅か", "残りあとわずか", "在庫残少", "在庫残りわずか", "在庫わずか", "在庫僅か", "在庫僅少", "在庫少", "残りあと", "only a few left", "few left", "low stock", "last items", "last few", "limited quantity", "wenige verfügbar", "nur wenige", "geringer bestand", "derniers articles", "dernières pièces", "stock limité", "ultimi disponibili", "últimas existencias", "poslední kus", "poslední kusy", "posledné kusy", "utolsó darab", "ultimele", "заканчивается", "осталось мало", "få kvar", "få igjen", "få på lager", "viimeiset", "son ürün", "low in stock", "limited stock", "last one", "almost gone", "nur noch", "plus que", "últimas unidades", "ultimi pezzi", "pouze poslední", "ostatnie sztuki", "solo quedan", "il ne reste plus que",
	)},
	{stock.InStock, newLexicon(
		"在庫あり", "在庫有り", "在庫有", "在庫がございます", "在庫があります", "在庫:○", "在庫 ○", "在庫○", "在庫◎", "在庫:◎", "ご注文できます", "ご注文できる商品", "即納", "当日出荷", "当日発送", "即日発送",
		"in stock", "available in stock", "available from these sellers", "usually ships", "usually dispatched", "in stock online", "stock: yes", "item in stock", "in-stock", "instock", "available to order", "available now", "ready to ship", "auf lager", "erhältlich bei diesen anbietern", "gewöhnlich versandfertig", "auf lager.", "ab lager", "sofort versandfertig", "versandfertig", "sofort ab lager", "am lager", "sofort lieferbar", "sofort verfügbar", "lieferbar", "vorrätig", "lagernd", "an lager", "en stock", "en stock.", "disponible immédiatement", "hay stock", "con stock", "con existencias", "entrega inmediata", "disponible", "en existencia", "disponibile", "disponibile presso questi venditori", "in magazzino", "disponibilità: disponibile", "pronta consegna", "prodotto disponibile", "disponibilità immediata", "em stock", "em estoque", "disponível", "op voorraad", "voorradig", "direct leverbaar", "uit voorraad", "leverbaar",
		"dostępny", "towar dostępny", "produkt dostępny", "jest dostępny", "na magazynie", "dostępna", "w magazynie", "na stanie", "skladom", "skladem", "ihned k odeslání", "ihneď k odoslaniu", "na centrálnom sklade", "na sklade", "na skladě", "na zalogi", "na zalihi", "dostupno", "raktáron", "készleten van", "van készleten", "în stoc furnizor", "na stanju", "készleten", "în stoc", "in stoc", "stokta", "в наличии", "товар в наличии", "имеется в наличии", "є в наявності", "є на складі", "в наличност", "в налич", "есть в наличии", "на складе", "есть на складе", "в наявності", "налично", "i lager", "finns i lager", "i webblager", "på fjernlager", "på nettlager", "saatavilla", "varastossa.", "laos olemas", "yra sandėlyje", "til á lager", "διαθέσιμο", "άμεσα διαθέσιμο", "σε απόθεμα", "άμεση παράδοση", "stokta var", "stokta mevcut", "mövcuddur", "på lager", "varastossa", "noliktavā", "ir pieejams", "pieejams",
		"tersedia", "stok tersedia", "มีสินค้า", "พร้อมส่ง", "sẵn hàng", "स्टॉक में", "현재 구매 가능", "재고있음", "有庫存", "有库存", "庫存充足", "尚有庫存", "供貨中", "קיים במלאי", "متوفر في المخزون", "còn hàng", "現貨", "有貨", "有货", "有現貨", "재고 있음", "במלאי", "متوفر",
		"verfügbar ab lager", "hay existencias", "pronta entrega", "azonnal szállítható", "stoc suficient", "现货", "ready stock", "მარაგშია", "stokda var", "disponibil în stoc", "disponibil in stoc",
	)},
}

// clauses yields the sentences and lines of s.
func clauses(s string) func(yield func(string) bool) {
	s = sentenceEnds.Replace(s + " ")
	return func(yield func(string) bool) {
		for c := range strings.FieldsFuncSeq(s, endsClause) {
			if c = strings.TrimSpace(c); c != "" && !yield(c) {
				return
			}
		}
	}
}

func endsClause(r rune) bool {
	switch r {
	case '。', '!', '\n', ';', '•', '|', '※':
		return true
	}
	return false
}

var sentenceEnds = strings.NewReplacer(", ", "\n", ". ", "\n", "? ", "\n")

// quantityLeft finds how many are left.
var quantityLeft = pattern.MustCompile(`(?:残り|のこり|在庫数?:?|残数:?|あと)\s*(?:あと)?\s*(\d{1,5})\s*(?:点|個|本|枚|台|冊|セット|着|足|つ)|` +
	`(?:only|nur noch|noch|plus que|reste plus que|solo|solo quedan|restano|quedan|restam|apenas|tylko|zostało|už len|už jen) (\d{1,5}) (?:left|remaining|in stock|items?|stück|auf lager|exemplaires?|en stock|disponibil\w*|unidades|em stock|sztuk\w*|ks)|` +
	`(?:^|[^\d.,])(\d{1,5}) (?:left in stock|in stock|items? left|available)`)

// fewLeft is up to how many a count of what is in stock tells of few.
const fewLeft = 10

// onlyLeft are words that make a count one of few, whatever it is.
var onlyLeft = newLexicon("残り", "のこり", "あと", "only", "noch", "nur noch", "plus que", "solo", "quedan", "restano", "restam", "apenas", "tylko", "zostało", "už len", "už jen", "left")

// limited returns what a clause with a quantity states.
func limited(clause string) stock.Availability {
	switch n := QuantityLeft(clause); {
	case n != nil && *n == 0:
		return stock.OutOfStock
	case n != nil && (*n > fewLeft && !onlyLeft.in(clause) || moreThan.MatchString(clause)):
		return stock.InStock
	}
	return stock.LimitedAvailability
}

var moreThan = pattern.MustCompile(`(more than|over|at least|mehr als|über|plus de|más de|più di|超过|以上|\d\+)`)

// QuantityLeft reads how many units a short text says are left; nil when it does
// not say.
func QuantityLeft(text string) *int64 {
	m := quantityLeft.FindStringSubmatch(key(text))
	if m == nil {
		return nil
	}
	return wholeNumber(m[1] + m[2] + m[3])
}

// drawn are the words of sales where wanting to buy is not enough.
var (
	lotteryWords    = newLexicon("抽選販売", "抽選受付", "抽選申込", "抽選に申し込", "抽選に応募", "抽選予約", "応募する", "応募受付中", "lottery sale", "enter the draw", "enter draw", "raffle")
	invitationWords = newLexicon("招待販売", "招待制", "招待をリクエスト", "招待リクエスト", "招待された方", "request invitation", "by invitation", "invite only", "invite-only")
	memberWords     = newLexicon("プライム会員限定", "プライム限定", "会員限定販売", "会員限定商品", "会員専用商品", "会員様専用", "会員のみ購入", "会員様のみ", "会員様限定", "会員限定で購入", "ログインして購入", "ログインしてご購入", "ログインして注文", "ログインして予約", "ログインしてカート", "ログイン後に購入", "ログイン後にご購入", "購入するにはログイン", "購入にはログイン", "購入にはログインが", "会員登録して購入", "会員登録してご購入", "会員登録してカート", "会員登録が必要", "購入コード", "シークレットコード", "購入用パスワード", "log in to buy", "login to buy", "sign in to buy", "log in to purchase", "login to purchase", "sign in to purchase", "members can buy", "members only", "prime exclusive", "exclusively for prime")
)

// SaleModePhrase reads the words of a buy box that say who may buy; "" when they
// do not.
func SaleModePhrase(text string) stock.SaleMode {
	s := strings.ReplaceAll(key(text), "抽選参加賞", "")
	switch {
	case lotteryWords.in(s):
		return stock.Lottery
	case invitationWords.in(s):
		return stock.Invitation
	case memberWords.in(s):
		return stock.MembersOnly
	}
	return ""
}
