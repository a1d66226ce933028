package page

import (
	"html"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sainyuka/sainyuka/internal/stock"
)

// checkQuiet holds what is told of a text before it is folded against the folded text.
func checkQuiet(t *testing.T, inside string) {
	t.Helper()
	d := Parse(stock.Page{URL: "https://shop.example/item/1", Body: []byte("<p><a id=x>" + inside + "</a>")})
	defer d.Release()
	n := d.byID("x")
	if n == nil {
		return
	}
	label, text := buttonLabel(n), visible(n)
	_, orders := buyLabel(key(label))
	if quiet(n) && (label == "" || orders && len(label) <= maxLabelText || d.ordersInPart(n, "", key(label)) && len(label) <= maxLabelText) {
		t.Errorf("%q is told to order nothing, and orders", label)
	}
	if length := utf8.RuneCountInString(text); length > 0 && longerThan(length, n) {
		t.Errorf("%q is told to be longer than its %d runes", text, length)
	}
	k := strings.Trim(key(text), " :!?…■●◆▼★☆【】[]()")
	if (introWords.in(k) || slices.Contains(introAlone, k)) && len(text) <= 4*maxIntro && utf8.RuneCountInString(k) <= maxIntro && !notIntro.in(k) && !announces(text) {
		t.Errorf("%q is told to announce nothing, and does", text)
	}
}

// quietTexts are texts in the forms that shops give them.
func quietTexts() []string {
	var all []string
	for _, w := range slices.Concat(orderWords, introWords.all, introAlone) {
		spread := strings.Join(strings.Split(w, ""), " ")
		all = append(all, w, strings.ToUpper(w), " "+w+"\n (税込)", "<b>"+w[:1]+"</b>"+html.EscapeString(w[1:]), "12 <i hidden>"+w+"</i>", spread, "<s>x</s>"+w, "&nbsp;"+w+"\u3000", strings.Repeat("x", 190)+w)
	}
	return append(all, "", " ", "ｶｰﾄに入れる", "ＡＤＤ ＴＯ ＣＡＲＴ", "add 3 items to the cart", "カ\u200bートに入れる", "Ça", "e\u0301té", "<img alt='add to cart'>", "<svg><title>buy</title></svg>buy", "купить в 1<sup>99</sup> клик", "\xff\xfe", "Kелвин K")
}

func TestQuiet(t *testing.T) {
	for _, text := range quietTexts() {
		checkQuiet(t, text)
	}
	d := Parse(stock.Page{Body: []byte("<a id=x>会社案内 <b>About us</b></a>")})
	defer d.Release()
	if !quiet(d.byID("x")) {
		t.Error("a link that says nothing of orders is not known to be quiet")
	}
}

// FuzzQuiet looks for a text of which something wrong is told before it is folded.
func FuzzQuiet(f *testing.F) {
	for i, text := range quietTexts() {
		if i%7 == 0 {
			f.Add(text)
		}
	}
	f.Fuzz(checkQuiet)
}
