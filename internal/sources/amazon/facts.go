package amazon

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/sainyuka/sainyuka/internal/sources/page"
	"github.com/sainyuka/sainyuka/internal/stock"
)

func title(d *page.Document) string {
	for _, place := range []string{`#productTitle`, `#title`} {
		if s := page.Visible(d.HTML.Find(place)); s != "" {
			return s
		}
	}
	return ""
}

func image(d *page.Document) string {
	img := d.HTML.Find(`#landingImage, #main-image`).First()
	return d.Absolute(img.AttrOr("data-old-hires", img.AttrOr("src", "")))
}

// option is a price in the JSON that the buttons are drawn from.
type option struct {
	price     stock.Price
	condition string
	text      string
	where     string
}

// options are the prices of the page in their order.
type options []option

// readOptions reads .twister-plus-buying-options-price-data, which a page may
// have twice.
func readOptions(d *page.Document) options {
	var all options
	const where = ".twister-plus-buying-options-price-data"
	data, ok := page.ParseData(d.HTML.Find(where).First().Text())
	if !ok {
		return nil
	}
	groups := data.Names()
	slices.Sort(groups)
	for _, group := range groups {
		if !strings.Contains(group, "buybox_group") {
			continue
		}
		for _, entry := range data.At(group).List() {
			o := option{text: entry.At("displayPrice").Text(), where: where + " " + group + ".displayPrice"}
			o.price, _ = price(d, o.text)
			switch entry.At("buyingOptionType").Text() {
			case "NEW":
				o.condition = stock.ConditionNew
			case "USED":
				o.condition = stock.ConditionUsed
			}
			all = append(all, o)
		}
	}
	return all
}

func (all options) first() option {
	if len(all) == 0 {
		return option{}
	}
	return all[0]
}

// take removes and returns the next price of a condition.
func (all *options) take(condition string) option {
	for i, o := range *all {
		if o.condition == condition {
			*all = slices.Delete(*all, i, i+1)
			return o
		}
	}
	return option{}
}

// prices are where a box writes what is to be paid. The element for screen readers
// is empty in the mobile layout; .a-text-price is the list price or that of a unit.
var prices = []string{
	`[id^="corePriceDisplay"] .priceToPay .a-offscreen`, `[id^="corePriceDisplay"] .priceToPay`, `.priceToPay .a-offscreen`, `.priceToPay`,
	`[id^="corePrice"] .a-price:not(.a-text-price) .a-offscreen`, `#newBuyBoxPrice`, `#price_inside_buybox`, `#priceblock_dealprice`, `#priceblock_saleprice`, `#priceblock_ourprice`, `#tp_price_block_total_price_ww .a-offscreen`,
}

// readPrice returns what the box asks: the price of the page's data, else the one
// that is shown.
func (b box) readPrice(f *page.Finding) stock.Price {
	if b.price.price.Known() {
		f.Evidence = append(f.Evidence, page.Evidence(stock.MethodPageData, stock.FactPrice, b.price.price.String(), b.price.text, b.price.where))
		return b.price.price
	}
	places := prices
	if b.row {
		places = append(slices.Clone(prices), `.a-price:not(.a-text-price) .a-offscreen`)
	}
	for _, place := range places {
		text := page.Visible(b.root.Find(place))
		if p, ok := price(b.doc, text); ok {
			f.Note(stock.FactPrice, p.String(), text, place)
			return p
		}
	}
	return stock.Price{}
}

// quantity reads how many are left, from the stock text alone.
func (b box) quantity(f *page.Finding) *int64 {
	text, _, _ := b.stockText()
	q := countLeft(text)
	if q != nil {
		f.Note(stock.FactQuantity, strconv.FormatInt(*q, 10), text, "div#availability > span")
	}
	return q
}

var (
	sellers  = []string{`#merchantInfoFeature_feature_div .offer-display-feature-text-message`, `#sellerProfileTriggerId`, `#tabular-buybox [tabular-attribute-name="販売元"].tabular-buybox-text`, `#tabular-buybox .tabular-buybox-text[tabular-attribute-name="Sold by"], #tabular-buybox .tabular-buybox-text[tabular-attribute-name^="Verk"], #tabular-buybox .tabular-buybox-text[tabular-attribute-name^="Vend"]`}
	shippers = []string{`#fulfillerInfoFeature_feature_div .offer-display-feature-text-message`, `#tabular-buybox [tabular-attribute-name="出荷元"].tabular-buybox-text`}
	// soldBy reads the older form: この商品は、X が販売し、Amazon.co.jp が発送します。
	soldBy = regexp.MustCompile(`^(?:この商品は[、,])?\s*(.{1,80}?)\s*が販売`)
	// soldAbroad reads the same sentence elsewhere: Ships from and sold by X.
	soldAbroad = regexp.MustCompile(`(?i)(?:sold by|verkauf und versand durch|verkauf durch|vendu(?: et expédié)? par|expédié et vendu par|venduto(?: e spedito)? da|vendido(?: y enviado)? por|verkocht door) (.{1,80}?)(?: (?:and|und|et|e|y|en) .*|\. .*|\.)?$`)
)

// seller reads who sells, and notes who ships.
func (b box) seller(f *page.Finding) string {
	name := b.named(f, stock.FactSeller, sellers)
	if name == "" {
		text := page.Visible(b.root.Find(`#merchant-info`))
		for _, form := range []*regexp.Regexp{soldBy, soldAbroad} {
			if m := form.FindStringSubmatch(text); m != nil {
				name = m[1]
				f.Note(stock.FactSeller, name, name, "#merchant-info")
				break
			}
		}
	}
	b.named(f, stock.FactShipper, shippers)
	return name
}

func (b box) named(f *page.Finding, fact stock.Fact, places []string) string {
	for _, place := range places {
		if s := page.Visible(b.root.Find(place)); s != "" {
			f.Note(fact, s, s, place)
			return s
		}
	}
	return ""
}

var points = regexp.MustCompile(`([0-9][0-9,]*)\s*(?:pt|ポイント)`)

// points reads how many points Amazon gives for the offer.
func (b box) points(f *page.Finding) *int64 {
	place := `[id^="pointsInsideBuyBox"], [id="points_feature_div"]`
	var n *int64
	b.root.Find(place).EachWithBreak(func(_ int, s *goquery.Selection) bool {
		text := page.Visible(s)
		m := points.FindStringSubmatch(text)
		if m == nil {
			return true
		}
		if v, err := strconv.ParseInt(strings.ReplaceAll(m[1], ",", ""), 10, 64); err == nil {
			n = &v
			f.Note(stock.FactPoints, strconv.FormatInt(v, 10), text, where(s))
		}
		return false
	})
	return n
}

// otherSellers returns the cheapest offer behind すべての出品を見る as one beside o, when
// the page names its price.
func otherSellers(d *page.Document, o stock.Offer) []stock.Offer {
	for _, place := range []string{`#buybox-see-all-buying-choices`, `#dynamic-aod-ingress-box`, `#aod-ingress-link`, `#olpLinkWidget_feature_div`, `#olp_feature_div`} {
		text := page.Visible(d.HTML.Find(place))
		p, ok := price(d, text)
		if !ok {
			continue
		}
		o = stock.Offer{Availability: stock.InStock, Price: p, Title: o.Title, SKU: o.SKU, URL: o.URL, Variant: "他の出品者"}
		switch isNew, isUsed := strings.Contains(text, "新品"), strings.Contains(text, "中古"); {
		case isNew && !isUsed:
			o.Condition = stock.ConditionNew
		case isUsed && !isNew:
			o.Condition = stock.ConditionUsed
		}
		return []stock.Offer{o}
	}
	return nil
}

// atHome matches the addresses that Amazon assumes of visitors in Japan.
var atHome = regexp.MustCompile(`[0-9〒]|日本|お届け先|お客様|都|道|府|県|市|区`)

// deliversAbroad notes when Amazon takes the visitor for one in another country,
// by where the request came from: stock and currency may then be others. It
// returns the text that says so. Where buyers of the other marketplaces are, nobody
// knows.
func deliversAbroad(d *page.Document, f *page.Finding) string {
	if marketplace(d.URL) != home {
		return ""
	}
	country := strings.EqualFold(d.HTML.Find(`#glowDestinationType`).AttrOr("value", ""), "COUNTRY")
	for _, place := range []string{`#contextualIngressPtLabel_deliveryShortLine`, `#glow-ingress-single-line`, `#glow-ingress-line2`, `#glow-ingress-line1`} {
		text := page.Visible(d.HTML.Find(place))
		if text == "" || strings.Contains(text, "日本") || !country && (!strings.Contains(text, "にお届け") || atHome.MatchString(strings.TrimSuffix(text, "にお届け"))) {
			continue
		}
		f.Note(stock.FactAbroad, "", text, place)
		return text
	}
	return ""
}
