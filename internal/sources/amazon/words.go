package amazon

import (
	"regexp"
	"slices"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// statement is what a stock text says.
type statement struct {
	availability stock.Availability
	others       bool         // other sellers have it, this page does not
	undelivered  bool         // Amazon does not send it to where it takes the buyer to be
	reason       stock.Reason // why nothing is said of stock, when it is known
}

// wording is a text with what it says.
type wording struct {
	text *regexp.Regexp
	says statement
}

// wordings are tried in this order: 在庫切れ also stands in texts that take orders,
// and 残りN点 beside the days that a seller needs to pack.
var wordings = []wording{
	{regexp.MustCompile(`(配送|発送|お届け)(は)?できません`), statement{undelivered: true}},
	{regexp.MustCompile(`出品者からお求めいただけます`), statement{availability: stock.OutOfStock, others: true}},
	{regexp.MustCompile(`お取り?扱いできません|お取り?扱いしておりません`), statement{availability: stock.OutOfStock}},
	{regexp.MustCompile(`入荷次第[、,]?(商品を)?(配送|発送|お届け)|入荷予定日?(は|:).*ご?(予約|注文)(を)?(承|いただけ)`), statement{availability: stock.BackOrder}},
	{regexp.MustCompile(`在庫切れ|入荷時期は未定|再入荷予定は立って|要件を満たす出品はありません`), statement{availability: stock.OutOfStock}},
	{regexp.MustCompile(`発売予定日|予約受付中|予約商品`), statement{availability: stock.PreOrder}},
	{regexp.MustCompile(`残り\s*[0-9]+\s*点|在庫(は)?残りわずか|残りわずか`), statement{availability: stock.LimitedAvailability}},
	{regexp.MustCompile(`[0-9]+\s*時間以内に発送`), statement{availability: stock.InStock}},
	{regexp.MustCompile(`(日|週間?|[かカヵヶケ]月)以内に発送`), statement{availability: stock.BackOrder}},
	{regexp.MustCompile(`在庫あり`), statement{availability: stock.InStock}},
	{regexp.MustCompile(`(?i)(cannot|can't|does not|doesn't) (be )?(ship|deliver)`), statement{undelivered: true}},
	{regexp.MustCompile(`(?i)available from these sellers`), statement{availability: stock.OutOfStock, others: true}},
	{regexp.MustCompile(`(?i)(ships|dispatched|available to ship|ship) (within|in) .*(week|month)s?`), statement{availability: stock.BackOrder}},
	{regexp.MustCompile(`(?i)(will be|has not been|not yet) released|pre-?order`), statement{availability: stock.PreOrder}},
}

// stockText reads a text of div#availability.
func stockText(d *page.Document, text string) (statement, bool) {
	for _, w := range slices.Concat(wordings, abroad) {
		if !w.text.MatchString(text) {
			continue
		}
		says := w.says
		if q := countLeft(text); says.availability == stock.LimitedAvailability && q != nil && *q == 0 {
			says.availability = stock.OutOfStock
		}
		return says, true
	}
	a, ok := d.StockPhrase(text)
	return statement{availability: a}, ok
}

var (
	invited = regexp.MustCompile(`招待(を|の)?(リクエスト|申し?込|受付)|招待(販売|制)|招待された(方|お客様)|(?i)request (an )?invit|available by invitation|einladung anfordern|demander une invitation|richiedi (un )?invito|solicitar invitación`)
	prime   = regexp.MustCompile(`プライム会員(の方|の方々|のお客様)?(のみ|だけ|限定)(が|で|の|に)?(の)?(購入|お買い|お求め|ご利用|ご注文|販売|商品|です)|プライム(会員)?限定(販売|商品)`)
	// preorders are the words of a button that orders what is yet to come.
	preorders   = regexp.MustCompile(`予約|(?i)pre-?order|vorbestell|précommand|preordin|prenota|reservar|reserva (ahora|ya)|pré-venda|förbeställ|przedsprzedaż|ön sipariş|اطلب(ه)? مسبق`)
	refurbished = regexp.MustCompile(`整備済み品|(?i)\((amazon )?(renewed|refurbished|generalüberholt|reconditionné|ricondizionato|reacondicionado|refurbished product)\b`)
	closed      = regexp.MustCompile(`(終了|締め?切)`)
)

// saleMode reads who may buy.
func saleMode(text string) stock.SaleMode {
	switch {
	case invited.MatchString(text):
		return stock.Invitation
	case prime.MatchString(text):
		return stock.MembersOnly
	}
	return ""
}
