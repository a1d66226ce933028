package page

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// marks are what the id and class of an element say that it is for.
type marks uint8

const (
	otherThings marks = 1 << iota // it shows other products, or the cart
	aboutStock                    // it tells the stock
	pressable                     // it is used as a button
)

// Parts of ids and classes in lower case, without the hyphens that shops put into
// them or not.
var markNames = []struct {
	mark  marks
	parts []string
}{
	{otherThings, []string{
		"recommend", "related", "similar", "alsobought", "alsoviewed", "alsolike", "crossell", "crosssell", "upsell", "lastviewed", "recently", "history",
		"minicart", "minibasket", "modal", "popup", "comparelist", "comparebox", "comparetable", "comparebar", "compareitem", "comparison", "frequently", "bundle",
		"sponsor", "suggest", "carousel", "swiper", "slick", "wishlist", "accessor", "footer", "breadcrumb", "osusume", "kanren", "otheritem", "otherproduct", "replacement", "alternativ", "successor", "ranking", "checkeditem", "newsletter", "review", "comment", "question",
	}},
	{aboutStock, []string{"availab", "stock", "zaiko", "soldout", "inventory", "dostupn", "verfügbar", "verfuegbar", "disponib"}},
	{pressable, pressableParts},
}

var pressableParts = []string{"buy", "cart", "basket", "order", "purchase", "btn", "button", "warenkorb", "panier", "koszyk", "kosik", "kup"}

// clickable reports whether an address is the cart's.
func clickable(s string) bool { return containsAny(strings.ToLower(s), pressableParts) }

func containsAny(s string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

var joined = strings.NewReplacer("-", "", "_", "")

// is reports whether the id or class of n has the mark. A page has thousands of
// elements and some hundred different names, so that each is judged once.
func (d *Document) is(n *html.Node, m marks) bool {
	id, class := attr(n, "id"), attr(n, "class")
	if id == "" && class == "" {
		return false
	}
	name := id + " " + class
	got, known := d.marked[name]
	if !known {
		plain := joined.Replace(strings.ToLower(name))
		for _, mn := range markNames {
			if containsAny(plain, mn.parts) {
				got |= mn.mark
			}
		}
		d.marked[name] = got
	}
	return got&m != 0
}

// other reports whether n is called after a part of the page that does not speak of
// its product.
func (d *Document) other(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Body, atom.Html:
		return false
	case atom.Form:
		return d.otherParts()[n]
	}
	return d.is(n, otherThings) || d.otherParts()[n]
}

// elsewhere reports whether n stands in a part of the page that does not speak of
// its product.
func (d *Document) elsewhere(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Type == html.ElementNode && (frame(p) || d.other(p)) {
			return true
		}
	}
	return false
}
