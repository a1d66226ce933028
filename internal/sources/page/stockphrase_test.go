package page

import (
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// TestStockPhrases reads texts of buy boxes as of 29 November 2026. The groups were
// set before the reader was run.
func TestStockPhrases(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for _, group := range []struct {
		want  stock.Group
		texts []string
	}{
		{stock.No, []string{
			// Japanese denials
			"SOLD", "ＳＯＬＤ", "売約済み", "売約済", "欠品中", "ただいま欠品中です", "本日の販売分は終了しました", "本日分は完売しました", "店頭販売のみ", "店舗限定販売", "近日発売", "近日発売予定", "まもなく販売開始", "販売期間外です",
			"ご注文の受付は停止中です", "受注停止中", "受注を停止しております", "販売開始前", "販売開始前です", "発売前", "発売前の商品です", "再販未定", "再販の予定はありません", "次回入荷未定", "取扱中止", "取り扱い中止",
			"在庫：なし", "在庫数：0", "在庫数 0", "在庫 0 個", "在庫：0点", "ネット在庫：0", "在庫 : ×", "在庫：✕", "予約受付を終了しました", "予約受付を締め切りました", "廃盤", "廃盤品", "廃番商品", "販売は終了しました", "販売を休止しております", "販売を停止しています",
			"現在お取り扱いしておりません", "この商品は現在取り扱っておりません。", "お取扱いはございません", "受注期間終了", "受注受付を終了いたしました", "購入不可", "ただいま注文を承っておりません", "ご注文をお受けできません", "成約済み", "売却済み", "商談中", "ご予約の受付は終了いたしました",
			"入荷までお待ちください", "カートに入れることができません", "完売御礼", "予定数量に達しました", "生産完了品", "この商品の掲載は終了しました", "現在ご購入いただけません", "絶版", "お客様のお住まいの地域には配送できません", "選択された地域にはお届けできません",
			"店頭のみの販売です", "オンライン販売はしておりません", "ネット販売対象外", "今月分の受付は終了しました", "在庫ゼロ",
			// the languages of the tables
			"0 auf Lager", "0 Stück auf Lager", "0 in stock", "0 pieces in stock", "0 units available", "00 in stock", "Stock: 0", "In stock: 0", "Lagerbestand: 0", "0 en stock", "0 disponibles", "0 unidades disponibles", "0 pezzi disponibili", "0件有库存", "库存：0", "庫存: 0件", "재고: 0", "재고 0개",
			"In stock soon", "Available soon", "Coming soon", "Back soon", "Bald verfügbar", "Bald wieder lieferbar", "In Kürze lieferbar", "Disponible bientôt", "Bientôt disponible", "Disponible pronto", "Próximamente", "Disponibile a breve", "Presto disponibile", "即将到货", "敬请期待", "곧 입고", "입고 대기",
			"Back in stock soon", "This item does not ship to Japan", "ソールドアウト", "只今在庫を切らしております", "販売終息", "In store only", "Sold in store only", "Nur im Laden", "Uniquement en magasin", "Solo en tienda", "Solo in negozio", "Ordering is currently suspended", "Sales have not started", "Sales closed", "Bestellungen derzeit nicht möglich", "Vente terminée", "Venta finalizada", "Vendite chiuse", "暂停销售", "판매 종료", "판매중지", "판매 시작 전",
			"This item cannot be shipped to your selected delivery location.", "Not available in your region", "This product does not ship to your country", "Nicht in Ihr Land lieferbar", "No longer produced", "Reserved", "Verkauft", "Vendu", "Vendido", "Venduto", "Not yet released",
		}},
		{stock.Later, []string{
			"Ships in March", "De retour en stock en mars", "Verwacht op 3 maart 2027", "Dostępny od 3 marca 2027", "在庫なし（予約注文可）", "In stock on January 16, 2027", "Available from March 3, 2027", "Available 15 March 2027", "In stock from 16 Jan 2027", "Back in stock on 03/15/2027", "Ships from January 16, 2027, in stock then", "Releases March 12, 2027", "Expected 2027-01-16", "Available on February 3rd",
			"Verfügbar ab 15. März 2027", "Lieferbar ab 15.03.2027", "Ab 15. März 2027 auf Lager", "Wieder auf Lager am 15.01.2027", "Erscheint am 12. März 2027",
			"Disponible à partir du 15 mars 2027", "En stock le 16 janvier 2027", "Disponible le 15 mars", "Disponible a partir del 15 de marzo de 2027", "En stock el 16 de enero de 2027", "Disponibile dal 15 marzo 2027", "Disponibile a partire dal 3 febbraio 2027",
			"2027年1月16日に入荷予定です", "1月16日入荷予定", "入荷予定：2027年1月中旬", "在庫：入荷予定あり（1月16日）", "12月24日 20:00 販売開始", "12/24 20:00 販売開始", "2027年3月12日発売", "発売日：2027年3月12日", "販売期間：2027/01/10 10:00～", "在庫あり。2027年1月16日から販売開始", "2027年3月から在庫あり",
			"2027年1月16日到货", "2027年3月1日发售", "预计1月16日到货", "2027년 1월 16일 입고 예정", "2027년 3월 12일 출시", "Expected back 12 February 2027", "Available this spring", "In stock in 3 weeks", "春頃発売予定", "Lieferbar in 3 Wochen", "明日発売開始", "来月発売予定",
		}},
		{stock.Now, []string{
			"在庫あり", "在庫：○", "在庫 : ◯", "○在庫あり", "残り2点", "在庫数 2点", "在庫 : 4 点", "250 in stock", "10 in stock", "20 auf Lager", "105 pieces in stock", "In stock", "Only 3 left in stock - order soon.", "More than 10 available / 15 sold", "Auf Lager", "En stock", "Disponible", "Disponibile", "有库存", "재고 있음", "100件有库存",
			"在庫あり（12/24までのご注文で年内お届け）", "在庫あり 12月1日にお届け", "In stock. Get it by December 3", "In stock, delivery December 2", "在庫あり(11/29現在)", "在庫あり 11月28日更新", "In stock until December 31, 2026", "Available since January 2020, in stock", "Auf Lager, Lieferung bis 3. Dezember", "In stock from 1 March 2020", "ab Lager lieferbar",
		}},
		{stock.GroupUnknown, []string{
			"法人のお客様はご購入いただけません", "ギフト包装は承れません", "予告なく販売を終了する場合がございます", "20歳未満の方はご購入いただけません。", "18歳未満の方は購入できません", "未成年者への酒類の販売はしておりません", "法人の方はご購入いただけません", "海外からはご購入いただけません", "海外への発送は承っておりません", "代引きではご購入いただけません", "代金引換はご利用いただけません", "コンビニ受取は購入いただけません", "コンビニ受取ではご注文いただけません", "クーポンはご利用いただけません", "ラッピングは承っておりません", "返品はお受けできません", "離島へは配送できません", "北海道・沖縄へは配送できません",
			"業者の方への販売はしておりません", "転売目的のご購入はお断り", "後払いではご購入いただけません", "会員以外の方はご購入いただけません", "お一人様2個以上はご購入いただけません", "セール終了まで残り2日", "販売終了まで残り2日", "受付終了日時", "発売前の予約特典", "Not available for persons under 18", "Not sold to minors", "Gift wrapping is not available", "Cash on delivery not available", "International shipping is not available", "Express delivery not available", "Nachnahme nicht möglich", "Nicht an Packstation lieferbar", "Contre remboursement non disponible", "18歳以上の確認が必要です", "未成年人不能购买", "미성년자는 구매 불가", "1/6スケール", "通常1〜2日以内に発送",
		}},
	} {
		for _, text := range group.texts {
			if a, _ := stockPhrase(text, now); a.Group() != group.want {
				t.Errorf("%q is read as %s (%s), want the group %s; dates: %q", text, a, a.Group(), group.want, dateMarks(key(text), now))
			}
		}
	}
}

// Texts that state nothing are told by one look at each, without any of the forms.
func TestMostTextsHoldNoState(t *testing.T) {
	for _, text := range []string{"カラー: ブルー", "サイズをお選びください", "Free returns", "この商品について", "Add to list", "レビューを書く"} {
		if states.May(key(text)) {
			t.Errorf("%q may state something", text)
		}
	}
}
