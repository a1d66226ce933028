package page

import (
	"strings"
	"testing"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// pricePage is a small page of a shop: what its head and box hold, and the price that
// a buyer pays.
type pricePage struct{ name, url, lang, head, box, want string }

const (
	jpButton = `<form action="/cart"><button type="submit">カートに入れる</button></form>`
	enButton = `<form action="/basket"><button type="submit">Add to basket</button></form>`
)

// read reads the page as any shop's.
func (p pricePage) read() stock.Observation {
	button := enButton
	if p.lang == "ja" {
		button = jpButton
	}
	body := `<html lang="` + p.lang + `"><head><title>Akari 300</title>` + p.head + `</head><body><main><h1>Akari 300</h1><div class="buybox">` +
		strings.ReplaceAll(p.box, "BUTTON", button) + `</div></main></body></html>`
	return Read(Parse(stock.Page{URL: p.url, Body: []byte(body)}))
}

// boxPages are pages whose box names several amounts.
func boxPages() []pricePage {
	const jp, uk, com, de = "https://shop.example.jp/item/1", "https://shop.example.co.uk/item/1", "https://shop.example.com/item/1", "https://shop.example.de/item/1"
	return []pricePage{
		{"shipping in its own line", jp, "ja", "", `<p class="price">1,980円</p><p>送料 <span>550円</span></p>BUTTON`, "1980 JPY"},
		{"shipping first", jp, "ja", "", `<p>送料：<b>550円</b></p><p>1,980円</p>BUTTON`, "1980 JPY"},
		{"shipping in a table", jp, "ja", "", `<table><tr><th>送料</th><td>660円</td></tr><tr><th>価格</th><td>2,480円</td></tr></table>BUTTON`, "2480 JPY"},
		{"shipping in a list", uk, "en-GB", "", `<dl><dt>Delivery</dt><dd>£3.95</dd><dt>Price</dt><dd>£24.00</dd></dl>BUTTON`, "24.00 GBP"},
		{"points first", jp, "ja", "", `<p>ポイント <span>198円相当</span></p><p><span>1,980円</span></p>BUTTON`, "1980 JPY"},
		{"per unit in a child", jp, "ja", "", `<p class="price">1,980円<span>（1個330円）</span></p>BUTTON`, "1980 JPY"},
		{"per unit first", uk, "en-GB", "", `<p>£2.50 / 100g</p><p>£5.00</p>BUTTON`, "5.00 GBP"},
		{"per unit first, in Germany", de, "de", "", `<p>Grundpreis: <span>24,00 €</span> / kg</p><p>12,00 €</p><button>In den Warenkorb</button>`, "12.00 EUR"},
		{"old price first", jp, "ja", "", `<p>定価 <span>3,300円</span></p><p>当店価格 <span>2,640円</span></p>BUTTON`, "2640 JPY"},
		{"old price with an arrow", jp, "ja", "", `<p class="price">2,500円→1,980円</p>BUTTON`, "1980 JPY"},
		{"old price in an arrow of elements", jp, "ja", "", `<p class="price"><span>2,500円</span>→<b>1,980円</b></p>BUTTON`, "1980 JPY"},
		{"price of reference only", jp, "ja", "", `<p>希望小売価格 5,500円（税込）</p>BUTTON`, "5500 JPY"},
		{"regular price only", jp, "ja", "", `<div class="price"><span class="visually-hidden">通常価格</span><span class="price-item price-item--regular">¥3,300</span></div>BUTTON`, "3300 JPY"},
		{"without tax only", jp, "ja", "", `<p>3,000円(税抜)</p>BUTTON`, "3000 JPY"},
		{"without tax, and with", jp, "ja", "", `<p class="price">3,000円</p><p>税込 3,300円</p>BUTTON`, "3300 JPY"},
		{"tax of 8 % to the sen", jp, "ja", "", `<p class="price">1,280円<br><small>(税込:1,382.40円)</small></p>BUTTON`, "1382 JPY"},
		{"本体 is the console", jp, "ja", "", `<p>Switch 2 本体 <span class="price">49,980円</span></p><p>送料 550円</p>BUTTON`, "49980 JPY"},
		{"本体 before tax", jp, "ja", "", `<p>本体 45,437円</p><p>税込 49,980円</p>BUTTON`, "49980 JPY"},
		{"converted", jp, "ja", "", `<div class="price">17,000円 <span class="fx">(NT$3,650)</span></div>BUTTON`, "17000 JPY"},
		{"converted, in a line of its own, first", jp, "ja", "", `<p>US$113.50</p><p>17,000円</p>BUTTON`, "17000 JPY"},
		{"converted, below", uk, "en-GB", "", `<p class="price">£20.00</p><p class="price">€23.90</p>BUTTON`, "20.00 GBP"},
		{"subscription first", jp, "ja", "", `<ul><li><label><input type="radio"> 定期購入 <span class="price">4,500円</span>（10%OFF）</label></li><li><label><input type="radio" checked> 通常購入 <span class="price">5,000円</span></label></li></ul>BUTTON`, "5000 JPY"},
		{"subscription in cells", jp, "ja", "", `<dl><dt>定期便</dt><dd><span class="price">4,500円</span></dd><dt>1回のみ購入</dt><dd><span class="price">5,000円</span></dd></dl>BUTTON`, "5000 JPY"},
		{"subscription by a class", com, "en", "", `<div class="subscription-price">$18.00</div><div class="onetime-price">$20.00 USD</div>BUTTON`, "20.00 USD"},
		{"subscribe and save", uk, "en-GB", "", `<div><span>Subscribe &amp; Save</span> <span class="price">£8.91</span></div><div><span>One-time purchase</span> <span class="price">£9.90</span></div>BUTTON`, "9.90 GBP"},
		{"members", uk, "en-GB", "", `<p>Member price: £16.00</p><p>Non-member price: £20.00</p>BUTTON`, "20.00 GBP"},
		{"members in headings", jp, "ja", "", `<div><h4>会員価格</h4><p>8,800円</p></div><div><h4>一般価格</h4><p>9,900円</p></div>BUTTON`, "9900 JPY"},
		{"rental", jp, "ja", "", `<table><tr><th>レンタル（7日）</th><td>500円</td></tr><tr><th>購入</th><td>5,500円</td></tr></table>BUTTON`, "5500 JPY"},
		{"rental in English", uk, "en-GB", "", `<p>Rent <b>£3.49</b></p><p>Buy <b>£9.99</b></p>BUTTON`, "9.99 GBP"},
		{"e-book", jp, "ja", "", `<ul><li>電子書籍版 <b>1,320円</b></li><li>紙書籍 <b>1,650円</b></li></ul>BUTTON`, "1650 JPY"},
		{"e-book in English", com, "en-US", "", `<p>Kindle <b>$9.99 USD</b></p><p>Hardcover <b>$24.99 USD</b></p>BUTTON`, "24.99 USD"},
		{"several", jp, "ja", "", `<p>5個セット 12,500円</p><p>1個 2,980円</p>BUTTON`, "2980 JPY"},
		{"several, as tiers", uk, "en-GB", "", `<table><tr><th>10+</th><td>£8.90</td></tr><tr><th>1-9</th><td>£9.90</td></tr></table>BUTTON`, "9.90 GBP"},
		{"several in a badge", uk, "en-GB", "", `<span class="badge">3 for £25.00</span><p>£9.90</p>BUTTON`, "9.90 GBP"},
		{"instalments first", com, "en-US", "", `<p>4 payments of <b>$24.75</b></p><p class="price">$99.00</p>BUTTON`, "99"},
		{"instalments by tail", de, "de", "", `<p><b>33,25 €</b> / Monat</p><p>399,00 €</p><button>In den Warenkorb</button>`, "399.00 EUR"},
		{"instalments in Japan", jp, "ja", "", `<p>月々 <b>4,165円</b> × 12回</p><p>49,980円</p>BUTTON`, "49980 JPY"},
		{"coupon", jp, "ja", "", `<p>クーポン利用で <b>1,780円</b></p><p><b>1,980円</b></p>BUTTON`, "1980 JPY"},
		{"used", uk, "en-GB", "", `<p>Used from £12.00</p><p>£19.99</p>BUTTON`, "19.99 GBP"},
		{"used in Japan", jp, "ja", "", `<p>中古品 <b>7,800円</b>より</p><p><b>9,900円</b></p>BUTTON`, "9900 JPY"},
		{"free delivery over", uk, "en-GB", "", `<p>Free delivery over £35</p><p>£12.99</p>BUTTON`, "12.99 GBP"},
		{"free delivery on orders", com, "en-US", "", `<p>Free shipping on orders of $75 or more</p><p>$12.99 USD</p>BUTTON`, "12.99 USD"},
		{"free delivery in Japan", jp, "ja", "", `<p>3,980円以上送料無料</p><p>1,280円</p>BUTTON`, "1280 JPY"},
		{"a filter", jp, "ja", "", `<ul><li><a href="?max=1999">〜1,999円</a></li><li><a href="?min=2000&amp;max=4999">2,000円〜4,999円</a></li></ul><p>9,900円</p>BUTTON`, "9900 JPY"},
		{"a filter of boxes", uk, "en-GB", "", `<div class="price-filter"><label><input type="checkbox"> £10 - £20</label><label><input type="checkbox"> £20 - £50</label></div><p>£34.00</p>BUTTON`, "34.00 GBP"},
		{"a table that compares", uk, "en-GB", "", `<table><tr><th></th><th>Akari 200</th><th>Akari 300</th></tr><tr><td>Price</td><td>£15.00</td><td>£20.00</td></tr></table><p>£20.00</p>BUTTON`, "20.00 GBP"},
		{"a variant that is sold out", jp, "ja", "", `<ul><li>S 1,500円 売り切れ</li><li>M 2,000円</li></ul>BUTTON`, "2000 JPY"},
		{"a variant that is sold out, in English", uk, "en-GB", "", `<div class="opt"><span>Small £10.00</span> <em>Sold out</em></div><div class="opt"><span>Large £12.00</span></div>BUTTON`, "12.00 GBP"},
		{"a range", jp, "ja", "", `<p class="price">980～1,280円</p>BUTTON`, "980 JPY"},
		{"a range of elements", jp, "ja", "", `<p class="price"><span>1,980</span>〜<span>2,980</span>円</p>BUTTON`, "1980 JPY"},
		{"a range of prices", jp, "ja", "", `<p class="price"><span>1,980円</span> 〜 <span>2,980円</span></p>BUTTON`, "1980 JPY"},
		{"digits set apart", jp, "ja", "", `<p class="price"><span>3,</span> <span>980</span> 円</p>BUTTON`, "3980 JPY"},
		{"digits in elements", jp, "ja", "", `<p class="price"><span>1</span><span>2</span><span>,</span><span>9</span><span>8</span><span>0</span>円</p>BUTTON`, "12980 JPY"},
		{"digits of neighbours", jp, "ja", "", `<div>数量 1 <span class="price">980円</span></div>BUTTON`, "980 JPY"},
		{"digits of a name", jp, "ja", "", `<div><b>マンガ 2</b> <span>980円</span></div>BUTTON`, "980 JPY"},
		{"digits of blocks", jp, "ja", "", `<div><p>Akari 3</p><p>980円</p></div>BUTTON`, "980 JPY"},
		{"a dollar of the watched shop", com, "en-US", `<meta property="product:price:currency" content="USD">`, `<p class="price">$399.00</p>BUTTON`, "399.00 USD"},
		{"yuan", com, "zh-CN", "", `<p class="price">¥149.00</p><button>加入购物车</button>`, "149.00 CNY"},
		{"yuan without language", com, "", "", `<p class="price">¥149.00</p><a class="buy" href="#">立即购买</a>`, "149.00 CNY"},
		{"yen without language", com, "", "", `<p class="price">¥14,900</p><button>カートに入れる</button>`, "14900 JPY"},
	}
}

func TestPriceOfBox(t *testing.T) {
	for _, p := range boxPages() {
		o := p.read()
		got := ""
		if o.Offer.Price.Known() {
			got = o.Offer.Price.String()
		}
		if got != p.want {
			t.Errorf("%s: price %q, want %q; evidence %v; %s", p.name, got, p.want, o.Evidence, p.box)
		}
	}
}

// TestPriceOfData reads prices that pages state to machines.
func TestPriceOfData(t *testing.T) {
	data := func(offer string) string {
		return `<script type="application/ld+json">{"@type":"Product","name":"Akari 300","offers":` + offer + `}</script>`
	}
	const spec = `{"@type":"Offer","availability":"https://schema.org/InStock","priceSpecification":`
	for _, p := range []pricePage{
		{"sale, then list", "https://shop.example.jp/1", "ja", data(spec + `[{"@type":"UnitPriceSpecification","price":9900,"priceCurrency":"JPY"},{"@type":"UnitPriceSpecification","price":12000,"priceCurrency":"JPY","priceType":"https://schema.org/ListPrice"}]}`), "", "9900 JPY"},
		{"strikethrough, then sale", "https://shop.example.com/1", "en", data(spec + `[{"@type":"UnitPriceSpecification","price":"59.90","priceCurrency":"EUR","priceType":"https://schema.org/StrikethroughPrice"},{"@type":"UnitPriceSpecification","price":"39.90","priceCurrency":"EUR"}]}`), "", "39.90 EUR"},
		{"one alone", "https://shop.example.com/1", "en", data(spec + `{"@type":"UnitPriceSpecification","price":"39.90","priceCurrency":"EUR"}}`), "", "39.90 EUR"},
		{"members beside all", "https://shop.example.com/1", "en", data(spec + `[{"@type":"UnitPriceSpecification","price":"30.00","priceCurrency":"EUR","validForMemberTier":{"@type":"MemberProgramTier","name":"gold"}},{"@type":"UnitPriceSpecification","price":"39.90","priceCurrency":"EUR"}]}`), "", "39.90 EUR"},
		{"per unit beside the price", "https://shop.example.com/1", "en", data(spec + `[{"@type":"UnitPriceSpecification","price":"4.00","priceCurrency":"EUR","referenceQuantity":{"@type":"QuantitativeValue","value":"100","unitCode":"MLT"}},{"@type":"UnitPriceSpecification","price":"39.90","priceCurrency":"EUR"}]}`), "", "39.90 EUR"},
		{"from ten on", "https://shop.example.com/1", "en", data(spec + `[{"@type":"UnitPriceSpecification","price":"35.00","priceCurrency":"EUR","eligibleQuantity":{"minValue":10}},{"@type":"UnitPriceSpecification","price":"39.90","priceCurrency":"EUR","eligibleQuantity":{"minValue":1}}]}`), "", "39.90 EUR"},
		{"delivery beside the price", "https://shop.example.com/1", "en", data(spec + `[{"@type":"DeliveryChargeSpecification","price":"4.90","priceCurrency":"EUR"},{"@type":"PriceSpecification","price":"39.90","priceCurrency":"EUR"}]}`), "", "39.90 EUR"},
		{"without tax beside with", "https://shop.example.com/1", "en", data(spec + `[{"@type":"PriceSpecification","price":"33.53","priceCurrency":"EUR","valueAddedTaxIncluded":false},{"@type":"PriceSpecification","price":"39.90","priceCurrency":"EUR","valueAddedTaxIncluded":true}]}`), "", "39.90 EUR"},
		{"three decimals", "https://shop.example.com/1", "en", data(`{"@type":"Offer","price":"12.995","priceCurrency":"EUR","availability":"https://schema.org/InStock"}`), "", "13.00 EUR"},
		{"three zeros", "https://shop.example.com/1", "en", data(`{"@type":"Offer","price":140.000,"priceCurrency":"USD","availability":"https://schema.org/InStock"}`), "", "140.00 USD"},
		{"three digits that the page shows as thousands", "https://shop.example.de/1", "de", data(`{"@type":"Offer","price":"1.299","priceCurrency":"EUR","availability":"https://schema.org/InStock"}`), `<p class="price">1.299,00 €</p><button>In den Warenkorb</button>`, "1299.00 EUR"},
		{"thousands of yen", "https://shop.example.jp/1", "ja", data(`{"@type":"Offer","price":"12.995","priceCurrency":"JPY","availability":"https://schema.org/InStock"}`), "", "12995 JPY"},
		{"yen with sen", "https://shop.example.jp/1", "ja", data(`{"@type":"Offer","price":"4298.40","priceCurrency":"JPY","availability":"https://schema.org/InStock"}`), "", "4298 JPY"},
		{"yen with noise", "https://shop.example.jp/1", "ja", data(`{"@type":"Offer","price":9899.999999,"priceCurrency":"JPY","availability":"https://schema.org/InStock"}`), "", "9900 JPY"},
		{"two currencies, by the language", "https://shop.example/1", "ja", data(`[{"@type":"Offer","price":"66.00","priceCurrency":"USD","availability":"https://schema.org/InStock"},{"@type":"Offer","price":9900,"priceCurrency":"JPY","availability":"https://schema.org/InStock"}]`), "", "9900 JPY"},
		{"two currencies, by the display", "https://shop.example.com/1", "en", data(`[{"@type":"Offer","price":9900,"priceCurrency":"JPY","availability":"https://schema.org/InStock"},{"@type":"Offer","price":"59.00","priceCurrency":"EUR","availability":"https://schema.org/InStock"}]`), `<p class="price">€59.00</p>BUTTON`, "59.00 EUR"},
		{"two currencies, by the head", "https://shop.example.com/1", "en", `<meta property="product:price:currency" content="EUR">` + data(`[{"@type":"Offer","price":"66.00","priceCurrency":"USD","availability":"https://schema.org/InStock"},{"@type":"Offer","price":"59.00","priceCurrency":"EUR","availability":"https://schema.org/InStock"}]`), "", "59.00 EUR"},
		{"a block that CDATA hides", "https://shop.example.jp/1", "ja", `<script type="application/ld+json">/*<![CDATA[*/{"@type":"Product","name":"Akari 300","offers":{"@type":"Offer","price":"9900","priceCurrency":"JPY"}};` + "\n" + `/*]]&gt;*/</script>`, "", "9900 JPY"},
	} {
		o := p.read()
		if got := o.Offer.Price.String(); got != p.want {
			t.Errorf("%s: price %q, want %q; evidence %v", p.name, got, p.want, o.Evidence)
		}
		for _, e := range o.Evidence {
			quoted, _ := PlainPrice(e.Text, o.Offer.Price.Currency)
			if e.Fact == stock.FactPrice && e.Value == o.Offer.Price.String() && p.box == "" && quoted != o.Offer.Price {
				t.Errorf("%s: the evidence %q quotes another price than it says", p.name, e)
			}
		}
	}
}
