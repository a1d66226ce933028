package page

import (
	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// denial is a form of words that says that the thing cannot be bought here.
type denial struct {
	says stock.Availability
	form *pattern.Regexp // of a folded lower-case clause
}

// The things that Japanese shops begin and end, and how they say that one is over.
const (
	jaSale  = `(販売|発売|受付|受け付け|受注|注文|予約|取り?扱い?|掲載|提供|生産|製造|製作|応募|申し?込み?|募集|公開|出品)`
	jaOver  = `(終了|停止|休止|中止|中断|締め?切り?|〆切|終売|見合わせ|完了|満了)`
	jaSaid  = `(中|済み?|品|とさせて|いたし|いたして|致し|となり|になり|させて|して|しま|です|ました|$|[)】\]])`
	jaRefus = `(ません|ない$|ないです|かねます|不可|できぬ|お断り)`
)

// denialsJapan are looked for in clauses with a letter of Japan or China.
var denialsJapan = []denial{
	{stock.InStoreOnly, pattern.MustCompile(`(店頭|店舗|実店舗|会場|イベント|直営店)(((での|で)?(お)?(販売|取り?扱い?|購入)(商品)?(は)?(のみ|限定|だけ))|(のみ|限定|だけ)(の|での|で)?(お)?(販売|取り?扱い?|購入|商品))|(オンライン|ネット|通販|web)(での)?(ご?)(販売|購入|注文|取り?扱い?)?(は|を)?(対象外|不可|して(い|おり)|行って(い|おり)|承って(い|おり)|でき)(ません|ない|$)?`)},
	{stock.Reserved, pattern.MustCompile(`商談中|取り?置き中|売約(済|ず)|ご?成約(済|ず)|売却(済|ず)|ご?予約済み?$`)},
	{stock.Discontinued, pattern.MustCompile(`廃(盤|番|版)|絶版|終売|(生産|製造)(は|を|が)?(完了|終了|中止)` + jaSaid)},
	{stock.OutOfStock, pattern.MustCompile(jaSale + `(の|は|を|が)?(受付|受け付け|販売|期間|期限|分|お?申し?込み?)?(は|を|が|も)?、?(すでに|既に|現在|只今|ただいま|一時的?に?|一旦|全て|すべて)*` + jaOver + jaSaid)},
	{stock.OutOfStock, pattern.MustCompile(`(本日|今回|今月|今週|今期|本年|今年|今季)(の|分|は|販売)+.{0,10}(終了|完売|締め?切)|予定(販売)?(数|数量)(に|を|の|は)?(達|終了|完売)|上限(数)?に達し|定員に達し|(予約|受付|販売)(数|枠)?(は|が)?(満了|満数|満員|上限)`)},
	{stock.OutOfStock, pattern.MustCompile(`(発売|販売|受付|予約|公開)(の)?(受付|期間|開始)?前(です|の商品|のため|$|[)】\]])|販売期間外|期間外です`)},
	{stock.OutOfStock, pattern.MustCompile(`(近日|まもなく|間もなく|もうすぐ)(中に?)?(発売|販売|入荷|再入荷|公開|開始|登場|予約|受付|再販)|(受付|販売|予約|応募|抽選|発売|エントリー|募集|申し?込み?)の?開始(まで|を)[^。]{0,8}お?待ち|(受付|販売|予約|応募|抽選|エントリー|募集|申し?込み?)(は|を)?(まだ)?(開始し|開始いたし|始まっ)て(い|おり)?ません`)},
	{stock.OutOfStock, pattern.MustCompile(`(再販|再入荷|入荷|次回|再生産|復刻)(の|時期|予定|日)*(は|が)?(未定|なし|無し|ありません|ございません|しません|いたしません|致しません|ございません)|(再入荷|入荷|補充|再販)(を)?(待ち|お?待ちくだ|までお?待ち|まで今しばらく)`)},
	{stock.OutOfStock, pattern.MustCompile(`取り?扱(い|っ)?(は|を|が)?(して|いたして|致して|って|て|でき|出来|ござい|あり)?(おり|い)?ません|取り?扱い?(は|が)?(なし|無し|ない|不可|外$)`)},
	{stock.OutOfStock, pattern.MustCompile(`(購入|注文|販売|予約|受注)不可|(受け?付け?|承っ?て?|承り|承れ)(て|て?は)?(して|いたして|行って|お)?(おり|い)?ません|お受け(でき|出来|いたし)(ません|かね)|(カート|かご|カゴ)に(入れ|追加)(る|する)?(こと(は|が))?(が)?(でき|出来)ません|(購入|注文)(する|いただく|頂く)?こと(は|が)?(でき|出来)ません|(ご?購入|ご?注文|お求め|お買い?求め)(は|が|を|に)?(でき|出来|いただけ|頂け|なれ)ません|販売(は|を)?(いた|致|行っ)?(して|て)?(おり|い)ません`)},
	{stock.OutOfStock, pattern.MustCompile(`欠品(中|して|しま|と|です|のため|$)|品薄のため販売|(ネット|web|オンライン|倉庫|残り)?在庫(数|状況|数量|残|有無|残数)?\s?[:=は]?\s?[(\[]?(0+(個|点|件|本|枚|台|冊|着|足|$)?[)\]]?$|なし$|無し?$|×|✕|✖|☓|✗|x$|ゼロ|0です|ございません|ありません|完売|切れ)`)},
	// Chinese
	{stock.OutOfStock, pattern.MustCompile(`即将(到货|开售|上市|上架|补货|发售)|即將(到貨|開賣|上市|上架|補貨|發售)|(暂停|停止|暫停)(销售|銷售|接单|接單|售卖|販售|供应|供應)|敬请期待|敬請期待|尚未(开售|開賣|发售|發售)|(暂|暫)(无|無|时无|時無)(货|貨|库存|庫存)|(无法|無法|不能|不可)(购买|購買|下单|下單)|(库存|庫存|剩余|剩餘|存货|存貨)(数量|數量|量)?\s?[:=为為]?\s?0+\s?(件|个|個|台)?$|(^|[^\d.,])0+\s?(件|个|個|台)(有)?(库存|庫存|现货|現貨|可售)|已(停产|停產|售完|售罄|结束|結束)`)},
}

// denialsWorld are looked for in all other clauses.
var denialsWorld = []denial{
	{stock.OutOfStock, pattern.MustCompile(`\b(sales?|orders?|ordering|order taking|purchas(es|ing)|pre-?orders?|registrations?|bidding)( for this (item|product))?( is| are| has| have| been| now| currently| temporarily)* (closed|paused|suspended|ended|disabled|stopped|on hold|halted|unavailable)\b|\bnot (yet )?(available|released|on sale|for sale|launched|purchasable|orderable)\b|\b(sale|sales|preorders?|pre-orders?) (has|have)(n't| not) (started|begun|opened)\b`)},
	{stock.OutOfStock, pattern.MustCompile(`\b(coming|available|in stock|back|back in stock|restock(ing|ed)?|arriving|launch(es|ing)?|releas(es|ing)|drop(s|ping)?|open(s|ing)?|on sale) (again |very )?soon\b|\bsoon (available|in stock|back)\b|\bawaiting (restock|stock|delivery|supply)\b|\bno longer (being )?(sold|made|offered|produced|stocked|in production|carried)\b|\ball gone\b|\b(has|have) been (sold|reserved|claimed)\b|\b(retired|withdrawn from sale)\b`)},
	{stock.OutOfStock, pattern.MustCompile(`(verkauf|vorverkauf|bestellungen?|vorbestellungen?|bestellannahme)( ist| sind| wurde| wurden| derzeit| momentan| aktuell| vorübergehend)* ?(beendet|geschlossen|gestoppt|ausgesetzt|eingestellt|pausiert|nicht möglich)|nicht (mehr )?(erhältlich|im sortiment|im verkauf)|(in kürze|demnächst|bald|bald wieder) (verfügbar|erhältlich|lieferbar|auf lager|vorrätig)|(verfügbar|erhältlich|auf lager) (in kürze|demnächst)`)},
	{stock.OutOfStock, pattern.MustCompile(`(ventes?|commandes?|précommandes?)( est| sont| actuellement| temporairement)* ?(terminée?s?|closes?|suspendue?s?|fermée?s?|arrêtée?s?|clôturée?s?)|(bientôt|prochainement) (disponible|en stock|en vente|de retour)|(disponible|en stock|de retour|en vente) (très )?(bientôt|prochainement)|plus (en vente|commercialisé|fabriqué)|pas encore (disponible|en vente)`)},
	{stock.OutOfStock, pattern.MustCompile(`(ventas?|pedidos|reservas)( está| están| temporalmente)* ?(finalizad[ao]s?|cerrad[ao]s?|suspendid[ao]s?|pausad[ao]s?)|(disponible|en stock|a la venta) (pronto|próximamente|muy pronto)|pronto (disponible|en stock|a la venta)|(aún|todavía) no (está )?(disponible|a la venta)|(vendit[ae]|ordini|prenotazioni)( è| sono| temporaneamente)* ?(terminat[aie]|chius[aie]|sospes[aie])|(disponibile|in stock|in vendita) (presto|prossimamente|a breve|tra poco)|presto (disponibile|in stock|in arrivo)|non ancora (disponibile|in vendita)`)},
	{stock.OutOfStock, pattern.MustCompile(`곧 ?(입고|출시|판매)|입고 ?대기|(판매|주문|예약)( ?접수)?[가이은는]? ?(종료|중지|중단|마감|대기|불가)|(판매|출시|예약) ?(시작 )?전($|[^체])|판매 ?준비 ?중|구매 ?(불가|할 수 없)|(재고|수량)\s?[:=]?\s?0+\s?(개|$)|(^|[^\d.,])0+\s?개 (남음|재고)`)},
	{stock.OutOfStock, pattern.MustCompile(`(^|[^\d.,/:-])0+\s?(x\s)?(stück|stk\.?|st\.?|pcs\.?|pieces?|pc|units?|items?|copies|left|remaining|exemplaires?|articles?|pièces?|unidades?|uds?\.?|artículos?|pezzi|pz\.?|unità|articoli|szt\.?|ks|db|buc\.?|шт\.?|stuks|kpl|adet)?\s?(are |is )?(left )?(in stock|available|in inventory|auf lager|am lager|ab lager|lagernd|vorrätig|verfügbar|lieferbar|en stock|disponibles?|en existencia|in magazzino|disponibil[ei]|op voorraad|na skladě|na stanie|raktáron|på lager|i lager|left|remaining)($|[^\pL])`)},
	{stock.OutOfStock, pattern.MustCompile(`(^|[^\pL])(stock|in stock|inventory|stock level|stock available|available stock|availability|lagerbestand|bestand|auf lager|verfügbar|stock disponible|en stock|existencias|disponibilité|disponibilidad|disponibilità|giacenza|quantité en stock|unidades disponibles|voorraad|on hand)( status| level| count)?\s?[:=]\s?[(\[]?0+(\s?(stück|stk\.?|pcs\.?|pieces?|units?|items?|unités?|pièces?|unidades?|uds\.?|pezzi|pz\.?|stuks))?[)\]]?$`)},
}

// jaTriggers stand in every clause that denialsJapan may match.
var jaTriggers = pattern.NewAny([]string{"終", "停止", "休止", "中止", "中断", "締", "〆", "ません", "ない", "前", "未定", "待", "欠品", "約済", "約ず", "成約", "商談", "却済", "置き中", "済", "近日", "まもなく", "間もなく", "もうすぐ", "不可", "廃", "絶版", "のみ", "限定", "だけ", "なし", "無", "0", "×", "✕", "✖", "☓", "✗", "x", "ゼロ", "完売", "達し", "見合", "満", "期間外", "対象外", "完了", "かね", "切れ", "即", "暂", "暫", "敬", "尚未", "不能", "停", "结", "結", "店頭販売", "店舗販売"})

// storeOnly matches what is sold in a shop alone.
var storeOnly = pattern.MustCompile(`\b(in[- ]store|in store|store|showroom|boutique|in[- ]store purchases?|walk[- ]in) only\b|\bonly (available |sold )?(in|at) (our |the )?(stores?|showroom|boutique)\b|\bin-store exclusive\b|nur (im laden|im geschäft|in der filiale|in unseren filialen|vor ort)|(uniquement|seulement|exclusivement) en (magasin|boutique)|(solo|sólo|solamente|únicamente) en tiendas?( físicas?)?|(solo|soltanto|esclusivamente) (in|nei) (negozi[oi]|punti? vendita)`)

// onBackOrder matches a stock of none that can be ordered all the same.
var onBackOrder = pattern.MustCompile(`在庫(なし|無し?|切れ)\s?[(\[【].{0,8}(予約|取り?寄せ|注文).{0,6}(可|受付中)`)

// soonAgain matches what comes again, in words that a button uses to offer a notice.
var soonAgain = pattern.MustCompile(`^(we'll be |we will be |will be )?back in stock (very )?soon|^(coming )?back soon$|^(bientôt|prochainement) de retour`)

// denyFirst reads a clause that says, in words that other clauses have for something
// else, that the thing is not sold from afar or not sent to this buyer.
func denyFirst(clause string) stock.Availability {
	switch {
	case elsewhereOnly.MatchString(clause):
		return stock.OutOfStock
	case onBackOrder.MatchString(clause):
		return stock.BackOrder
	case soonAgain.MatchString(clause):
		return stock.OutOfStock
	case storeOnly.MatchString(clause):
		return stock.InStoreOnly
	}
	return stock.Unknown
}

// deny reads a clause that says that the thing cannot be bought; a notice to some
// buyers, or on a way to pay or to deliver, says nothing of it.
func deny(clause string) (stock.Availability, bool) {
	forms := denialsWorld
	if hasHan(clause) {
		if !jaTriggers.May(clause) {
			return stock.Unknown, false
		}
		forms = denialsJapan
	}
	for _, d := range forms {
		if d.form.MatchString(clause) && !notDenied.MatchString(clause) {
			return d.says, !someBuyers(clause)
		}
	}
	return stock.Unknown, false
}

// notDenied are clauses that hold the words of an end and do not tell of one.
var notDenied = pattern.MustCompile(`@(near|far)@[^@]{0,14}(終了|締)|(終了|締め?切り?|販売|受付)(まで|間近|予定|日時|時刻|時間|後)|(終了|締め?切り?)日|終了次第|なくなり次第|無くなり次第|(完売|品切れ|欠品|売り?切れ)(の際|の場合|時|次第|する|すること|になる)|開始(から|より)|販売(開始)?前に|発売前(価格|特典|予約|に|から)|(未満|以下)の方`)

func hasHan(s string) bool {
	for _, r := range s {
		if r >= 0x3040 && r <= 0x30ff || r >= 0x4e00 && r <= 0x9fff {
			return true
		}
	}
	return false
}

// elsewhereOnly matches sentences that say that the thing is not sent to where this
// buyer is.
var elsewhereOnly = pattern.MustCompile(`\b(not|cannot|can't|can’t|unable to|doesn't|doesn’t|won't|not available to|not eligible to)\b.{0,24}\b(ship|shipped|deliver|delivered|delivery|sold|sell|available|be sent|purchase|purchased)\b.{0,24}\b(your|the selected|selected|this) ((selected |chosen |current )?(delivery |shipping )?(location|address|region|country|area|state|postcode|zip ?code|destination|territory))|\b(unavailable|not available|out of stock|not sold|not offered) (for (delivery|shipping) )?(in|to|for|at) (your|the selected|this) (selected |delivery |shipping )?(location|address|region|country|area|state|postcode|zip ?code)|` +
	`\b(not|cannot|can't|can’t|doesn't|doesn’t|don't|don’t|won't) (be )?(ship|deliver)(ped|ed)? to japan\b|` +
	`(お住まい|ご指定|選択|お届け先|ご登録|現在地|お客様の(?:ご?住所|お住まい|ご?指定|お届け先|地域|エリア))(の|された|した|いただいた)?(ご?住所|地域|国|エリア|お届け先|場所|郵便番号)?(へ|に|では|は|への|には|からは|で)+.{0,10}(配送|発送|お届け|配達|購入|販売|お取り扱い)(は|が|を|する|こと|いただけ)*(でき|出来|いたし|致し|して|いただけ|おり|い)*(ません|かねます)|` +
	`(nicht|kann nicht|können nicht).{0,20}(in|an) (ihr|ihre|das gewählte|die gewählte|deine?) (land|adresse|region|lieferadresse|postleitzahl|lieferland).{0,20}(liefer|versend|versand|verfügbar)|(in|an|für) (ihr|ihre|ihrem|ihrer|dein|deine) (land|adresse|region|lieferadresse|lieferland) nicht (lieferbar|verfügbar|möglich|versendet|geliefert)|` +
	`(ne peut pas|n'est pas|n’est pas|ne peut|pas) .{0,16}(livr|expédi|disponible|envoy).{0,24}votre (adresse|pays|région|localité|zone|code postal)|no (se )?(puede|podemos|está|es posible) .{0,16}(envi|entreg|disponible).{0,24}(tu|su) (dirección|país|región|zona|ubicación|código postal)|non (può|è|possiamo|si può).{0,16}(sped|consegn|disponibile).{0,24}(tuo|tua|suo|sua|tuo paese) ?(indirizzo|paese|regione|zona|cap)?|(所选|您所在|所選|您所選|该|該)(的)?(地区|地區|区域|區域|地址|国家|國家).{0,8}(无法|無法|不支持|不能|暂不|暫不|缺货)|(선택하신|고객님의|해당) ?(지역|배송지|국가).{0,12}(불가|없습니다|않습니다)`)

// someBuyers reports whether a refusal is a notice to some buyers, or is about a way
// to pay, to deliver or to give back.
func someBuyers(clause string) bool { return buyers.MatchString(clause) }

var buyers = pattern.MustCompile(`(歳|才|年齢).{0,6}(未満|以下|以上|確認|制限)|未満の|未成年|(法人|個人事業主|業者|転売|営利|再販売?目的|海外|国外|代理購入|代行|学生|教職員|非会員|会員以外|会員でない|会員登録の?な|未登録|ゲスト)(の|から|への|へ|で|で?は|を|目的|様|会員)|(以外|でない|ない|未満|お持ちでない|ではない)(の)?(方|お客様|人)|代引|代金引換|コンビニ|後払い|銀行振込|クレジット|カード決済|分割払|ローン|現金|(ポイント|クーポン|ギフト|商品券|割引|特典|セール価格)(の|は|で|を|との|での|も)|ラッピング|包装|のし|熨斗|返品|交換|キャンセル|変更|同梱|離島|沖縄|北海道|一部(の)?(地域|店舗|商品)|時間指定|日時指定|日時のご指定|営業所|店頭(受け?取り?|支払)|店舗受け?取|お一人様|1人|一人|複数|[2-9]\d*(個|点|本|枚|台)以上|まとめ買い|電話|fax|ファックス|メール|お問い?合わ?せ(は|を|に)|定期購入(は|を)|` +
	`\b(under|below) (the age of )?\d\d|\bminors?\b|years? (of age|old)|\bage restriction|\bresellers?\b|resale|\bpo box|p\.o\.|military address|cash on delivery|\bcod\b|paypal|klarna|afterpay|gift (cards?|wrap)|coupons?|vouchers?|promo|\breturns?\b|refund|exchange|internationally|international (shipping|orders|customers)|outside (of )?the|alaska|hawaii|express|next[- ]day|same[- ]day|business customers|non-members|guests?\b|wholesale|\bchat\b|\bsupport\b|\bhelpline\b|` +
	`unter \d\d|minderjährig|gewerblich|nachnahme|packstation|gutschein|geschenk|rückgabe|umtausch|inseln|express|mineurs?|moins de \d\d|contre remboursement|bon d'achat|cadeau|retour|outre-mer|menores|contra reembolso|canarias|baleares|devolu|minorenn|minori di|contrassegno|\breso\b|isole|未成年|未满|未滿|货到付款|貨到付款|港澳|偏远|偏遠|미성년|청소년|만 ?\d\d세|도서|제주|해외 ?배송|무통장`)
