package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"github.com/sainyuka/sainyuka/internal/stock"
	"github.com/sainyuka/sainyuka/internal/web"
)

// pointer answers looks with a page whose words nobody understands without a rule.
type pointer struct{ asked []stock.LookRequest }

func (p *pointer) look(_ context.Context, ask stock.LookRequest) (web.Preview, error) {
	p.asked = append(p.asked, ask)
	o := stock.Observation{URL: ask.URL, Source: "page", Outcome: stock.OK, Doubt: stock.Silent, At: time.Now(), Offer: stock.Offer{Title: "Kettle"}, Reason: stock.Because(stock.ReasonNoAvailability)}
	v := web.Preview{Look: o, Host: "small.example", Every: 2 * time.Second, Outline: &stock.Outline{Spots: []stock.Spot{
		{Tag: "p", Text: "お取り扱い中", Selector: "p.zaiko"},
		{Tag: "p", Text: `¥1,980 "><script>alert(1)</script>`, Selector: "p.amount", Price: stock.Yen(1980)},
	}}}
	if ask.Rules == nil {
		return v, nil
	}
	switch r := *ask.Rules; {
	case r.InStockText != "":
		v.Look.Offer.Availability, v.Look.Reason, v.Look.Doubt = stock.InStock, stock.Reason{}, ""
	case r.StockSelector != "":
		v.Look.Reason = stock.Because(stock.ReasonRuleUnknownWords, r.StockSelector, "お取り扱い中")
	}
	v.Tries = []stock.Try{stock.TryOf(v.Look)}
	return v, nil
}

func mendSite(t *testing.T, origin string) (http.Handler, *editor, *pointer, string) {
	t.Helper()
	e := &editor{entry: web.ProductEntry{ID: "kettle", Revision: 7, Origin: origin, Table: json.RawMessage(`{"name":"Kettle","watch":[{"url":"https://item.rakuten.co.jp/kitte/kettle/"},{"url":"https://small.example/kettle","interval":"5m","sold_out_text":"完売"}]}`)}}
	p := &pointer{}
	s, _ := site(t, func(o *web.Options) { o.Editor, o.Preview = e, p.look })
	return s.Handler(), e, p, "/watches/" + stock.WatchID("kettle", "https://small.example/kettle") + "/mend"
}

func TestPointAndMend(t *testing.T) {
	h, e, p, path := mendSite(t, "web")
	page := document(t, do(h, "GET", path))
	if n := page.Find(".spots li").Length(); n != 2 || page.Find("#point script").Length() != 0 {
		t.Fatalf("the outline has %d spots and %d scripts, want 2 and none", n, page.Find("#point script").Length())
	}
	if got := text(page.Find(".spots .says").Last()); got != `¥1,980 "><script>alert(1)</script>` {
		t.Errorf("a hostile text is shown as %q", got)
	}
	if n := page.Find(`.spots [name=price]`).Length(); n != 1 {
		t.Errorf("%d spots can be the price, want that with an amount", n)
	}
	tried := document(t, do(h, "GET", path+"?try=1&stock=p.zaiko&price=p.amount"))
	in := tried.Find("#meaning a").First().AttrOr("href", "")
	if in == "" {
		t.Fatal("nobody asks what the unknown text means")
	}
	tried = document(t, do(h, "GET", path+in))
	if got := text(tried.Find(".preview .line .badge").First()); got != "In stock" {
		t.Fatalf("with the text told, the page says %q, want In stock", got)
	}
	want := stock.Rules{StockSelector: "p.zaiko", InStockText: "お取り扱い中", PriceSelector: "p.amount"}
	last := p.asked[len(p.asked)-1]
	if diff := cmp.Diff(want, *last.Rules); diff != "" || !last.Kept || !last.Keep || !last.Outline {
		t.Errorf("what is asked for: kept %v, rules (-want +got):\n%s", last.Kept, diff)
	}
	form := url.Values{}
	for _, key := range []string{"revision", "stock_selector", "in_stock_text", "sold_out_text", "price_selector", "ignore_selector"} {
		form.Set(key, tried.Find("#rules [name="+key+"]").AttrOr("value", "-"))
	}
	w := submit(h, path, form.Encode())
	if w.Code != 303 || !strings.HasPrefix(w.Header().Get("Location"), "../") {
		t.Fatalf("save: %d to %q, want 303 to the watch", w.Code, w.Header().Get("Location"))
	}
	saved := `patch kettle {"watch":[{"url":"https://item.rakuten.co.jp/kitte/kettle/"},{"in_stock_text":"お取り扱い中","interval":"5m","price_selector":"p.amount","stock_selector":"p.zaiko","url":"https://small.example/kettle"}]}`
	if got := strings.Join(e.asked, "|"); got != saved {
		t.Errorf("saved is\n%s\nwant\n%s", got, saved)
	}
	e.err = stock.ErrConflict
	if w := submit(h, path, form.Encode()); w.Code != 409 || document(t, w).Find("[role=alert]").Length() != 1 {
		t.Errorf("save over another's change: %d, want 409 with a message", w.Code)
	}
}

func TestMendWhatTheFileSays(t *testing.T) {
	h, e, _, path := mendSite(t, web.OriginConfig)
	page := document(t, do(h, "GET", path+"?try=1&stock=p.zaiko&in_stock_text=%E3%81%82"))
	if got := text(page.Find("#rules pre")); got != `stock_selector = "p.zaiko" in_stock_text = "あ"` {
		t.Errorf("the lines to write are %q", got)
	}
	if page.Find("#rules form").Length() != 0 {
		t.Error("there is a button to save what the file says")
	}
	if w := submit(h, path, "revision=7&stock_selector=p"); w.Code != 403 || len(e.asked) != 0 {
		t.Errorf("save all the same: %d, asked %v, want 403 and nothing", w.Code, e.asked)
	}
}

func TestMendBeforeAdding(t *testing.T) {
	h, e, p, _ := mendSite(t, "web")
	const address = "https://other.example/item?a=1&b=2"
	page := document(t, do(h, "GET", "/mend?try=1&stock=p.zaiko&in_stock_text=x&url="+url.QueryEscape(address)))
	add := page.Find("#rules a.button").AttrOr("href", "")
	page = document(t, do(h, "GET", "/"+strings.TrimPrefix(add, "./")))
	if last := p.asked[len(p.asked)-1]; last.URL != address || last.Rules == nil || !last.Kept {
		t.Errorf("the page to add asks for %+v, want the kept page read by the rules", last)
	}
	form := url.Values{"notify_all": {"1"}}
	page.Find("#save input[type=hidden]").Each(func(_ int, f *goquery.Selection) { form.Set(f.AttrOr("name", ""), f.AttrOr("value", "")) })
	if w := submit(h, "/add", form.Encode()); w.Code != 303 {
		t.Fatalf("save: %d, want 303", w.Code)
	}
	want := `create web {"watch":[{"in_stock_text":"x","stock_selector":"p.zaiko","url":"` + strings.ReplaceAll(address, "&", `\u0026`) + `"}]}`
	if got := strings.Join(e.asked, "|"); got != want {
		t.Errorf("saved is\n%s\nwant\n%s", got, want)
	}
	if w := do(h, "GET", "/mend?url="+url.QueryEscape("https://small.example/kettle")); w.Code != 303 {
		t.Errorf("an address that is watched: %d, want 303 to its watch", w.Code)
	}
}
