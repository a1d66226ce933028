package page

import (
	"net/url"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var (
	searchPath  = regexp.MustCompile(`(?i)/(search|searchresult|s|kensaku|find)(/|\.|$)`)
	searchQuery = []string{"q", "query", "keyword", "keywords", "kw", "search_word", "search", "word", "s", "freeword"}
)

// IsSearch reports whether the page's address is that of a search: it holds the
// words that were looked for.
func (d *Document) IsSearch() bool {
	if d.URL.RawQuery == "" || !searchPath.MatchString(d.URL.Path) {
		return false
	}
	q := d.URL.Query()
	for _, name := range searchQuery {
		if q.Get(name) != "" {
			return true
		}
	}
	return false
}

// The bounds of what is read of one search page.
const (
	maxListings = 500
	maxLinks    = 5000
)

// Search reads a search page of any shop: every part of the page that leads to
// one other page and shows a price, or says that there is none left, is a
// listing. A listing that says nothing of stock is Unknown.
func Search(d *Document) stock.Observation {
	o := stock.Observation{
		URL: d.Page.URL, Outcome: stock.OK, At: d.Page.FetchedAt, IsSearch: true,
		Reason: "a search page: its listings are its content",
	}
	o.Offer.Title = d.Title()
	seen := map[string]bool{}
	for _, c := range d.cards() {
		l, ok := d.listing(c)
		if !ok || seen[l.ID] || len(o.Listings) >= maxListings {
			continue
		}
		seen[l.ID] = true
		o.Listings = append(o.Listings, l)
	}
	o.Evidence = []stock.Evidence{{Method: stock.MethodPageData, Fact: stock.FactPage, Note: stock.NoteSearchByAddress}}
	return o
}

// resultCard is the part of a search page that leads to one page.
type resultCard struct {
	node *html.Node
	link *url.URL
}

// cards returns, for every page that a search leads to, the largest part of the
// search page that leads to no other.
func (d *Document) cards() []resultCard {
	targets := map[*html.Node]string{} // the one path that an element leads to; "*" for several
	var cards []resultCard
	taken := map[string]bool{}
	left := maxLinks
	for n := range d.HTML.Nodes[0].Descendants() {
		if n.DataAtom != atom.A || left == 0 {
			continue
		}
		if u := d.resultLink(n); u != nil {
			left--
			for p := n; p != nil; p = p.Parent {
				if t, ok := targets[p]; !ok {
					targets[p] = u.Path
				} else if t != u.Path {
					targets[p] = "*"
				}
			}
		}
	}
	for n := range d.HTML.Nodes[0].Descendants() {
		if n.DataAtom != atom.A || len(cards) >= 4*maxListings {
			continue
		}
		u := d.resultLink(n)
		if u == nil || taken[u.Path] || d.elsewhere(n) {
			continue
		}
		card := n
		for card.Parent != nil && targets[card.Parent] == u.Path && card.Parent.DataAtom != atom.Body {
			card = card.Parent
		}
		if d.layout().size[card] <= maxBox {
			cards = append(cards, resultCard{card, u})
			taken[u.Path] = true
		}
	}
	return cards
}

// resultLink returns where a link leads if that can be an item of the shop: a
// page on the same host with an id in its path.
func (d *Document) resultLink(n *html.Node) *url.URL {
	u, err := d.URL.Parse(strings.TrimSpace(attr(n, "href")))
	if err != nil || u.Hostname() != d.URL.Hostname() || samePath(u, d.URL) || !itemID.MatchString(path.Base(u.Path)) {
		return nil
	}
	return u
}

var itemID = regexp.MustCompile(`[0-9]{4,}|[A-Z0-9]{8,}`)

// listing reads one card.
func (d *Document) listing(c resultCard) (stock.Listing, bool) {
	l := stock.Listing{ID: strings.Trim(c.link.Path, "/"), URL: c.link.String()}
	text := visible(c.node)
	for _, line := range d.linesOf(c.node) {
		if a, ok := d.StockPhrase(line.text); ok && a.Group() == stock.No {
			l.Availability = a
		}
		if strings.Contains(line.text, "中古") {
			l.Condition = stock.ConditionUsed
		}
	}
	all := amounts(text, d.currency())
	best, what := choose(all, asked)
	if what == noPrice {
		best, what = choose(all, instead) // "中古:￥1,980" is all that this row asks
	}
	if what != noPrice {
		l.Price = best.price
	}
	if !l.Price.Known() && l.Availability == stock.Unknown {
		return l, false
	}
	l.Title = cardTitle(c.node)
	return l, l.Title != ""
}

var titleName = regexp.MustCompile(`(?i)title|name|heading`)

// cardTitle returns what a card calls its item: a heading, what is called a
// title, else the longest text of its links and pictures.
func cardTitle(card *html.Node) string {
	best, score := "", 0
	for n := range card.Descendants() {
		var s string
		weight := 1
		switch {
		case n.DataAtom == atom.H2 || n.DataAtom == atom.H3 || n.DataAtom == atom.H4 || n.Type == html.ElementNode && titleName.MatchString(attr(n, "class")):
			s, weight = visible(n), 100
		case n.DataAtom == atom.Img:
			s = Fold(attr(n, "alt"))
		case n.DataAtom == atom.A:
			s = visible(n)
		}
		if size := min(utf8.RuneCountInString(s), 99); s != "" && size*weight > score && size < 99 {
			best, score = s, size*weight
		}
	}
	return best
}
