package e2e

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/fakeshop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// town is a street of shops on loopback. Its shops are asked through a proxy, so
// that each has a host of its own.
type town struct {
	*fakeshop.Street
	proxy string
}

func newTown(t testing.TB) *town {
	street := fakeshop.New()
	server := httptest.NewServer(street)
	t.Cleanup(server.Close)
	t.Cleanup(street.Close) // before the server, which waits for what hangs
	return &town{street, server.URL}
}

// shop is one shop of the town with one item for sale.
type shop struct {
	town *town
	host string
	id   string // of the product
	url  string
}

// shop opens a shop whose item is sold out.
func (c *town) shop(name string) shop {
	s := shop{town: c, host: name + ".example", id: name, url: "http://" + name + ".example/item/weathercock"}
	c.Set("http://"+s.host+"/item/other", fakeshop.Item{Title: "別の商品", Availability: stock.InStock, Price: stock.Yen(500)})
	s.stockUp(stock.OutOfStock)
	return s
}

func (s shop) stockUp(a stock.Availability) {
	s.town.Set(s.url, fakeshop.Item{Title: "風見鶏モデル R", Availability: a, Price: stock.Yen(1980)})
}

// asked counts the requests for the shop's page.
func (s shop) asked() int {
	n := 0
	for _, r := range s.town.Requests(s.host) {
		if r.Path == "/item/weathercock" {
			n++
		}
	}
	return n
}

// settings are the parts of a configuration that tests vary.
type settings struct {
	town  *town
	sink  *sink
	nats  string // "": embedded
	login string // more keys of [nats]
	shops []shop
	more  string // appended

	alerts   string // more keys of [alerts]
	receipts bool   // of new watches; without them a test counts the alerts that it asks for
}

// write writes the configuration into a folder of its own and returns its path.
func (s settings) write(t testing.TB) string {
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(s.text()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (s settings) text() string {
	var text strings.Builder
	fmt.Fprintf(&text, "[nats]\nurl = %q\n%s[web]\nlisten = \"127.0.0.1:0\"\n[fetch]\ntimeout = \"2s\"\nproxy = %q\n", s.nats, s.login, s.town.proxy)
	fmt.Fprintf(&text, "[alerts]\nreceipts = %t\n%s", s.receipts, s.alerts)
	for _, shop := range s.shops {
		fmt.Fprintf(&text, "[host.%q]\nevery = \"100ms\"\n", shop.host)
	}
	for _, shop := range s.shops {
		fmt.Fprintf(&text, "[[product]]\nid = %q\nname = \"風見鶏モデル R\"\nmax_price = 2000\n", shop.id)
		fmt.Fprintf(&text, "[[product.watch]]\nurl = %q\ninterval = \"1s\"\nmin_interval = \"200ms\"\n", shop.url)
	}
	return text.String() + fmt.Sprintf("[[channel]]\nid = \"hook\"\ntype = \"webhook\"\nurl = %q\n%s", s.sink.URL, s.more)
}
