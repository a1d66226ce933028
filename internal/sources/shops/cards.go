package shops

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// cards tells where the searches of a shop list their items. All places are CSS
// selectors, of the card or of what is below it.
type cards struct {
	card   string
	link   string // first element with a link to the item
	titles string // their texts together are the title
	prices string // lines with a price of the shop's own
	out    string // what stands on the card of an item that is sold out: its words are read
	// buyable is a parameter and value of the address that asks for what is on sale.
	buyable [2]string
	newest  [2]string // the same for "newest first"
	// list is what holds the cards: a page on which it stands empty found nothing.
	list string
}

// maxListings bounds what is kept of one search.
const maxListings = 500

// none matches the line of a search that found nothing; below it shops
// recommend other things.
var none = regexp.MustCompile(`該当(件数|商品数)?[::]?\s*0\s*件|(該当する|一致する|条件に(合|あ)う|ご指定の)(商品|アイテム|検索結果).{0,8}(ありません|ございません|見つかりません|みつかりません)`)

// list reads a page that is not an item's: a search by the shop's cards, any
// other page as that of a shop without a name.
func (s Shop) list(d *page.Document) stock.Observation {
	listings := s.listings(d)
	if !d.IsSearch() && (d.HasProduct() || len(listings) == 0) {
		return page.Read(d)
	}
	o := page.Search(d)
	o.NewestFirst = asked(d, s.cards.newest)
	o.Evidence = []stock.Evidence{{Method: stock.MethodPageData, Fact: stock.FactPage, Note: stock.NoteSearchByCards, Where: s.cards.card}}
	switch {
	case len(listings) > 0:
		o.Listings = listings
	case s.cards.card != "" && found(d, none):
		o.Listings = nil
	default: // not the cards that are known, or none: what any page's would be
		return s.anyList(d)
	}
	return o
}

// anyList reads a list by the rules for any shop. Where those find nothing, the
// shop's own list that stands empty says that there is nothing.
func (s Shop) anyList(d *page.Document) stock.Observation {
	o := page.Read(d)
	if !o.IsSearch || len(o.Listings) > 0 || s.cards.list == "" {
		return o
	}
	for _, p := range d.Parts(s.cards.list) {
		if len(p.Parts("a[href]")) == 0 {
			return page.NothingListed(d, "an empty "+s.cards.list)
		}
	}
	return o
}

func found(d *page.Document, line *regexp.Regexp) bool {
	return slices.ContainsFunc(d.Lines(), line.MatchString)
}

// listings reads the cards of a search, each item once.
func (s Shop) listings(d *page.Document) []stock.Listing {
	var all []stock.Listing
	seen := map[string]bool{}
	onSale := asked(d, s.cards.buyable)
	var last page.Part
	for _, card := range d.Parts(s.cards.card) {
		if card.Within(last) {
			continue // a card in a card is a part of it
		}
		last = card
		l, ok := s.listing(d, card)
		if !ok || seen[l.ID] || len(all) == maxListings {
			continue
		}
		seen[l.ID] = true
		if onSale && l.Availability == stock.Unknown {
			l.Availability = stock.InStock
		}
		all = append(all, l)
	}
	return all
}

// asked reports whether the address has a parameter with a value.
func asked(d *page.Document, parameter [2]string) bool {
	return parameter[0] != "" && d.URL.Query().Get(parameter[0]) == parameter[1]
}

// listing reads one card. A card that says nothing of stock is Unknown: shops
// list what is sold out without a word, too.
func (s Shop) listing(d *page.Document, card page.Part) (stock.Listing, bool) {
	var l stock.Listing
	for _, p := range card.Parts(s.cards.link) {
		u, err := d.URL.Parse(strings.TrimSpace(p.Attr("href")))
		if err != nil || !s.Owns(u) || s.id(u) == "" {
			continue
		}
		l.ID, l.URL = s.id(u), d.Absolute(u.String())
		break
	}
	var title []string
	for _, p := range card.Parts(s.cards.titles) {
		if t := p.Text(); t != "" {
			title = append(title, t)
		}
	}
	l.Title = strings.Join(title, " ")
	for _, p := range card.Parts(s.cards.out) {
		if a, _ := page.StockPhrase(p.Text()); a.Group() == stock.No {
			l.Availability = a
		}
	}
	for _, p := range card.Parts(s.cards.prices) {
		yen, labelled := price(p), condition(p.Text())
		if !yen.Known() {
			continue
		}
		if l.Price.Known() && l.Price.Minor <= yen.Minor {
			l.Condition = cmp.Or(l.Condition, labelled) // of a sale only the usual price is labelled
			continue
		}
		l.Price, l.Condition = yen, cmp.Or(labelled, l.Condition)
	}
	return l, l.URL != "" && l.Title != ""
}

// condition reads what a price is labelled with: 中古 or 新品.
func condition(label string) string {
	for _, c := range []string{"中古", "新品"} {
		if strings.HasPrefix(label, c) {
			return page.Condition(c)
		}
	}
	return ""
}
