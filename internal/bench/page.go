package bench

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/transform"
)

// pageSize is about what a product page of a large shop has.
const pageSize = 545_000

// variant is what differs between two answers for one page.
type variant struct {
	price   int    // the page's own
	token   int    // in comments, in a hidden input and in scripts that nobody reads; 0: none of them
	charset string // "utf-8", "shift_jis", "euc-jp"
}

// page returns a product page: a block of styles, data of the page's own scripts,
// JSON-LD, an order form, tiles of other products between scripts.
func (v variant) page() []byte {
	var b strings.Builder
	r := rand.New(rand.NewPCG(14, 545)) // the same page each time
	b.Grow(pageSize + pageSize/8)
	fmt.Fprintf(&b, `<!DOCTYPE html><html lang="ja"><head><meta charset="%s"><title>アカリ ランプ 300 | 明かりの店</title><meta property="og:title" content="アカリ ランプ 300">`, v.charset)
	v.noise(&b)
	b.WriteString("<style>")
	for i := range 900 {
		fmt.Fprintf(&b, ".tile-%d .name{display:block;margin:0 %dpx 4px;color:#33%04d}\n", i, i%17, i)
	}
	b.WriteString(`</style><script type="application/ld+json">{"@context":"https://schema.org","@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","position":1,"name":"照明"}]}</script></head><body>`)
	v.product(&b)
	v.data(&b, r)
	for i := 0; b.Len() < pageSize-2000; i++ {
		v.tile(&b, r, i)
	}
	b.WriteString("</section></main><footer><p>明かりの店</p></footer></body></html>")
	return v.encode(b.String())
}

// noise writes what shops send anew with each answer and no buyer sees.
func (v variant) noise(b *strings.Builder) {
	if v.token == 0 {
		return
	}
	fmt.Fprintf(b, `<!-- served in %d ms by web%d --><meta name="csrf-token" content="t%016x"><script nonce="n%08x">window.push({"at":%d,"session":"s%012x"})</script>`,
		v.token%90+10, v.token%7, v.token*7919, v.token*31, 1_790_000_000+v.token, v.token*104_729)
}

// product writes the page's own product and its order form.
func (v variant) product(b *strings.Builder) {
	fmt.Fprintf(b, `<main><script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"アカリ ランプ 300","sku":"AK300","offers":{"@type":"Offer","price":%d,"priceCurrency":"JPY","availability":"https://schema.org/OutOfStock"}}</script>`, v.price)
	fmt.Fprintf(b, `<div class="product"><h1>アカリ ランプ 300</h1><div class="buybox"><p class="price">%d円（税込）</p><p class="stock">売り切れました</p><form action="/cart/add" method="post"><input type="hidden" name="id" value="AK300">`, v.price)
	if v.token != 0 {
		fmt.Fprintf(b, `<input type="hidden" name="_token" value="h%016x">`, v.token*6271)
	}
	b.WriteString(`<button type="submit" disabled>売り切れ</button></form></div></div>`)
}

// words of the names of other products.
const words = "アカリ 電球 やわらかい 光 白色 昼光色 調光 対応 木製 スタンド 天井 照明 北欧 真鍮 ガラス 布 シェード 小型 大型 省エネ 長寿命 二個組 交換用 リモコン付き 在来 和風 寝室 居間 玄関 屋外 防水 充電式"

// name returns the made-up name of another product.
func name(r *rand.Rand) string {
	all := strings.Fields(words)
	var parts []string
	for range 4 + r.IntN(5) {
		parts = append(parts, all[r.IntN(len(all))])
	}
	return fmt.Sprintf("%s %d型", strings.Join(parts, " "), r.IntN(400))
}

// data writes the JSON that the page's own scripts draw it from.
func (v variant) data(b *strings.Builder, r *rand.Rand) {
	b.WriteString(`<script id="__NEXT_DATA__" type="application/json">{"props":{"items":[`)
	for range 1300 {
		fmt.Fprintf(b, `{"id":%d,"title":"%s","price":%d,"tags":["light","led"],"image":"/img/%016x.jpg"},`, r.IntN(1e6), name(r), r.IntN(90_000), r.Uint64())
	}
	b.WriteString(`{}]}}</script><section class="related">`)
}

// tile writes one of the other products and a script beside it.
func (v variant) tile(b *strings.Builder, r *rand.Rand, i int) {
	fmt.Fprintf(b, `<div class="tile tile-%d"><a href="/item/bulb%d"><img src="/img/%016x%016x.jpg" alt=""></a><span class="name">%s</span><p class="price">%d円</p><button>カートに入れる</button></div>`+"\n", i, i, r.Uint64(), r.Uint64(), name(r), r.IntN(90_000))
	if i%3 == 0 {
		fmt.Fprintf(b, `<script>(function(){var a=document.getElementById("t%d");if(a){a.addEventListener("click",function(e){window.push({"event":"tile","position":%d,"key":"%x%x"});e.stopPropagation()})}})()</script>`, i, i, r.Uint64(), r.Uint64())
	}
}

// encode returns text in the variant's charset.
func (v variant) encode(text string) []byte {
	enc := map[string]transform.Transformer{"shift_jis": japanese.ShiftJIS.NewEncoder(), "euc-jp": japanese.EUCJP.NewEncoder()}[v.charset]
	if enc == nil {
		return []byte(text)
	}
	var out bytes.Buffer
	w := transform.NewWriter(&out, enc)
	if _, err := w.Write([]byte(text)); err != nil {
		panic("bench: the page is not in " + v.charset + ": " + err.Error()) // it is ours
	}
	if err := w.Close(); err != nil {
		panic("bench: " + err.Error())
	}
	return out.Bytes()
}
