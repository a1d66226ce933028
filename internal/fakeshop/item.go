package fakeshop

import (
	"net/url"
	"strings"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// Item is what one page offers at present.
type Item struct {
	Title        string
	Availability stock.Availability // Unknown: the page does not say
	SaleMode     stock.SaleMode     // Lottery is shown in the order form of small shops
	Price        stock.Price
	ListPrice    stock.Price // shown struck through, as shops do
	Quantity     int64       // units left; 0: the page tells no number, except where it is sold out
	Seller       string
	JAN          string
	Image        string
	Layout       Layout // how the page is built; zero: as the host builds its pages
	Validators   bool   // answer with an ETag, and with 304 to a matching If-None-Match
	HiddenStock  bool   // Ichiba: the microdata says "out of stock" whatever the truth is
	DataDenies   bool   // a small shop: the JSON-LD says "out of stock" whatever the truth is
	StaleData    bool   // a small shop: the JSON-LD says "in stock" whatever the truth is
}

// Layout names the way in which a page says what it offers.
type Layout uint8

// The layouts. The first three are those of the malls; a small shop on any other
// host has JSONLD unless its items say otherwise.
const (
	ByHost    Layout = iota
	Rakuten          // JSON island item-page-app-data and microdata, in EUC-JP
	Yahoo            // __NEXT_DATA__
	Mercari          // as rendered by a browser: JSON-LD @graph and a checkout button
	JSONLD           // JSON-LD Product with an Offer
	Microdata        // microdata Product with an Offer, no JSON-LD
	OpenGraph        // Open Graph and an order form: weak evidence only
)

// The hosts of the malls.
const (
	RakutenHost = "item.rakuten.co.jp"
	YahooHost   = "store.shopping.yahoo.co.jp"
	MercariHost = "jp.mercari.com"
)

// layoutOn returns the layout that it has on the host.
func (it Item) layoutOn(host string) Layout {
	switch {
	case it.Layout != ByHost:
		return it.Layout
	case host == RakutenHost:
		return Rakuten
	case host == YahooHost:
		return Yahoo
	case host == MercariHost:
		return Mercari
	default:
		return JSONLD
	}
}

// Set puts an item on the page of the URL, whose scheme and fragment do not
// matter, and takes away what was there.
func (s *Street) Set(rawURL string, it Item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[pageKey(rawURL)] = it
}

// Change alters the item on the page of the URL; on a page without one it starts
// from an empty item.
func (s *Street) Change(rawURL string, alter func(*Item)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.items[pageKey(rawURL)]
	alter(&it)
	s.items[pageKey(rawURL)] = it
}

// Remove takes the page away: it answers 404.
func (s *Street) Remove(rawURL string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.items, pageKey(rawURL))
}

// Robots sets the robots.txt of a host ("shop.example", "127.0.0.1:8081"). Until
// then a host has one that allows everything but its cart.
func (s *Street) Robots(host, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.robots[strings.ToLower(host)] = text
}

// pageKey names a page or, for a target without path, a whole host: the
// normalised URL without scheme and fragment.
func pageKey(target string) string {
	if !strings.Contains(target, "://") {
		return strings.ToLower(strings.TrimSuffix(target, "/"))
	}
	norm, _, _ := strings.Cut(stock.NormalizeURL(target), "#")
	_, rest, _ := strings.Cut(norm, "://")
	return rest
}

// splitKey returns the host and the path of a page's key.
func splitKey(key string) (host, path string) {
	if u, err := url.Parse("http://" + key); err == nil {
		return u.Host, u.Path
	}
	return key, "/"
}
