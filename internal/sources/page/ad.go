package page

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// replyLabels are texts of the control by which one answers a small ad or goes to the
// shop behind a comparison's offer, in folded lower case. To answer is how such a
// thing is bought.
var replyLabels = []string{
	"reply", "respond", "contact", "message", "send message", "send a message", "send email", "whatsapp", "chat", "call", "call now", "make offer", "make an offer", "send offer", "i'm interested", "view deal", "get deal", "see deal", "visit shop", "visit store", "see offer",
	"antworten", "kontaktieren", "kontakt aufnehmen", "nachricht schreiben", "nachricht senden", "anrufen", "zum shop", "zum angebot", "zum händler",
	"contacter", "envoyer un message", "appeler", "voir l'offre", "voir l’offre", "voir le numéro", "faire une offre", "contatta", "contatta l'utente", "invia messaggio", "chiama", "mostra numero", "vai al negozio", "vai all'offerta", "contactar", "contactar agora", "enviar mensaje", "enviar mensagem", "llamar", "preguntar", "ligar", "ver teléfono", "ver telefone", "ir a la tienda", "ir à loja", "ir para a loja", "ver oferta", "hacer oferta", "hacer una oferta",
	"contacteer", "bericht", "stuur bericht", "bel", "bellen", "naar de winkel", "naar winkel", "bekijk aanbieding", "bieden", "plaats bod", "doe een bod", "kontaktovat", "napsat prodejci", "zavolat", "do obchodu", "kontaktovať", "napísať predajcovi", "zavolať", "napisz", "napisz wiadomość", "wyślij wiadomość", "zadzwoń", "pokaż numer", "idź do sklepu", "do sklepu", "írj az eladónak", "üzenet küldése", "hívás", "irány a bolt", "tovább a boltba",
	"contactează", "trimite mesaj", "sună", "arată numărul", "vezi oferta", "написать", "написать сообщение", "позвонить", "показать телефон", "показать телефоны", "показать номер", "показать контакты", "в магазин", "откликнуться", "написати", "надіслати повідомлення", "зателефонувати", "показати телефон", "показати номер", "до магазину", "покажи телефона", "изпрати съобщение", "към магазина",
	"pošalji poruku", "pošaljite poruku", "prikaži telefon", "prikaži broj", "kontaktiraj", "pošlji sporočilo", "v trgovino", "mesaj gönder", "satıcıyı ara", "telefonu göster", "mağazaya git", "kontakta", "skicka meddelande", "visa telefonnummer", "till butik", "till butiken", "skriv til selger", "send melding", "til butikk", "til butik", "se tilbud", "kontakt sælger", "lähetä viesti", "näytä puhelinnumero", "siirry kauppaan", "saada sõnum", "rašyti žinutę", "sūtīt ziņu", "επικοινωνία με τον πωλητή", "στείλε μήνυμα", "εμφάνιση τηλεφώνου", "προς το κατάστημα",
	"צור קשר עם המוכר", "שלח הודעה", "הצג טלפון", "לחנות", "تواصل مع البائع", "أرسل رسالة", "اتصل", "إظهار الرقم", "دردشة", "تماس", "اطلاعات تماس", "チャットする", "出品者に連絡", "投稿者に連絡", "聯絡賣家", "联系卖家", "私訊賣家", "채팅하기", "판매자에게 연락", "연락하기", "chat ngay", "nhắn tin", "gọi điện", "hubungi penjual", "chat penjual", "แชท", "แชทกับผู้ขาย", "โทร",
}

// replyPhrases say it within a longer label.
var replyPhrases = newLexicon(
	"reply to ad", "reply to this ad", "respond to ad", "contact seller", "contact the seller", "contact advertiser", "contact owner", "contact dealer", "message seller", "message the seller", "email seller", "e-mail seller", "email the seller", "chat with seller", "write to seller", "call seller", "call the seller", "show phone", "show number", "reveal phone", "reveal number", "view phone", "show contact", "go to shop", "go to store",
	"anbieter kontaktieren", "verkäufer kontaktieren", "nachricht an verkäufer", "nachricht an den verkäufer", "nachricht an anbieter", "telefonnummer anzeigen", "nummer anzeigen", "telefon anzeigen", "contacter le vendeur", "contacter l'annonceur", "contacter l’annonceur", "contacter le pro", "répondre à l'annonce", "afficher le numéro", "voir le téléphone", "afficher le téléphone",
	"contatta il venditore", "contatta venditore", "contatta l'inserzionista", "mostra il numero", "mostra telefono", "contactar al vendedor", "contactar con el vendedor", "contactar con el anunciante", "contactar vendedor", "contactar anunciante", "contactar o vendedor", "contactar o anunciante", "falar com o vendedor", "chatear con el vendedor", "ver el teléfono", "mostrar teléfono", "mostrar número", "ver número", "bericht sturen aan verkoper", "contact met verkoper", "contact verkoper", "toon telefoonnummer", "toon nummer",
	"napisz do sprzedawcy", "napisz do sprzedającego", "pokaż telefon", "zobacz numer", "kontaktovat prodejce", "odpovědět na inzerát", "zobrazit telefon", "zobrazit číslo", "kontaktovať predajcu", "zobraziť telefón", "zobraziť číslo", "üzenet az eladónak", "telefonszám megjelenítése", "contactează vânzătorul", "написать продавцу", "связаться с продавцом", "написати продавцю", "показать телефон", "показати телефон", "satıcıya mesaj gönder", "kontakta säljaren", "kontakt sælger", "skriv til sælger", "kontakt selger", "send melding til selger", "ota yhteyttä myyjään",
)

// answers reports whether the folded lower-case text of a control answers an ad.
func answers(label string) bool {
	if utf8.RuneCountInString(label) > 40 {
		return false
	}
	return slices.Contains(replyLabels, strings.Trim(label, " !.>»›→")) || replyPhrases.in(label)
}

// goneWords stand alone on an ad that is still shown and answers nobody.
var goneWords = newLexicon(
	"sold", "reserved", "expired", "closed", "inactive", "deleted", "withdrawn", "pending", "on hold", "verkauft", "reserviert", "abgelaufen", "gelöscht", "vendu", "réservé", "venduto", "riservato", "vendido", "vendida", "reservado", "verkocht", "gereserveerd", "sprzedane", "zarezerwowane", "prodáno", "rezervováno", "predané", "eladva", "vândut", "продано", "продан", "забронировано", "satıldı", "såld", "solgt", "myyty",
)

// cartAddress finds in the addresses of links and forms the name of a cart. A shop
// has a cart; small ads have none.
var cartAddress = pattern.MustCompile(`(?i)(^|[^a-z])((add-?to-?|my|shopping-?|shop)?(cart|basket|bag|trolley)|checkout|warenkorb|panier|carrito|carrello|carrinho|cesta|koszyk|kosik|kosar|korzina|sepet|kurv|varukorg|ostoskori|winkelwagen|winkelmand)([^a-z]|$)`)

// adReply returns the control by which a small ad is answered: on a page without
// any cart, near the heading, where nothing says that the thing is gone.
func (d *Document) adReply() *html.Node {
	var reply *html.Node
	for n := range below(d.HTML.Nodes[0]) {
		switch {
		case n.Type != html.ElementNode:
		case n.DataAtom == atom.A && cartAddress.MatchString(attr(n, "href")), n.DataAtom == atom.Form && cartAddress.MatchString(attr(n, "action")):
			return nil
		case reply == nil && d.repliable(n) && answers(key(buttonLabel(n))) && !isDisabled(n) && !d.inCards(n):
			reply = n
		}
	}
	if reply == nil || len(d.ownHeadings()) == 0 || d.goneAd() {
		return nil
	}
	return reply
}

// repliable reports whether n is a control and not a link of a menu, which may have
// a text of the same one word.
func (d *Document) repliable(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Button:
		return true
	case atom.A:
		href := attr(n, "href")
		return strings.Contains(visible(n), " ") || attr(n, "role") == "button" || hasAttr(n, "onclick") || d.is(n, pressable) || strings.HasPrefix(href, "tel:") || strings.HasPrefix(href, "mailto:") || strings.HasPrefix(href, "#")
	case atom.Input:
		kind := strings.ToLower(attr(n, "type"))
		return kind == "submit" || kind == "button"
	}
	return attr(n, "role") == "button" && !deep(n)
}

// inCards reports whether n stands among other things than the page's own. The
// side column of an ad is its seller's.
func (d *Document) inCards(n *html.Node) bool {
	for p := n; p != nil; p = p.Parent {
		if p.Type == html.ElementNode && (hidden(p) || p.DataAtom != atom.Header && p.DataAtom != atom.Aside && frame(p) || d.other(p)) {
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
			if _, says := d.StockPhrase(k); says || utf8.RuneCountInString(k) <= 40 && goneWords.in(k) {
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
		f.Note(stock.FactAvailability, stock.InStock.String(), buttonLabel(reply), where(reply), stock.NoteByReplyButton)
		f.Offers = []stock.Offer{{Availability: stock.InStock}}
	}
	return f
}
