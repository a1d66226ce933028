package page

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// button is an element that opens an order when it is pressed.
type button struct {
	node  *html.Node
	label string
	later stock.Availability // PreOrder when it takes orders ahead; else Unknown
}

// Buys reports whether a button with the text opens an order.
func Buys(text string) bool {
	_, ok := buyLabel(key(text))
	return ok
}

// buyLabel reads the folded lower-case text of a button.
func buyLabel(s string) (later stock.Availability, ok bool) {
	if s == "" || utf8.RuneCountInString(s) > 40 || containsWord(s, notBuyWords) {
		return 0, false
	}
	if containsWord(s, preorderLabels) {
		return stock.PreOrder, true
	}
	if containsWord(s, cartPhrases) {
		return stock.Unknown, true
	}
	bare := strings.Trim(s, " !>»›→.")
	for _, w := range orderVerbs {
		if bare == w || utf8.RuneCountInString(bare) <= 24 && strings.HasPrefix(bare, w+" ") {
			return stock.Unknown, true
		}
	}
	return 0, false
}

// Texts of buttons, in folded lower case.
var (
	// cartPhrases say what they do wherever they stand.
	cartPhrases = []string{
		"カートに入れ", "カートへ入れ", "カートにいれ", "カートに追加", "カートに商品を入れ", "カゴに入れ", "かごに入れ", "カゴへ入れ", "かごへ入れ", "買い物かごに", "買物かごに", "買い物カゴに", "バッグに入れ", "バッグに追加", "ショッピングバッグに", "今すぐ購入", "今すぐ買う", "購入手続き", "購入する", "購入画面へ", "ご購入はこちら", "注文する", "注文手続き", "レジに進む",
		"add to cart", "add to basket", "add to bag", "add to trolley", "add to shopping", "add to my cart", "add to order", "buy now", "buy it now", "place bid",
		"in den warenkorb", "in den einkaufswagen", "in warenkorb", "jetzt kaufen", "sofort kaufen", "ajouter au panier", "ajouter à mon panier", "ajouter à la commande", "acheter maintenant", "acheter cet article", "aggiungi al carrello", "metti nel carrello", "acquista ora", "compra ora", "añadir al carrito", "añadir a la cesta", "añadir a cesta", "agregar al carro", "agregar al carrito", "agregar a la bolsa", "comprar ahora",
		"adicionar ao carrinho", "adicionar à sacola", "comprar agora", "in winkelwagen", "in winkelmand", "in mijn winkel", "toevoegen aan winkel", "dodaj do koszyka", "do koszyka", "kup teraz", "do košíka", "do košíku", "do kosika", "v košarico", "u košaricu", "u korpu", "adauga in cos", "adaugă în coș", "adauga în coş", "adauga in cosul", "kosárba", "в корзину", "добавить в корзину", "до кошика", "у кошик", "в количката", "grozā", "į krepšelį", "ostukorvi", "ostoskoriin", "i varukorg", "i kurv", "i handlekurv", "sepete ekle", "hemen al", "στο καλάθι",
		"加入購物車", "放入購物車", "加入购物车", "立即購買", "立即购买", "直接購買", "我要購買", "바로구매", "바로 구매", "구매하기", "장바구니 담기", "장바구니에", "הוסף לסל", "הוספה לסל", "קנה עכשיו", "أضف إلى السلة", "أضف إلى عربة", "اشتر الآن",
	}
	preorderLabels = []string{"予約する", "今すぐ予約", "ご予約はこちら", "予約注文する", "予約カート", "pre-order", "preorder", "pre order", "vorbestellen", "précommander", "reservar ahora", "preordina"}
	// orderVerbs are words that also stand in titles and headings; a button's text
	// is or begins with one.
	orderVerbs = []string{
		"購入", "カートへ", "ご注文", "買う", "buy", "order", "order now", "purchase", "get tickets", "kaufen", "bestellen", "acheter", "commander", "comprar", "compra", "acquista", "ordina", "encomendar", "koop", "kup", "koupit", "kúpiť", "kupi", "naroči", "naruči", "kjøp", "köp", "køb", "osta", "pirkt", "pirkti", "купить", "заказать", "купити", "купи", "поръчай", "satın al", "購買", "订购", "구매", "קנה", "شراء",
	}
	// notBuyWords make of any of these something else.
	notBuyWords = []string{
		"お知らせ", "通知", "お気に入り", "リクエスト", "再入荷", "入荷", "売り切れ", "売切れ", "品切れ", "在庫切れ", "在庫なし", "完売", "できません", "終了", "方法", "ガイド", "履歴", "レビュー", "説明", "ランキング", "まとめて", "セットで", "見る", "確認", "全て", "すべて",
		"notify", "wish", "wishlist", "sold out", "out of stock", "unavailable", "not available", "view", "go to", "guide", "gift card", "protection", "warranty", "review", "together", "both", "all", "how to", "why", "in store", "track", "history", "status", "voir", "merkzettel", "ver", "added", "tracking",
	}
)

// orderNames are parts of the ids, names and classes that shops give to such
// buttons, without hyphens and spaces.
var orderNames = []string{
	"addtocart", "addtobasket", "addtobag", "addtotrolley", "addtoorder", "addtoshopping", "additemto", "addcart", "add2cart", "cartadd", "buynow", "buybutton", "buttonbuy",
	"btnbuy", "btncart", "buttoncart", "cartbtn", "cartbutton", "cartinbtn", "intocart", "placebid",
}

var squeezed = strings.NewReplacer("-", "", "_", "", " ", "")

// namedOrder reports whether names of a button say that it orders.
func namedOrder(names string) bool {
	return containsAny(squeezed.Replace(strings.ToLower(names)), orderNames)
}

// buttons returns the page's enabled order buttons that speak of its own product,
// in their order, and those among them that are shown but cannot be pressed.
func (d *Document) buttons() (enabled, disabled []button) {
	var found []button
	var visit func(n *html.Node)
	visit = func(n *html.Node) {
		for c := n.FirstChild; c != nil && len(found) < 500; c = c.NextSibling {
			if c.Type != html.ElementNode || hidden(c) {
				continue
			}
			if b, ok := d.readButton(c); ok {
				found = append(found, b)
				continue
			}
			visit(c)
		}
	}
	visit(d.HTML.Nodes[0])
	shapes := map[string]int{}
	for _, b := range found {
		shapes[shape(b.node)]++
	}
	for _, b := range found {
		switch {
		case d.elsewhere(b.node) || shapes[shape(b.node)] > 2 && d.card(b.node):
		case isDisabled(b.node):
			disabled = append(disabled, b)
		default:
			enabled = append(enabled, b)
		}
	}
	return enabled, disabled
}

// readButton recognises an order button by what it says, or by what it is called
// where its text says nothing against that.
func (d *Document) readButton(n *html.Node) (button, bool) {
	real := false
	switch n.DataAtom {
	case atom.Button:
		real = true
	case atom.Input:
		t := strings.ToLower(attr(n, "type"))
		if t != "submit" && t != "button" && t != "image" {
			return button{}, false
		}
		real = true
	case atom.A:
		real = attr(n, "role") == "button" || d.is(n, pressable) || hasAttr(n, "onclick") || !hasAttr(n, "href") || namedOrder(attr(n, "href"))
	case atom.Div, atom.Span, atom.Img, atom.P, atom.Label:
		if attr(n, "role") == "button" {
			real = true
		} else if !d.is(n, pressable) && !hasAttr(n, "onclick") || deep(n) {
			return button{}, false
		}
	default:
		return button{}, false
	}
	label := buttonLabel(n)
	if len(label) > 200 {
		return button{}, false
	}
	if later, ok := buyLabel(key(label)); ok && (real || n.DataAtom != atom.A || containsWord(key(label), cartPhrases)) {
		return button{n, label, later}, true
	}
	if real && n.DataAtom != atom.A && namedOrder(names(n)) {
		k := key(label)
		if _, says := StockPhrase(k); !says && !containsWord(k, notBuyWords) && utf8.RuneCountInString(k) <= 40 {
			return button{n, label, stock.Unknown}, true
		}
	}
	return button{}, false
}

// deep reports whether n holds more than a text: then it is a box, not a button.
func deep(n *html.Node) bool {
	for c := range n.Descendants() {
		if c.Type == html.ElementNode {
			switch c.DataAtom {
			case atom.Span, atom.I, atom.B, atom.Img, atom.Strong, atom.Em, atom.Br, atom.Svg:
			default:
				return true
			}
		} else if len(c.Data) > 200 {
			return true
		}
	}
	return false
}

// buttonLabel returns what a button says: its text, or what stands for it.
func buttonLabel(n *html.Node) string {
	if n.DataAtom != atom.Input && n.DataAtom != atom.Img {
		if s := visible(n); s != "" {
			return s
		}
	}
	for _, name := range []string{"value", "aria-label", "alt", "title"} {
		if s := Fold(attr(n, name)); s != "" {
			return s
		}
	}
	if n.DataAtom == atom.Input || n.DataAtom == atom.Img {
		return ""
	}
	for c := range n.Descendants() {
		if c.DataAtom == atom.Img {
			if s := Fold(attr(c, "alt")); s != "" {
				return s
			}
		}
	}
	return ""
}

// names joins the attributes in which shops name a button's purpose.
func names(n *html.Node) string {
	var b strings.Builder
	for _, a := range n.Attr {
		switch {
		case a.Key == "id", a.Key == "name", a.Key == "class", a.Key == "onclick", a.Key == "formaction",
			strings.HasPrefix(a.Key, "data-") && len(a.Val) <= 60:
			b.WriteString(" " + a.Val)
		}
	}
	return b.String()
}

// isDisabled reports whether a button cannot be pressed.
func isDisabled(n *html.Node) bool {
	for p, i := n, 0; p != nil && i < 3; p, i = p.Parent, i+1 {
		if hasAttr(p, "disabled") || attr(p, "aria-disabled") == "true" || disabledClass.MatchString(attr(p, "class")) {
			return true
		}
	}
	return false
}

var disabledClass = regexp.MustCompile(`(?i)(^|[\s_-])(disabled?|is-?disabled|inactive|sold-?out|out-?of-?stock)([\s_-]|$)`)

// shape describes an element and its nearest ancestors: the buttons of the cards
// of a list have one shape.
func shape(n *html.Node) string {
	var parts []string
	for p, i := n, 0; p != nil && i < 5; p, i = p.Parent, i+1 {
		class, _, _ := strings.Cut(strings.TrimSpace(attr(p, "class")), " ")
		parts = append(parts, p.Data+"."+class)
	}
	return strings.Join(parts, "<")
}

// card reports whether n stands in the card of another product: near it is a
// link to another page that is neither a cart nor a part of this page.
func (d *Document) card(n *html.Node) bool {
	p := n
	for range 4 {
		if p.Parent != nil {
			p = p.Parent
		}
	}
	return slices.ContainsFunc(links(p), func(href string) bool {
		u, err := d.URL.Parse(href)
		return err == nil && strings.HasPrefix(u.Scheme, "http") && !samePath(u, d.URL) && strings.Trim(u.Path, "/") != "" && !clickable(u.Path)
	})
}

func links(n *html.Node) []string {
	var all []string
	for c := range n.Descendants() {
		if c.DataAtom == atom.A && len(all) < 20 {
			if href := attr(c, "href"); href != "" {
				all = append(all, href)
			}
		}
	}
	return all
}
