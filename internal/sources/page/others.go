package page

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxIntro bounds a text that announces other products.
const maxIntro = 40

// introWords announce, as a heading or a line of its own, that other products
// follow: related ones, a replacement, a set. In folded lower case.
var introWords = newLexicon(
	"関連商品", "関連アイテム", "関連製品", "関連する商品", "おすすめ商品", "おすすめの商品", "おすすめアイテム", "オススメ商品", "お勧め商品", "お薦め商品", "こちらの商品も", "こちらもいかが", "こちらの商品はいかが", "こちらはいかが", "こちらもおすすめ", "代わりに", "代替商品", "代替品", "後継機", "後継品", "後継商品", "後継モデル", "新モデルはこちら", "この商品を見た", "この商品を買った", "この商品を購入した", "この商品をチェック", "こんな商品も", "ほかの商品", "他の商品", "その他の商品", "他のアイテム", "類似商品", "類似アイテム", "似た商品", "似ている商品", "同じカテゴリ", "同じシリーズ", "シリーズ商品", "ピックアップ", "ランキング", "人気商品", "人気アイテム", "新着商品", "最近チェック", "最近見た", "閲覧履歴", "チェックした商品", "一緒に購入", "一緒に買", "一緒におすすめ", "よく一緒に", "よく購入されている", "同時購入", "合わせ買い", "あわせ買い", "あわせて買い", "合わせて買い", "セット商品", "セット購入", "セットでお得", "お得なセット", "売れ筋", "交換部品", "関連アクセサリ",
	"related product", "related products", "related item", "related items", "you may also", "you might also", "you might like", "you may like", "you'll also", "customers also", "customers who", "others also", "also bought", "also viewed", "similar product", "similar products", "similar item", "similar items", "similar styles", "bought together", "buy together", "buy it with", "goes well with", "pairs well", "complete the look", "complete your", "recommended for you", "recommended products", "recommended items", "we recommend", "our recommendation", "our recommendations", "recently viewed", "more from", "more like this", "other products", "other items", "replacement", "replaced by", "replacements", "successor", "alternative", "alternatives", "instead", "why not try", "newer model", "new model", "newer version", "best sellers", "bestsellers", "shop the look", "people also", "popular now", "popular products", "popular items", "popular right now", "featured products", "suggested products", "bundle and save", "bundle deal", "bundle deals", "save with a bundle", "bundles", "trending now",
	"ähnliche produkte", "ähnliche artikel", "das könnte", "könnte ihnen auch", "auch interessant", "kunden kauften", "kunden, die", "kunden haben", "wird oft zusammen", "zusammen gekauft", "passend dazu", "dazu passt", "dazu passend", "passendes zubehör", "empfehlungen", "empfohlene produkte", "unsere empfehlung", "nachfolger", "nachfolgemodell", "nachfolgeprodukt", "alternativen", "alternativprodukt", "ersatzprodukt", "ersatzartikel", "zuletzt angesehen", "weitere produkte", "weitere artikel", "andere produkte", "passende produkte", "im set",
	"produits similaires", "produits associés", "produits liés", "articles similaires", "vous aimerez", "vous pourriez", "pourraient vous plaire", "les clients", "achetés ensemble", "nos recommandations", "recommandé pour vous", "produit de remplacement", "remplacé par", "alternatives", "récemment consultés", "autres produits", "autres articles", "nouveau modèle", "à la place",
	"productos relacionados", "artículos relacionados", "productos similares", "artículos similares", "también te puede", "también te podría", "te puede interesar", "te podría gustar", "los clientes también", "comprados juntos", "productos recomendados", "recomendado para ti", "recomendados", "producto sustituto", "producto de reemplazo", "sustituido por", "reemplazado por", "alternativas", "vistos recientemente", "otros productos", "en su lugar",
	"prodotti correlati", "prodotti simili", "articoli simili", "potrebbe interessarti", "potrebbero interessarti", "ti potrebbe", "potrebbe piacerti", "acquistati insieme", "comprati insieme", "consigliati per te", "prodotti consigliati", "prodotto sostitutivo", "sostituito da", "visti di recente", "altri prodotti", "al suo posto",
	"相关商品", "相关产品", "相關商品", "相關產品", "推荐商品", "推薦商品", "为您推荐", "為您推薦", "为你推荐", "猜你喜欢", "猜你喜歡", "您可能", "你可能", "看了又看", "替代商品", "替代品", "替代产品", "同类商品", "类似商品", "類似商品", "搭配购买", "搭配購買", "组合购买", "组合套餐", "热销商品", "熱銷商品", "其他商品", "最近浏览", "最近瀏覽", "后续型号",
	"관련 상품", "관련상품", "연관 상품", "연관상품", "추천 상품", "추천상품", "함께 구매", "함께 본", "함께 사면", "비슷한 상품", "대체 상품", "대체상품", "다른 상품", "최근 본", "후속 제품", "후속 모델", "인기 상품", "인기상품", "세트 상품",
)

// introAlone announce other products where they are all that a heading says.
var introAlone = []string{"おすすめ", "オススメ", "お勧め", "関連", "アクセサリー", "アクセサリ", "オプション商品", "オプション品", "別売オプション", "別売りオプション", "別売品", "別売り品", "別売アクセサリー", "related", "recommended", "recommendations", "accessories", "similar", "zubehör", "empfehlung", "accessoires", "recommandations", "accesorios", "recomendaciones", "accessori", "consigliati", "配件", "推荐", "推薦", "추천", "액세서리"}

// introPieces tells of the texts, without spaces, of which every text that announces
// something has one.
var introPieces = pattern.NewAny(withoutSpaces(slices.Concat(introWords.all, introAlone)))

// notIntro are headings of the product's own text.
var notIntro = newLexicon("おすすめポイント", "おすすめの理由", "おすすめ理由", "ランキング1位", "ランキング第", "ランキング入賞", "alternative to", "replacement guarantee", "replacement policy", "replacement parts for", "free replacement", "30-day replacement")

// announces reports whether a text announces other products.
func announces(text string) bool {
	if len(text) > 4*maxIntro {
		return false
	}
	var room [4*maxIntro + 1]byte
	if bare, known := appendBare(room[:0], text); known && !introPieces.MayBytes(bare) {
		return false
	}
	k := strings.Trim(key(text), " :!?…■●◆▼★☆【】[]()")
	if k == "" || utf8.RuneCountInString(k) > maxIntro {
		return false
	}
	return (introWords.in(k) || slices.Contains(introAlone, k)) && !notIntro.in(k)
}

// announced reports whether one of the parts of the page begins with n that a heading or
// a line before them announces as other products.
func (d *Document) announced(n *html.Node) bool {
	if !d.othersSought {
		d.othersSought = true
		if !d.IsSearch() { // all of that is a list
			left := maxLeaves
			d.collectOthers(d.HTML.Nodes[0], &left)
		}
		d.othersFound = true
	}
	return noted(n, isAnnounced)
}

func (d *Document) collectOthers(n *html.Node, left *int) {
	for c := n.FirstChild; c != nil && *left > 0; c = c.NextSibling {
		if c.Type != html.ElementNode || noted(c, isAnnounced) || c.DataAtom == atom.Script || c.DataAtom == atom.Head || c.DataAtom == atom.A {
			continue
		}
		level := headingLevel(c)
		if level == 0 && !plainLeaf(c) {
			d.collectOthers(c, left)
			continue
		}
		*left--
		if level != 1 && announces(introText(c, level)) {
			d.announce(c, level)
		}
	}
}

// headingLevel returns the rank of a heading; 0 for any other element.
func headingLevel(n *html.Node) int {
	switch n.DataAtom {
	case atom.H1:
		return 1
	case atom.H2:
		return 2
	case atom.H3:
		return 3
	case atom.H4:
		return 4
	case atom.H5:
		return 5
	case atom.H6:
		return 6
	}
	return 0
}

// plainLeaf reports whether n holds one text and nothing else, as a line that
// announces something does.
func plainLeaf(n *html.Node) bool {
	switch n.DataAtom {
	case atom.P, atom.Div, atom.Span, atom.Strong, atom.B, atom.Dt, atom.Th, atom.Legend, atom.Figcaption, atom.Caption:
		c := n.FirstChild
		return c != nil && c.NextSibling == nil && c.Type == html.TextNode
	}
	return false
}

func introText(n *html.Node, level int) string {
	if level == 0 {
		return n.FirstChild.Data
	}
	return visible(n)
}

// announce marks what follows the heading or line n, up to the next heading of its
// rank, or to what holds the product's own heading.
func (d *Document) announce(n *html.Node, level int) {
	l := d.layout()
	for range 4 { // the wrapper that holds nothing else
		p := n.Parent
		if p == nil || p.DataAtom == atom.Body || l.size(p) != l.size(n) {
			break
		}
		n = p
	}
	for s := n.NextSibling; s != nil; s = s.NextSibling {
		if s.Type != html.ElementNode {
			continue
		}
		if l := headingLevel(s); l > 0 && (level == 0 || l <= level) && !announces(visible(s)) || d.holdsOwnHeading(s) {
			return
		}
		note(s).Bits |= isAnnounced
	}
}

// holdsOwnHeading reports whether n is or holds a heading of the first rank.
func (d *Document) holdsOwnHeading(n *html.Node) bool {
	return slices.ContainsFunc(d.headings, func(h *html.Node) bool { return h == n || contains(n, h) })
}
