package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// oddShop says in words that nobody knows whether it has the thing, in an element that
// changes its class when the shop is rebuilt. Its page tries to run and load things.
type oddShop struct {
	others http.Handler
	class  atomic.Value
	says   atomic.Value
	asked  atomic.Int64
}

func (s *oddShop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Host != "odd.example" {
		s.others.ServeHTTP(w, r)
		return
	}
	if r.URL.Path == "/robots.txt" {
		http.NotFound(w, r)
		return
	}
	s.asked.Add(1)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!DOCTYPE html><html lang="ja"><head><title>急須 - 変わった店</title><script>window.stolen = 1</script></head><body>
<div id="goods"><h1>急須</h1><p class="kakaku">価格 3,300円（税込）</p><p class="%s">%s</p>
<p>&lt;script&gt;window.stolen = 2&lt;/script&gt;<img src="http://evil.example/x.png" onerror="window.stolen = 3"></p></div></body></html>`, s.class.Load(), s.says.Load())
}

// The user points at what tells the stock of a page that nobody understands, on the
// preview, says what it means, and saves; the page is then read so, and it is shown when
// the shop is rebuilt. Nothing of the shop's page runs meanwhile, and the shop is asked
// once for all of it.
func TestPointAndMendInBrowsers(t *testing.T) {
	inBrowsers(t, func(t *testing.T, start func(*testing.T) browserOf) {
		odd := &oddShop{}
		odd.class.Store("zaiko")
		odd.says.Store("お取り扱い中です")
		front := httptest.NewServer(odd)
		t.Cleanup(front.Close)
		b := newBox(t, Watch|Notify, "[fetch]\nproxy", fmt.Sprintf("[fetch]\nproxy = %q\n# it was", front.URL))
		odd.others = b.street
		b.run(t)
		b.ready(t)
		f := start(t)
		home := "http://" + b.Addr() + "/"
		pointAndSave(t, f, home)
		if n := odd.asked.Load(); n != 1 {
			t.Errorf("the shop was asked %d times while its page was pointed at, want once", n)
		}
		eventually(t, "the page to be read by the rules", func() bool {
			f.open(t, home)
			return f.run(t, `return [...document.querySelectorAll("#rows li.now h2")].map((e) => e.textContent).join()`) == "急須"
		})
		odd.class.Store("zaiko-2")
		odd.says.Store("品切れ中です")
		id := b.watchOf(t, "http://odd.example/item")
		eventually(t, "the rule to be reported that matches nothing", func() bool {
			f.open(t, home+"watches/"+id)
			return strings.Contains(f.run(t, `return document.getElementById("main").textContent`), "p.zaiko")
		})
		if got := f.run(t, sound); got != "" {
			t.Errorf("the page of the watch: %s", got)
		}
		quiet(t, f, home)
	})
}

// watchOf returns the id of the watch of an address.
func (b *box) watchOf(t *testing.T, address string) string {
	t.Helper()
	for _, p := range b.config.Load().Products {
		for _, w := range p.Watches {
			if w.URL == address {
				return w.ID
			}
		}
	}
	t.Fatalf("nobody watches %s", address)
	return ""
}

// pointAndSave points at the elements of the odd shop's page and saves it.
func pointAndSave(t *testing.T, f browserOf, home string) {
	t.Helper()
	f.open(t, home+"add?url="+url.QueryEscape("http://odd.example/item"))
	if got := f.run(t, `return document.querySelector(".preview .badge")?.textContent ?? document.getElementById("main").textContent`); got == "在庫あり" {
		t.Fatalf("the page is understood without help: %q", got)
	}
	follow(t, f, `document.querySelector(".preview a[href*=mend]").click()`, "/mend")
	if got := f.run(t, sound); got != "" {
		t.Errorf("the page to point on: %s", got)
	}
	const choose = `
		const row = (text) => [...document.querySelectorAll(".spots li")].find((li) => li.querySelector(".says").textContent.includes(text));
		row("お取り扱い中").querySelector("[name=stock]").click();
		row("3,300円").querySelector("[name=price]").click();
		document.getElementById("point").requestSubmit();`
	follow(t, f, choose, "try=1")
	follow(t, f, `document.querySelector("#meaning a").click()`, "in_stock_text=%E3")
	if got := f.run(t, `return document.querySelector(".preview .badge").textContent + " " + document.querySelector(".preview .price").textContent + " " + String(window.stolen)`); got != "在庫あり ¥3,300 undefined" {
		t.Fatalf("by the rules the page says %q, want it in stock, its price, and no script run", got)
	}
	follow(t, f, `document.querySelector("#rules a.button").click()`, "/add")
	follow(t, f, `document.getElementById("save").requestSubmit()`, "/products/")
}

// follow does something that leads to another page, and waits for that.
func follow(t *testing.T, f browserOf, do, to string) {
	t.Helper()
	f.run(t, do+`; return ""`)
	eventually(t, "a page at "+to, func() bool {
		return strings.Contains(f.run(t, `return document.readyState === "complete" ? location.href : ""`), to)
	})
}

// Rules are tried on every page that is kept, the newest first, and what was not asked
// for is not kept.
func TestStudyKeepsPages(t *testing.T) {
	odd := &oddShop{others: http.NotFoundHandler()}
	odd.class.Store("zaiko")
	odd.says.Store("完売しました")
	front := httptest.NewServer(odd)
	t.Cleanup(front.Close)
	b := newBox(t, Watch|Notify, "[fetch]\nproxy", fmt.Sprintf("[fetch]\nproxy = %q\n# it was", front.URL), `[host."shop.example"]`, "[host.\"odd.example\"]\nevery = \"100ms\"\n[host.\"shop.example\"]")
	odd.others = b.street
	const address = "http://odd.example/item"
	o := b.observer
	if o.Observe(t.Context(), address); len(o.kept.of(address)) != 0 {
		t.Error("a look that nobody asked for keeps its page")
	}
	for i, says := range []string{"完売しました", "お取り扱い中です", "完売しました", "お取り扱い中です"} {
		odd.says.Store(says)
		if a := o.study(t.Context(), stock.LookRequest{URL: address, Keep: true}); !a.Outcome.Good() || a.Outline != nil {
			t.Fatalf("look %d: %s %s, outline %v; want it read, without an outline", i, a.Outcome, a.Reason.Text, a.Outline)
		}
	}
	before := odd.asked.Load()
	a := o.study(t.Context(), stock.LookRequest{URL: address, Kept: true, Outline: true, Rules: &stock.Rules{StockSelector: "p.zaiko", InStockText: "お取り扱い中", SoldOutText: "完売"}})
	var got []string
	for _, try := range a.Tries {
		got = append(got, try.Availability.String())
	}
	if strings.Join(got, " ") != "InStock OutOfStock InStock" || a.Offer.Availability != stock.InStock || a.Outline == nil {
		t.Errorf("the rules on what is kept: %v, the newest %s, outline %v; want the newest 3, the newest first", got, a.Offer.Availability, a.Outline)
	}
	if n := odd.asked.Load(); n != before {
		t.Errorf("the shop was asked %d times for what is kept", n-before)
	}
}

// A person need not wait for the page's turn.
func TestLookNowOnTheDashboard(t *testing.T) {
	b := newBox(t, Watch|Notify, "\ninterval = \"1s\"", "\ninterval = \"1h\"")
	b.run(t)
	b.ready(t)
	tid := b.watchOf(t, itemURL)
	const seen = `"availability":"%s"`
	eventually(t, "the first look", func() bool {
		return strings.Contains(b.get(t, "/api/v1/watches/"+tid), fmt.Sprintf(seen, stock.OutOfStock))
	})
	b.set(itemURL, stock.InStock)
	b.mustAPI(t, http.StatusAccepted, "POST", "/api/v1/watches/"+tid+"/look", "")
	eventually(t, "the look that was asked for", func() bool {
		return strings.Contains(b.get(t, "/watches/"+tid), "画面からの依頼") && strings.Contains(b.get(t, "/api/v1/watches/"+tid), fmt.Sprintf(seen, stock.InStock))
	})
}
