package sources

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// syntheticPage is a product page of usual size: navigation, the order form,
// structured data, a description, cards of related products, a footer.
func syntheticPage() stock.Page {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>アカリ ランプ 300 | 明かりの店</title><meta property="og:title" content="アカリ ランプ 300">` +
		`<script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"アカリ ランプ 300","sku":"AK300","offers":{"@type":"Offer","price":9900,"priceCurrency":"JPY","availability":"https://schema.org/InStock"}}</script></head><body><header><nav><ul>`)
	for i := range 60 {
		fmt.Fprintf(&b, `<li class="nav-item"><a href="/c/%d">カテゴリー %d</a></li>`, i, i)
	}
	b.WriteString(`</ul></nav></header><main><div class="product"><h1 class="name">アカリ ランプ 300</h1><div class="buybox"><p class="price">9,900円（税込）</p><p class="stock">在庫あり</p>` +
		`<form action="/cart/add" method="post"><input type="hidden" name="id" value="AK300"><select name="qty"><option>1</option><option>2</option></select><button type="submit" class="btn">カートに入れる</button></form></div></div><div class="description">`)
	for i := range 80 {
		fmt.Fprintf(&b, `<p>説明の文 %d：<b>やわらかい光</b>で部屋を照らすランプです。高さ%dcm、重さ%dg。</p>`, i, 20+i, 300+i)
	}
	b.WriteString(`</div><table>`)
	for i := range 40 {
		fmt.Fprintf(&b, `<tr><th>仕様 %d</th><td>値 %d</td></tr>`, i, i)
	}
	b.WriteString(`</table><section class="list"><h2>関連商品</h2><ul>`)
	for i := range 24 {
		fmt.Fprintf(&b, `<li class="card"><a href="/item/bulb%d"><img src="/b%d.jpg" alt=""><span>アカリ 電球 %d型</span></a><p class="price">%d円</p><form action="/cart/add"><button>カートに入れる</button></form></li>`, i, i, i, 980+i)
	}
	b.WriteString(`</ul></section></main><footer>`)
	for i := range 40 {
		fmt.Fprintf(&b, `<p><a href="/help/%d">ご案内 %d</a></p>`, i, i)
	}
	b.WriteString(`</footer></body></html>`)
	return stock.Page{URL: "https://shop.example.jp/item/ak300", FinalURL: "https://shop.example.jp/item/ak300", Status: 200, Outcome: stock.OK, Body: []byte(b.String()), FetchedAt: time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)}
}

// maxLookAllocs is what one look at the synthetic page may allocate: a quarter more than it
// does, since pools forget some of what they keep under the race detector.
const maxLookAllocs = 1_400

// A look is paid for each time a page is asked, so that its cost is held.
func TestLookAllocs(t *testing.T) {
	p, set := syntheticPage(), New()
	if o := set.Read(p); o.Offer.Availability != stock.InStock {
		t.Fatalf("the synthetic page: %s (%s), want InStock", o.Offer.Availability, o.Reason)
	}
	got := testing.AllocsPerRun(20, func() { set.Read(p) })
	t.Logf("%.0f allocations", got)
	if got > maxLookAllocs {
		t.Errorf("a look makes %.0f allocations, want at most %d", got, maxLookAllocs)
	}
}

func BenchmarkLook(b *testing.B) {
	p, set := syntheticPage(), New()
	b.ReportAllocs()
	for b.Loop() {
		set.Read(p)
	}
}
