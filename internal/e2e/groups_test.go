package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sainyuka/sainyuka/internal/fakeshop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// phone is a ntfy server that keeps the texts that it was sent.
type phone struct {
	URL string

	mu    sync.Mutex
	texts []string
}

func newPhone(t testing.TB) *phone {
	p := &phone{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m struct{ Title, Message, Click string }
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			http.Error(w, "not JSON", http.StatusBadRequest)
			return
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.texts = append(p.texts, m.Title+"\n"+m.Message+"\n"+m.Click)
		fmt.Fprintf(w, `{"id":"m%d"}`, len(p.texts))
	}))
	t.Cleanup(server.Close)
	p.URL = server.URL
	return p
}

func (p *phone) heard() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.texts)
}

// On a phone a better offer rings beside the first one at once, and one that is worse
// when those have sold out.
func TestABetterOfferRingsAtOnce(t *testing.T) {
	c, s, p := newTown(t), newSink(t), newPhone(t)
	shops := []shop{c.shop("first"), c.shop("better"), c.shop("worse")}
	var text strings.Builder
	fmt.Fprintf(&text, "[web]\nlisten = \"127.0.0.1:0\"\n[fetch]\ntimeout = \"2s\"\nproxy = %q\n[alerts]\nreceipts = false\n", c.proxy)
	for _, one := range shops {
		fmt.Fprintf(&text, "[host.%q]\nevery = \"100ms\"\n", one.host)
	}
	text.WriteString("[[product]]\nid = \"vane\"\nname = \"風見鶏モデル R\"\n")
	for _, one := range shops {
		fmt.Fprintf(&text, "[[product.watch]]\nurl = %q\ninterval = \"1s\"\nmin_interval = \"200ms\"\n", one.url)
	}
	fmt.Fprintf(&text, "[[channel]]\nid = \"hook\"\ntype = \"webhook\"\nurl = %q\n[[channel]]\nid = \"phone\"\ntype = \"ntfy\"\nurl = %q\n", s.URL, p.URL+"/topic")
	config := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(config, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	startDaemon(t, config)
	looks(t, shops, 2)
	offer := func(i int, a stock.Availability, yen int64) {
		c.Set(shops[i].url, fakeshop.Item{Title: "風見鶏モデル R", Availability: a, Price: stock.Yen(yen)})
	}
	ring := func(what string, n, of int) {
		t.Helper()
		eventually(t, what, func() bool { return len(p.heard()) >= n })
		got := p.heard()
		if len(got) != n || !strings.Contains(got[n-1], shops[of].host) {
			t.Fatalf("%s: the phone heard %q, want %d messages, the last one of %s", what, got, n, shops[of].host)
		}
	}
	offer(0, stock.InStock, 1980)
	ring("the first offer", 1, 0)
	offer(1, stock.InStock, 1780)
	ring("a better offer", 2, 1)
	offer(2, stock.InStock, 1880)
	s.wait(t, "vane", 3) // the webhook hears of it at once
	looks(t, shops, 1)
	if got := p.heard(); len(got) != 2 {
		t.Fatalf("a worse offer rang on the phone at once: %q", got)
	}
	offer(0, stock.OutOfStock, 1980)
	offer(1, stock.OutOfStock, 1780)
	ring("the worse offer, once the others have sold out", 3, 2)
}

// A page whose offers come, go and change their price and kind all the time rings a
// few times and then once more as one that does so, whatever its kinds are.
func TestAFlippingPageFolds(t *testing.T) {
	c, s := newTown(t), newSink(t)
	p := c.shop("flips")
	offers := []fakeshop.Item{
		{Availability: stock.InStock, Price: stock.Yen(1980)}, // restocked
		{Availability: stock.InStock, Price: stock.Yen(1480)}, // price_drop
		{Availability: stock.OutOfStock, Price: stock.Yen(1480)},
		{Availability: stock.PreOrder, Price: stock.Yen(1480)}, // orderable
		{Availability: stock.OutOfStock, Price: stock.Yen(1480)},
	}
	startDaemon(t, settings{town: c, sink: s, shops: []shop{p}, alerts: "flap_limit = 3\n"}.write(t))
	looks(t, []shop{p}, 2)
	for range 3 {
		for _, it := range offers {
			it.Title = "風見鶏モデル R"
			c.Set(p.url, it)
			looks(t, []shop{p}, 2)
		}
	}
	c.Set("http://"+p.host+"/done", fakeshop.Item{})
	var kinds []stock.Kind
	for _, e := range s.wait(t, p.id, 4) {
		kinds = append(kinds, e.Data.Kind)
	}
	if want := []stock.Kind{stock.Restocked, stock.PriceDrop, stock.Orderable, stock.Flapping}; !slices.Equal(kinds, want) {
		t.Errorf("a page with 9 openings and lower prices rang %v, want %v", kinds, want)
	}
}
