package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/sainyuka/sainyuka/internal/fakeshop"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// An offer of a seller who is not wanted is silent, also when it sells out; the next
// seller rings, and so does what loosened limits let pass, once.
func TestHeldOffersRingOnceTheyAreAcceptable(t *testing.T) {
	c, s := newTown(t), newSink(t)
	sellers, limits := c.shop("sellers"), c.shop("limits")
	offer := func(p shop, a stock.Availability, yen int64, seller string) {
		c.Set(p.url, fakeshop.Item{Title: "風見鶏モデル R", Availability: a, Price: stock.Yen(yen), Seller: seller})
	}
	before := settings{town: c, sink: s, shops: []shop{sellers, limits}}
	text := strings.Replace(before.text(), "max_price = 2000\n", "max_price = 2000\nsellers_deny = [\"転売屋\"]\n", 1)
	config := before.write(t)
	rewrite(t, config, text)
	d := startDaemon(t, config)
	all := []shop{sellers, limits}
	looks(t, all, 2)
	offer(sellers, stock.InStock, 1980, "転売屋")
	offer(limits, stock.InStock, 2980, "風見商店")
	looks(t, all, 3)
	offer(sellers, stock.OutOfStock, 1980, "転売屋")
	looks(t, all, 3)
	offer(sellers, stock.InStock, 1980, "転売屋")
	looks(t, all, 3)
	if n := len(s.of(sellers.id)) + len(s.of(limits.id)); n != 0 {
		t.Fatalf("while they are held %d alerts came, want none: %v", n, describe(s.all()))
	}

	offer(sellers, stock.InStock, 1980, "風見商店")
	e := s.wait(t, sellers.id, 1)[0]
	i := slices.Index(e.Data.Marks, "now_within_limits")
	if e.Data.Kind != stock.Restocked || i < 0 || !slices.Contains(e.Data.Marks[i:], "seller_denied") {
		t.Errorf("another seller rang as %s with marks %v, want restocked, now_within_limits and seller_denied", e.Data.Kind, e.Data.Marks)
	}

	rewrite(t, config, strings.Replace(text, "max_price = 2000\n[[product.watch]]\nurl = \"http://limits", "max_price = 3000\n[[product.watch]]\nurl = \"http://limits", 1))
	d.reload <- syscall.SIGHUP
	e = s.wait(t, limits.id, 1)[0]
	if e.Data.Kind != stock.LimitsChanged || !strings.HasPrefix(e.ID, "d") || e.Data.Offer.Price != stock.Yen(2980) || len(e.Data.Within) != 1 {
		t.Errorf("loosened limits told %s %s of %v with %+v, want limits_changed at 2980 yen", e.ID, e.Data.Kind, e.Data.Offer.Price, e.Data.Within)
	}
	d.stop()
	startDaemon(t, config)
	looks(t, all, 3)
	if n := len(s.of(sellers.id)) + len(s.of(limits.id)); n != 2 {
		t.Errorf("after a restart there are %d alerts, want two: %v", n, describe(s.all()))
	}
}

// A page whose box offers what its data denies rings as a maybe, then as a restock.
func TestAMaybeRingsAndSoDoesTheRestock(t *testing.T) {
	const page = `<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>風見鶏モデル R</title>
<script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"風見鶏モデル R","offers":{"@type":"Offer","price":"1980","priceCurrency":"JPY","availability":"https://schema.org/%s"}}</script></head>
<body><main><h1>風見鶏モデル R</h1><p class="price">1,980円（税込）</p>%s</main></body></html>`
	const button = `<form action="/cart" method="post"><button type="submit">カートに入れる</button></form>`
	var shows atomic.Value
	shows.Store(fmt.Sprintf(page, "OutOfStock", "<p>売り切れ</p>"))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, shows.Load())
	}))
	t.Cleanup(server.Close)
	s := newSink(t)
	p := shop{host: "maybe.example", id: "maybe", url: "http://maybe.example/item/weathercock"}
	d := startDaemon(t, settings{town: &town{proxy: server.URL}, sink: s, shops: []shop{p}}.write(t))
	eventually(t, "a first look", func() bool {
		_, text := get(t, d.address(t)+"/metrics")
		return strings.Contains(text, `availability="OutOfStock"`)
	})
	shows.Store(fmt.Sprintf(page, "OutOfStock", button))
	e := s.wait(t, p.id, 1)[0]
	if e.Data.Kind != stock.MaybeRestocked || len(e.Data.Evidence) < 2 || e.Data.Evidence[0].Method != stock.MethodBuyBox {
		t.Errorf("the first alert is %s with evidence %v, want maybe_restocked and both sides", e.Data.Kind, e.Data.Evidence)
	}
	shows.Store(fmt.Sprintf(page, "InStock", button))
	e = s.wait(t, p.id, 2)[1]
	if e.Data.Kind != stock.Restocked || !slices.Contains(e.Data.Marks, stock.MarkWasUnclear) {
		t.Errorf("the second alert is %s with marks %v, want restocked, was_unclear", e.Data.Kind, e.Data.Marks)
	}
}
