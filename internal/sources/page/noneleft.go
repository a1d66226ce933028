package page

import (
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// noneLeft looks, on a page without an order form, for what shops put in its
// place. Nothing here is ever evidence of stock.
func (d *Document) noneLeft(f *Finding, box *html.Node) stock.Availability {
	if a := d.stockLines(f); a != stock.Unknown {
		return a
	}
	if box != nil {
		return d.backNotice(f, box)
	}
	return d.headingLines(f)
}

// headingLines looks around the heading of a page that shows no price.
func (d *Document) headingLines(f *Finding) stock.Availability {
	for _, h := range d.ownHeadings() {
		var no *line
		lines := d.linesOf(d.region(h))
		for i := range lines {
			if utf8.RuneCountInString(lines[i].text) > maxPhrase {
				continue // prose
			}
			switch a, _ := d.StockPhrase(lines[i].text); {
			case a.Purchasable():
				return stock.Unknown
			case a.Group() == stock.No && no == nil && !d.titled(lines[i].text):
				no = &lines[i]
			}
		}
		if no != nil {
			a, _ := d.StockPhrase(no.text)
			f.Note(stock.FactAvailability, a.String(), no.text, where(no.node))
			return a
		}
	}
	return stock.Unknown
}

// backNotice recognises the button that shops show in the place of the order
// button: it offers to write when the thing is there again. Japanese shops show
// it beside the order button too, so that theirs says nothing.
func (d *Document) backNotice(f *Finding, box *html.Node) stock.Availability {
	for n := range below(d.region(box)) {
		if n.DataAtom != atom.Button && n.DataAtom != atom.Input && n.DataAtom != atom.A || d.elsewhere(n) {
			continue
		}
		label := buttonLabel(n)
		if k := key(label); utf8.RuneCountInString(k) <= 60 && (backNotices.in(k) || backNoticesJapan.in(k) && orderPlace.MatchString(attr(n, "class")+" "+attr(n.Parent, "class"))) {
			f.Note(stock.FactAvailability, stock.OutOfStock.String(), label, where(n), stock.NoteByNotifyButton)
			return stock.OutOfStock
		}
	}
	return stock.Unknown
}

// backNoticesJapan are texts of such buttons in Japan, where they say nothing unless they
// stand in the order button's own place and are called after it.
var backNoticesJapan = newLexicon("再入荷について", "再入荷のお知らせ", "再入荷お知らせ", "再入荷通知", "再入荷したら", "入荷のお知らせ", "入荷お知らせ", "入荷通知", "入荷連絡", "入荷をお知らせ", "再販リクエスト", "再入荷リクエスト")

var orderPlace = pattern.MustCompile(`(?i)purchase|add-?to-?cart|cart-?(btn|button)|buy-?(btn|button)|no-?item`)

// backNotices are texts of such buttons in folded lower case.
var backNotices = newLexicon(
	"notify me when", "email me when", "e-mail me when", "let me know when", "tell me when", "text me when", "alert me when", "notify when available", "notify me if", "join waitlist", "join the waitlist", "join waiting list", "join the waiting list",
	"benachrichtigen, wenn", "benachrichtigen wenn", "benachrichtige mich", "bei verfügbarkeit benachrichtigen", "benachrichtigen sobald", "verfügbarkeitsalarm", "mail bei verfügbarkeit", "mail wanneer", "houd me op de hoogte als", "avertissez-moi", "prévenez-moi", "me prévenir", "m'avertir", "m’avertir", "être averti", "être alerté", "avvisami", "avvertimi quando", "avísame", "avisarme cuando", "avísenme", "avise-me", "avisem-me",
	"powiadom o dostępności", "powiadom mnie o dostępności", "powiadom, gdy", "hlídat dostupnost", "strážiť dostupnosť", "upozornit na naskladnění", "upozorniť na dostupnosť", "értesítést kérek", "anunță-mă când", "anunta-ma cand", "notifică-mă când",
	"сообщить о поступлении", "уведомить о поступлении", "сообщить о наличии", "узнать о поступлении", "повідомити про наявність", "повідомити, коли", "gelince haber ver", "stoğa gelince", "meddela mig när", "giv mig besked når", "gi meg beskjed når", "ilmoita kun",
	"입고 알림", "재입고 알림", "貨到通知", "到貨通知", "到货通知", "补货通知", "補貨通知", "עדכנו אותי כש", "أعلمني عند", "أخبرني عندما",
)

// stockLines looks, on a page without an order form, for an element that is
// called after the stock and says that there is none. It is never evidence of
// stock, and two that disagree are evidence of nothing.
func (d *Document) stockLines(f *Finding) stock.Availability {
	var no *html.Node
	left := maxLines
	for n := range below(d.HTML.Nodes[0]) {
		if left == 0 {
			break
		}
		if size := d.layout().size(n); n.Type != html.ElementNode || size == 0 || size > maxLine || !d.is(n, aboutStock) || d.elsewhere(n) {
			continue
		}
		left--
		switch a, _ := d.StockPhrase(visible(n)); {
		case a.Purchasable():
			return stock.Unknown
		case a.Group() == stock.No && no == nil:
			no = n
		}
	}
	if no == nil {
		return stock.Unknown
	}
	a, _ := d.StockPhrase(visible(no))
	f.Note(stock.FactAvailability, a.String(), visible(no), where(no))
	return a
}

// pictureLine returns the line that a picture says in the place of a text, if it says
// that there is none left: a picture of what there is has its name.
func pictureLine(n *html.Node) []line {
	if t := deniesInPicture(n); t != "" {
		return []line{{t, n}}
	}
	for c := range below(n) {
		if t := deniesInPicture(c); t != "" {
			return []line{{t, n}}
		}
	}
	return nil
}

// deniesInPicture returns what a picture says in the place of a text, if that is that
// there is none left.
func deniesInPicture(n *html.Node) string {
	t := Fold(attr(n, "alt"))
	if n.DataAtom != atom.Img || t == "" || utf8.RuneCountInString(t) > maxPhrase {
		return ""
	}
	if a, _ := StockPhrase(t); a.Group() != stock.No {
		return ""
	}
	return t
}
