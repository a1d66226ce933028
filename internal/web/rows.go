package web

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/sainyuka/sainyuka/internal/board"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/pricing"
	"github.com/sainyuka/sainyuka/internal/shop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// rowsLife is for how long a row is kept of which no news came: what an offer costs in
// the end depends on the calendar.
const rowsLife = 10 * time.Minute

// rows keeps the row of every product, and makes anew only those that changed.
type rows struct {
	live   *live
	reckon board.Reckon // nil: nobody has rates

	mu       sync.Mutex
	products []stock.Product // of which the rows are
	index    map[string]int  // of a watch's product, by tid
	items    []*board.Item   // lean
	byID     map[string]*board.Item
	stale    map[int]bool
	made     clock.Instant
}

func newRows(l *live) *rows { return &rows{live: l, stale: map[int]bool{}} }

// changed notes that a watch is another, and returns the id of its product, "" for a
// watch that is in no list.
func (r *rows) changed(tid string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, ok := r.index[tid]
	if !ok {
		return ""
	}
	r.stale[i] = true
	return r.products[i].ID
}

// all returns the rows of all products, as they are now. The caller changes nothing.
func (r *rows) all() []*board.Item {
	products := r.live.products()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !sameSlice(products, r.products) || r.index == nil || clock.Now().Sub(r.made) > rowsLife {
		if r.index != nil && !sameSlice(products, r.products) {
			r.live.feed.renew()
		}
		r.rebuild(products)
		return r.items
	}
	if len(r.stale) == 0 {
		return r.items
	}
	fresh := slices.Clone(r.items) // readers hold the old one
	for i := range r.stale {
		fresh[i] = r.item(&r.products[i], r.live.get).Lean()
		r.byID[r.products[i].ID] = fresh[i]
	}
	r.items, r.stale = fresh, map[int]bool{}
	return r.items
}

// get returns the row of one product with its offers, nil when it is not configured.
func (r *rows) get(id string) *board.Item {
	r.all()
	r.mu.Lock()
	it := r.byID[id]
	r.mu.Unlock()
	if it == nil {
		return nil
	}
	return r.whole(it)
}

// whole returns a row with its offers.
func (r *rows) whole(it *board.Item) *board.Item { return r.item(it.Product, r.live.get) }

func (r *rows) rebuild(products []stock.Product) {
	r.products, r.index, r.stale, r.made = products, map[string]int{}, map[int]bool{}, clock.Now()
	r.items, r.byID = make([]*board.Item, len(products)), make(map[string]*board.Item, len(products))
	for i := range products {
		p := &products[i]
		for _, w := range p.Watches {
			r.index[w.ID] = i
		}
		r.items[i] = r.item(p, r.live.get).Lean()
		r.byID[p.ID] = r.items[i]
	}
}

func (r *rows) item(p *stock.Product, known func(string) board.Known) *board.Item {
	row := board.Build(p, known, r.reckon)
	var shops, names []string
	for _, o := range row.Offers {
		key := shopKey(o)
		if !slices.Contains(shops, key) {
			shops = append(shops, key)
			names = append(names, shopName(key, japanese), shopName(key, english))
		}
	}
	return board.NewItem(row, shops, names)
}

// sameSlice reports whether two slices are one: configurations are replaced, never
// changed.
func sameSlice(a, b []stock.Product) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// shopKey names the shop of an offer in lists: by the catalogue where it is there, a
// mall's API as the mall, else by its host.
func shopKey(o board.Offer) string {
	source := ""
	if o.Look != nil {
		source = o.Look.Source
	}
	if o.Record != nil {
		source = cmp.Or(o.Record.Change.Watch.Source, source)
	}
	host := stock.HostOf(o.Watch.URL)
	api, query := stock.IsQuery(o.Watch.URL)
	if query {
		source = string(api)
	}
	s, ok := shop.ByID(source)
	if !ok {
		s, ok = shop.OfHost(host)
	}
	switch {
	case !ok && query:
		return string(api)
	case !ok, s.Countries:
		return host
	}
	return cmp.Or(s.Mall, s.ID)
}

// shopName returns what people call the shop of a key.
func shopName(key string, t translator) string {
	if s, ok := shop.ByID(key); ok {
		return s.Name(t.lang())
	}
	if s, ok := shop.OfHost(key); ok {
		return shop.NameAt(s.ID, key, t.lang())
	}
	return key
}

// reckonBy returns how effective prices are reckoned by the user's rates, nil without.
func reckonBy(rates func() pricing.Rates) board.Reckon {
	if rates == nil {
		return nil
	}
	return func(w stock.Watch, c stock.Change) (pricing.Reckoning, bool) {
		return reckonAt(rates(), w, c, clock.Wall())
	}
}
