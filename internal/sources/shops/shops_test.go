package shops

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/shop"
	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
	"pgregory.net/rapid"
)

func shopOf(t *testing.T, rawURL string) (Shop, *url.URL) {
	t.Helper()
	u, err := url.Parse(rawURL)
	if err != nil {
		t.Fatalf("parse %q: %v", rawURL, err)
	}
	all := All()
	i := slices.IndexFunc(all, func(s Shop) bool { return s.Owns(u) })
	if i < 0 {
		return Shop{}, u
	}
	return all[i], u
}

func TestOneAddressForEachItem(t *testing.T) {
	for _, c := range []struct{ url, shop, id, asks string }{
		{"https://www.yodobashi.com/product-detail/100000001001234567/?xfr=pla#review", "yodobashi", "100000001001234567", "https://www.yodobashi.com/product/100000001001234567/"},
		{"https://www.yodobashi.com/product/10000000100123456/", "yodobashi", "", "https://www.yodobashi.com/product/10000000100123456/"}, // 17 digits
		{"https://www.yodobashi.com/?word=switch", "yodobashi", "", "https://www.yodobashi.com/?word=switch"},
		{"https://limited.yodobashi.com/entry/1?x=2", "yodobashi", "", "https://limited.yodobashi.com/entry/1?x=2"},
		{"https://www.biccamera.com/bc/item/1000001/?utm_source=a&source=googleps", "biccamera", "1000001", "https://www.biccamera.com/bc/item/1000001/"},
		{"https://biccamera.rakuten.co.jp/item/1000001/", "", "", ""},
		{"https://www.hmv.co.jp/artist_a_000000000123456/item_b_12345678?site=x", "hmv", "12345678", "https://www.hmv.co.jp/artist_a_000000000123456/item_b_12345678"},
		{"https://www.hmv.co.jp/product/detail/12345678", "hmv", "12345678", "https://www.hmv.co.jp/product/detail/12345678"},
		{"https://tower.jp/item/1234567/Some-%E3%82%A2?kid=1", "tower", "1234567", "https://tower.jp/item/1234567"},
		{"https://www.matsukiyococokara-online.com/store/catalog/product/view/id/4902370553024/", "matsukiyo", "4902370553024", "https://www.matsukiyococokara-online.com/store/catalog/product/view/id/4902370553024"},
		{"https://www.suruga-ya.jp/product/detail/GN0001?tenpo_cd=400501&utm_source=x", "surugaya", "GN0001", "https://www.suruga-ya.jp/product/detail/GN0001?tenpo_cd=400501"},
		{"https://www.suruga-ya.jp/product-other/128022745", "surugaya", "128022745", "https://www.suruga-ya.jp/product-other/128022745"},
		{"https://www.suruga-ya.jp/search?search_word=a", "surugaya", "", "https://www.suruga-ya.jp/search?search_word=a"},
		{"http://netmall.hardoff.co.jp:8081/product/1000001?p=1", "hardoff", "1000001", "http://netmall.hardoff.co.jp:8081/product/1000001/"},
		{"https://netmall.hardoff.co.jp/search/?q=a", "hardoff", "", "https://netmall.hardoff.co.jp/search/?q=a"},
		{"https://store-jp.nintendo.com/item/hardware-accessory/HAC_S_1234?a=b", "nintendo", "HAC_S_1234", "https://store-jp.nintendo.com/item/hardware-accessory/HAC_S_1234"},
		{"https://buyee.jp/mercari/item/m11111111111?conversionType=a", "buyee", "m11111111111", "https://buyee.jp/mercari/item/m11111111111"},
		{"https://buyee.jp/mercari/search?keyword=a", "buyee", "", "https://buyee.jp/mercari/search?keyword=a"},
		{"https://www.getchu.com/soft.phtml?id=1000001&ref=a", "getchu", "1000001", "https://www.getchu.com/soft.phtml?id=1000001"},
		{"https://www.getchu.com/item/1000001/?gc=gc", "getchu", "1000001", "https://www.getchu.com/item/1000001/?gc=gc"},
		{"https://www.yodobashi.com.evil.example/product/100000001001234567/", "", "", ""},
	} {
		s, u := shopOf(t, c.url)
		if s.name != c.shop {
			t.Errorf("%s is of shop %q, want %q", c.url, s.name, c.shop)
		}
		if s.name == "" {
			continue
		}
		u.Fragment = ""
		if got := s.id(u); got != c.id {
			t.Errorf("id of %s: %q, want %q", c.url, got, c.id)
		}
		if r, err := s.Request(u); err != nil || r.URL != c.asks {
			t.Errorf("Request(%s) = %q, %v, want %q", c.url, r.URL, err, c.asks)
		}
	}
}

// What is asked for an item's page is that item's page, and asked for at its own
// address.
func TestRequestIsStable(t *testing.T) {
	ids := map[string]string{
		"yodobashi": `[0-9]{18}`, "matsukiyo": `[0-9]{13}`, "surugaya": `[0-9A-Z]{5,9}`, "nintendo": `[A-Z_]{3,12}`,
	}
	shapes := map[string][]string{
		"yodobashi": {"/product/", "/product-detail/"}, "biccamera": {"/bc/item/"}, "hmv": {"/product/detail/", "/artist_a/item_b_"}, "tower": {"/item/"},
		"matsukiyo": {"/store/catalog/product/view/id/"}, "surugaya": {"/product/detail/", "/product/other/"}, "hardoff": {"/product/"}, "nintendo": {"/item/software/"},
		"buyee": {"/mercari/item/", "/item/yahoo/auction/"}, "getchu": {"/item/"},
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(All()).Draw(t, "shop")
		digits := ids[s.name]
		if digits == "" {
			digits = `[0-9]{5,9}`
		}
		id := rapid.StringMatching(digits).Draw(t, "id")
		u := &url.URL{Scheme: "https", Host: hostOf(t, s), Path: rapid.SampledFrom(shapes[s.name]).Draw(t, "shape") + id, RawQuery: rapid.SampledFrom([]string{"", "utm_source=a", "tenpo_cd=1&ref=b"}).Draw(t, "query")}
		first, err := s.Request(u)
		if err != nil {
			t.Fatalf("Request(%s): %v", u, err)
		}
		asked, err := url.Parse(first.URL)
		if err != nil || s.id(asked) != id || !s.Owns(asked) {
			t.Fatalf("Request(%s) = %s of item %q, want a page of item %q", u, first.URL, s.id(asked), id)
		}
		again, err := s.Request(asked)
		if err != nil || again.URL != first.URL {
			t.Fatalf("Request(%s) = %s, %v, want it to stay", first.URL, again.URL, err)
		}
	})
}

// Every selector of the table must be one: a broken selector finds nothing, and
// silently.
func TestSelectorsAreRead(t *testing.T) {
	d := page.Parse(stock.Page{Body: []byte(`<p>a</p>`)})
	for _, s := range All() {
		for _, sel := range []string{s.box.stock, s.box.button, s.box.price, s.box.title, s.cards.card, s.cards.link, s.cards.titles, s.cards.prices, s.cards.out} {
			if sel != "" && len(d.Parts(sel+", p")) != 1 {
				t.Errorf("%s: %q is no CSS selector", s.name, sel)
			}
		}
	}
}

// Cards in cards, and as many of them as a page can hold.
func TestHostileSearches(t *testing.T) {
	s, u := shopOf(t, "https://netmall.hardoff.co.jp/search/?q=a")
	card := `<div class="itemcolmn_item"><a href="/product/%d/">a</a><i class="item-name">a</i><i class="item-price-en">1円</i>`
	var flat, deep strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&flat, card+"</div>", i)
		fmt.Fprintf(&deep, card, i)
	}
	for name, body := range map[string]string{"flat": flat.String(), "deep": deep.String(), "empty": strings.Repeat(`<div class="itemcolmn_item">`, 400)} {
		d := page.Parse(stock.Page{URL: u.String(), Body: []byte(body)})
		o := s.Read(d)
		if len(o.Listings) > maxListings || !o.IsSearch {
			t.Errorf("%s: %d listings, search %v, want a search with at most %d", name, len(o.Listings), o.IsSearch, maxListings)
		}
	}
}

func TestWhetherADrawIsOpen(t *testing.T) {
	for _, c := range []struct {
		html string
		want stock.Availability
	}{
		{`<p>お申し込み受付中</p>`, stock.PreSale},
		{`<p>ただいま抽選のお申し込みを受付中です</p>`, stock.PreSale},
		{`<span>受付中</span>`, stock.PreSale},
		{`<span>申込中</span>`, stock.PreSale},
		{`<a class="btn">応募する</a>`, stock.PreSale},
		{`<button disabled>応募する</button>`, stock.Unknown},
		{`<a class="btn">お申し込み方法</a>`, stock.Unknown},
		{`<p>抽選販売の受付を終了いたしました。</p>`, stock.OutOfStock},
		{`<p>応募は締め切らせていただきました</p>`, stock.OutOfStock},
		{`<span>締切</span>`, stock.OutOfStock},
		{`<span>終了</span>`, stock.OutOfStock},
		{`<dl><dt>締切</dt><dd>11月30日</dd></dl>`, stock.Unknown},
		{`<p>受付終了: 11月30日</p>`, stock.Unknown},
		{`<p>受付終了後のキャンセルはできません</p>`, stock.Unknown},
		{`<p>受付中に終了することがあります</p>`, stock.Unknown},
		{`<p>受付開始前</p>`, stock.OutOfStock},
		{`<p>受付中</p><p>受付は終了しました</p>`, stock.Unknown},
		{`<p style="display:none">受付中</p>`, stock.Unknown},
		{`<footer><p>受付中</p></footer>`, stock.Unknown},
	} {
		f := page.Finding{Method: stock.MethodBuyBox}
		if got := draw(page.Parse(stock.Page{URL: "https://limited.yodobashi.com/a", Body: []byte(c.html)}), &f); got != c.want {
			t.Errorf("%s: %s, want %s (%s)", c.html, got, c.want, f.Reason)
		} else if got == stock.Unknown && f.Reason.None() {
			t.Errorf("%s: Unknown without a reason", c.html)
		}
	}
}

// hostOf returns a host of a shop, as the catalogue has it.
func hostOf(t *rapid.T, s Shop) string {
	known, ok := shop.ByID(s.name)
	if !ok {
		t.Fatalf("%s is not in the catalogue of shops", s.name)
	}
	return known.Hosts[0]
}
