// Package shop is the catalogue of the shops that sainyuka knows by name: their
// ids, hosts and names, whether their terms restrict automation, and when their
// reader last read a real page right. Configuration, alerts, dashboard, commands
// and the table in docs/shops.md take these facts from here.
//
// It reads no page: how a shop's pages are read is for the sources to know, and
// a test there holds the two against each other.
package shop

import (
	"slices"
	"strings"
)

// Shop is one entry of the catalogue: a way to ask a shop.
type Shop struct {
	ID     string   // the source's name in records, metrics and configuration
	Was    []string // names that it had in earlier versions, still understood
	Hosts  []string // of its pages; ".example.jp" stands for every host below; none for an API
	JA, EN string   // as alerts, dashboard and commands name it
	// Mall is the id of the shop whose offers an official API gives; "" for a shop.
	// Prices, points and coupons are the mall's.
	Mall string
	// Restricted is set when the shop's terms restrict automation: its pages are asked
	// only with fetch.terms_accepted.
	Restricted bool
	// Countries is set for a shop with a host in every country: JA and EN name the one in
	// Japan, and the others are called by their host.
	Countries bool
	// Proven is the month of the newest real page or answer that its reader read right,
	// such as "2025-01"; "" for none.
	Proven string
}

// amazonHosts are those of Amazon in every country: one reader reads them all.
var amazonHosts = []string{
	".amazon.co.jp", "amzn.asia", ".amazon.com", "amzn.to", "a.co", ".amazon.ca", ".amazon.com.mx", ".amazon.com.br",
	".amazon.co.uk", ".amazon.de", ".amazon.fr", ".amazon.it", ".amazon.es", ".amazon.nl", ".amazon.com.be", ".amazon.ie", ".amazon.se", ".amazon.pl", "amzn.eu",
	".amazon.com.tr", ".amazon.in", "amzn.in", ".amazon.sa", ".amazon.ae", ".amazon.eg", ".amazon.com.au", ".amazon.sg", ".amazon.co.za",
}

// catalogue is ordered as the table in docs/shops.md.
var catalogue = []Shop{
	{ID: "rakuten", Hosts: []string{"item.rakuten.co.jp"}, JA: "楽天市場", EN: "Rakuten Ichiba", Proven: "2025-01"},
	{ID: "rakuten-api", Mall: "rakuten", JA: "楽天市場", EN: "Rakuten Ichiba", Proven: "2017"},
	{ID: "rakuten-books-page", Was: []string{"rakutenbooks"}, Hosts: []string{"books.rakuten.co.jp"}, JA: "楽天ブックス", EN: "Rakuten Books"},
	{ID: "rakuten-books", Mall: "rakuten-books-page", JA: "楽天ブックス", EN: "Rakuten Books", Proven: "2017"},
	{ID: "yahoo", Hosts: []string{"store.shopping.yahoo.co.jp"}, JA: "Yahoo!ショッピング", EN: "Yahoo! Shopping"},
	{ID: "yahoo-api", Mall: "yahoo", JA: "Yahoo!ショッピング", EN: "Yahoo! Shopping"},
	{ID: "fleamarket", Hosts: []string{"paypayfleamarket.yahoo.co.jp"}, JA: "Yahoo!フリマ", EN: "Yahoo! Flea Market", Proven: "2026-08"},
	{ID: "auctions", Hosts: []string{"auctions.yahoo.co.jp", "page.auctions.yahoo.co.jp"}, JA: "Yahoo!オークション", EN: "Yahoo! Auctions", Proven: "2025-01"},
	// They list access by other means than the shop's own as improper (mercari.com/jp/help_center/article/900).
	{ID: "mercari", Hosts: []string{"jp.mercari.com", "mercari-shops.com"}, JA: "メルカリ", EN: "Mercari", Restricted: true, Proven: "2026-08"},
	// The licence of Amazon's conditions of use is known to exclude robots and other tools that gather data. That is
	// general knowledge; the text of the Japanese shop was not at hand.
	{ID: "amazon", Hosts: amazonHosts, JA: "Amazon.co.jp", EN: "Amazon.co.jp", Countries: true, Restricted: true, Proven: "2026"},
	{ID: "yodobashi", Hosts: []string{"www.yodobashi.com", "limited.yodobashi.com"}, JA: "ヨドバシ.com", EN: "Yodobashi.com"},
	{ID: "biccamera", Hosts: []string{"www.biccamera.com"}, JA: "ビックカメラ", EN: "Bic Camera"},
	{ID: "hmv", Hosts: []string{"www.hmv.co.jp"}, JA: "HMV&BOOKS", EN: "HMV&BOOKS"},
	{ID: "tower", Hosts: []string{"tower.jp"}, JA: "タワーレコード", EN: "Tower Records"},
	{ID: "matsukiyo", Hosts: []string{"www.matsukiyococokara-online.com"}, JA: "マツキヨココカラ", EN: "Matsukiyo Cocokara"},
	{ID: "surugaya", Hosts: []string{"www.suruga-ya.jp"}, JA: "駿河屋", EN: "Suruga-ya", Proven: "2026-05"},
	{ID: "hardoff", Hosts: []string{"netmall.hardoff.co.jp"}, JA: "オフモール", EN: "HardOff", Proven: "2026-05"},
	{ID: "nintendo", Hosts: []string{"store-jp.nintendo.com"}, JA: "マイニンテンドーストア", EN: "My Nintendo Store"},
	{ID: "buyee", Hosts: []string{"buyee.jp"}, JA: "Buyee", EN: "Buyee", Proven: "2026"},
	{ID: "getchu", Hosts: []string{"www.getchu.com", "getchu.com"}, JA: "げっちゅ屋", EN: "Getchu", Proven: "2026"},
}

// All returns the catalogue.
func All() []Shop { return slices.Clone(catalogue) }

// ByID returns the shop of an id, or of a name that it had before.
func ByID(id string) (Shop, bool) {
	for _, s := range catalogue {
		if s.ID == id || slices.Contains(s.Was, id) {
			return s, true
		}
	}
	return Shop{}, false
}

// OfHost returns the shop whose pages are on a host, in lower case and without a port.
func OfHost(host string) (Shop, bool) {
	first, known := byHost[host]
	for parent := host; parent != ""; _, parent, _ = strings.Cut(parent, ".") {
		if i, ok := byDomain[parent]; ok && (!known || i < first) {
			first, known = i, true
		}
	}
	if !known {
		return Shop{}, false
	}
	return catalogue[first], true
}

// byHost and byDomain are the places in the catalogue of the first shop on a host, and
// on any host of a domain: every look asks for that of its page.
var byHost, byDomain = places()

func places() (hosts, domains map[string]int) {
	hosts, domains = map[string]int{}, map[string]int{}
	for i, s := range slices.Backward(catalogue) {
		for _, own := range s.Hosts {
			if domain, ok := strings.CutPrefix(own, "."); ok {
				domains[domain] = i
			} else {
				hosts[own] = i
			}
		}
	}
	return hosts, domains
}

// Name returns the shop's name in a language, "ja" or "en".
func (s Shop) Name(language string) string {
	if language == "ja" {
		return s.JA
	}
	return s.EN
}

// NameAt returns what people call a shop, by its id and by the host that is watched; ""
// for an id that is in no entry.
func NameAt(id, host, language string) string {
	s, _ := ByID(id)
	at := strings.Index("."+host, "."+s.ID+".")
	if !s.Countries || at < 0 {
		return s.Name(language)
	}
	return strings.ToUpper(host[at:at+1]) + host[at+1:]
}
