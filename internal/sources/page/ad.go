package page

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// replyLabels are texts of the control by which one answers a small ad, in folded
// lower case. To answer is how such a thing is bought.
var replyLabels = []string{
	"reply", "reply to ad", "reply to this ad", "contact seller", "contact the seller", "contact advertiser", "message seller", "email seller", "e-mail seller", "chat with seller", "write to seller",
	"anbieter kontaktieren", "verkäufer kontaktieren", "nachricht an verkäufer", "nachricht an den verkäufer", "nachricht an anbieter", "contacter le vendeur", "contacter l'annonceur", "contacter l’annonceur", "répondre à l'annonce",
	"contatta il venditore", "contatta venditore", "contatta l'inserzionista", "contactar al vendedor", "contactar con el vendedor", "contactar vendedor", "contactar anunciante", "contactar o vendedor", "contactar o anunciante", "falar com o vendedor", "bericht sturen aan verkoper", "contact met verkoper", "contact verkoper",
	"napisz do sprzedawcy", "napisz do sprzedającego", "kontaktovat prodejce", "odpovědět na inzerát", "kontaktovať predajcu", "üzenet az eladónak", "contactează vânzătorul", "написать продавцу", "связаться с продавцом", "написати продавцю", "satıcıya mesaj gönder", "kontakta säljaren", "kontakt sælger", "skriv til sælger", "kontakt selger", "send melding til selger", "ota yhteyttä myyjään",
}

// goneWords stand alone on an ad that is still shown and answers nobody.
var goneWords = newLexicon(
	"sold", "reserved", "expired", "closed", "inactive", "deleted", "withdrawn", "pending", "on hold", "verkauft", "reserviert", "abgelaufen", "gelöscht", "vendu", "réservé", "venduto", "riservato", "vendido", "vendida", "reservado", "verkocht", "gereserveerd", "sprzedane", "zarezerwowane", "prodáno", "rezervováno", "predané", "eladva", "vândut", "продано", "продан", "забронировано", "satıldı", "såld", "solgt", "myyty",
)

// cartNames are parts of the addresses that carts have. A shop has a cart; small
// ads have none.
var cartNames = []string{"cart", "basket", "checkout", "trolley", "warenkorb", "kasse", "panier", "carrito", "carrello", "cesta", "koszyk", "kosik", "korzina", "sepet", "kurv", "varukorg"}

// adReply returns the control by which a small ad is answered: on a page without
// any cart, near the heading, where nothing says that the thing is gone.
func (d *Document) adReply() *html.Node {
	var reply *html.Node
	for n := range d.HTML.Nodes[0].Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.DataAtom == atom.A && containsAny(strings.ToLower(attr(n, "href")), cartNames), n.DataAtom == atom.Form && containsAny(strings.ToLower(attr(n, "action")), cartNames):
			return nil
		case reply == nil && (n.DataAtom == atom.Button || n.DataAtom == atom.A) && slices.Contains(replyLabels, key(buttonLabel(n))) && !isDisabled(n) && !d.inCards(n):
			reply = n
		}
	}
	if reply == nil || len(d.ownHeadings()) == 0 || d.goneAd() {
		return nil
	}
	return reply
}

// inCards reports whether n stands among other things than the page's own.
func (d *Document) inCards(n *html.Node) bool {
	for p := n; p != nil; p = p.Parent {
		if p.Type == html.ElementNode && (hidden(p) || p.DataAtom != atom.Header && frame(p) || d.other(p)) {
			return true
		}
	}
	return false
}

// goneAd reports whether a line near the heading says that the ad is over.
func (d *Document) goneAd() bool {
	for _, h := range d.ownHeadings() {
		for _, l := range append(d.linesOf(d.region(h)), line{text: visible(h)}) {
			k := strings.Trim(key(l.text), " .!:*-–()[]")
			if _, says := StockPhrase(k); says || utf8.RuneCountInString(k) <= 40 && goneWords.in(k) {
				return true
			}
		}
	}
	return false
}

// ad reads a small ad: a thing with a price that one can answer is to be had.
func (d *Document) ad() Finding {
	f := Finding{Method: stock.MethodBuyBox}
	if reply := d.adReply(); reply != nil {
		f.Says("availability "+stock.InStock.String()+", by the button that answers the ad", buttonLabel(reply), where(reply))
		f.Offers = []stock.Offer{{Availability: stock.InStock}}
	}
	return f
}
