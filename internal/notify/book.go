package notify

import (
	"slices"
	"strings"
	"time"

	"github.com/sainyuka/sainyuka/internal/alerttext"
	"github.com/sainyuka/sainyuka/internal/clock"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// book is Rules with the indexes that every question needs.
type book struct {
	Rules
	products map[string]*stock.Product
	targets  map[string]Target // by targetKey
}

func newBook(r Rules) *book {
	if r.Location == nil {
		r.Location = time.UTC
	}
	b := &book{Rules: r, products: make(map[string]*stock.Product, len(r.Products)), targets: map[string]Target{}}
	for i := range r.Products {
		b.products[r.Products[i].ID] = &r.Products[i]
	}
	for _, t := range r.Targets {
		if t.Timeout <= 0 {
			t.Timeout = DefaultTimeout
		}
		b.targets[targetKey(t.ID, t.Recipient)] = t
	}
	return b
}

// settings sums up the settings of a channel and its recipients, those that come
// and go by themselves aside; "" when it has none.
func (b *book) settings(id string) string {
	var all strings.Builder
	for _, t := range b.Targets {
		if t.ID == id && !t.Subscribed {
			all.WriteString(t.Recipient + " " + t.Settings + "\n")
		}
	}
	return all.String()
}

// channelOf returns the channel of a recipient, and whether several people read it.
func (b *book) channelOf(recipient string) (id string, shared bool) {
	for _, t := range b.Targets {
		if t.Recipient == recipient {
			return t.ID, t.Shared
		}
	}
	return "", false
}

// view returns how alerts about a product are written for a target.
func (b *book) view(t Target, p stock.Product) alerttext.View {
	return alerttext.View{Language: b.Language, Location: b.Location, Product: p, Now: clock.Wall(), Type: t.Type, Template: b.Template, ShopPage: b.ShopPage}
}

func targetKey(channel, recipient string) string { return channel + "_" + recipient }

// channels returns the ids of all channels, each once.
func (b *book) channels() []string {
	ids := slices.Clone(b.Channels)
	for _, t := range b.Targets {
		if !slices.Contains(ids, t.ID) {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// product returns a product as it is configured now.
func (b *book) product(id string) (stock.Product, bool) {
	if p := b.products[id]; p != nil {
		return *p, true
	}
	return stock.Product{}, false
}

// watch returns a watch of a product as it is configured now.
func (b *book) watch(productID, tid string) (stock.Product, stock.Watch, bool) {
	p, ok := b.products[productID]
	if !ok {
		return stock.Product{}, stock.Watch{}, false
	}
	for _, w := range p.Watches {
		if w.ID == tid {
			return *p, w, true
		}
	}
	return stock.Product{}, stock.Watch{}, false
}
