package board

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Item is a row with what lists look for in it.
type Item struct {
	Row
	Shops   []string // keys of the shops that sell it
	Classes []Class  // of its offers, the best first
	text    string   // what a search looks in, folded
	rank    int      // of its class, and when that began: lists are sorted by both again and again
	since   time.Time
	price   stock.Price // of the best offer
	changed time.Time   // when the newest record was seen
}

// Lean is the item without its offers, which are most of its memory: enough to choose,
// count and sort by.
func (it *Item) Lean() *Item {
	lean := *it
	lean.Offers = nil
	return &lean
}

// Since returns when the state of the best offer began.
func (it *Item) Since() time.Time { return it.since }

// NewItem returns the item of a row. shops are the keys by which lists are filtered,
// names further words by which a search finds it.
func NewItem(r Row, shops, names []string) *Item {
	words := append([]string{r.Product.Name, r.Product.ID, r.Product.JAN}, r.Product.Tags...)
	words = append(append(words, r.Product.Keywords...), names...)
	it := &Item{Row: r, Shops: shops, text: Fold(strings.Join(words, "\n")), rank: r.Class.Rank(), since: r.Since()}
	for _, o := range r.Offers {
		it.Classes = append(it.Classes, o.Class)
		if o.Record != nil && o.Record.Change.ObservedAt.After(it.changed) {
			it.changed = o.Record.Change.ObservedAt
		}
	}
	if best := r.Best(); best != nil {
		it.price = best.Price()
	}
	return it
}

// Fold writes a text in the one form that searches compare: without case, width, or
// more than single spaces.
func Fold(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(norm.NFKC.String(s)), func(r rune) bool { return r == ' ' || r == '\u3000' }), " ")
}

// Order is by what a list is sorted.
type Order string

// The orders. The zero Order is ByState.
const (
	ByState  Order = ""       // what can be bought first, the newest restock first
	ByPrice  Order = "price"  // the cheapest first
	ByName   Order = "name"   // as written
	ByChange Order = "change" // what changed last first
)

// Orders returns every order.
func Orders() []Order { return []Order{ByState, ByPrice, ByName, ByChange} }

// Query says which products a list shows. Zero fields ask for nothing.
type Query struct {
	Words   string // all of them must be found
	Class   Class  // Trouble: any product with a page that cannot be read
	Shop    string
	Tag     string
	Order   Order
	folded  []string
	checked bool
}

// Matches reports whether a list with the query shows the item.
func (q *Query) Matches(it *Item) bool {
	if !q.checked {
		q.folded, q.checked = strings.Fields(Fold(q.Words)), true
	}
	switch {
	case q.Class == Trouble && it.Trouble == 0:
		return false
	case q.Class != "" && q.Class != Trouble && it.Class != q.Class:
		return false
	case q.Shop != "" && !slices.Contains(it.Shops, q.Shop):
		return false
	case q.Tag != "" && !slices.Contains(it.Product.Tags, q.Tag):
		return false
	}
	for _, w := range q.folded {
		if !strings.Contains(it.text, w) {
			return false
		}
	}
	return true
}

// Facets counts what a list could be narrowed to.
type Facets struct {
	Products int
	Classes  map[Class]int // products by class; Trouble: those with a page that cannot be read
	Pages    int           // pages that cannot be read
	Shops    []Count       // the most frequent first
	Tags     []Count
}

// Count is how many products a shop or a tag has.
type Count struct {
	Key string
	N   int
}

// CountAll counts all items, whatever the query: a chip says what a click on it shows.
func CountAll(items []*Item) Facets {
	f := Facets{Products: len(items), Classes: map[Class]int{}}
	shops, tags := map[string]int{}, map[string]int{}
	for _, it := range items {
		if it.Class != Trouble {
			f.Classes[it.Class]++
		}
		if it.Trouble > 0 {
			f.Classes[Trouble]++
			f.Pages += it.Trouble
		}
		for _, s := range it.Shops {
			shops[s]++
		}
		for _, t := range it.Product.Tags {
			tags[t]++
		}
	}
	f.Shops, f.Tags = counts(shops), counts(tags)
	return f
}

func counts(n map[string]int) []Count {
	list := make([]Count, 0, len(n))
	for k, v := range n {
		list = append(list, Count{k, v})
	}
	slices.SortFunc(list, func(a, b Count) int { return cmp.Or(b.N-a.N, cmp.Compare(a.Key, b.Key)) })
	return list
}

// Select returns the items that a query shows, in its order. The items come in any
// order and are left in it.
func Select(items []*Item, q Query) []*Item {
	var shown []*Item
	for _, it := range items {
		if q.Matches(it) {
			shown = append(shown, it)
		}
	}
	slices.SortStableFunc(shown, q.Order.compare())
	return shown
}

func (o Order) compare() func(a, b *Item) int {
	switch o {
	case ByPrice:
		return func(a, b *Item) int { return cmp.Or(cheaper(a.price, b.price), byState(a, b)) }
	case ByName:
		return func(a, b *Item) int { return cmp.Or(cmp.Compare(a.name(), b.name()), byState(a, b)) }
	case ByChange:
		return func(a, b *Item) int { return cmp.Or(b.changed.Compare(a.changed), byState(a, b)) }
	}
	return byState
}

// byState is the order of the list: see Classes, and the newest state first.
func byState(a, b *Item) int {
	return cmp.Or(
		cmp.Compare(a.rank, b.rank),
		b.since.Compare(a.since),
		cmp.Compare(a.name(), b.name()),
		cmp.Compare(a.Product.ID, b.Product.ID),
	)
}

func (it *Item) name() string { return cmp.Or(it.Product.Name, it.Product.ID) }
