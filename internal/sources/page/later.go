package page

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
)

const ahead = `@(?:near|far)@`

// notYet matches clauses that say of a day to come that sales begin on it, or of the
// sales that they have not begun.
var notYet = pattern.MustCompile(
	`(販売|発売|受付|予約|公開|応募|抽選)(期間|開始日?時?|日時?|予定日?)?[:は\s(]*` + ahead + `|` +
		ahead + `[^@]{0,12}?(販売|発売|受付|予約|公開|配信|出荷|解禁|再販|再開|スタート)(開始|予定|を?再開|スタート)?|` +
		`\b(available|release[sd]?|releasing|release date|launch(es|ing)?|launch date|drops?|dropping|on sale|sale starts?|goes on sale|opens?|opening|pre-?order(s)? (opens?|starts?)|expected|due|back in stock|ships?|restock(s|ing|ed)?)( again| date| in stock| back)?( on| from| starting| after| in|:)?( the)? ?` + ahead + `|` +
		`(verfügbar|lieferbar|erhältlich|bestellbar|erscheint|erscheinungstermin|verkaufsstart|vorrätig)( wieder)?( ab| am|:)?( dem)? ?` + ahead + `|\bab ` + ahead + `[^@]{0,6}(verfügbar|lieferbar|erhältlich|bestellbar|vorrätig|auf lager)|` +
		`(disponible|sortie|parution|en vente|de retour|de retour en stock)( de nouveau)?( le| à partir du| dès le| à compter du| à partir de|:)? ?` + ahead + `|` +
		`(verwacht|leverbaar|beschikbaar|verkrijgbaar|op voorraad|verschijnt|erwartet|dostępn[yae]|premiera|i lager|tillgänglig|förväntas)( weer| igen| ponownie)?( op| vanaf| per| od| från| den|:)? ?` + ahead + `|` +
		`(disponible|lanzamiento|a la venta)( el| a partir del?| desde el?|:)? ?` + ahead + `|` +
		`(disponibile|uscita|in vendita)( dal| il| a partire dal|:)? ?` + ahead + `|` +
		ahead + `[^@]{0,6}(发售|發售|开售|開售|开卖|開賣|上市|上架)|(发售|發售|开售|開售|上市|上架)(日期|时间|時間)?[:\s]*` + ahead + `|` +
		ahead + `[^@]{0,6}(출시|판매|발매|오픈)|(출시|판매|발매)(일|예정|시작)?[:\s]*` + ahead)

// restocked matches clauses that tell when there will be stock again.
var restocked = pattern.MustCompile(
	`(再入荷|入荷|再販|補充)(予定日?|見込み?|予想)|(春|夏|秋|冬)(頃|ごろ|以降|に)?(発売|入荷|再入荷|出荷)|\bavailable (this|next|in) (spring|summer|autumn|fall|winter)|\b(in stock|available|back) (again )?in (about |approx\.? )?\d+(-\d+)? (weeks|months)|(verfügbar|lieferbar|auf lager) in (ca\. )?\d+(-\d+)? (wochen|monaten)|disponibles? (dans|en) \d+ (semaines|mois|semanas|meses)|` + ahead + `[^@]{0,8}(再入荷|入荷)|(再入荷|入荷)[^@]{0,6}` + ahead + `|` +
		`(到货|到貨|补货|補貨)[^@]{0,6}` + ahead + `|` + ahead + `[^@]{0,6}(到货|到貨|补货|補貨)|预计[^@]{0,4}(到货|补货)|預計[^@]{0,4}(到貨|補貨)|입고 ?예정|` + ahead + `[^@]{0,6}입고`)

// until matches a date that ends something, or tells of when the page is.
var until = pattern.MustCompile(`(until|till|through|thru|order by|order before|ends?|valid|bis|bis zum|jusqu'au|jusqu’au|hasta|hasta el|fino al|entro il|至|updated|stand|~|〜|-|–)\s?(on |the |am |den |le |el |il )?` + ahead + `|` + ahead + `\)?\s?(\([月火水木金土日・祝]+\))?\s?[0-9: ]*(まで|迄|時点|現在|更新|까지|止|截止)|` + ahead + `[^@]{0,14}(終了|締|完了|结束|結束|종료|마감)`)

// arrives matches clauses that tell when a parcel comes.
var arrives = pattern.MustCompile(`deliver|arriv|\bships?\b|shipped|dispatch|\bget it\b|receive|liefer(ung|termin|datum|zeit)|versand|zustell|livr|expédi|reçu|entrega|envío|recíbelo|consegna|spedi|arriv|お届け|届け|到着|発送|出荷|配送|送达|送達|发货|發貨|배송|도착`)

// later reads a clause whose dates are marked: the availability that a day to come
// makes of it, Unknown where it tells of none.
func later(marked string, stockHere bool) stock.Availability {
	far, near := strings.Contains(marked, markFar), strings.Contains(marked, markNear)
	switch {
	case !far && !near:
		if restocked.MatchString(marked) && utf8.RuneCountInString(marked) <= maxPhrase {
			return stock.BackOrder
		}
		return stock.Unknown
	case until.MatchString(marked):
		return stock.Unknown
	case restocked.MatchString(marked):
		return stock.BackOrder
	case notYet.MatchString(marked) && (far || !arrives.MatchString(marked)):
		return stock.PreOrder
	case stockHere && (far || !arrives.MatchString(marked)):
		return stock.BackOrder
	}
	return stock.Unknown
}

// StockPhrase reads a text as the function of that name does, its dates being judged
// by when the page came.
func (d *Document) StockPhrase(text string) (stock.Availability, bool) {
	said, known := d.said[text]
	if !known {
		said.says, said.ok = stockPhrase(text, d.Page.FetchedAt)
		d.said[text] = said
	}
	return said.says, said.ok
}

// phraseSays is what a text states of stock.
type phraseSays struct {
	says stock.Availability
	ok   bool
}

// availabilityFrom returns the availability of an offer that begins on a day that its
// data names.
func availabilityFrom(a stock.Availability, starts string, now time.Time) stock.Availability {
	if a.Group() != stock.Now || now.IsZero() {
		return a
	}
	if t, ok := dataTime(starts); ok && t.After(now) {
		return stock.PreOrder
	}
	return a
}

// dataTime reads an ISO 8601 date or time. A date alone is its whole day.
func dataTime(s string) (time.Time, bool) {
	if s == "" || !isDigit(s[0]) {
		return time.Time{}, false
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02", "2006/01/02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
