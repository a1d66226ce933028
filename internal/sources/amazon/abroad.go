package amazon

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// home is the marketplace that the project's users know best: of it alone is known
// where its buyers are.
const home = "amazon.co.jp"

// currencies are what Amazon's marketplaces ask, by their domain. The same reader
// reads them all: they are drawn from the same elements.
var currencies = map[string]string{
	home: "JPY", "amazon.com": "USD", "amazon.ca": "CAD", "amazon.com.mx": "MXN", "amazon.com.br": "BRL", "amazon.co.uk": "GBP",
	"amazon.de": "EUR", "amazon.fr": "EUR", "amazon.it": "EUR", "amazon.es": "EUR", "amazon.nl": "EUR", "amazon.com.be": "EUR", "amazon.ie": "EUR",
	"amazon.se": "SEK", "amazon.pl": "PLN", "amazon.com.tr": "TRY", "amazon.in": "INR", "amazon.sa": "SAR", "amazon.ae": "AED", "amazon.eg": "EGP",
	"amazon.com.au": "AUD", "amazon.sg": "SGD", "amazon.co.za": "ZAR",
}

// shortHosts serve links that lead to item pages; they do not say which.
var shortHosts = []string{"amzn.asia", "amzn.to", "amzn.eu", "amzn.in", "a.co"}

// Hosts returns the hosts whose pages are Amazon's, as the catalogue of shops writes
// them: ".amazon.de" stands for every host below it.
func Hosts() []string {
	all := append([]string{}, shortHosts...)
	for domain := range currencies {
		all = append(all, "."+domain)
	}
	return all
}

// marketplace returns the domain of the marketplace that u is of, "" for none.
func marketplace(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	for {
		if currencies[host] != "" {
			return host
		}
		_, rest, ok := strings.Cut(host, ".")
		if !ok {
			return ""
		}
		host = rest
	}
}

// price reads a price as the page's marketplace writes it.
func price(d *page.Document, text string) (stock.Price, bool) {
	p, ok := page.ParsePrice(text, currencies[marketplace(d.URL)])
	return p, ok && p.Minor > 0
}

// abroad are the wordings of the marketplaces outside Japan that are not those of any
// shop, tried in this order: "Disponible" also begins the text that sends to other
// sellers, and a time of weeks stands in the same sentence as one of days.
var abroad = []wording{
	{regexp.MustCompile(`(?i)(kann nicht|können nicht) .*(geliefert|versandt|versendet|verschickt)|ne peut pas être (expédié|livré)|impossibile (spedire|consegnare)|non può essere (spedit|consegnat)|no (se )?puede (ser enviad|enviarse|enviar)|kan niet .*(verzonden|bezorgd|geleverd)|kan inte (skickas|levereras)|nie można wysłać|não pode ser (enviad|entregue)|gönderilemez|لا يمكن شحن`), statement{undelivered: true}},
	{regexp.MustCompile(`(?i)bei diesen (anbietern|verkäufern)|auprès de ces vendeurs|presso questi venditori|(a través|por parte) de estos vendedores|bij deze verkopers|från (dessa|följande) säljare|u tych sprzedawców|(com|por) estes vendedores|bu satıcılardan|لدى هؤلاء البائعين|من هؤلاء البائعين`), statement{availability: stock.OutOfStock, others: true}},
	{regexp.MustCompile(`(?i)no featured offers|keine (hervorgehobenen|empfohlenen) angebote|aucune offre (mise en avant|en vedette)|nessuna offerta in evidenza|no hay ofertas (destacadas|recomendadas)|geen (aanbevolen|uitgelichte) aanbiedingen|inga (utvalda|framhävda|rekommenderade) erbjudanden|brak (polecanych|wyróżnionych) ofert|nenhuma oferta em destaque|öne çıkan teklif(ler)? (yok|bulunmuyor)|لا توجد عروض مميزة`), statement{availability: stock.OutOfStock, others: true}},
	{regexp.MustCompile(`(?i)(erscheint|veröffentlicht|erscheinen) .*[0-9]|[0-9].* (erscheinen|veröffentlicht)|noch nicht erschienen|par(aî|ai)tra|sortira le|sera publié|(verrà|sarà) (pubblicat|rilasciat|disponibile)|se (lanzará|publicará|pondrá a la venta)|verschijnt op|(släpps|publiceras|lanseras) .*[0-9]|(premiera|zostanie wydan)|será lançad|tarihinde (yayınlan|çık|piyasaya)|سيتم (إصدار|طرح)`), statement{availability: stock.PreOrder}},
	{regexp.MustCompile(`(?i)(` + sent + `).*(wochen?|monaten?|semaines?|mois|settiman[ae]|mes[ei]|semanas?|mes(es)?|weken|week|maand(en)?|veck(a|or)|månad(er)?|tygodni|miesi|mês|hafta|أسابيع|أسبوع|شهر)`), statement{availability: stock.BackOrder}},
	{regexp.MustCompile(`(?i)(` + sent + `)|available to ship in [0-9].*day`), statement{availability: stock.InStock}},
	{left, statement{availability: stock.LimitedAvailability}},
}

// sent are the words for the time that a seller needs until the thing is sent.
const sent = `versandfertig in|versandt? (in|innerhalb)|expédié (sous|dans|en)|spedito (entro|in)|se envía en|envío en un plazo|verzonden binnen|skickas (vanligtvis|normalt)? ?inom|wysyłka w ciągu|wysyłan[aey] w ciągu|enviado (em|dentro de)|içinde kargoya|يتم شحنه خلال|يُشحن عادةً خلال`

// left are the sentences that count what is left; the number stands in one of the
// groups.
var left = regexp.MustCompile(`(?i)only ([0-9]+) left|nur noch ([0-9]+) (auf lager|vorrätig|verfügbar)|plus que ([0-9]+) (exemplaire|en stock|article)|solo ([0-9]+) (rimast|con disponib|disponibil|in stock)|disponibilità: solo ([0-9]+)|s[oó]lo queda\(?n?\)? ([0-9]+)|nog (?:slechts|maar) ([0-9]+)|(?:endast|bara) ([0-9]+) (?:kvar|i lager)|(?:tylko|jeszcze) ([0-9]+) ?(?:szt|w magazynie|sztuk)|apenas ([0-9]+) (?:em|restante)|(?:sadece|yalnızca) ([0-9]+) adet|(?:تبقى|متبقي|تبقّى) ([0-9]+)`)

// countLeft returns the number in a sentence that counts what is left.
func countLeft(text string) *int64 {
	if q := page.QuantityLeft(text); q != nil {
		return q
	}
	m := left.FindStringSubmatch(text)
	for _, group := range m[min(1, len(m)):] {
		if n, err := strconv.ParseInt(group, 10, 64); err == nil {
			return &n
		}
	}
	return nil
}
