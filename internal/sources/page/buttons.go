package page

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/pattern"
	"github.com/sainyuka/sainyuka/internal/stock"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// button is an element that opens an order when it is pressed.
type button struct {
	node  *html.Node
	label string
	later stock.Availability // PreOrder when it takes orders ahead; else Unknown
	// weak is set when only its names or its form say that it orders, and its text
	// says something else that nobody knows: it may be a notice, a login, a wait.
	weak bool
}

// squeezed takes out what parts the words of a name.
var squeezed = strings.NewReplacer("-", "", "_", "", " ", "")

// orderVerbStarts are orderVerbs by their first byte.
var orderVerbStarts = byFirstByte(orderVerbs)

// orderStarts are orderNames by their first letter.
var orderStarts = byFirstByte(orderNames)

// orderSeconds are bits of the second letters of orderNames by their first one.
var orderSeconds = func() (bits [256]uint64) {
	for _, name := range orderNames {
		bits[name[0]] |= secondOf(name[1])
	}
	return bits
}()

func byFirstByte(names []string) (by [256][]string) {
	for _, name := range names {
		by[name[0]] = append(by[name[0]], name)
	}
	return by
}

// namedOrder reports whether names of a button say that it orders.
func namedOrder(names string) bool {
	var room [256]byte
	low := room[:0]
	for i := range len(names) {
		switch c := names[i]; {
		case c >= utf8.RuneSelf:
			return containsAny(squeezed.Replace(strings.ToLower(names)), orderNames)
		case c == '-' || c == '_' || c == ' ':
		case c >= 'A' && c <= 'Z':
			low = append(low, c|0x20)
		default:
			low = append(low, c)
		}
	}
	for i, c := range low {
		if i+1 < len(low) && orderSeconds[c]&secondOf(low[i+1]) == 0 {
			continue
		}
		for _, name := range orderStarts[c] {
			if bytes.HasPrefix(low[i:], []byte(name)) {
				return true
			}
		}
	}
	return false
}

// buttons returns the page's enabled order buttons that speak of its own product,
// in their order, and those among them that are shown but cannot be pressed.
func (d *Document) buttons() (enabled, disabled []button) {
	var found []button
	end := int32(0) // of the last button: what is in it is part of it
	for _, n := range d.pressables {
		if note(n).At < end || len(found) == 500 {
			continue
		}
		if b, ok := d.readButton(n); ok {
			found = append(found, b)
			end = note(n).End
		}
	}
	for _, b := range found {
		switch {
		case d.elsewhere(b.node) || repeated(b, found) && d.card(b.node):
		case isDisabled(b.node):
			disabled = append(disabled, b)
		default:
			enabled = append(enabled, b)
		}
	}
	return enabled, disabled
}

// mayBePressed reports whether an element may be a button, by its name and attributes
// and by what it holds directly.
func (d *Document) mayBePressed(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A, atom.Button, atom.Input:
		return true
	case atom.Div, atom.Span, atom.Img, atom.P, atom.Label:
		if noted(n, isRoleButton) {
			return true
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.ElementNode && heldAs(c.DataAtom)&holdsMore != 0 {
				return false
			}
		}
		return noted(n, isActive) || d.is(n, pressable)
	}
	return noted(n, isRoleButton)
}

// readButton recognises an order button by what it says, or by what it is called
// where its text says nothing against that.
func (d *Document) readButton(n *html.Node) (button, bool) {
	real := noted(n, isRoleButton)
	switch n.DataAtom {
	case atom.A:
		return d.readLink(n)
	case atom.Button:
		real = true
	case atom.Input:
		t := strings.ToLower(attr(n, "type"))
		if t != "submit" && t != "button" && t != "image" {
			return button{}, false
		}
		real = true
	case atom.Div, atom.Span, atom.Img, atom.P, atom.Label:
		if !real && (deep(n) || n.DataAtom != atom.Img && quiet(n)) {
			return button{}, false
		}
	default:
		if !real {
			return button{}, false
		}
	}
	label := buttonLabel(n)
	if len(label) > maxLabelText {
		return button{}, false
	}
	said := d.says(label)
	if said.orders {
		return button{node: n, label: label, later: said.later}, true
	}
	if real && d.ordersInPart(n, label, said.key) {
		return button{node: n, label: label}, true
	}
	if real && (namedOrder(names(n)) || label == "" && namedOrder(picture(n)) || d.submitsOrder(n)) {
		return d.namedButton(n, label, said.key)
	}
	return button{}, false
}

// readLink recognises a link that orders. Most links of a page do not, which their
// texts tell alone.
func (d *Document) readLink(n *html.Node) (button, bool) {
	if quiet(n) {
		return button{}, false
	}
	label := buttonLabel(n)
	if len(label) > maxLabelText {
		return button{}, false
	}
	k := key(label)
	if mayOrder(k) {
		if said := d.says(label); said.orders && (said.cart || d.pressedLink(n)) {
			return button{node: n, label: label, later: said.later}, true
		}
	}
	if d.ordersInPart(n, label, k) && d.pressedLink(n) {
		return button{node: n, label: label}, true
	}
	if label == "" && namedOrder(picture(n)) && d.pressedLink(n) {
		return d.namedButton(n, label, k)
	}
	return button{}, false
}

// pressedLink reports whether a link is used as a button.
func (d *Document) pressedLink(n *html.Node) bool {
	if noted(n, isRoleButton|isOnClick) || d.is(n, pressable) {
		return true
	}
	href := attr(n, "href")
	return href == "" && !hasAttr(n, "href") || clickable(href) || namedOrder(href)
}

// namedButton is a button that its names or its form make an order's, unless its text
// says something else.
func (d *Document) namedButton(n *html.Node, label, k string) (button, bool) {
	if _, says := d.StockPhrase(k); says || notBuyWords.in(k) || utf8.RuneCountInString(k) > 40 {
		return button{}, false
	}
	return button{node: n, label: label, weak: !cartLabel(k)}, true
}

// cartLabel reports whether the text of a button that its names make an order's says
// nothing else: it is empty, a cart, or a price.
func cartLabel(k string) bool {
	k = strings.Trim(k, " !>»›→.+()[]🛒")
	if k == "" || slices.Contains(cartNouns, k) {
		return true
	}
	p, ok := ParsePrice(k, "")
	return ok && p.Minor > 0 && !strings.ContainsFunc(strings.ReplaceAll(strings.ToLower(k), strings.ToLower(p.Currency), ""), func(r rune) bool { return unicode.IsLetter(r) && r != '円' && r != '元' && r != '원' })
}

// cartNouns are names of a cart.
var cartNouns = []string{
	"cart", "basket", "bag", "trolley", "my cart", "カート", "カゴ", "かご", "買い物かご", "買い物カゴ", "買物かご", "warenkorb", "einkaufswagen", "panier", "carrito", "carro", "cesta", "carrello", "carrinho", "sacola", "winkelwagen", "winkelmandje", "koszyk", "košík", "kosár", "coș", "корзина", "кошик", "sepet", "varukorg", "kurv", "handlekurv", "ostoskori", "购物车", "購物車", "장바구니", "쇼핑백", "סל", "عربة", "سلة",
}

// picture returns the file name of the picture that a button is.
func picture(n *html.Node) string {
	src := attr(n, "src")
	for c := range below(n) {
		if c.DataAtom == atom.Img && src == "" {
			src = attr(c, "src")
		}
	}
	return path.Base(src)
}

// submitsOrder reports whether n sends a form to an address that puts things into
// a cart.
func (d *Document) submitsOrder(n *html.Node) bool {
	kind := strings.ToLower(attr(n, "type"))
	if n.DataAtom != atom.Button && n.DataAtom != atom.Input || n.DataAtom == atom.Button && kind != "" && kind != "submit" {
		return false
	}
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom == atom.Form {
			return d.ordersAt(attr(p, "action"))
		}
	}
	return false
}

// ordersAt reports whether an address puts things into a cart. The forms of a list have
// one address.
func (d *Document) ordersAt(action string) bool {
	orders, known := d.actions[action]
	if !known {
		orders = orderAction.MatchString(action)
		d.actions[action] = orders
	}
	return orders
}

const (
	cartParts = `cart|basket|bag|trolley|warenkorb|panier|carrito|carrello|cesta|carrinho|koszyk|kosik|korzina|winkelwagen`
	addParts  = `add|insert|put|ajout|doda|pridat|vlozit|agregar|adicionar`
)

var orderAction = pattern.MustCompile(`(?i)(` + cartParts + `)[/_.?=&-]*(` + addParts + `)|(` + addParts + `)[a-z/_.-]{0,12}(` + cartParts + `)`)

// ordersInPart reports whether one text in a button with several says that it
// orders, and the others nothing against that: "Add to basket" above "deliver or
// collect".
func (d *Document) ordersInPart(n *html.Node, label, k string) bool {
	if c := n.FirstChild; c == nil || c.NextSibling == nil && strings.Trim(c.Data, blanks) == label && !mayOrder(k) {
		return false // the label is the only text
	}
	orders := false
	for c := range below(n) {
		if orders = c.Type == html.TextNode && len(c.Data) <= maxTag && cartPhrases.in(key(c.Data)); orders {
			break
		}
	}
	if !orders {
		return false
	}
	_, says := d.StockPhrase(k)
	return !says && !notBuyWords.in(k)
}

// deep reports whether n holds more than a text: then it is a box, not a button.
func deep(n *html.Node) bool { return noted(n, holdsMore) }

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
	for c := range below(n) {
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

// repeated reports whether a button may be one of the cards of a list: it has no label, or
// there are two of its shape and label, or three of its shape.
func repeated(b button, among []button) bool {
	if b.label == "" {
		return true
	}
	shaped, labelled := 0, 0
	for _, o := range among {
		if !sameShape(o.node, b.node) {
			continue
		}
		if shaped++; o.label == "" {
			shaped++
		}
		if o.label == b.label {
			labelled++
		}
		if shaped > 2 || labelled > 1 {
			return true
		}
	}
	return false
}

// sameShape reports whether two elements and their nearest ancestors have the same names
// and the same first classes: the buttons of the cards of a list do.
func sameShape(a, b *html.Node) bool {
	for i := 0; a != b; i++ {
		switch {
		case i == 5:
			return true
		case a == nil || b == nil, a.Data != b.Data, firstClass(a) != firstClass(b):
			return false
		}
		a, b = a.Parent, b.Parent
	}
	return true
}

func firstClass(n *html.Node) string {
	class, _, _ := strings.Cut(strings.TrimSpace(attr(n, "class")), " ")
	return class
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
	for c := range below(n) {
		if c.DataAtom == atom.A && len(all) < 20 {
			if href := attr(c, "href"); href != "" {
				all = append(all, href)
			}
		}
	}
	return all
}
